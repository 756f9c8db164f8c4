# SPDX-License-Identifier: Apache-2.0
# Sees the setting being opened for reading, by anyone. Debuggers and system monitors read it too: a
# hint, not an alarm. Does not see the same learnt by looking at /proc/PID/maps.
package tracee.TRC_109

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-109",
	"version": "1.0.0",
	"name": "Address space randomization inspection",
	"eventName": "aslr_inspection",
	"description": "The setting for the randomization of addresses was read. An exploit looks there before it relies on fixed addresses",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 0,
		"Category": "privilege-escalation",
		"Technique": "Exploitation for Privilege Escalation",
		"id": "attack-pattern--b21c3b2d-02e6-45b1-980b-e69051040839",
		"external_id": "T1068",
		"MITRE ATT&CK": "Privilege Escalation: Exploitation for Privilege Escalation",
		"references": [
			"https://attack.mitre.org/techniques/T1068/",
			"https://man7.org/linux/man-pages/man5/proc_sys_kernel.5.html",
		],
	},
}

tracee_selected_events contains {"source": "tracee", "name": "security_file_open"}

tracee_match if {
	some path in helpers.read
	path == "/proc/sys/kernel/randomize_va_space"
}

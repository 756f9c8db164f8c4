# SPDX-License-Identifier: Apache-2.0
# Sees the setting and the trigger being opened for writing in a container. Does not see what is
# written, nor a proc file system that is mounted elsewhere than on /proc.
package tracee.TRC_1031

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-1031",
	"version": "1.0.0",
	"name": "System request key configuration modification",
	"eventName": "system_request_key_mod",
	"description": "A container opened the files of the system request key for writing: it can crash or restart the host",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 3,
		"Category": "privilege-escalation",
		"Technique": "Escape to Host",
		"id": "attack-pattern--4a5b7ade-8bb5-4853-84ed-23f262002665",
		"external_id": "T1611",
		"MITRE ATT&CK": "Privilege Escalation: Escape to Host",
		"references": [
			"https://attack.mitre.org/techniques/T1611/",
			"https://docs.kernel.org/admin-guide/sysrq.html",
		],
	},
}

tracee_selected_events contains {
	"source": "tracee",
	"name": "security_file_open",
	"origin": "container",
}

tracee_match if {
	some path in helpers.written
	path in {"/proc/sys/kernel/sysrq", "/proc/sysrq-trigger"}
}

# SPDX-License-Identifier: Apache-2.0
# Sees the file being opened for reading in a container, also where the proc file system is mounted
# under another directory. Does not see what is read, nor other ways to physical memory (/dev/mem).
package tracee.TRC_1021

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-1021",
	"version": "1.0.0",
	"name": "Kernel memory file read",
	"eventName": "proc_kcore_read",
	"description": "A process in a container opened /proc/kcore, the memory of the whole machine as a file",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 2,
		"Category": "privilege-escalation",
		"Technique": "Escape to Host",
		"id": "attack-pattern--4a5b7ade-8bb5-4853-84ed-23f262002665",
		"external_id": "T1611",
		"MITRE ATT&CK": "Privilege Escalation: Escape to Host",
		"references": [
			"https://attack.mitre.org/techniques/T1611/",
			"https://man7.org/linux/man-pages/man5/proc_kcore.5.html",
		],
	},
}

tracee_selected_events contains {
	"source": "tracee",
	"name": "security_file_open",
	"origin": "container",
}

tracee_match if {
	some path in helpers.read
	endswith(path, "/proc/kcore")
}

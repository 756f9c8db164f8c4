# SPDX-License-Identifier: Apache-2.0
# Sees the file being opened for writing in a container, also where the proc file system is mounted
# under another directory with its own name. Does not see what is written, nor a proc file system
# that is mounted under a name other than proc.
package tracee.TRC_1011

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-1011",
	"version": "1.0.0",
	"name": "Core dumps configuration file modification",
	"eventName": "core_pattern_modification",
	"description": "A container opened the kernel's core_pattern for writing. The program that it names runs on the host, as root, when a process crashes",
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
			"https://man7.org/linux/man-pages/man5/core.5.html",
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
	endswith(path, "/proc/sys/kernel/core_pattern")
}

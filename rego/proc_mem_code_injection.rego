# SPDX-License-Identifier: Apache-2.0
# Whoever opens the memory of a process for writing can put code into it, also into pages that are
# read-only to the process. Sees the opening, not what is then written, and a process's own memory
# like another's. Does not see a proc file system that is mounted elsewhere than on /proc.
package tracee.TRC_1024

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-1024",
	"version": "1.0.0",
	"name": "Code injection through /proc/PID/mem",
	"eventName": "proc_mem_code_injection",
	"description": "The memory of a process was opened for writing through the proc file system, which writes even where the process itself may not",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 3,
		"Category": "defense-evasion",
		"Technique": "Proc Memory",
		"id": "attack-pattern--d201d4cc-214d-4a74-a1ba-b3fa09fd4591",
		"external_id": "T1055.009",
		"MITRE ATT&CK": "Defense Evasion: Proc Memory",
		"references": [
			"https://attack.mitre.org/techniques/T1055/009/",
			"https://man7.org/linux/man-pages/man5/proc_pid_mem.5.html",
		],
	},
}

tracee_selected_events contains {"source": "tracee", "name": "security_file_open"}

tracee_match if {
	some path in helpers.written
	helpers.is_process_memory(path)
}

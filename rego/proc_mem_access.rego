# SPDX-License-Identifier: Apache-2.0
# Sees the opening, not what is then read, and a process's own memory like another's: debuggers and
# crash handlers do it too. Does not see process_vm_readv(2) and ptrace(2), nor a proc file system
# that is mounted elsewhere than on /proc. Opening for both reading and writing is also a code
# injection, which is another signature.
package tracee.TRC_1023

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-1023",
	"version": "1.0.0",
	"name": "Process memory access",
	"eventName": "proc_mem_access",
	"description": "The memory of a process was opened for reading through the proc file system: passwords and keys can be taken from it",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 3,
		"Category": "credential-access",
		"Technique": "Proc Filesystem",
		"id": "attack-pattern--3120b9fa-23b8-4500-ae73-09494f607b7d",
		"external_id": "T1003.007",
		"MITRE ATT&CK": "Credential Access: Proc Filesystem",
		"references": [
			"https://attack.mitre.org/techniques/T1003/007/",
			"https://man7.org/linux/man-pages/man5/proc_pid_mem.5.html",
		],
	},
}

tracee_selected_events contains {"source": "tracee", "name": "security_file_open"}

tracee_match if {
	some path in helpers.read
	helpers.is_process_memory(path)
}

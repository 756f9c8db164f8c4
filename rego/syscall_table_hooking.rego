# SPDX-License-Identifier: Apache-2.0
# Fires for each report of the check of the system call table that has a hook in it. hooked_syscalls
# carries a list, hooked_syscall one call; where both tell the same, the list says so and is passed
# over. Does not see hooks behind the table (in the functions themselves, ftrace, kprobes), nor
# between two checks.
package tracee.TRC_15

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-15",
	"version": "0.1.0",
	"name": "Hooking system calls by overriding the system call table entries",
	"eventName": "syscall_hooking",
	"description": "Entries of the system call table do not lead to the kernel's own functions. Rootkits hook system calls to hide files, processes and connections",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 3,
		"Category": "defense-evasion",
		"Technique": "Rootkit",
		"id": "attack-pattern--0f20e3cb-245b-4a61-8a91-2d93f7cb0e9b",
		"external_id": "T1014",
		"MITRE ATT&CK": "Defense Evasion: Rootkit",
		"aliases": ["TRC-1030", "DRV-002"],
		"references": ["https://attack.mitre.org/techniques/T1014/"],
	},
}

tracee_selected_events contains {"source": "tracee", "name": name} if {
	some name in {"hooked_syscall", "hooked_syscalls"}
}

tracee_match if {
	input.eventName == "hooked_syscalls"
	not told_singly
	some hooks in helpers.argument.hooked_syscalls
	some _ in hooks
}

tracee_match if {
	input.eventName == "hooked_syscall"
	some name in helpers.argument.syscall
	is_string(name)
	name != ""
}

told_singly if {
	some told in helpers.argument.told_singly
	told == true
}

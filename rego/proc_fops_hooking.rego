# SPDX-License-Identifier: Apache-2.0
# ps and its like list the processes by reading /proc. Fires for each report of the check of its
# file operations that has a hook in it. Does not see hooks inside the functions or in the system
# calls, nor a hook between two checks.
package tracee.TRC_1020

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-1020",
	"version": "1.0.0",
	"name": "File operations hooking on the proc file system",
	"eventName": "proc_fops_hooking",
	"description": "The functions that read directories and files of /proc were replaced. Rootkits do so to hide processes",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 3,
		"Category": "defense-evasion",
		"Technique": "Rootkit",
		"id": "attack-pattern--0f20e3cb-245b-4a61-8a91-2d93f7cb0e9b",
		"external_id": "T1014",
		"MITRE ATT&CK": "Defense Evasion: Rootkit",
		"references": ["https://attack.mitre.org/techniques/T1014/"],
	},
}

tracee_selected_events contains {"source": "tracee", "name": "hooked_proc_fops"}

tracee_match if {
	input.eventName == "hooked_proc_fops"
	some hooks in helpers.argument.hooked_fops_pointers
	some _ in hooks
}

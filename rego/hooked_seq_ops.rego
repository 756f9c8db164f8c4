# SPDX-License-Identifier: Apache-2.0
# /proc/net/tcp and its like are written by tables of functions in the kernel. Fires for each report
# of the check of these tables that has a hook in it. Does not see hooks inside the functions, nor
# other ways to list connections (netlink), nor a hook between two checks.
package tracee.DRV_003

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "DRV-003",
	"version": "1.0.0",
	"name": "Hooked sequence operations",
	"eventName": "hooked_seq_ops_detector",
	"description": "The functions that list network connections in /proc/net were replaced. Rootkits do so to hide connections",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 4,
		"Category": "defense-evasion",
		"Technique": "Rootkit",
		"id": "attack-pattern--0f20e3cb-245b-4a61-8a91-2d93f7cb0e9b",
		"external_id": "T1014",
		"MITRE ATT&CK": "Defense Evasion: Rootkit",
		"references": ["https://attack.mitre.org/techniques/T1014/"],
	},
}

tracee_selected_events contains {"source": "tracee", "name": "hooked_seq_ops"}

tracee_match if {
	input.eventName == "hooked_seq_ops"
	some hooks in helpers.argument.hooked_seq_ops
	some _ in hooks
}

# SPDX-License-Identifier: Apache-2.0
# Fires for each module that the kernel's memory has and its list of modules has not, as the seeker
# found it: there is nothing to weigh here, so also where its name could not be read. Does not see
# code that is in the kernel without being a module, nor a module between two searches.
package tracee.PYT_1

import rego.v1

__rego_metadoc__ := {
	"id": "PYT-1",
	"version": "1.0.0",
	"name": "Hidden kernel module",
	"eventName": "hidden_kernel_module_detector",
	"description": "A kernel module is loaded that does not show in the list of modules. Rootkits take themselves off that list",
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

tracee_selected_events contains {"source": "tracee", "name": "hidden_kernel_module_seeker"}

tracee_match if input.eventName == "hidden_kernel_module_seeker"

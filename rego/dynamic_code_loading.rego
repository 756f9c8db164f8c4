# SPDX-License-Identifier: Apache-2.0
# Packed malware writes its code into memory and then makes that memory executable. Sees a change
# from writable and executable to executable. Does not see code that is mapped twice, once to be
# written and once to be run, and fires on just-in-time compilers that protect their code so.
package tracee.TRC_4

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-4",
	"version": "0.1.0",
	"name": "Dynamic Code Loading",
	"eventName": "dynamic_code_loading",
	"description": "Memory that was writable and executable was made executable only: code may have been unpacked or written there while the program ran",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 2,
		"Category": "defense-evasion",
		"Technique": "Software Packing",
		"id": "attack-pattern--deb98323-e13f-4b0c-8d94-175379069062",
		"external_id": "T1027.002",
		"MITRE ATT&CK": "Defense Evasion: Software Packing",
		"aliases": ["TRC-104"],
		"references": [
			"https://attack.mitre.org/techniques/T1027/002/",
			"https://man7.org/linux/man-pages/man2/mprotect.2.html",
		],
	},
}

tracee_selected_events contains {"source": "tracee", "name": "mem_prot_alert"}

tracee_match if {
	input.eventName == "mem_prot_alert"
	some alert in helpers.argument.alert
	alert == "Protection changed from W+E to E!"
}

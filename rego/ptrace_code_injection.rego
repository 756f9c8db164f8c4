# SPDX-License-Identifier: Apache-2.0
# A tracer can write words into the memory of the program that it traces, and so change what it
# runs. Sees every such request, also one that fails. A debugger that sets a breakpoint does just
# that and is told too. Does not see code that is brought in by setting registers alone.
package tracee.TRC_103

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-103",
	"version": "1.0.0",
	"name": "Code injection through ptrace",
	"eventName": "ptrace_code_injection",
	"description": "A process wrote into the memory of a process that it traces: the traced program may run code that is not its own",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 3,
		"Category": "defense-evasion",
		"Technique": "Ptrace System Calls",
		"id": "attack-pattern--ea016b56-ae0e-47fe-967a-cc0ad51af67f",
		"external_id": "T1055.008",
		"MITRE ATT&CK": "Defense Evasion: Ptrace System Calls",
		"references": [
			"https://attack.mitre.org/techniques/T1055/008/",
			"https://man7.org/linux/man-pages/man2/ptrace.2.html",
		],
	},
}

tracee_selected_events contains {"source": "tracee", "name": "ptrace"}

tracee_match if {
	input.eventName == "ptrace"
	some request in helpers.argument.request
	request in {"PTRACE_POKETEXT", "PTRACE_POKEDATA"}
}

# SPDX-License-Identifier: Apache-2.0
# A process can have one tracer only: one that asks its parent to trace it keeps debuggers off. Sees
# every request, also one that fails. Does not see other ways to notice a debugger (reading
# TracerPid, timing), and fires on harmless debuggers too: strace and gdb start programs this way.
package tracee.TRC_2

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-2",
	"version": "0.1.0",
	"name": "Anti-Debugging",
	"eventName": "anti_debugging",
	"description": "Process uses anti-debugging technique to block debugger",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 3,
		"Category": "defense-evasion",
		"Technique": "Debugger Evasion",
		"id": "attack-pattern--e4dc8c01-417f-458d-9ee0-bb0617c1b391",
		"external_id": "T1622",
		"MITRE ATT&CK": "Defense Evasion: Execution Guardrails",
		"aliases": ["TRC-102"],
		"references": [
			"https://attack.mitre.org/techniques/T1622/",
			"https://man7.org/linux/man-pages/man2/ptrace.2.html",
		],
	},
}

tracee_selected_events contains {"source": "tracee", "name": "ptrace"}

tracee_match if {
	input.eventName == "ptrace"
	some request in helpers.argument.request
	request == "PTRACE_TRACEME"
}

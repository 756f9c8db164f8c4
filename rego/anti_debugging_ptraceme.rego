# SPDX-License-Identifier: Apache-2.0
# A process can have one tracer only: one that asks its parent to trace it keeps debuggers off.
# Sees every request, also one that fails. Does not see other ways to notice a debugger (reading
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
		"MITRE ATT&CK": "Defense Evasion: Execution Guardrails",
	},
}

tracee_selected_events contains {"source": "tracee", "name": "ptrace"}

tracee_match if {
	input.eventName == "ptrace"
	helpers.get_tracee_argument("request") == "PTRACE_TRACEME"
}

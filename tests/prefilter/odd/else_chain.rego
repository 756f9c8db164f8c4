# SPDX-License-Identifier: Apache-2.0
# The first branch that holds decides, also against a match.
package tracee.odd_else_chain

import rego.v1

__rego_metadoc__ := {"id": "ODD-else_chain", "name": "Else chain"}

tracee_selected_events contains {"source": "tracee", "name": "ptrace"}

tracee_match := verdict(input.args)

verdict(args) := false if {
	some a in args
	a.name == "request"
	a.value == "PTRACE_CONT"
} else if {
	some a in args
	a.name == "pid"
	a.value == 1
} else := {"user": 0} if {
	input.userId == 0
	input.processName == "gdb"
}

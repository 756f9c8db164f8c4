# SPDX-License-Identifier: Apache-2.0
# Numbers, their order, and arithmetic on them.
package tracee.odd_numbers

import rego.v1

__rego_metadoc__ := {"id": "ODD-numbers", "name": "Numbers"}

tracee_selected_events contains {"source": "tracee", "name": "ptrace"}

tracee_selected_events contains {"source": "tracee", "name": "sched_process_exit"}

tracee_selected_events contains {"source": "tracee", "name": "openat"}

tracee_match if {
	input.eventName == "ptrace"
	some a in input.args
	a.name == "pid"
	a.value != input.processId
	a.value < 3
}

tracee_match if {
	input.eventName == "sched_process_exit"
	input.returnValue >= 0
	some a in input.args
	a.name == "exit_code"
	a.value % 256 == 1
}

tracee_match if {
	input.eventName == "openat"
	input.returnValue == -2
	input.userId * 2 == 2000
}

tracee_match if {
	input.args[_].value == 1
}

# SPDX-License-Identifier: Apache-2.0
# True is no 1 and false is no 0.
package tracee.odd_booleans

import rego.v1

__rego_metadoc__ := {"id": "ODD-booleans", "name": "Booleans"}

tracee_selected_events contains {"source": "tracee", "name": "sched_process_exit"}

tracee_selected_events contains {"source": "tracee", "name": "sched_process_exec"}

tracee_match if {
	some a in input.args
	a.name == "process_group_exit"
	a.value == true
	not input.contextFlags.containerStarted
}

tracee_match if {
	some a in input.args
	a.name == "invoked_from_kernel"
	a.value
}

tracee_match if {
	some a in input.args
	a.name == "invoked_from_kernel"
	a.value != false
	input.userId == 0
}

# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_2_test

import data.tracee.TRC_2
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_traceme if {
	TRC_2.tracee_match with input as ptrace("PTRACE_TRACEME")
}

test_fires_where_an_argument_comes_twice if {
	TRC_2.tracee_match with input as examples.doubled(ptrace("PTRACE_TRACEME"))
}

test_quiet_on_other_requests if {
	every request in ["PTRACE_ATTACH", "PTRACE_SEIZE", "PTRACE_PEEKTEXT", "4919"] {
		not TRC_2.tracee_match with input as ptrace(request)
	}
}

test_quiet_on_values_of_other_types if {
	every event in examples.spoiled(ptrace("PTRACE_TRACEME")) {
		not TRC_2.tracee_match with input as event
	}
}

test_quiet_on_another_event if {
	event := examples.with_fields(ptrace("PTRACE_TRACEME"), {"eventName": "ptrace_other"})
	not TRC_2.tracee_match with input as event
}

ptrace(request) := examples.event("ptrace", {"request": request})

# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_2_test

import data.tracee.TRC_2
import rego.v1

test_fires_on_traceme if {
	TRC_2.tracee_match with input as ptrace("PTRACE_TRACEME")
}

test_quiet_on_other_requests if {
	every request in ["PTRACE_ATTACH", "PTRACE_SEIZE", "PTRACE_PEEKTEXT", "4919"] {
		not TRC_2.tracee_match with input as ptrace(request)
	}
}

test_quiet_where_the_request_could_not_be_read if {
	not TRC_2.tracee_match with input as ptrace(null)
}

test_quiet_on_another_event if {
	event := object.union(ptrace("PTRACE_TRACEME"), {"eventName": "ptrace_other"})
	not TRC_2.tracee_match with input as event
}

ptrace(request) := {
	"eventName": "ptrace",
	"args": [
		{"name": "request", "type": "long", "value": request},
		{"name": "pid", "type": "pid_t", "value": 0},
	],
}

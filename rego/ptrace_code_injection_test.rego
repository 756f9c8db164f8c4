# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_103_test

import data.tracee.TRC_103
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_writing_into_the_traced_program if {
	every request in ["PTRACE_POKETEXT", "PTRACE_POKEDATA"] {
		TRC_103.tracee_match with input as ptrace(request)
		TRC_103.tracee_match with input as examples.doubled(ptrace(request))
	}
}

test_quiet_on_other_requests if {
	every request in ["PTRACE_TRACEME", "PTRACE_PEEKTEXT", "PTRACE_POKEUSR", "PTRACE_POKETEXTS", "4"] {
		not TRC_103.tracee_match with input as ptrace(request)
	}
}

test_quiet_on_values_of_other_types if {
	every event in examples.spoiled(ptrace("PTRACE_POKETEXT")) {
		not TRC_103.tracee_match with input as event
	}
}

ptrace(request) := examples.event("ptrace", {"request": request})

# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_3_test

import data.tracee.TRC_3
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_each_inner_signature_and_names_it if {
	inner := ["ptrace_code_injection", "proc_mem_code_injection", "process_vm_write_inject"]
	every name in inner {
		TRC_3.tracee_match == {"signature": name} with input as examples.event(name, {})
	}
}

test_fires_whatever_the_data_of_the_inner_finding if {
	every event in examples.spoiled(examples.event("ptrace_code_injection", {"path": "/x"})) {
		TRC_3.tracee_match with input as event
	}
}

test_quiet_on_other_events if {
	every name in ["ptrace", "anti_debugging", "code_injection", "", null, 7] {
		not TRC_3.tracee_match with input as examples.event(name, {})
	}
}

test_quiet_on_an_event_without_a_name if {
	not TRC_3.tracee_match with input as {"args": []}
}

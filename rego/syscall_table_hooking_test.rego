# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_15_test

import data.tracee.TRC_15
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_hooks if {
	TRC_15.tracee_match with input as hooked([{"SymbolName": "x", "ModuleOwner": "hidden"}])
	TRC_15.tracee_match with input as hooked({"tcp4_seq_ops": {"SymbolName": "x"}})
	TRC_15.tracee_match with input as examples.doubled(hooked([{"SymbolName": "x"}]))
}

test_quiet_where_nothing_is_hooked if {
	not TRC_15.tracee_match with input as hooked([])
	not TRC_15.tracee_match with input as hooked({})
}

test_quiet_on_values_of_other_types if {
	every event in examples.spoiled(hooked([{"SymbolName": "x"}])) {
		not TRC_15.tracee_match with input as event
	}
	every value in ["text", 7, true] {
		not TRC_15.tracee_match with input as hooked(value)
	}
}

hooked(value) := examples.event("hooked_syscalls", {"hooked_syscalls": value})

test_fires_on_one_hooked_call if {
	TRC_15.tracee_match with input as examples.event("hooked_syscall", {"syscall": "getdents64"})
}

test_quiet_on_one_hooked_call_of_another_type if {
	every event in examples.spoiled(examples.event("hooked_syscall", {"syscall": "getdents64"})) {
		not TRC_15.tracee_match with input as event
	}
}

test_quiet_on_a_list_that_is_told_call_by_call_too if {
	list := [{"SymbolName": "x", "ModuleOwner": "hidden"}]
	arguments := {"hooked_syscalls": list, "told_singly": true}
	not TRC_15.tracee_match with input as examples.event("hooked_syscalls", arguments)
}

test_fires_on_a_list_that_is_not_told_call_by_call if {
	list := [{"SymbolName": "x", "ModuleOwner": "hidden"}]
	arguments := {"hooked_syscalls": list, "told_singly": false}
	TRC_15.tracee_match with input as examples.event("hooked_syscalls", arguments)
}

# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_1020_test

import data.tracee.TRC_1020
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_hooks if {
	TRC_1020.tracee_match with input as hooked([{"SymbolName": "x", "ModuleOwner": "hidden"}])
	TRC_1020.tracee_match with input as hooked({"tcp4_seq_ops": {"SymbolName": "x"}})
	TRC_1020.tracee_match with input as examples.doubled(hooked([{"SymbolName": "x"}]))
}

test_quiet_where_nothing_is_hooked if {
	not TRC_1020.tracee_match with input as hooked([])
	not TRC_1020.tracee_match with input as hooked({})
}

test_quiet_on_values_of_other_types if {
	every event in examples.spoiled(hooked([{"SymbolName": "x"}])) {
		not TRC_1020.tracee_match with input as event
	}
	every value in ["text", 7, true] {
		not TRC_1020.tracee_match with input as hooked(value)
	}
}

hooked(value) := examples.event("hooked_proc_fops", {"hooked_fops_pointers": value})

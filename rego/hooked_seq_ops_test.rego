# SPDX-License-Identifier: Apache-2.0
package tracee.DRV_003_test

import data.tracee.DRV_003
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_hooks if {
	DRV_003.tracee_match with input as hooked([{"SymbolName": "x", "ModuleOwner": "hidden"}])
	DRV_003.tracee_match with input as hooked({"tcp4_seq_ops": {"SymbolName": "x"}})
	DRV_003.tracee_match with input as examples.doubled(hooked([{"SymbolName": "x"}]))
}

test_quiet_where_nothing_is_hooked if {
	not DRV_003.tracee_match with input as hooked([])
	not DRV_003.tracee_match with input as hooked({})
}

test_quiet_on_values_of_other_types if {
	every event in examples.spoiled(hooked([{"SymbolName": "x"}])) {
		not DRV_003.tracee_match with input as event
	}
	every value in ["text", 7, true] {
		not DRV_003.tracee_match with input as hooked(value)
	}
}

hooked(value) := examples.event("hooked_seq_ops", {"hooked_seq_ops": value})

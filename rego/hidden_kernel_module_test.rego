# SPDX-License-Identifier: Apache-2.0
package tracee.PYT_1_test

import data.tracee.PYT_1
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_a_module_that_the_seeker_found if {
	PYT_1.tracee_match with input as found({"name": "evil", "address": 7})
}

test_fires_where_its_name_could_not_be_read if {
	PYT_1.tracee_match with input as found({"name": null, "address": null})
}

test_quiet_on_other_events if {
	every name in ["module_load", "hidden_kernel_module", "", null, 7] {
		not PYT_1.tracee_match with input as examples.event(name, {"name": "evil", "address": 7})
	}
}

found(module) := examples.event("hidden_kernel_module_seeker", module)

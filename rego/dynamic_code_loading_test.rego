# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_4_test

import data.tracee.TRC_4
import data.tracee.examples_test as examples
import rego.v1

test_fires_where_writable_code_becomes_executable_only if {
	TRC_4.tracee_match with input as changed("Protection changed from W+E to E!")
	TRC_4.tracee_match with input as examples.doubled(changed("Protection changed from W+E to E!"))
}

test_quiet_on_other_alerts if {
	every alert in [
		"Mmaped region with W+E permissions!",
		"Protection changed to Executable!",
		"Protection changed from E to W+E!",
		"Protection changed from W+E to E",
	] {
		not TRC_4.tracee_match with input as changed(alert)
	}
}

test_quiet_on_values_of_other_types if {
	every event in examples.spoiled(changed("Protection changed from W+E to E!")) {
		not TRC_4.tracee_match with input as event
	}
}

changed(alert) := examples.event("mem_prot_alert", {"alert": alert})

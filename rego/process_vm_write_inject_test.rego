# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_1025_test

import data.tracee.TRC_1025
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_another_process if {
	TRC_1025.tracee_match with input as write(101)
	TRC_1025.tracee_match with input as examples.doubled(write(101))
}

test_quiet_on_itself if {
	not TRC_1025.tracee_match with input as write(100)
}

test_quiet_on_values_of_other_types if {
	every event in examples.spoiled(write(101)) {
		not TRC_1025.tracee_match with input as event
	}
}

test_quiet_on_reading if {
	not TRC_1025.tracee_match with input as examples.event("process_vm_readv", {"pid": 101})
}

write(pid) := examples.event("process_vm_writev", {"pid": pid})

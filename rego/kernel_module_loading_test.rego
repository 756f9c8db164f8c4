# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_6_test

import data.tracee.TRC_6
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_a_module_that_was_loaded if {
	TRC_6.tracee_match with input as examples.event("module_load", {"name": "x"})
}

test_fires_on_a_call_that_failed if {
	every name in ["init_module", "finit_module"] {
		failed := {"returnValue": -1, "syscall": name}
		TRC_6.tracee_match with input as examples.with_fields(examples.event(name, {}), failed)
	}
}

test_fires_on_recordings_without_module_load if {
	TRC_6.tracee_match with input as examples.event("init_module", {})
	TRC_6.tracee_match with input as examples.doubled(read_file("kernel-module"))
}

test_quiet_on_a_call_that_module_load_tells if {
	every name in ["init_module", "finit_module"] {
		succeeded := {"syscall": name}
		not TRC_6.tracee_match with input as examples.with_fields(examples.event(name, {}), succeeded)
		not TRC_6.tracee_match with input as examples.with_fields(read_file("kernel-module"), succeeded)
	}
	refused := {"returnValue": -1, "syscall": "finit_module"}
	not TRC_6.tracee_match with input as examples.with_fields(read_file("kernel-module"), refused)
}

test_quiet_on_other_files_that_the_kernel_reads if {
	every type in ["firmware", "kernel-image", "policy", "2"] {
		not TRC_6.tracee_match with input as read_file(type)
	}
}

test_quiet_on_values_of_other_types if {
	every event in examples.spoiled(read_file("kernel-module")) {
		not TRC_6.tracee_match with input as event
	}
}

read_file(type) := examples.event("security_kernel_read_file", {"type": type})

# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_109_test

import data.tracee.TRC_109
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_reading if {
	every path in paths {
		every flags in ["O_RDONLY", "O_RDWR", "O_RDWR|O_CLOEXEC"] {
			TRC_109.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_fires_where_an_argument_comes_twice if {
	event := examples.open("/proc/sys/kernel/randomize_va_space", "O_RDONLY")
	TRC_109.tracee_match with input as examples.doubled(event)
}

test_quiet_on_writing if {
	every path in paths {
		every flags in ["O_WRONLY", "O_WRONLY|O_CREAT|O_TRUNC", "", "O_CREAT"] {
			not TRC_109.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_quiet_on_other_files if {
	every path in other_paths {
		not TRC_109.tracee_match with input as examples.open(path, "O_RDWR")
	}
}

test_quiet_on_values_of_other_types if {
	event := examples.open("/proc/sys/kernel/randomize_va_space", "O_RDONLY")
	every spoiled in examples.spoiled(event) {
		not TRC_109.tracee_match with input as spoiled
	}
}

paths := ["/proc/sys/kernel/randomize_va_space"]

other_paths := [
	"/proc/sys/kernel/randomize_va_space2",
	"/srv/proc/sys/kernel/randomize_va_space",
	"/proc/sys/kernel/sysrq",
]

# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_1023_test

import data.tracee.TRC_1023
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_reading if {
	every path in paths {
		every flags in ["O_RDONLY", "O_RDWR", "O_RDWR|O_CLOEXEC"] {
			TRC_1023.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_fires_where_an_argument_comes_twice if {
	event := examples.open("/proc/1/mem", "O_RDONLY")
	TRC_1023.tracee_match with input as examples.doubled(event)
}

test_quiet_on_writing if {
	every path in paths {
		every flags in ["O_WRONLY", "O_WRONLY|O_CREAT|O_TRUNC", "", "O_CREAT"] {
			not TRC_1023.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_quiet_on_other_files if {
	every path in other_paths {
		not TRC_1023.tracee_match with input as examples.open(path, "O_RDWR")
	}
}

test_quiet_on_values_of_other_types if {
	event := examples.open("/proc/1/mem", "O_RDONLY")
	every spoiled in examples.spoiled(event) {
		not TRC_1023.tracee_match with input as spoiled
	}
}

paths := ["/proc/1/mem", "/proc/self/mem", "/proc/12/task/13/mem"]

other_paths := [
	"/proc/1/maps",
	"/proc/meminfo",
	"/proc/mem",
	"/srv/proc/1/mem",
	"/proc/1/mem2",
	"/proc/x/mem",
]

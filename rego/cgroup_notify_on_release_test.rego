# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_106_test

import data.tracee.TRC_106
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_writing if {
	every path in paths {
		every flags in ["O_WRONLY|O_CREAT", "O_RDWR", "O_RDWR|O_CLOEXEC"] {
			TRC_106.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_fires_where_an_argument_comes_twice if {
	event := examples.open("/sys/fs/cgroup/rdma/x/notify_on_release", "O_WRONLY|O_CREAT")
	TRC_106.tracee_match with input as examples.doubled(event)
}

test_quiet_on_reading if {
	every path in paths {
		every flags in ["O_RDONLY", "O_RDONLY|O_CLOEXEC", "", "O_CREAT"] {
			not TRC_106.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_quiet_on_other_files if {
	every path in other_paths {
		not TRC_106.tracee_match with input as examples.open(path, "O_RDWR")
	}
}

test_quiet_on_values_of_other_types if {
	event := examples.open("/sys/fs/cgroup/rdma/x/notify_on_release", "O_WRONLY|O_CREAT")
	every spoiled in examples.spoiled(event) {
		not TRC_106.tracee_match with input as spoiled
	}
}

paths := ["/sys/fs/cgroup/rdma/x/notify_on_release", "/tmp/cgrp/notify_on_release"]

other_paths := ["/tmp/notify_on_release.txt", "/tmp/my_notify_on_release"]

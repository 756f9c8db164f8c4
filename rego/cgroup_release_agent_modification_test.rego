# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_14_test

import data.tracee.TRC_14
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_writing if {
	every path in paths {
		every flags in ["O_WRONLY|O_CREAT", "O_RDWR", "O_RDWR|O_CLOEXEC"] {
			TRC_14.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_fires_where_an_argument_comes_twice if {
	event := examples.open("/sys/fs/cgroup/rdma/release_agent", "O_WRONLY|O_CREAT")
	TRC_14.tracee_match with input as examples.doubled(event)
}

test_quiet_on_reading if {
	every path in paths {
		every flags in ["O_RDONLY", "O_RDONLY|O_CLOEXEC", "", "O_CREAT"] {
			not TRC_14.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_quiet_on_other_files if {
	every path in other_paths {
		not TRC_14.tracee_match with input as examples.open(path, "O_RDWR")
	}
}

test_quiet_on_values_of_other_types if {
	event := examples.open("/sys/fs/cgroup/rdma/release_agent", "O_WRONLY|O_CREAT")
	every spoiled in examples.spoiled(event) {
		not TRC_14.tracee_match with input as spoiled
	}
}

test_fires_on_a_file_moved_onto_it if {
	every path in paths {
		TRC_14.tracee_match with input as examples.rename("/tmp/x", path)
	}
}

test_quiet_on_moving_it_away if {
	every path in paths {
		not TRC_14.tracee_match with input as examples.rename(path, "/tmp/x")
	}
}

test_quiet_on_a_move_with_values_of_other_types if {
	event := examples.event("security_inode_rename", {"new_path": "/sys/fs/cgroup/rdma/release_agent"})
	every spoiled in examples.spoiled(event) {
		not TRC_14.tracee_match with input as spoiled
	}
}

paths := ["/sys/fs/cgroup/rdma/release_agent", "/tmp/cgrp/release_agent"]

other_paths := ["/tmp/release_agent.txt", "/tmp/my_release_agent", "/release_agent/x"]

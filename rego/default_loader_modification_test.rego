# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_1012_test

import data.tracee.TRC_1012
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_writing if {
	every path in paths {
		every flags in ["O_WRONLY|O_CREAT", "O_RDWR", "O_RDWR|O_CLOEXEC"] {
			TRC_1012.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_fires_where_an_argument_comes_twice if {
	event := examples.open("/lib64/ld-linux-x86-64.so.2", "O_WRONLY|O_CREAT")
	TRC_1012.tracee_match with input as examples.doubled(event)
}

test_quiet_on_reading if {
	every path in paths {
		every flags in ["O_RDONLY", "O_RDONLY|O_CLOEXEC", "", "O_CREAT"] {
			not TRC_1012.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_quiet_on_other_files if {
	every path in other_paths {
		not TRC_1012.tracee_match with input as examples.open(path, "O_RDWR")
	}
}

test_quiet_on_values_of_other_types if {
	event := examples.open("/lib64/ld-linux-x86-64.so.2", "O_WRONLY|O_CREAT")
	every spoiled in examples.spoiled(event) {
		not TRC_1012.tracee_match with input as spoiled
	}
}

test_fires_on_a_file_moved_onto_it if {
	every path in paths {
		TRC_1012.tracee_match with input as examples.rename("/tmp/x", path)
	}
}

test_quiet_on_moving_it_away if {
	every path in paths {
		not TRC_1012.tracee_match with input as examples.rename(path, "/tmp/x")
	}
}

test_quiet_on_a_move_with_values_of_other_types if {
	event := examples.event("security_inode_rename", {"new_path": "/lib64/ld-linux-x86-64.so.2"})
	every spoiled in examples.spoiled(event) {
		not TRC_1012.tracee_match with input as spoiled
	}
}

paths := [
	"/lib64/ld-linux-x86-64.so.2",
	"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
	"/lib/ld-musl-x86_64.so.1",
	"/usr/lib/ld-2.31.so",
	"/lib64/ld64.so.2",
	"/lib/ld.so",
]

other_paths := [
	"/usr/lib/libc.so.6",
	"/usr/lib/x86_64-linux-gnu/ldap.so",
	"/srv/lib64/ld-linux-x86-64.so.2",
	"/usr/lib/a/b/ld.so",
	"/lib64/ld-linux-x86-64.so.2.bak",
	"/usr/libexec/ld.so",
]

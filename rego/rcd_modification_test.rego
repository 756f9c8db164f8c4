# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_1026_test

import data.tracee.TRC_1026
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_writing if {
	every path in paths {
		every flags in ["O_WRONLY|O_CREAT", "O_RDWR", "O_RDWR|O_CLOEXEC"] {
			TRC_1026.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_fires_where_an_argument_comes_twice if {
	event := examples.open("/etc/rc.local", "O_WRONLY|O_CREAT")
	TRC_1026.tracee_match with input as examples.doubled(event)
}

test_quiet_on_reading if {
	every path in paths {
		every flags in ["O_RDONLY", "O_RDONLY|O_CLOEXEC", "", "O_CREAT"] {
			not TRC_1026.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_quiet_on_other_files if {
	every path in other_paths {
		not TRC_1026.tracee_match with input as examples.open(path, "O_RDWR")
	}
}

test_quiet_on_values_of_other_types if {
	event := examples.open("/etc/rc.local", "O_WRONLY|O_CREAT")
	every spoiled in examples.spoiled(event) {
		not TRC_1026.tracee_match with input as spoiled
	}
}

test_fires_on_a_file_moved_onto_it if {
	every path in paths {
		TRC_1026.tracee_match with input as examples.rename("/tmp/x", path)
	}
}

test_quiet_on_moving_it_away if {
	every path in paths {
		not TRC_1026.tracee_match with input as examples.rename(path, "/tmp/x")
	}
}

test_quiet_on_a_move_with_values_of_other_types if {
	event := examples.event("security_inode_rename", {"new_path": "/etc/rc.local"})
	every spoiled in examples.spoiled(event) {
		not TRC_1026.tracee_match with input as spoiled
	}
}

paths := [
	"/etc/rc.local",
	"/etc/init.d/evil",
	"/etc/init.d/rc.local",
	"/etc/rc3.d/S99evil",
	"/etc/rcS.d/S01x",
	"/etc/rc.d/init.d/x",
]

other_paths := ["/etc/rc.local.bak", "/etc/rc", "/etc/init.d", "/srv/etc/rc.local", "/etc/rc7.d/x"]

test_fires_on_its_tools if {
	every name in ["update-rc.d", "chkconfig"] {
		TRC_1026.tracee_match with input as examples.exec(concat("/", ["/usr/sbin", name]))
		script := {"pathname": "/usr/bin/perl", "cmdpath": name}
		TRC_1026.tracee_match with input as examples.event("sched_process_exec", script)
	}
}

test_quiet_on_other_programs if {
	every name in ["/usr/bin/ls", "/usr/sbin/my-update-rc.d", "/update-rc.d/x", ""] {
		not TRC_1026.tracee_match with input as examples.exec(name)
	}
}

test_quiet_on_programs_of_other_types if {
	event := examples.event("sched_process_exec", {"pathname": "/usr/bin/update-rc.d"})
	every spoiled in examples.spoiled(event) {
		not TRC_1026.tracee_match with input as spoiled
	}
}

# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_7_test

import data.tracee.TRC_7
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_a_variable_of_a_program_that_starts if {
	every variable in ["LD_PRELOAD=/tmp/hook.so", "LD_LIBRARY_PATH=/tmp", "LD_PRELOAD="] {
		TRC_7.tracee_match with input as exec(["HOME=/root", variable])
		TRC_7.tracee_match with input as examples.doubled(exec(["HOME=/root", variable]))
	}
}

test_quiet_on_other_variables if {
	every variable in ["XLD_PRELOAD=x", "LD_PRELOADED=1", "A=LD_PRELOAD=x", ""] {
		not TRC_7.tracee_match with input as exec([variable])
		not TRC_7.tracee_match with input as execve([variable])
	}
}

test_fires_on_a_program_that_could_not_be_started if {
	failed := {"returnValue": -2, "syscall": "execve"}
	TRC_7.tracee_match with input as examples.with_fields(execve(["LD_PRELOAD=x"]), failed)
}

test_fires_on_recordings_that_name_no_system_call if {
	TRC_7.tracee_match with input as execve(["LD_PRELOAD=x"])
	TRC_7.tracee_match with input as examples.with_fields(execve(["LD_PRELOAD=x"]), {"syscall": ""})
}

test_quiet_on_a_call_that_sched_process_exec_tells if {
	succeeded := {"syscall": "execve"}
	not TRC_7.tracee_match with input as examples.with_fields(execve(["LD_PRELOAD=x"]), succeeded)
}

test_quiet_on_an_environment_of_another_type if {
	every event in [exec(["LD_PRELOAD=x"]), execve(["LD_PRELOAD=x"])] {
		every spoiled in examples.spoiled(event) {
			not TRC_7.tracee_match with input as spoiled
		}
	}
	every variable in [null, 7, [], {}] {
		not TRC_7.tracee_match with input as exec([variable])
	}
}

test_fires_on_writing if {
	every path in paths {
		every flags in ["O_WRONLY|O_CREAT", "O_RDWR", "O_RDWR|O_CLOEXEC"] {
			TRC_7.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_fires_where_an_argument_comes_twice if {
	event := examples.open("/etc/ld.so.preload", "O_WRONLY|O_CREAT")
	TRC_7.tracee_match with input as examples.doubled(event)
}

test_quiet_on_reading if {
	every path in paths {
		every flags in ["O_RDONLY", "O_RDONLY|O_CLOEXEC", "", "O_CREAT"] {
			not TRC_7.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_quiet_on_other_files if {
	every path in other_paths {
		not TRC_7.tracee_match with input as examples.open(path, "O_RDWR")
	}
}

test_quiet_on_values_of_other_types if {
	event := examples.open("/etc/ld.so.preload", "O_WRONLY|O_CREAT")
	every spoiled in examples.spoiled(event) {
		not TRC_7.tracee_match with input as spoiled
	}
}

test_fires_on_a_file_moved_onto_it if {
	every path in paths {
		TRC_7.tracee_match with input as examples.rename("/tmp/x", path)
	}
}

test_quiet_on_moving_it_away if {
	every path in paths {
		not TRC_7.tracee_match with input as examples.rename(path, "/tmp/x")
	}
}

test_quiet_on_a_move_with_values_of_other_types if {
	event := examples.event("security_inode_rename", {"new_path": "/etc/ld.so.preload"})
	every spoiled in examples.spoiled(event) {
		not TRC_7.tracee_match with input as spoiled
	}
}

paths := ["/etc/ld.so.preload", "/srv/root/etc/ld.so.preload"]

other_paths := ["/etc/ld.so.cache", "/etc/ld.so.preload.bak", "/etc/xld.so.preload"]

exec(environment) := examples.event("sched_process_exec", {"env": environment})

execve(environment) := examples.event("execve", {"envp": environment})

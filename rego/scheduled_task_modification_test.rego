# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_1027_test

import data.tracee.TRC_1027
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_writing if {
	every path in paths {
		every flags in ["O_WRONLY|O_CREAT", "O_RDWR", "O_RDWR|O_CLOEXEC"] {
			TRC_1027.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_fires_where_an_argument_comes_twice if {
	event := examples.open("/etc/crontab", "O_WRONLY|O_CREAT")
	TRC_1027.tracee_match with input as examples.doubled(event)
}

test_quiet_on_reading if {
	every path in paths {
		every flags in ["O_RDONLY", "O_RDONLY|O_CLOEXEC", "", "O_CREAT"] {
			not TRC_1027.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_quiet_on_other_files if {
	every path in other_paths {
		not TRC_1027.tracee_match with input as examples.open(path, "O_RDWR")
	}
}

test_quiet_on_values_of_other_types if {
	event := examples.open("/etc/crontab", "O_WRONLY|O_CREAT")
	every spoiled in examples.spoiled(event) {
		not TRC_1027.tracee_match with input as spoiled
	}
}

test_fires_on_a_file_moved_onto_it if {
	every path in paths {
		TRC_1027.tracee_match with input as examples.rename("/tmp/x", path)
	}
}

test_quiet_on_moving_it_away if {
	every path in paths {
		not TRC_1027.tracee_match with input as examples.rename(path, "/tmp/x")
	}
}

test_quiet_on_a_move_with_values_of_other_types if {
	event := examples.event("security_inode_rename", {"new_path": "/etc/crontab"})
	every spoiled in examples.spoiled(event) {
		not TRC_1027.tracee_match with input as spoiled
	}
}

paths := [
	"/etc/crontab",
	"/etc/anacrontab",
	"/etc/cron.deny",
	"/etc/cron.d/x",
	"/etc/cron.daily/x",
	"/var/spool/cron/crontabs/root",
	"/var/spool/cron/root",
	"/var/spool/anacron/cron.daily",
]

other_paths := [
	"/etc/crontab.bak",
	"/etc/cron.d",
	"/srv/etc/crontab",
	"/etc/cron.yearly/x",
	"/var/spool/mail/root",
]

test_fires_on_its_tools if {
	every name in ["crontab", "at", "batch"] {
		TRC_1027.tracee_match with input as examples.exec(concat("/", ["/usr/sbin", name]))
		script := {"pathname": "/usr/bin/perl", "cmdpath": name}
		TRC_1027.tracee_match with input as examples.event("sched_process_exec", script)
	}
}

test_quiet_on_other_programs if {
	every name in ["/usr/bin/cat", "/usr/bin/mycrontab", "/usr/bin/crontabs", ""] {
		not TRC_1027.tracee_match with input as examples.exec(name)
	}
}

test_quiet_on_programs_of_other_types if {
	event := examples.event("sched_process_exec", {"pathname": "/usr/bin/crontab"})
	every spoiled in examples.spoiled(event) {
		not TRC_1027.tracee_match with input as spoiled
	}
}

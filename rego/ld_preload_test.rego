# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_7_test

import data.tracee.TRC_7
import rego.v1

test_fires_on_the_variables if {
	every variable in ["LD_PRELOAD=/tmp/hook.so", "LD_LIBRARY_PATH=/tmp", "LD_PRELOAD="] {
		TRC_7.tracee_match with input as execve(["HOME=/root", variable])
	}
}

test_quiet_on_other_variables if {
	not TRC_7.tracee_match with input as execve(["XLD_PRELOAD=x", "LD_PRELOADED=1", "A=LD_PRELOAD=x"])
	not TRC_7.tracee_match with input as execve([])
	not TRC_7.tracee_match with input as execve(null)
}

test_fires_on_writing_the_preload_file if {
	every flags in ["O_WRONLY|O_CREAT", "O_RDWR", "O_WRONLY|O_TRUNC|O_LARGEFILE"] {
		TRC_7.tracee_match with input as open("/etc/ld.so.preload", flags)
	}
}

test_quiet_on_reading_the_preload_file if {
	not TRC_7.tracee_match with input as open("/etc/ld.so.preload", "O_RDONLY|O_CLOEXEC")
	not TRC_7.tracee_match with input as open("/etc/ld.so.preload", null)
}

test_quiet_on_writing_another_file if {
	every path in ["/etc/ld.so.cache", "/etc/ld.so.preload.bak", "/srv/etc/ld.so.preload"] {
		not TRC_7.tracee_match with input as open(path, "O_WRONLY|O_CREAT")
	}
}

execve(environment) := {
	"eventName": "execve",
	"args": [
		{"name": "pathname", "type": "const char*", "value": "/bin/ls"},
		{"name": "argv", "type": "const char*const*", "value": ["ls", "LD_PRELOAD=argument"]},
		{"name": "envp", "type": "const char*const*", "value": environment},
	],
}

open(path, flags) := {
	"eventName": "security_file_open",
	"args": [
		{"name": "pathname", "type": "const char*", "value": path},
		{"name": "flags", "type": "int", "value": flags},
	],
}

# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_5_test

import data.tracee.TRC_5
import rego.v1

container := "3f4ea2c9d5b1"

test_fires_on_memory_files if {
	every path in ["memfd:payload", "/memfd:payload", "memfd:payload (deleted)", "memfd:"] {
		TRC_5.tracee_match with input as exec(path, "")
		TRC_5.tracee_match with input as exec(path, container)
	}
}

test_fires_on_shared_memory if {
	every path in ["/dev/shm/x", "/run/shm/a/b"] {
		TRC_5.tracee_match with input as exec(path, "")
	}
}

test_quiet_on_files_of_a_disk if {
	every path in ["/usr/bin/ls", "/home/memfd:x", "/dev/shmx", "/srv/dev/shm/x", ""] {
		not TRC_5.tracee_match with input as exec(path, "")
	}
}

test_quiet_on_the_container_runtime_of_the_host if {
	not TRC_5.tracee_match with input as exec("memfd:runc_cloned:/proc/self/exe", "")
	not TRC_5.tracee_match with input as exec("/memfd:runc_cloned:/proc/self/exe", "")
}

test_fires_on_its_name_in_a_container if {
	TRC_5.tracee_match with input as exec("memfd:runc_cloned:/proc/self/exe", container)
}

test_quiet_where_the_path_could_not_be_read if {
	not TRC_5.tracee_match with input as exec(null, "")
}

exec(path, container_id) := {
	"eventName": "sched_process_exec",
	"containerId": container_id,
	"args": [
		{"name": "cmdpath", "type": "const char*", "value": "/proc/self/fd/3"},
		{"name": "pathname", "type": "const char*", "value": path},
	],
}

# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_5_test

import data.tracee.TRC_5
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_memory_files if {
	every path in ["memfd:payload", "/memfd:payload", "memfd:payload (deleted)", "memfd:"] {
		TRC_5.tracee_match with input as examples.exec(path)
		TRC_5.tracee_match with input as in_container(examples.exec(path))
	}
}

test_fires_on_shared_memory if {
	every path in ["/dev/shm/x", "/run/shm/a/b"] {
		TRC_5.tracee_match with input as examples.exec(path)
		TRC_5.tracee_match with input as examples.doubled(examples.exec(path))
	}
}

test_quiet_on_files_of_a_disk if {
	every path in ["/usr/bin/ls", "/home/memfd:x", "/dev/shmx", "/srv/dev/shm/x", ""] {
		not TRC_5.tracee_match with input as examples.exec(path)
	}
}

test_quiet_on_the_container_runtime_of_the_host if {
	every path in ["memfd:runc_cloned:/proc/self/exe", "/memfd:runc_cloned:/proc/self/exe"] {
		not TRC_5.tracee_match with input as examples.exec(path)
	}
}

test_fires_on_its_name_in_a_container if {
	TRC_5.tracee_match with input as in_container(examples.exec("memfd:runc_cloned:/proc/self/exe"))
}

test_quiet_on_values_of_other_types if {
	every event in examples.spoiled(examples.event("sched_process_exec", {"pathname": "memfd:x"})) {
		not TRC_5.tracee_match with input as event
	}
}

in_container(event) := examples.with_fields(event, {"containerId": "3f4ea2c9d5b1"})

# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_9_test

import data.tracee.TRC_9
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_a_program_and_names_it if {
	every bytes in ["f0VMRgIBAQ==", "f0VMRg==", "f0VMRv8="] {
		TRC_9.tracee_match == {"path": "/tmp/x"} with input as write("/tmp/x", bytes)
	}
}

test_fires_where_the_path_could_not_be_read if {
	TRC_9.tracee_match == {"path": null} with input as write(null, "f0VMRgIBAQ==")
}

test_fires_where_an_argument_comes_twice if {
	TRC_9.tracee_match with input as examples.doubled(write("/tmp/x", "f0VMRgIBAQ=="))
}

test_quiet_on_other_files if {
	every bytes in ["IyEvYmluL3No", "f0VMRw==", "f0VM", "AAB/RUxG", "xf0VMRgIBAQ=="] {
		not TRC_9.tracee_match with input as write("/tmp/x", bytes)
	}
}

test_quiet_on_bytes_of_other_types if {
	every bytes in [null, true, -1, "", [], {}] {
		not TRC_9.tracee_match with input as write("/tmp/x", bytes)
	}
}

write(path, bytes) := examples.event("magic_write", {"pathname": path, "bytes": bytes})

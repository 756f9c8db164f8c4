# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_1015_test

import data.tracee.TRC_1015
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_a_hidden_program if {
	every path in ["/tmp/.x", "/home/u/.cache/x"] {
		TRC_1015.tracee_match with input as write(path, "f0VMRgIBAQ==")
		TRC_1015.tracee_match with input as examples.doubled(write(path, "f0VMRgIBAQ=="))
	}
}

test_quiet_on_a_program_in_the_open if {
	every path in ["/tmp/x", "/tmp/a.out", "/tmp/x."] {
		not TRC_1015.tracee_match with input as write(path, "f0VMRgIBAQ==")
	}
}

test_quiet_on_other_hidden_files if {
	every bytes in ["IyEvYmluL3No", "f0VMRw=="] {
		not TRC_1015.tracee_match with input as write("/tmp/.x", bytes)
	}
}

test_quiet_on_values_of_other_types if {
	every event in examples.spoiled(write("/tmp/.x", "f0VMRgIBAQ==")) {
		not TRC_1015.tracee_match with input as event
	}
}

write(path, bytes) := examples.event("magic_write", {"pathname": path, "bytes": bytes})

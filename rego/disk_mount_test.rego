# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_11_test

import data.tracee.TRC_11
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_a_device if {
	every device in ["/dev/sda1", "/dev/mapper/root", "/dev/nvme0n1p1"] {
		TRC_11.tracee_match with input as mount(device)
		TRC_11.tracee_match with input as examples.doubled(mount(device))
	}
}

test_quiet_on_other_sources if {
	every device in ["proc", "tmpfs", "/srv/dev/sda1", "/device", "/dev"] {
		not TRC_11.tracee_match with input as mount(device)
	}
}

test_quiet_on_values_of_other_types if {
	every event in examples.spoiled(mount("/dev/sda1")) {
		not TRC_11.tracee_match with input as event
	}
}

mount(device) := examples.event("security_sb_mount", {"dev_name": device})

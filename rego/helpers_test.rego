# SPDX-License-Identifier: Apache-2.0
package tracee.helpers_test

import data.tracee.helpers
import rego.v1

test_argument_by_its_name if {
	helpers.get_tracee_argument("b") == 2 with input as event
}

test_argument_that_is_not_there_is_undefined if {
	not helpers.get_tracee_argument("c") with input as event
	not helpers.get_tracee_argument("a") with input as {"args": null}
}

test_write_flags if {
	every flags in ["O_WRONLY", "O_RDWR|O_CLOEXEC", "O_CREAT|O_WRONLY"] {
		helpers.is_file_write(flags)
	}
	every flags in ["O_RDONLY", "O_CREAT", "", "XO_RDWR", "O_RDWRX"] {
		not helpers.is_file_write(flags)
	}
}

event := {"args": [{"name": "a", "value": 1}, {"name": "b", "value": 2}]}

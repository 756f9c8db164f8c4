# SPDX-License-Identifier: Apache-2.0
# What several signatures ask of an event. A function is undefined where the event has no such
# argument, and then the rule that asks does not match.
package tracee.helpers

import rego.v1

# The value of the argument of this name.
get_tracee_argument(name) := value if {
	some argument in input.args
	argument.name == name
	value := argument.value
}

# Whether open flags such as "O_WRONLY|O_CREAT" allow writing.
is_file_write(flags) if {
	some flag in split(flags, "|")
	flag in {"O_WRONLY", "O_RDWR"}
}

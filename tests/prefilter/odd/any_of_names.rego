# SPDX-License-Identifier: Apache-2.0
# The argument may have one of many names.
package tracee.odd_any_of_names

import rego.v1

__rego_metadoc__ := {"id": "ODD-any_of_names", "name": "Any of names"}

tracee_selected_events contains {"source": "tracee", "name": "security_file_open"}

tracee_selected_events contains {"source": "tracee", "name": "mount"}

names := {
	"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r",
	"path", "pathname", "source", "target", "type", "z",
}

tracee_match if {
	some argument in input.args
	argument.name in names
	startswith(argument.value, "/etc/s")
}

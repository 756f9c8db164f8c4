# SPDX-License-Identifier: Apache-2.0
# A comprehension over all arguments, as Tracee's own helpers have it.
package tracee.odd_comprehension

import rego.v1

__rego_metadoc__ := {"id": "ODD-comprehension", "name": "Comprehension"}

tracee_selected_events contains {"source": "tracee", "name": "security_file_open"}

args := {name: value |
	some argument in input.args
	name := argument.name
	value := argument.value
}

tracee_match if {
	input.eventName == "security_file_open"
	args.pathname == "/etc/shadow"
	args.flags == "O_RDWR"
}

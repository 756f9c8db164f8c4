# SPDX-License-Identifier: Apache-2.0
# Looks everywhere.
package tracee.odd_walked

import rego.v1

__rego_metadoc__ := {"id": "ODD-walked", "name": "Walked"}

tracee_selected_events contains {"source": "tracee", "name": "connect"}

tracee_selected_events contains {"source": "tracee", "name": "ptrace"}

tracee_match if {
	some path
	walk(input.args, [path, value])
	value == "127.0.0.1"
	count(path) > 2
}

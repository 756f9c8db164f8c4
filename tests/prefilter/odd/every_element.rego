# SPDX-License-Identifier: Apache-2.0
# `every`, which also holds for an empty list.
package tracee.odd_every_element

import rego.v1

__rego_metadoc__ := {"id": "ODD-every_element", "name": "Every element"}

tracee_selected_events contains {"source": "tracee", "name": "execve"}

tracee_match if {
	some a in input.args
	a.name == "argv"
	every word in a.value {
		not startswith(word, "-")
	}
	count(a.value) != 1
}

# SPDX-License-Identifier: Apache-2.0
# Counts what a comprehension found.
package tracee.odd_set_comprehension

import rego.v1

__rego_metadoc__ := {"id": "ODD-set_comprehension", "name": "Set comprehension"}

tracee_selected_events contains {"source": "tracee", "name": "execve"}

tracee_match if {
	input.eventName == "execve"
	found := {v | some a in input.args; a.name == "envp"; some v in a.value; startswith(v, "LD_")}
	count(found) > 1
}

# SPDX-License-Identifier: Apache-2.0
# Findings with data, false and null among them.
package tracee.odd_object_match

import rego.v1

__rego_metadoc__ := {"id": "ODD-object_match", "name": "Object match"}

tracee_selected_events contains {"source": "tracee", "name": "ptrace"}

tracee_match := {"request": a.value} if {
	some a in input.args
	a.name == "request"
	startswith(a.value, "PTRACE_POKE")
}

# SPDX-License-Identifier: Apache-2.0
# Not any of the arguments.
package tracee.odd_negated_helper

import rego.v1

__rego_metadoc__ := {"id": "ODD-negated_helper", "name": "Negated helper"}

tracee_selected_events contains {"source": "tracee", "name": "execve"}

preloads if {
	some a in input.args
	a.name == "envp"
	some v in a.value
	startswith(v, "LD_")
}

tracee_match if {
	not preloads
	input.processName == "sh"
}

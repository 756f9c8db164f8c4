# SPDX-License-Identifier: Apache-2.0
# What a negation of each kind of test says about other types.
package tracee.odd_negated_comparisons

import rego.v1

__rego_metadoc__ := {"id": "ODD-negated_comparisons", "name": "Negated comparisons"}

tracee_selected_events contains {"source": "tracee", "name": "openat"}

tracee_match if {
	some a in input.args
	a.name == "pathname"
	startswith(a.value, "/etc/")
	not a.value == "/etc/passwd"
	not startswith(a.value, "/etc/ssl")
	not input.returnValue > 5
	input.processName != "sh"
}

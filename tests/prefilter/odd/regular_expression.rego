# SPDX-License-Identifier: Apache-2.0
# Regular expressions of RE2.
package tracee.odd_regular_expression

import rego.v1

__rego_metadoc__ := {"id": "ODD-regular_expression", "name": "Regular expression"}

tracee_selected_events contains {"source": "tracee", "name": "security_file_open"}

tracee_match if {
	some a in input.args
	a.name == "pathname"
	regex.match(`^/proc/(?:\d+|self)/mem$`, a.value)
}

tracee_match if {
	some a in input.args
	a.name == "flags"
	regex.match(`O_RDWR\b.*\z`, a.value)
	input.processName in ["sh", "bash"]
}

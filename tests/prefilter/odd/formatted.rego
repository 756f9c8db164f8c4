# SPDX-License-Identifier: Apache-2.0
# Compares with a text that is put together.
package tracee.odd_formatted

import rego.v1

__rego_metadoc__ := {"id": "ODD-formatted", "name": "Formatted"}

tracee_selected_events contains {"source": "tracee", "name": "security_file_open"}

tracee_match if {
	path := sprintf("/proc/%v/mem", [input.processId])
	input.args[_].value == path
}

tracee_match if {
	some a in input.args
	a.name == "pathname"
	a.value == concat("/", ["", "proc", "self", "mem"])
}

# SPDX-License-Identifier: Apache-2.0
# A negation inside a negation.
package tracee.odd_nested_not

import rego.v1

__rego_metadoc__ := {"id": "ODD-nested_not", "name": "Nested not"}

tracee_selected_events contains {"source": "tracee", "name": "security_file_open"}

trusted(name) if not name in {"cat", "sh", "python3"}

tracee_match if {
	some a in input.args
	a.name == "pathname"
	startswith(a.value, "/etc/kubernetes/pki/")
	not trusted(input.processName)
}

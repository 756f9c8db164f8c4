# SPDX-License-Identifier: Apache-2.0
# The name of the argument is a variable.
package tracee.odd_variable_name

import rego.v1

__rego_metadoc__ := {"id": "ODD-variable_name", "name": "Variable name"}

tracee_selected_events contains {"source": "tracee", "name": "mount"}

tracee_selected_events contains {"source": "tracee", "name": "security_file_open"}

tracee_match if {
	name := {"security_file_open": "pathname", "mount": "type"}[input.eventName]
	input.args[i].name == name
	input.args[i].value in {"/etc/shadow", "cgroup"}
}

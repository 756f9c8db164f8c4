# SPDX-License-Identifier: Apache-2.0
# A default that is no match.
package tracee.odd_default_rule

import rego.v1

__rego_metadoc__ := {"id": "ODD-default_rule", "name": "Default rule"}

tracee_selected_events contains {"source": "tracee", "name": "security_file_open"}

default tracee_match := false

tracee_match if {
	some a in input.args
	a.name == "pathname"
	endswith(a.value, "/release_agent")
}

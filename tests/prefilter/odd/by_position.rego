# SPDX-License-Identifier: Apache-2.0
# Arguments by their position.
package tracee.odd_by_position

import rego.v1

__rego_metadoc__ := {"id": "ODD-by_position", "name": "By position"}

tracee_selected_events contains {"source": "tracee", "name": "openat"}

tracee_selected_events contains {"source": "tracee", "name": "connect"}

tracee_match if {
	input.args[1].value == "/etc/shadow"
	input.args[0].name == "dirfd"
}

tracee_match if {
	input.args[count(input.args) - 1].value == "16"
}

tracee_match if {
	address := input.args[1].value
	address.sin_port == "53"
	address.sa_family == "AF_INET"
}

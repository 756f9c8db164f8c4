# SPDX-License-Identifier: Apache-2.0
# Replaces the input and data while it evaluates.
package tracee.odd_with_keyword

import rego.v1

__rego_metadoc__ := {"id": "ODD-with_keyword", "name": "With keyword"}

tracee_selected_events contains {"source": "tracee", "name": "security_file_open"}

allowed := {"systemd"}

quiet if input.processName in allowed

tracee_match if {
	not quiet with allowed as {"sh"}
	quiet with input as {"processName": "systemd"}
	input.userId == 1000
}

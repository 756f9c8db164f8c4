# SPDX-License-Identifier: Apache-2.0
# The raw values beside the arguments.
package tracee.odd_raw_data

import rego.v1

__rego_metadoc__ := {"id": "ODD-raw_data", "name": "Raw data"}

tracee_selected_events contains {"source": "tracee", "name": "ptrace"}

tracee_selected_events contains {"source": "tracee", "name": "connect"}

tracee_selected_events contains {"source": "tracee", "name": "openat"}

tracee_match if input.data.request in {4, 5}

tracee_match if input.data.addr.sin_addr == "127.0.0.1"

tracee_match if {
	input.eventName == "openat"
	bits.and(input.data.flags, 3) == 2
	startswith(input.data.pathname, "/etc/")
}

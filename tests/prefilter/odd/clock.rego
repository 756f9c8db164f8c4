# SPDX-License-Identifier: Apache-2.0
# Asks functions that have no arguments, or whose values change.
package tracee.odd_clock

import rego.v1

__rego_metadoc__ := {"id": "ODD-clock", "name": "Clock"}

tracee_selected_events contains {"source": "tracee", "name": "ptrace"}

tracee_match if {
	time.now_ns() > 5
	input.processName == "gdb"
	rand.intn(input.processName, 1) == 0
}

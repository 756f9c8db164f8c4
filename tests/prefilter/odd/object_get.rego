# SPDX-License-Identifier: Apache-2.0
# Fields with a default for where they are missing.
package tracee.odd_object_get

import rego.v1

__rego_metadoc__ := {"id": "ODD-object_get", "name": "Object get"}

tracee_selected_events contains {"source": "tracee", "name": "sched_process_exec"}

tracee_selected_events contains {"source": "tracee", "name": "ptrace"}

tracee_match if {
	object.get(input, "processName", "none") == "nginx"
	object.get(input, ["contextFlags", "containerStarted"], true) == false
}

tracee_match if {
	object.get(input, "processName", "none") == "none"
}

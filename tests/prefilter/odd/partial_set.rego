# SPDX-License-Identifier: Apache-2.0
# A partial set and a partial object in between.
package tracee.odd_partial_set

import rego.v1

__rego_metadoc__ := {"id": "ODD-partial_set", "name": "Partial set"}

tracee_selected_events contains {"source": "tracee", "name": "execve"}

tracee_selected_events contains {"source": "tracee", "name": "sched_process_exec"}

names contains argument.name if some argument in input.args

value_of[name] := value if {
	some argument in input.args
	name := argument.name
	value := argument.value
}

tracee_match if {
	"envp" in names
	some variable in value_of.envp
	startswith(variable, "LD_PRELOAD=")
}

tracee_match := {"path": value_of.pathname} if {
	not "envp" in names
	startswith(value_of.pathname, "/dev/shm/")
}

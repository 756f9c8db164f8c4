# SPDX-License-Identifier: Apache-2.0
# The dynamic loader runs the code of libraries named here inside programs that did not ask for it.
# Sees the variables in the environment that a program is started with, and the preload file when it
# is opened for writing. Does not see a variable that is set and used inside a running process, nor
# a preload file that is moved into place; developers set LD_LIBRARY_PATH for good reasons too.
package tracee.TRC_7

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-7",
	"version": "0.1.0",
	"name": "LD_PRELOAD",
	"eventName": "ld_preload",
	"description": "A library was put before all others in a program, where it can take over the functions that the program calls",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 2,
		"MITRE ATT&CK": "Persistence: Hijack Execution Flow",
	},
}

tracee_selected_events contains {"source": "tracee", "name": "execve"}

tracee_selected_events contains {"source": "tracee", "name": "security_file_open"}

tracee_match if {
	input.eventName == "execve"
	some variable in helpers.get_tracee_argument("envp")
	strings.any_prefix_match(variable, ["LD_PRELOAD=", "LD_LIBRARY_PATH="])
}

tracee_match if {
	input.eventName == "security_file_open"
	helpers.get_tracee_argument("pathname") == "/etc/ld.so.preload"
	helpers.is_file_write(helpers.get_tracee_argument("flags"))
}

# SPDX-License-Identifier: Apache-2.0
# The dynamic loader runs the code of libraries named here inside programs that did not ask for it.
# Sees the variables in the environment of a program that starts, and the preload file when it is
# written or moved into place. A program that starts is told by sched_process_exec, one that could
# not be started by execve, so that each gives one finding. Does not see a variable that is set and
# used inside a running process; developers set LD_LIBRARY_PATH for good reasons too.
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
		"Category": "persistence",
		"Technique": "Hijack Execution Flow",
		"id": "attack-pattern--aedfca76-3b30-4866-b2aa-0f1d7fd1e4b6",
		"external_id": "T1574",
		"MITRE ATT&CK": "Persistence: Hijack Execution Flow",
		"aliases": ["TRC-107"],
		"references": [
			"https://attack.mitre.org/techniques/T1574/",
			"https://man7.org/linux/man-pages/man8/ld.so.8.html",
		],
	},
}

tracee_selected_events contains {"source": "tracee", "name": name} if {
	some name in {"execve", "sched_process_exec", "security_file_open", "security_inode_rename"}
}

tracee_match if {
	input.eventName == "sched_process_exec"
	some environment in helpers.argument.env
	some variable in environment
	names_libraries(variable)
}

tracee_match if {
	input.eventName == "execve"
	helpers.tells_alone
	some environment in helpers.argument.envp
	some variable in environment
	names_libraries(variable)
}

tracee_match if {
	some path in helpers.changed
	endswith(path, "/etc/ld.so.preload")
}

names_libraries(variable) if strings.any_prefix_match(variable, {"LD_PRELOAD=", "LD_LIBRARY_PATH="})

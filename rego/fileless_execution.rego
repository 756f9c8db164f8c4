# SPDX-License-Identifier: Apache-2.0
# A program that runs from memory leaves no file behind to be scanned. Sees memfd_create(2) files
# and the shared-memory directories. Does not see code that is mapped into a running process, nor
# files on another tmpfs. runc runs itself from a memfd on the host: that one is left out, so a host
# program that gives its memfd the same name goes unseen.
package tracee.TRC_5

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-5",
	"version": "0.1.0",
	"name": "Fileless Execution",
	"eventName": "fileless_execution",
	"description": "A program was run from memory, where no file on a disk shows what it did",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 3,
		"Category": "defense-evasion",
		"Technique": "Reflective Code Loading",
		"id": "attack-pattern--4933e63b-9b77-476e-ab29-761bc5b7d15a",
		"external_id": "T1620",
		"MITRE ATT&CK": "Defense Evasion: Reflective Code Loading",
		"aliases": ["TRC-105"],
		"references": [
			"https://attack.mitre.org/techniques/T1620/",
			"https://man7.org/linux/man-pages/man2/memfd_create.2.html",
		],
	},
}

tracee_selected_events contains {"source": "tracee", "name": "sched_process_exec"}

tracee_match if {
	input.eventName == "sched_process_exec"
	some path in helpers.argument.pathname
	in_memory(path)
}

in_memory(path) if strings.any_prefix_match(path, {"/dev/shm/", "/run/shm/"})

# A memfd has no directory; its path is written with a leading "/" or without.
in_memory(path) if {
	strings.any_prefix_match(path, {"memfd:", "/memfd:"})
	not of_container_runtime(path)
}

of_container_runtime(path) if {
	input.containerId == ""
	strings.any_prefix_match(path, {"memfd:runc", "/memfd:runc"})
}

# SPDX-License-Identifier: Apache-2.0
# The kernel runs the program that is named in release_agent, on the host and as root, when a
# control group of version 1 becomes empty. Sees the file being opened for writing or replaced in a
# container, by its name alone. Does not see a file that was opened before and is passed on.
package tracee.TRC_14

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-14",
	"version": "0.1.0",
	"name": "CGroups Release Agent File Modification",
	"eventName": "cgroup_release_agent",
	"description": "An Attempt to modify CGroups release agent file was detected. CGroups are a Linux kernel feature which can change a process's resource limitations. Adversaries may use this feature for container escaping.",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 3,
		"Category": "privilege-escalation",
		"Technique": "Escape to Host",
		"id": "attack-pattern--4a5b7ade-8bb5-4853-84ed-23f262002665",
		"external_id": "T1611",
		"MITRE ATT&CK": "Privilege Escalation: Escape to Host",
		"aliases": ["TRC-1010"],
		"references": [
			"https://attack.mitre.org/techniques/T1611/",
			"https://man7.org/linux/man-pages/man7/cgroups.7.html",
		],
	},
}

tracee_selected_events contains {"source": "tracee", "name": name, "origin": "container"} if {
	some name in {"security_file_open", "security_inode_rename"}
}

tracee_match if {
	some path in helpers.changed
	endswith(path, "/release_agent")
}

# SPDX-License-Identifier: Apache-2.0
# Sees the sudoers file and those of its directory being opened for writing or replaced. visudo and
# package managers do so too. Does not see files that the sudoers file includes from elsewhere, nor
# changes of groups that it names.
package tracee.TRC_1028

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-1028",
	"version": "1.0.0",
	"name": "Sudoers file modification",
	"eventName": "sudoers_modification",
	"description": "The rules of sudo were changed, which say who may act as the superuser",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 2,
		"Category": "privilege-escalation",
		"Technique": "Sudo and Sudo Caching",
		"id": "attack-pattern--1365fe3b-0f50-455d-b4da-266ce31c23b0",
		"external_id": "T1548.003",
		"MITRE ATT&CK": "Privilege Escalation: Sudo and Sudo Caching",
		"references": [
			"https://attack.mitre.org/techniques/T1548/003/",
			"https://man7.org/linux/man-pages/man8/sudo.8.html",
		],
	},
}

tracee_selected_events contains {"source": "tracee", "name": name} if {
	some name in {"security_file_open", "security_inode_rename"}
}

tracee_match if {
	some path in helpers.changed
	is_sudoers(path)
}

is_sudoers("/etc/sudoers")

is_sudoers(path) if startswith(path, "/etc/sudoers.d/")

# SPDX-License-Identifier: Apache-2.0
# A release agent runs only for groups with notify_on_release set: setting it is half of that
# escape. Sees the file being opened for writing in a container, by its name alone, not what is
# written. Container engines that run inside a container may set it for good reasons.
package tracee.TRC_106

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-106",
	"version": "1.0.0",
	"name": "CGroups Notify On Release File Modification",
	"eventName": "cgroup_notify_on_release",
	"description": "A container opened a control group's notify_on_release for writing. It makes the kernel run a release agent on the host, which is a known way out of a container",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 3,
		"Category": "privilege-escalation",
		"Technique": "Escape to Host",
		"id": "attack-pattern--4a5b7ade-8bb5-4853-84ed-23f262002665",
		"external_id": "T1611",
		"MITRE ATT&CK": "Privilege Escalation: Escape to Host",
		"references": [
			"https://attack.mitre.org/techniques/T1611/",
			"https://man7.org/linux/man-pages/man7/cgroups.7.html",
		],
	},
}

tracee_selected_events contains {
	"source": "tracee",
	"name": "security_file_open",
	"origin": "container",
}

tracee_match if {
	some path in helpers.written
	endswith(path, "/notify_on_release")
}

# SPDX-License-Identifier: Apache-2.0
# Who mounts the host's disk in a container reads and writes all of the host's files. Sees a mount
# whose source is under /dev, once the container has started its own program: what the runtime
# mounts before is of another origin. Does not see a device node of another directory.
package tracee.TRC_11

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-11",
	"version": "0.1.0",
	"name": "Container Device Mount Detected",
	"eventName": "disk_mount",
	"description": "Container device filesystem mount detected. A mount of a host device filesystem can be exploited by adversaries to perform container escape.",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 3,
		"Category": "privilege-escalation",
		"Technique": "Escape to Host",
		"id": "attack-pattern--4a5b7ade-8bb5-4853-84ed-23f262002665",
		"external_id": "T1611",
		"MITRE ATT&CK": "Privilege Escalation: Escape to Host",
		"aliases": ["TRC-1014"],
		"references": [
			"https://attack.mitre.org/techniques/T1611/",
			"https://man7.org/linux/man-pages/man2/mount.2.html",
		],
	},
}

tracee_selected_events contains {
	"source": "tracee",
	"name": "security_sb_mount",
	"origin": "container",
}

tracee_match if {
	input.eventName == "security_sb_mount"
	some device in helpers.argument.dev_name
	startswith(device, "/dev/")
}

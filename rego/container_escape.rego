# SPDX-License-Identifier: Apache-2.0
# Fires whenever one of the signatures does that see a way out of a container. It selects their
# findings, so it sees what they see, all of it in containers only, and names the one that fired.
package tracee.PYT_4

import rego.v1

__rego_metadoc__ := {
	"id": "PYT-4",
	"version": "1.0.0",
	"name": "Container escape",
	"eventName": "container_escape",
	"description": "Something in a container did what leads out of containers",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 3,
		"Category": "privilege-escalation",
		"Technique": "Escape to Host",
		"id": "attack-pattern--4a5b7ade-8bb5-4853-84ed-23f262002665",
		"external_id": "T1611",
		"MITRE ATT&CK": "Privilege Escalation: Escape to Host",
		"references": ["https://attack.mitre.org/techniques/T1611/"],
	},
}

tracee_selected_events contains {"source": "tracee", "name": name} if some name in inner

# Event names of the signatures that each see one way.
inner := {
	"cgroup_notify_on_release",
	"cgroup_release_agent",
	"core_pattern_modification",
	"disk_mount",
	"docker_abuse",
	"host_namespace_entry",
	"proc_kcore_read",
	"system_request_key_mod",
}

tracee_match := {"signature": input.eventName} if {
	input.eventName in inner
}

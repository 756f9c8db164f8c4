# SPDX-License-Identifier: Apache-2.0
# Fires whenever one of the signatures does that see a way to the superuser's rights. It selects
# their findings, so it sees what they see, and names the one that fired.
package tracee.PYT_5

import rego.v1

__rego_metadoc__ := {
	"id": "PYT-5",
	"version": "1.0.0",
	"name": "Privilege escalation",
	"eventName": "privilege_escalation",
	"description": "A process gained the rights of the superuser, or prepared to, in a way that programs do not need",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 3,
		"Category": "privilege-escalation",
		"Technique": "Exploitation for Privilege Escalation",
		"id": "attack-pattern--b21c3b2d-02e6-45b1-980b-e69051040839",
		"external_id": "T1068",
		"MITRE ATT&CK": "Privilege Escalation: Exploitation for Privilege Escalation",
		"references": ["https://attack.mitre.org/techniques/T1068/"],
	},
}

tracee_selected_events contains {"source": "tracee", "name": name} if some name in inner

# Event names of the signatures that each see one way.
inner := {"sudoers_modification", "uid0_without_setuid"}

tracee_match := {"signature": input.eventName} if {
	input.eventName in inner
}

# SPDX-License-Identifier: Apache-2.0
# Sees a connection to a unix socket whose path ends in docker.sock, and such a file being opened
# for writing. Containers whose work is with Docker (build agents, monitors) are told too. Does not
# see the socket under another name, nor Docker over TCP.
package tracee.TRC_1019

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-1019",
	"version": "1.0.0",
	"name": "Docker socket abuse",
	"eventName": "docker_abuse",
	"description": "A process in a container used the socket of Docker. Who speaks to it can start a container that has the whole host",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 2,
		"Category": "privilege-escalation",
		"Technique": "Exploitation for Privilege Escalation",
		"id": "attack-pattern--b21c3b2d-02e6-45b1-980b-e69051040839",
		"external_id": "T1068",
		"MITRE ATT&CK": "Privilege Escalation: Exploitation for Privilege Escalation",
		"references": [
			"https://attack.mitre.org/techniques/T1068/",
			"https://docs.docker.com/engine/security/protect-access/",
		],
	},
}

tracee_selected_events contains {"source": "tracee", "name": name, "origin": "container"} if {
	some name in {"security_file_open", "security_socket_connect"}
}

tracee_match if {
	some path in helpers.written
	endswith(path, "docker.sock")
}

tracee_match if {
	input.eventName == "security_socket_connect"
	some address in helpers.argument.remote_addr
	endswith(address.sun_path, "docker.sock")
}

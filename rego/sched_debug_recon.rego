# SPDX-License-Identifier: Apache-2.0
# The file lists the tasks of the whole host, with their control groups. Sees it being opened for
# reading in a container, at its place of before kernel 5.13 and at that of today. Does not see it
# where the proc or debug file system is mounted elsewhere.
package tracee.TRC_1029

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-1029",
	"version": "1.0.0",
	"name": "Scheduler debug reconnaissance",
	"eventName": "sched_debug_recon",
	"description": "A process in a container read the scheduler's debug file, which shows processes and CPUs of the host",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 1,
		"Category": "discovery",
		"Technique": "Container and Resource Discovery",
		"id": "attack-pattern--0470e792-32f8-46b0-a351-652bc35e9336",
		"external_id": "T1613",
		"MITRE ATT&CK": "Discovery: Container and Resource Discovery",
		"references": ["https://attack.mitre.org/techniques/T1613/"],
	},
}

tracee_selected_events contains {
	"source": "tracee",
	"name": "security_file_open",
	"origin": "container",
}

tracee_match if {
	some path in helpers.read
	path in {"/proc/sched_debug", "/sys/kernel/debug/sched/debug"}
}

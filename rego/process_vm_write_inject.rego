# SPDX-License-Identifier: Apache-2.0
# process_vm_writev(2) copies into the memory of any process that the caller may trace. Sees every
# call for another process, also one that fails, but not what it writes. A call for one of the
# caller's own threads, other than the first, is taken for another process.
package tracee.TRC_1025

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-1025",
	"version": "1.0.0",
	"name": "Code injection through process_vm_writev",
	"eventName": "process_vm_write_inject",
	"description": "A process wrote into the memory of another process with process_vm_writev, and may have put code there",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 3,
		"Category": "defense-evasion",
		"Technique": "Process Injection",
		"id": "attack-pattern--43e7dc91-05b2-474c-b9ac-2ed4fe101f4d",
		"external_id": "T1055",
		"MITRE ATT&CK": "Defense Evasion: Process Injection",
		"references": [
			"https://attack.mitre.org/techniques/T1055/",
			"https://man7.org/linux/man-pages/man2/process_vm_readv.2.html",
		],
	},
}

tracee_selected_events contains {"source": "tracee", "name": "process_vm_writev"}

tracee_match if {
	input.eventName == "process_vm_writev"
	some pid in helpers.argument.pid
	is_number(pid)
	pid > 0
	pid != input.processId
}

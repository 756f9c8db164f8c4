# SPDX-License-Identifier: Apache-2.0
# Fires whenever one of the signatures does that see a way to put code into a process: ptrace(2),
# /proc/PID/mem, process_vm_writev(2). It selects their findings, so it sees what they see, and one
# event of the kernel gives one finding of the inner signature and one of this, which names it.
package tracee.TRC_3

import rego.v1

__rego_metadoc__ := {
	"id": "TRC-3",
	"version": "0.1.0",
	"name": "Code injection",
	"eventName": "code_injection",
	"description": "Possible code injection into another process",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 3,
		"Category": "defense-evasion",
		"Technique": "Process Injection",
		"id": "attack-pattern--43e7dc91-05b2-474c-b9ac-2ed4fe101f4d",
		"external_id": "T1055",
		"MITRE ATT&CK": "Defense Evasion: Process Injection",
		"references": ["https://attack.mitre.org/techniques/T1055/"],
	},
}

tracee_selected_events contains {"source": "tracee", "name": name} if some name in inner

# Event names of the signatures that each see one way.
inner := {"ptrace_code_injection", "proc_mem_code_injection", "process_vm_write_inject"}

tracee_match := {"signature": input.eventName} if {
	input.eventName in inner
}

# SPDX-License-Identifier: Apache-2.0
# A module that is loaded is told by module_load; a call that failed tells itself, so that each
# attempt gives one finding. Recordings of Tracee v0.8.1 have no module_load: there init_module and
# the kernel's reading of a module file tell. Does not see code that gets into the kernel without
# its module loader; fires when the system itself loads a driver.
package tracee.TRC_6

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-6",
	"version": "0.1.0",
	"name": "kernel module loading",
	"eventName": "kernel_module_loading",
	"description": "A kernel module was loaded, or something tried to. Modules run with all the rights of the kernel: a rootkit comes as one",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 2,
		"Category": "persistence",
		"Technique": "Kernel Modules and Extensions",
		"id": "attack-pattern--a1b52199-c8c5-438a-9ded-656f1d0888c6",
		"external_id": "T1547.006",
		"MITRE ATT&CK": "Persistence: Kernel Modules and Extensions",
		"aliases": ["TRC-1017"],
		"references": [
			"https://attack.mitre.org/techniques/T1547/006/",
			"https://man7.org/linux/man-pages/man2/init_module.2.html",
		],
	},
}

tracee_selected_events contains {"source": "tracee", "name": name} if {
	some name in {"finit_module", "init_module", "module_load", "security_kernel_read_file"}
}

tracee_match if input.eventName == "module_load"

tracee_match if {
	input.eventName == "finit_module"
	input.returnValue < 0
}

tracee_match if {
	input.eventName == "init_module"
	helpers.tells_alone
}

tracee_match if {
	input.eventName == "security_kernel_read_file"
	helpers.names_no_call
	some type in helpers.argument.type
	type == "kernel-module"
}

# SPDX-License-Identifier: Apache-2.0
# Sees the first bytes of a file being those of an ELF program when they are written, where its path
# has a part that begins with a dot. Does not see scripts, nor a file that is hidden by renaming it
# later; tools that live in the home directory (~/.cargo, ~/.local) are told too.
package tracee.TRC_1015

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-1015",
	"version": "1.0.0",
	"name": "Hidden executable creation",
	"eventName": "hidden_file_created",
	"description": "A program was written to a hidden file or into a hidden directory",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 2,
		"Category": "defense-evasion",
		"Technique": "Hidden Files and Directories",
		"id": "attack-pattern--ec8fc7e2-b356-455c-8db5-2e37be158e7d",
		"external_id": "T1564.001",
		"MITRE ATT&CK": "Defense Evasion: Hidden Files and Directories",
		"references": ["https://attack.mitre.org/techniques/T1564/001/"],
	},
}

tracee_selected_events contains {"source": "tracee", "name": "magic_write"}

tracee_match if {
	input.eventName == "magic_write"
	some path in helpers.argument.pathname
	contains(path, "/.")
	some bytes in helpers.argument.bytes
	helpers.is_elf(bytes)
}

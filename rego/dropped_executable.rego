# SPDX-License-Identifier: Apache-2.0
# Sees the first bytes of a file being those of an ELF program when they are written. Does not see
# scripts, a program whose first four bytes are written one by one, or one that is written through a
# memory mapping; fires on package managers and compilers in a container.
package tracee.TRC_9

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-9",
	"version": "0.1.0",
	"name": "New Executable Was Dropped During Runtime",
	"eventName": "dropped_executable",
	"description": "An Executable file was dropped in your system during runtime. Usually container images are built with all binaries needed inside, a dropped binary may indicate an adversary infiltrated into your container",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 2,
		"Category": "defense-evasion",
		"Technique": "Masquerading",
		"id": "attack-pattern--42e8de7b-37b2-4258-905a-6897815e58e0",
		"external_id": "T1036",
		"MITRE ATT&CK": "Defense Evasion: Masquerading",
		"aliases": ["TRC-1022"],
		"references": ["https://attack.mitre.org/techniques/T1036/"],
	},
}

tracee_selected_events contains {"source": "tracee", "name": "magic_write", "origin": "container"}

tracee_match := {"path": helpers.first("pathname")} if {
	input.eventName == "magic_write"
	some bytes in helpers.argument.bytes
	helpers.is_elf(bytes)
}

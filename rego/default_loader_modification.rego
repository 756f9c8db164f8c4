# SPDX-License-Identifier: Apache-2.0
# Sees the loader's file being opened for writing or replaced, under the names that GNU and musl
# give it. Does not see a program's own loader being changed in its header, nor a loader of another
# name; fires when a package manager updates the C library.
package tracee.TRC_1012

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-1012",
	"version": "1.0.0",
	"name": "Default dynamic loader modification",
	"eventName": "default_loader_mod",
	"description": "The dynamic loader was changed. Its code runs at the start of nearly every program",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 3,
		"Category": "persistence",
		"Technique": "Hijack Execution Flow",
		"id": "attack-pattern--aedfca76-3b30-4866-b2aa-0f1d7fd1e4b6",
		"external_id": "T1574",
		"MITRE ATT&CK": "Persistence: Hijack Execution Flow",
		"references": [
			"https://attack.mitre.org/techniques/T1574/",
			"https://man7.org/linux/man-pages/man8/ld.so.8.html",
		],
	},
}

tracee_selected_events contains {"source": "tracee", "name": name} if {
	some name in {"security_file_open", "security_inode_rename"}
}

tracee_match if {
	some path in helpers.changed
	strings.any_prefix_match(path, {"/lib", "/usr/lib"})
	regex.match(`^(/usr)?/lib(32|64|x32)?/([^/]+/)?ld(64|-[^/]+)?\.so(\.[0-9]+)?$`, path)
}

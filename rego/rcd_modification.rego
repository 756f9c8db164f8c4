# SPDX-License-Identifier: Apache-2.0
# Sees files of the start scripts' directories being opened for writing or replaced, and the tools
# that link scripts there, whatever they are asked for. Does not see systemd's units, nor links that
# are made by hand; fires on package managers that install a service.
package tracee.TRC_1026

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-1026",
	"version": "1.0.0",
	"name": "RC scripts modification",
	"eventName": "rcd_modification",
	"description": "A script that runs when the system starts was changed, or a tool was run that installs such scripts",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 2,
		"Category": "persistence",
		"Technique": "RC Scripts",
		"id": "attack-pattern--dca670cf-eeec-438f-8185-fd959d9ef211",
		"external_id": "T1037.004",
		"MITRE ATT&CK": "Persistence: RC Scripts",
		"references": ["https://attack.mitre.org/techniques/T1037/004/"],
	},
}

tracee_selected_events contains {"source": "tracee", "name": name} if {
	some name in {"sched_process_exec", "security_file_open", "security_inode_rename"}
}

tracee_match if {
	some path in helpers.changed
	is_start_script(path)
}

tracee_match if {
	input.eventName == "sched_process_exec"
	some path in command
	is_tool(path)
}

# Of a script, pathname is the interpreter's, and cmdpath is as it was called.
command contains path if some path in helpers.argument.pathname

command contains path if some path in helpers.argument.cmdpath

is_start_script("/etc/rc.local")

is_start_script(path) if strings.any_prefix_match(path, {
	"/etc/init.d/", "/etc/rc.d/", "/etc/rc0.d/", "/etc/rc1.d/", "/etc/rc2.d/", "/etc/rc3.d/",
	"/etc/rc4.d/", "/etc/rc5.d/", "/etc/rc6.d/", "/etc/rcS.d/", "/etc/rcs.d/",
})

is_tool(path) if path in {"chkconfig", "update-rc.d"}

is_tool(path) if strings.any_suffix_match(path, {"/chkconfig", "/update-rc.d"})

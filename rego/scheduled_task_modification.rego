# SPDX-License-Identifier: Apache-2.0
# Sees files of cron and anacron being opened for writing or replaced, and crontab, at and batch
# being run, also where they only list. crontab itself writes such a file: that gives a finding for
# the tool and one for the file. Does not see systemd's timers; fires on package managers.
package tracee.TRC_1027

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-1027",
	"version": "1.0.0",
	"name": "Scheduled tasks modification",
	"eventName": "scheduled_task_mod",
	"description": "The files that say what cron and its like run were changed, or a tool was run that changes them",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 2,
		"Category": "persistence",
		"Technique": "Cron",
		"id": "attack-pattern--2acf44aa-542f-4366-b4eb-55ef5747759c",
		"external_id": "T1053.003",
		"MITRE ATT&CK": "Persistence: Cron",
		"references": [
			"https://attack.mitre.org/techniques/T1053/003/",
			"https://man7.org/linux/man-pages/man5/crontab.5.html",
		],
	},
}

tracee_selected_events contains {"source": "tracee", "name": name} if {
	some name in {"sched_process_exec", "security_file_open", "security_inode_rename"}
}

tracee_match if {
	some path in helpers.changed
	is_schedule(path)
}

tracee_match if {
	input.eventName == "sched_process_exec"
	some path in command
	is_tool(path)
}

# Of a script, pathname is the interpreter's, and cmdpath is as it was called.
command contains path if some path in helpers.argument.pathname

command contains path if some path in helpers.argument.cmdpath

is_schedule(path) if path in {
	"/etc/anacrontab", "/etc/cron.allow",
	"/etc/cron.deny", "/etc/crontab",
}

is_schedule(path) if strings.any_prefix_match(path, {
	"/etc/cron.d/", "/etc/cron.daily/", "/etc/cron.hourly/", "/etc/cron.monthly/",
	"/etc/cron.weekly/", "/var/spool/anacron/", "/var/spool/cron/",
})

is_tool(path) if path in {"at", "batch", "crontab"}

is_tool(path) if strings.any_suffix_match(path, {"/at", "/batch", "/crontab"})

# SPDX-License-Identifier: Apache-2.0
# A web server that starts a shell is most often doing what a visitor told it to. Sees the usual
# shells by their path, started by the server's own process. Every program passes this check, so
# sched_process_exec, which comes after it and under the new name, is not selected: it would tell
# the same again. Does not see a shell that a server's child starts (php-fpm and other application
# servers: they start shells all day), nor a copy of one under another name. Where every command is
# busybox, every command counts.
package tracee.TRC_12

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "TRC-12",
	"version": "0.1.0",
	"name": "Illegitimate Shell",
	"eventName": "illegitimate_shell",
	"description": "A web server started a shell. Web servers rarely do so by themselves: a visitor may be running commands through a hole in a web application",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 2,
		"Category": "initial-access",
		"Technique": "Exploit Public-Facing Application",
		"id": "attack-pattern--3f886f2a-874f-4333-b794-aa6075009b1c",
		"external_id": "T1190",
		"MITRE ATT&CK": "Initial Access: Exploit Public-Facing Application",
		"aliases": ["TRC-1016"],
		"references": ["https://attack.mitre.org/techniques/T1190/"],
	},
}

tracee_selected_events contains {"source": "tracee", "name": "security_bprm_check"}

# The kernel keeps 15 characters of a process's name.
servers := {
	"apache", "apache2", "caddy", "httpd",
	"httpd-foregroun", "lighttpd", "nginx", "openresty",
}

shells := {"ash", "bash", "busybox", "csh", "dash", "fish", "ksh", "mksh", "sh", "tcsh", "zsh"}

tracee_match if {
	input.eventName == "security_bprm_check"
	is_server(input.processName)
	some path in helpers.argument.pathname
	is_shell(path)
}

is_server(name) if name in servers

# A thread of Tomcat, which has no process of this name.
is_server(name) if startswith(name, "http-nio")

is_shell(path) if {
	strings.any_prefix_match(path, {"/bin/", "/usr/bin/", "/usr/local/bin/"})
	parts := split(path, "/")
	parts[count(parts) - 1] in shells
}

# SPDX-License-Identifier: Apache-2.0
# A process that has no user id 0, real, effective, saved or of the file system, can get one only by
# running a setuid program; what gets it in any other system call was helped by the kernel. Does not
# see a process that changes its credentials in place, past commit_creds(), nor one whose system
# call is not known. Fires also on a program with CAP_SETUID that uses it, which is rare.
package tracee.PYT_3

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "PYT-3",
	"version": "1.0.0",
	"name": "Superuser without a setuid program",
	"eventName": "uid0_without_setuid",
	"description": "A process became the superuser in the middle of its run, and not by starting a program that is meant for that: an exploit of the kernel may have changed its credentials",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 3,
		"Category": "privilege-escalation",
		"Technique": "Exploitation for Privilege Escalation",
		"id": "attack-pattern--b21c3b2d-02e6-45b1-980b-e69051040839",
		"external_id": "T1068",
		"MITRE ATT&CK": "Privilege Escalation: Exploitation for Privilege Escalation",
		"references": [
			"https://attack.mitre.org/techniques/T1068/",
			"https://man7.org/linux/man-pages/man7/credentials.7.html",
		],
	},
}

tracee_selected_events contains {"source": "tracee", "name": "commit_creds"}

tracee_match if {
	input.eventName == "commit_creds"
	some old in helpers.argument.old_cred
	is_ordinary(old)
	some new in helpers.argument.new_cred
	new.euid == 0
	some call in system_call
	not call in {"execve", "execveat"}
}

is_ordinary(credentials) if {
	credentials.uid > 0
	credentials.euid > 0
	credentials.suid > 0
	credentials.fsuid > 0
}

system_call contains input.syscall if {
	is_string(input.syscall)
	input.syscall != ""
}

# Tracee v0.8.1 has it as an argument; ours have none of that name.
system_call contains call if {
	name := "syscall"
	some call in helpers.argument[name]
	is_string(call)
	call != ""
}

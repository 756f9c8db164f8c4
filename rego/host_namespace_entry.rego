# SPDX-License-Identifier: Apache-2.0
# nsenter and setns(2) lead from a privileged container to the host. Sees a task change to the pid
# namespace that the kernel started with, whose number is fixed, or to the mount namespace, whose
# number is one of three by the kernel's age. Does not see the other kinds of namespaces, nor a
# container that has the host's from its start, nor a host that itself runs in namespaces.
package tracee.PYT_2

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {
	"id": "PYT-2",
	"version": "1.0.0",
	"name": "Entry into a namespace of the host",
	"eventName": "host_namespace_entry",
	"description": "A process in a container entered the mount or pid namespace of the host, where it sees the host's files or processes",
	"tags": ["linux", "container"],
	"properties": {
		"Severity": 3,
		"Category": "privilege-escalation",
		"Technique": "Escape to Host",
		"id": "attack-pattern--4a5b7ade-8bb5-4853-84ed-23f262002665",
		"external_id": "T1611",
		"MITRE ATT&CK": "Privilege Escalation: Escape to Host",
		"references": [
			"https://attack.mitre.org/techniques/T1611/",
			"https://man7.org/linux/man-pages/man2/setns.2.html",
			"https://man7.org/linux/man-pages/man1/nsenter.1.html",
		],
	},
}

tracee_selected_events contains {
	"source": "tracee",
	"name": "switch_task_ns",
	"origin": "container",
}

# include/uapi/linux/nsfs.h: PID_NS_INIT_INO, MNT_NS_INIT_INO; older kernels give the first
# mount namespace the first or second number that is free.
pid_of_host := 4026531836

mounts_of_host := {4026531832, 4026531840, 4026531841}

tracee_match if {
	input.eventName == "switch_task_ns"
	pid_of_host in helpers.argument.new_pid
	input.pidNamespace != pid_of_host
}

tracee_match if {
	input.eventName == "switch_task_ns"
	some number in helpers.argument.new_mnt
	number in mounts_of_host
	input.mountNamespace != number
}

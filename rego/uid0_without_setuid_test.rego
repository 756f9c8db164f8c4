# SPDX-License-Identifier: Apache-2.0
package tracee.PYT_3_test

import data.tracee.PYT_3
import data.tracee.examples_test as examples
import rego.v1

test_fires_where_an_ordinary_user_becomes_root if {
	PYT_3.tracee_match with input as commit(user, root, "ioctl")
	PYT_3.tracee_match with input as commit(user, object.union(user, {"euid": 0}), "write")
}

test_fires_where_the_call_is_an_argument if {
	arguments := {"old_cred": user, "new_cred": root, "syscall": "bpf"}
	PYT_3.tracee_match with input as examples.event("commit_creds", arguments)
}

test_quiet_where_a_setuid_program_starts if {
	every call in ["execve", "execveat"] {
		not PYT_3.tracee_match with input as commit(user, root, call)
	}
}

test_quiet_where_it_was_root_in_part if {
	every name in ["uid", "euid", "suid", "fsuid"] {
		not PYT_3.tracee_match with input as commit(object.union(user, {name: 0}), root, "setresuid")
	}
}

test_quiet_where_root_gives_up_its_rights if {
	not PYT_3.tracee_match with input as commit(root, user, "setresuid")
	not PYT_3.tracee_match with input as commit(user, user, "setresuid")
}

test_quiet_where_the_system_call_is_not_known if {
	every call in ["", -1, null, 7] {
		not PYT_3.tracee_match with input as commit(user, root, call)
	}
}

test_quiet_on_values_of_other_types if {
	every event in examples.spoiled(commit(user, root, "ioctl")) {
		not PYT_3.tracee_match with input as event
	}
}

user := {"uid": 1000, "euid": 1000, "suid": 1000, "fsuid": 1000}

root := {"uid": 0, "euid": 0, "suid": 0, "fsuid": 0}

commit(old, new, call) := examples.with_fields(
	examples.event("commit_creds", {"old_cred": old, "new_cred": new}),
	{"syscall": call},
)

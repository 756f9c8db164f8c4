# SPDX-License-Identifier: Apache-2.0
# Events for the tests of the signatures.
package tracee.examples_test

import rego.v1

# An event of the host, with arguments from an object of names and values.
event(name, arguments) := {
	"eventName": name,
	"processName": "sh",
	"containerId": "",
	"processId": 100,
	"returnValue": 0,
	"args": [{"name": key, "value": value} | some key, value in arguments],
}

# A file is opened.
open(path, flags) := event("security_file_open", {"pathname": path, "flags": flags})

# A file is moved.
rename(old, new) := event("security_inode_rename", {"old_path": old, "new_path": new})

# A program begins to run.
exec(path) := event("sched_process_exec", {"pathname": path, "cmdpath": path})

# The same event with other fields beside the arguments.
with_fields(example, fields) := object.union(example, fields)

# The example with one argument gone, or of a type that it cannot have, and with no arguments.
# A signature is quiet on all of them if it needs every argument of the example.
spoiled(example) := array.concat(
	[object.union(example, {"args": args}) | some args in [null, [], [null], "args", {"a": 1}]],
	[
	object.union(example, {"args": args}) |
		some at, _ in example.args
		some value in [null, true, -1, "", [], {}]
		spoilt := {"name": example.args[at].name, "value": value}
		args := [{true: spoilt, false: each}[index == at] | some index, each in example.args]
	],
)

# The example with each argument twice, the first of them nil: the second still counts.
doubled(example) := object.union(example, {"args": array.concat(
	[object.union(each, {"value": null}) | some each in example.args],
	example.args,
)})

test_doubled_arguments_come_after_nil_ones if {
	doubled(open("/a", "O_RDWR")).args[0].value == null
	count(doubled(open("/a", "O_RDWR")).args) == 4
}

test_spoiled_examples_differ_from_the_example if {
	count(spoiled(open("/a", "O_RDWR"))) == 17
	every example in spoiled(open("/a", "O_RDWR")) {
		example != open("/a", "O_RDWR")
	}
}

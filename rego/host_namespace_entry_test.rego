# SPDX-License-Identifier: Apache-2.0
package tracee.PYT_2_test

import data.tracee.PYT_2
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_the_namespaces_of_the_host if {
	PYT_2.tracee_match with input as switch({"new_pid": 4026531836})
	every number in [4026531832, 4026531840, 4026531841] {
		PYT_2.tracee_match with input as switch({"new_mnt": number})
		PYT_2.tracee_match with input as examples.doubled(switch({"new_mnt": number}))
	}
}

test_quiet_on_namespaces_of_its_own if {
	not PYT_2.tracee_match with input as switch({"new_pid": 4026532201, "new_mnt": 4026532200})
	not PYT_2.tracee_match with input as switch({"new_pid": 0, "new_mnt": 0})
}

test_quiet_where_it_was_there_before if {
	event := switch({"new_pid": 4026531836, "new_mnt": 4026531841})
	there := {"pidNamespace": 4026531836, "mountNamespace": 4026531841}
	not PYT_2.tracee_match with input as examples.with_fields(event, there)
}

test_quiet_on_values_of_other_types if {
	every event in examples.spoiled(switch({"new_pid": 4026531836})) {
		not PYT_2.tracee_match with input as event
	}
	every event in examples.spoiled(switch({"new_mnt": 4026531840})) {
		not PYT_2.tracee_match with input as event
	}
}

switch(namespaces) := examples.with_fields(
	examples.event("switch_task_ns", namespaces),
	{"pidNamespace": 4026532501, "mountNamespace": 4026532500},
)

# SPDX-License-Identifier: Apache-2.0
package tracee.PYT_4_test

import data.tracee.PYT_4
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_each_inner_signature_and_names_it if {
	inner := [
		"cgroup_notify_on_release",
		"cgroup_release_agent",
		"core_pattern_modification",
		"disk_mount",
		"docker_abuse",
		"host_namespace_entry",
		"proc_kcore_read",
		"system_request_key_mod",
	]
	every name in inner {
		PYT_4.tracee_match == {"signature": name} with input as examples.event(name, {})
	}
}

test_fires_whatever_the_data_of_the_inner_finding if {
	every event in examples.spoiled(examples.event("disk_mount", {"path": "/x"})) {
		PYT_4.tracee_match with input as event
	}
}

test_quiet_on_other_events if {
	every name in ["ptrace", "anti_debugging", "container_escape", "", null, 7] {
		not PYT_4.tracee_match with input as examples.event(name, {})
	}
}

test_quiet_on_an_event_without_a_name if {
	not PYT_4.tracee_match with input as {"args": []}
}

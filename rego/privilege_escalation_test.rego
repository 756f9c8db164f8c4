# SPDX-License-Identifier: Apache-2.0
package tracee.PYT_5_test

import data.tracee.PYT_5
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_each_inner_signature_and_names_it if {
	inner := ["sudoers_modification", "uid0_without_setuid"]
	every name in inner {
		PYT_5.tracee_match == {"signature": name} with input as examples.event(name, {})
	}
}

test_fires_whatever_the_data_of_the_inner_finding if {
	every event in examples.spoiled(examples.event("uid0_without_setuid", {"path": "/x"})) {
		PYT_5.tracee_match with input as event
	}
}

test_quiet_on_other_events if {
	every name in ["ptrace", "anti_debugging", "privilege_escalation", "", null, 7] {
		not PYT_5.tracee_match with input as examples.event(name, {})
	}
}

test_quiet_on_an_event_without_a_name if {
	not PYT_5.tracee_match with input as {"args": []}
}

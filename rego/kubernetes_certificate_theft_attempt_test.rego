# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_10_test

import data.tracee.TRC_10
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_reading if {
	every path in paths {
		every flags in ["O_RDONLY", "O_RDWR", "O_RDWR|O_CLOEXEC"] {
			TRC_10.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_fires_where_an_argument_comes_twice if {
	event := examples.open("/etc/kubernetes/pki/ca.key", "O_RDONLY")
	TRC_10.tracee_match with input as examples.doubled(event)
}

test_quiet_on_writing if {
	every path in paths {
		every flags in ["O_WRONLY", "O_WRONLY|O_CREAT|O_TRUNC", "", "O_CREAT"] {
			not TRC_10.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_quiet_on_other_files if {
	every path in other_paths {
		not TRC_10.tracee_match with input as examples.open(path, "O_RDWR")
	}
}

test_quiet_on_values_of_other_types if {
	event := examples.open("/etc/kubernetes/pki/ca.key", "O_RDONLY")
	every spoiled in examples.spoiled(event) {
		not TRC_10.tracee_match with input as spoiled
	}
}

paths := ["/etc/kubernetes/pki/ca.key", "/etc/kubernetes/pki/etcd/ca.crt"]

other_paths := [
	"/etc/kubernetes/admin.conf",
	"/etc/kubernetes/pki2/ca.key",
	"/srv/etc/kubernetes/pki/ca.key",
]

test_quiet_on_the_control_plane if {
	event := examples.open("/etc/kubernetes/pki/ca.key", "O_RDONLY")
	every name in ["kube-apiserver", "kubelet", "etcd", "kube-controller"] {
		not TRC_10.tracee_match with input as examples.with_fields(event, {"processName": name})
	}
}

test_fires_on_moving_a_key_away if {
	TRC_10.tracee_match with input as examples.rename("/etc/kubernetes/pki/ca.key", "/tmp/ca.key")
}

test_quiet_on_moving_a_file_in if {
	not TRC_10.tracee_match with input as examples.rename("/tmp/ca.key", "/etc/kubernetes/pki/ca.key")
	event := examples.event("security_inode_rename", {"old_path": "/etc/kubernetes/pki/ca.key"})
	every spoiled in examples.spoiled(event) {
		not TRC_10.tracee_match with input as spoiled
	}
}

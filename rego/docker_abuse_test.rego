# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_1019_test

import data.tracee.TRC_1019
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_writing if {
	every path in paths {
		every flags in ["O_WRONLY|O_CREAT", "O_RDWR", "O_RDWR|O_CLOEXEC"] {
			TRC_1019.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_fires_where_an_argument_comes_twice if {
	event := examples.open("/var/run/docker.sock", "O_WRONLY|O_CREAT")
	TRC_1019.tracee_match with input as examples.doubled(event)
}

test_quiet_on_reading if {
	every path in paths {
		every flags in ["O_RDONLY", "O_RDONLY|O_CLOEXEC", "", "O_CREAT"] {
			not TRC_1019.tracee_match with input as examples.open(path, flags)
		}
	}
}

test_quiet_on_other_files if {
	every path in other_paths {
		not TRC_1019.tracee_match with input as examples.open(path, "O_RDWR")
	}
}

test_quiet_on_values_of_other_types if {
	event := examples.open("/var/run/docker.sock", "O_WRONLY|O_CREAT")
	every spoiled in examples.spoiled(event) {
		not TRC_1019.tracee_match with input as spoiled
	}
}

paths := ["/var/run/docker.sock", "/run/docker.sock", "/docker.sock"]

other_paths := ["/run/docker.sock.bak", "/run/containerd.sock"]

test_fires_on_a_connection if {
	address := {"sa_family": "AF_UNIX", "sun_path": "/var/run/docker.sock"}
	TRC_1019.tracee_match with input as connect(address)
}

test_quiet_on_other_connections if {
	every address in [
		{"sa_family": "AF_UNIX", "sun_path": "/run/dbus/system_bus_socket"},
		{"sa_family": "AF_UNIX", "sun_path": null},
		{"sa_family": "AF_INET", "sin_addr": "127.0.0.1", "sin_port": "2375"},
	] {
		not TRC_1019.tracee_match with input as connect(address)
	}
}

test_quiet_on_addresses_of_other_types if {
	every event in examples.spoiled(connect({"sun_path": "/var/run/docker.sock"})) {
		not TRC_1019.tracee_match with input as event
	}
}

connect(address) := examples.event("security_socket_connect", {"remote_addr": address})

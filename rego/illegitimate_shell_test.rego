# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_12_test

import data.tracee.TRC_12
import data.tracee.examples_test as examples
import rego.v1

test_fires_on_a_shell_of_a_web_server if {
	TRC_12.tracee_match with input as examples.doubled(check("nginx", "/bin/sh"))
	every path in ["/bin/sh", "/usr/bin/dash", "/bin/bash", "/usr/local/bin/zsh", "/bin/busybox"] {
		every server in ["nginx", "apache2", "httpd-foregroun", "http-nio-8080-e"] {
			TRC_12.tracee_match with input as check(server, path)
		}
	}
}

test_quiet_on_a_shell_of_a_user if {
	every caller in ["sshd", "bash", "systemd", "nginx-exporter", "http", null, 7] {
		not TRC_12.tracee_match with input as check(caller, "/bin/bash")
	}
}

test_quiet_on_another_program_of_a_web_server if {
	every path in ["/usr/sbin/nginx", "/bin/shutdown", "/usr/bin/rsh-tool", "/srv/bin/bash", "/bin/"] {
		not TRC_12.tracee_match with input as check("nginx", path)
	}
}

test_quiet_on_values_of_other_types if {
	every event in examples.spoiled(check("nginx", "/bin/sh")) {
		not TRC_12.tracee_match with input as event
	}
}

check(caller, path) := examples.with_fields(
	examples.event("security_bprm_check", {"pathname": path}),
	{"processName": caller},
)

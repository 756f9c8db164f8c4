# SPDX-License-Identifier: Apache-2.0
package tracee.TRC_12_test

import data.tracee.TRC_12
import rego.v1

test_fires_on_a_shell_of_a_web_server if {
	every path in ["/bin/sh", "/usr/bin/dash", "/bin/bash", "/usr/local/bin/zsh", "/bin/busybox"] {
		TRC_12.tracee_match with input as exec("nginx", path)
		TRC_12.tracee_match with input as exec("apache2", path)
	}
}

test_fires_on_a_server_whose_name_the_kernel_cut if {
	TRC_12.tracee_match with input as exec("httpd-foregroun", "/bin/sh")
}

test_quiet_on_a_shell_of_a_user if {
	every caller in ["sshd", "bash", "systemd", "nginx-exporter"] {
		not TRC_12.tracee_match with input as exec(caller, "/bin/bash")
	}
}

test_quiet_on_another_program_of_a_web_server if {
	every path in ["/usr/sbin/nginx", "/bin/shutdown", "/usr/bin/rsh-tool", "/srv/bin/bash", "/bin/"] {
		not TRC_12.tracee_match with input as exec("nginx", path)
	}
}

test_quiet_where_the_path_could_not_be_read if {
	not TRC_12.tracee_match with input as exec("nginx", null)
}

exec(caller, path) := {
	"eventName": "security_bprm_check",
	"processName": caller,
	"args": [{"name": "pathname", "type": "const char*", "value": path}],
}

# SPDX-License-Identifier: Apache-2.0
package tracee.lists

import rego.v1

watched := {"/etc/shadow", "/etc/ld.so.preload"}

levels := {"/etc/passwd": 1, "/root/.ssh/id": 3, "/dev/mem": 5}

argument(name) := value if {
	some a in input.args
	a.name == name
	value := a.value
}

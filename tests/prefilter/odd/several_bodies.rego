# SPDX-License-Identifier: Apache-2.0
# A function of several bodies, one for each kind of path.
package tracee.odd_several_bodies

import rego.v1

__rego_metadoc__ := {"id": "ODD-several_bodies", "name": "Several bodies"}

tracee_selected_events contains {"source": "tracee", "name": "security_file_open"}

tracee_selected_events contains {"source": "tracee", "name": "openat"}

secret(path) if path == "/etc/shadow"

secret(path) if startswith(path, "/root/.ssh/")

secret(path) if {
	startswith(path, "/home/")
	contains(path, "/.ssh/")
	not endswith(path, ".pub")
}

tracee_match if {
	some a in input.args
	a.name == "pathname"
	secret(a.value)
}

# SPDX-License-Identifier: Apache-2.0
# Data and functions of another package.
package tracee.odd_other_package

import data.tracee.lists
import rego.v1

__rego_metadoc__ := {"id": "ODD-other_package", "name": "Other package"}

tracee_selected_events contains {"source": "tracee", "name": "security_file_open"}

tracee_selected_events contains {"source": "tracee", "name": "openat"}

tracee_match if {
	some a in input.args
	a.name == "pathname"
	lists.watched[a.value]
}

tracee_match if {
	some path, level in lists.levels
	level > 2
	lists.argument("pathname") == path
}

tracee_match if lists.argument("nothing") == "here"

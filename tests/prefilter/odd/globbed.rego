# SPDX-License-Identifier: Apache-2.0
# glob.match, with and without delimiters.
package tracee.odd_globbed

import rego.v1

__rego_metadoc__ := {"id": "ODD-globbed", "name": "Globbed"}

tracee_selected_events contains {"source": "tracee", "name": "openat"}

tracee_match if {
	some a in input.args
	a.name == "pathname"
	glob.match("/tmp/*/x?", ["/"], a.value)
}

tracee_match if {
	some a in input.args
	glob.match("*.so.preload", null, a.value)
}

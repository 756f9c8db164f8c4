# SPDX-License-Identifier: Apache-2.0
# Upper and lower case; the Kelvin sign's lower case is a k.
package tracee.odd_cases

import rego.v1

__rego_metadoc__ := {"id": "ODD-cases", "name": "Cases"}

tracee_selected_events contains {"source": "tracee", "name": "openat"}

tracee_selected_events contains {"source": "tracee", "name": "memfd_create"}

tracee_match if {
	some a in input.args
	lower(a.value) == "/etc/kkk"
}

tracee_match if {
	some a in input.args
	a.name in {"name", "uname"}
	upper(a.value) == "PAYLOAD"
}

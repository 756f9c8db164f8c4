# SPDX-License-Identifier: Apache-2.0
# The string functions of OPA.
package tracee.odd_strings

import rego.v1

__rego_metadoc__ := {"id": "ODD-strings", "name": "Strings"}

tracee_selected_events contains {"source": "tracee", "name": "execve"}

tracee_selected_events contains {"source": "tracee", "name": "security_file_open"}

tracee_match if {
	some a in input.args
	a.name == "pathname"
	parts := split(trim_prefix(a.value, "/"), "/")
	parts[0] == "tmp"
	trim_suffix(parts[count(parts) - 1], ".sh") == "x"
}

tracee_match if {
	some a in input.args
	a.name == "flags"
	split(a.value, "|")[_] in {"O_TRUNC", "O_WRONLY"}
	strings.any_suffix_match(input.args[_].value, [".preload", "/shadow"])
}

tracee_match if {
	some a in input.args
	a.name == "argv"
	indexof(a.value[0], "curl") > 0
	substring(a.value[1], 0, 1) == "-"
}

tracee_match if {
	some a in input.args
	a.name == "argv"
	concat(" ", a.value) == "sh -c id"
}

# SPDX-License-Identifier: Apache-2.0
# Rego v0, in the form of Tracee v0.8.1's rules.
package tracee.odd_old_syntax

__rego_metadoc__ := {"id": "ODD-old_syntax", "name": "Old syntax"}

eventSelectors := [{"source": "tracee", "name": "execve"}, {"source": "tracee", "name": "ptrace"}]

tracee_selected_events[eventSelector] {
	eventSelector := eventSelectors[_]
}

get_argument(name) = value {
	argument := input.args[_]
	argument.name == name
	value := argument.value
}

tracee_match {
	input.eventName == "ptrace"
	get_argument("request") == "PTRACE_POKETEXT"
}

tracee_match = res {
	input.eventName == "execve"
	envp := get_argument("envp")
	envvar := envp[_]
	startswith(envvar, "LD_PRELOAD")
	res := {"LD_PRELOAD": envvar}
}

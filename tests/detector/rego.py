# SPDX-License-Identifier: Apache-2.0
"""Small signatures for tests."""


def signature(name: str, match: str, *, events: str = "ptrace", package: str = "") -> str:
    """A Rego v1 signature with id NAME whose `tracee_match` rules are `match`."""
    return f"""\
package tracee.{package or name}

import data.tracee.helpers
import rego.v1

__rego_metadoc__ := {{"id": "{name}", "version": "1.0.0", "name": "{name} name"}}

tracee_selected_events contains {{"source": "tracee", "name": "{events}"}}

{match}
"""


ALWAYS = "tracee_match if true"

#: the form of the guide, in Rego v0
GUIDE = """\
package tracee.TRC_2

__rego_metadoc__ := {
        "id": "TRC-2",
        "version": "0.1.0",
        "name": "Anti-Debugging",
        "description": "Process uses anti-debugging technique to block debugger",
        "tags": ["linux", "container"],
        "properties": {
                "Severity": 3,
                "MITRE ATT&CK": "Defense Evasion: Execution Guardrails",
        },
}

tracee_selected_events[eventSelector] {
        eventSelector := {
                "source": "tracee",
                "name": "ptrace",
        }
}

tracee_match {
        input.eventName == "ptrace"
        arg := input.args[_]
        arg.name == "request"
        arg.value == "PTRACE_TRACEME"
}
"""

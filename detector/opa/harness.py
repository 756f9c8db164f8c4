# SPDX-License-Identifier: Apache-2.0
"""Our own modules in the bundle: they evaluate a batch of events and describe the signatures.

A batch is `{"candidates": [[[key, …], event], …]}`: each event with the keys of the signatures
that are to see it. The answer carries the event's index, because sets in Rego would merge equal
findings of two events: `[[index, {key: match, …}], …]`, without the events that match nothing.
"""

ROOT = "pytracee"
FILE = f"{ROOT}/harness.rego"
MATCHES = "/v1/data/pytracee/matches"
SIGNATURES = "/v1/data/pytracee/signature"

EVALUATE = """\
package pytracee

matches := [[index, found] |
	some index, candidate in input.candidates
	found := evaluate(candidate[0]) with input as candidate[1]
	count(found) > 0
]

evaluate(keys) := {key: match |
	some key in keys
	match := data.pytracee.match_of[key]
	match != false
}
"""
_SIGNATURE = """\
package pytracee

match_of.{key} := data.{package}.tracee_match

signature.{key}.metadata := data.{package}.__rego_metadoc__

signature.{key}.selectors := data.{package}.tracee_selected_events
"""


def file_of(key: str) -> str:
    """A signature has its own module, so that an error in it has a name."""
    return f"{ROOT}/{key}.rego"


def module(key: str, package: str) -> str:
    """The module of a signature, `package` with its root."""
    return _SIGNATURE.format(key=key, package=package)

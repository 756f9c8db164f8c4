# SPDX-License-Identifier: Apache-2.0
"""`--events`, `--scope`, `--filter` and `--trace` together: a policy of their own."""

from collections.abc import Sequence

from collector.choosing import filters, scope
from collector.choosing.events import Names, choose, rules
from collector.choosing.grammar import Written, option
from collector.choosing.policy import Policy, Waiting
from collector.choosing.trace import Asked

NAME = "default"  # of the policy that the command line makes


def asked(
    events: Sequence[str],
    scopes: Sequence[str],
    filtered: Sequence[str],
    traces: Sequence[str],
    complaints: list[str],
) -> Asked:
    """What the options say, by what it is about."""
    found = Asked(
        [Written(text, "--events") for text in events],
        option("--scope", scopes),
        option("--filter", filtered),
    )
    for written in option("--trace", traces):
        try:
            found.trace(written)
        except ValueError as error:
            complaints.append(f"{written.place}: {error}")
    return found


def policy(asked: Asked, names: Names, machine: str, complaints: list[str]) -> Policy:
    """Events that only a filter names are asked for by that."""
    made = filters.parse(asked.filters, complaints)
    named = [Written(one.events, one.asked.place) for one in made if one.events]
    before = len(complaints)
    chosen = choose(asked.events or named, names, complaints)
    if not any(chosen) and len(complaints) == before:
        complaints.append("--events: nothing is left of it: exclude less")
    given = filters.applied(
        made, chosen.events, names.events, machine, complaints, waiting=bool(chosen.waiting)
    )
    return Policy(
        NAME,
        tuple(rules(chosen, given, filters.of_tasks(made))),
        scope.parse(asked.scopes, complaints),
        waiting=tuple(Waiting(*one) for one in chosen.waiting),
    )

# SPDX-License-Identifier: Apache-2.0
"""Policies and conditions made of texts, as an operator writes them."""

from collections.abc import Sequence

from collector.choosing import command_line, scope
from collector.choosing.condition import Condition
from collector.choosing.events import Names
from collector.choosing.grammar import option
from collector.choosing.policy import Policy, Scope

MACHINE = "x86_64"


def scoped(*texts: str) -> Scope:
    complaints: list[str] = []
    made = scope.parse(option("--scope", texts), complaints)
    assert complaints == []
    return made


def wrong_scope(*texts: str) -> list[str]:
    """What is said of it."""
    complaints: list[str] = []
    scope.parse(option("--scope", texts), complaints)
    return complaints


def asked(
    events: Sequence[str] = (),
    scopes: Sequence[str] = (),
    filters: Sequence[str] = (),
    traces: Sequence[str] = (),
    names: Names | None = None,
) -> tuple[Policy, list[str]]:
    """The policy of a command line, and what is wrong with it."""
    complaints: list[str] = []
    found = command_line.asked(events, scopes, filters, traces, complaints)
    return command_line.policy(found, names or Names(), MACHINE, complaints), complaints


def policy(
    events: Sequence[str] = (),
    scopes: Sequence[str] = (),
    filters: Sequence[str] = (),
    traces: Sequence[str] = (),
) -> Policy:
    made, complaints = asked(events, scopes, filters, traces)
    assert complaints == []
    return made


def filters_of(made: Policy) -> dict[str, tuple[Condition, ...]]:
    """Event → filters of its one rule."""
    assert len({rule.event for rule in made.rules}) == len(made.rules)
    return {rule.event.name: rule.filters for rule in made.rules}


def wrong(
    events: Sequence[str] = (),
    scopes: Sequence[str] = (),
    filters: Sequence[str] = (),
    traces: Sequence[str] = (),
) -> list[str]:
    return asked(events, scopes, filters, traces)[1]

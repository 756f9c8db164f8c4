# SPDX-License-Identifier: Apache-2.0
"""A policy: which events, of whom, with what in them. The command line makes one too."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from collector.choosing.condition import Condition
from schemas.event_type import EventType

LIMIT = 64  # policies at once: they are the bits of a word


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose activity. All groups of the conditions hold, or, where it `follows`, the task
    descends from one for which they held: their children are followed from then on.

    Keys are those of kinds.KINDS. No conditions: everybody's (`global`).
    """

    conditions: tuple[Condition, ...] = ()
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One event, where all groups of the filters hold: of kinds, `retval` and `data.NAME`.

    `signatures`: the rule is there for these signatures, to which a policy's rule led; without
    any, for the event to be shown.
    """

    event: EventType
    filters: tuple[Condition, ...] = ()
    signatures: tuple[str, ...] = ()


class Waiting(NamedTuple):
    """An event or a set that a rule names and that is not there yet."""

    event: str
    place: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A name, whose activity, and the rules, of which any will do.

    `place` says where it was written, `waiting` which of its rules are not there yet.
    """

    name: str
    rules: tuple[Rule, ...]
    scope: Scope = Scope()
    description: str = ""
    waiting: tuple[Waiting, ...] = ()
    place: str = field(default="", compare=False)

    @property
    def events(self) -> tuple[EventType, ...]:
        """Each once, in the order of the rules."""
        return tuple(dict.fromkeys(rule.event for rule in self.rules))

    def conditions(self) -> Iterator[Condition]:
        """Of its scope and of its rules."""
        yield from self.scope.conditions
        for rule in self.rules:
            yield from rule.filters

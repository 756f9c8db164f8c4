# SPDX-License-Identifier: Apache-2.0
"""What of a plan's conditions is left to user space: of which events, of which policies."""

from collections.abc import Sequence
from dataclasses import dataclass

from collector.choosing.condition import Condition
from collector.choosing.evaluator import Asked, Judge, filters, in_scope
from collector.choosing.policy import Policy, Scope
from collector.choosing.subject import Subject
from collector.loading.scopes import OF_CONTAINERS
from schemas.event import Event
from schemas.event_type import EventType


@dataclass(frozen=True, slots=True)
class Remainder:
    """Of one policy and one event. The event is the policy's if one of the rules holds, and the
    scope. Where the kernel did not know the container, what it decided of that is asked too.
    """

    rules: tuple[Judge, ...]  # none: any event is
    rules_unresolved: tuple[Judge, ...]
    scope: Asked
    container: Asked
    follows: bool
    always: bool  # and not only where the kernel did not know the container

    def holds(self, event: Event, subject: Subject, *, followed: bool, resolved: bool) -> bool:
        rules = self.rules if resolved else self.rules_unresolved
        if rules and not any(rule(event, subject) for rule in rules):
            return False
        return followed or (self.scope(subject) and (resolved or self.container(subject)))


def remainder(
    policy: Policy, event: EventType, undecided: Sequence[Condition], filtered: bool
) -> Remainder:
    """`undecided`: conditions of the policy's scope that the kernel does not decide; `filtered`:
    it decides all of the rules' filters.
    """
    rules = [rule for rule in policy.rules if rule.event == event]
    of_container = [one for one in policy.scope.conditions if one.key in OF_CONTAINERS]
    filtering = all(rule.filters for rule in rules)
    judged = filtering and not filtered
    about_container = any(one.key in OF_CONTAINERS for rule in rules for one in rule.filters)
    judges = tuple(map(filters, rules))
    return Remainder(
        judges if judged else (),
        judges if judged or (filtering and about_container) else (),
        in_scope(Scope(tuple(undecided))),
        in_scope(Scope(tuple(of_container))),
        policy.scope.follows,
        bool(judged or undecided),
    )

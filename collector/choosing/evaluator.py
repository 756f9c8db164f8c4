# SPDX-License-Identifier: Apache-2.0
"""Whether conditions hold, decided in Python: what is left to user space, and what the kernel's
decisions are compared with. Worked out once into closures.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from collector.choosing.condition import Condition, Form, groups
from collector.choosing.kinds import BY_KEY
from collector.choosing.members import MEMBERS
from collector.choosing.policy import Policy, Rule, Scope
from collector.choosing.subject import Subject
from schemas.event import Event

Test = Callable[[Any], bool]
Judge = Callable[[Event, Subject], bool]
Asked = Callable[[Subject], bool]

_BOUNDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def holds(policy: Policy, event: Event, subject: Subject, bit: int = 0) -> bool:
    """Whether the policy, which is the `bit`th, wants this event of this task."""
    return judge(policy, bit)(event, subject)


def judge(policy: Policy, bit: int = 0) -> Judge:
    """The same, worked out once for many events."""
    within = in_scope(policy.scope, bit)
    by_event: dict[str, list[Judge]] = {}
    for rule in policy.rules:
        by_event.setdefault(rule.event.name, []).append(filters(rule))

    def judged(event: Event, subject: Subject) -> bool:
        rules = by_event.get(event.name, ())
        return any(rule(event, subject) for rule in rules) and within(subject)

    return judged


def in_scope(scope: Scope, bit: int = 0) -> Asked:
    """Whether a task is in the scope of the `bit`th policy."""
    asked = _of_subject(scope.conditions)
    if not scope.follows:
        return asked
    return lambda subject: bool(subject.followed >> bit & 1) or asked(subject)


def filters(rule: Rule) -> Judge:
    """Whether an event of the rule's type passes the rule's filters."""
    about_task = [one for one in rule.filters if one.key in BY_KEY]
    asked = _of_subject(about_task)
    tests = [
        (_reader(group[0]), passing(group))
        for group in groups(one for one in rule.filters if one.key not in BY_KEY).values()
    ]

    def judged(event: Event, subject: Subject) -> bool:
        return all(check(read(event)) for read, check in tests) and asked(subject)

    return judged


def _of_subject(conditions: Iterable[Condition]) -> Asked:
    tests = [
        (operator.attrgetter(BY_KEY[key].attribute), passing(group))
        for key, group in groups(conditions).items()
    ]
    return lambda subject: all(check(read(subject)) for read, check in tests)


def _reader(condition: Condition) -> Callable[[Event], Any]:
    if condition.key == "retval":
        return operator.attrgetter("return_value")
    part, name = MEMBERS[condition.member], condition.field

    def read(event: Event) -> Any:
        fields = zip(event.layout.fields, event.args, strict=True)
        value = next((arg for field, arg in fields if field.name == name), None)
        return None if value is None else part(value)

    return read


def passing(group: Sequence[Condition]) -> Test:
    """Whether a value passes a group: conditions of one key. None (not known) is equal to none."""
    barred = [_named(one) for one in group if one.operator == "!="]
    named = [_named(one) for one in group if one.operator == "="]
    bounds = [(_BOUNDS[one.operator], one.values[0]) for one in group if one.operator in _BOUNDS]

    def passes(value: Any) -> bool:
        if value is None:
            return not named and not bounds
        if any(check(value) for check in barred):
            return False
        if any(check(value) for check in named):
            return True
        if bounds:
            return all(compare(value, bound) for compare, bound in bounds)
        return not named

    return passes


def _named(condition: Condition) -> Test:
    values: tuple[Any, ...] = condition.values
    match condition.form:
        case Form.NUMBER:
            return frozenset(values).__contains__
        case Form.BITS:
            return lambda number: any(number & mask == want for mask, want in values)
        case Form.TEXT:
            return lambda text: any(one.matches(text) for one in values)
        case Form.ANY_TEXT:
            return lambda texts: any(one.matches(text) for text in texts for one in values)
        case Form.ANY_NUMBER:
            return lambda numbers: not frozenset(values).isdisjoint(numbers)

# SPDX-License-Identifier: Apache-2.0
"""What must hold of an event for a signature to match it: a value, made of tests.

True stands for "it may match whatever the event is", False for "it cannot match".
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum


@dataclass(frozen=True, slots=True)
class Known:
    """A value that all events have in common."""

    value: str | int | None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of `input` that is always there: ("contextFlags", "isCompat")."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Argument:
    """The value of the argument as rules see it in `args`."""

    name: str


@dataclass(frozen=True, slots=True)
class Data:
    """The raw value of the argument, as in `input.data`."""

    name: str


@dataclass(frozen=True, slots=True)
class Derived:
    """`function(of, *parameters)`, a function of `detector.prefilter.operations`."""

    function: str
    of: "Operand"
    parameters: tuple[str | int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Element:
    """Any of the elements of a list: a test on it holds if it holds for one of them."""

    of: "Operand"


#: what events of this kind do not have
MISSING = Known(None)

Operand = Known | Field | Argument | Data | Derived | Element


class Text(Enum):
    """Tests of a text against several others, of which one must do. False for any other value."""

    EQUAL = "equal"
    STARTS = "starts"
    ENDS = "ends"
    CONTAINS = "contains"
    MATCHES = "matches"


class Other(Enum):
    """Tests against one number or truth value. True for values that they cannot judge.

    Python's True is 1, Rego's is not; Rego orders values of all types; and of a number that is no
    integer the two may have different ideas.
    """

    NUMBER_IS = "({v} == {c} or type({v}) is float)"
    NUMBER_IS_NOT = "(type({v}) is not int or {v} != {c})"
    LESS = "(type({v}) is not int or {v} < {c})"
    AT_MOST = "(type({v}) is not int or {v} <= {c})"
    MORE = "(type({v}) is not int or {v} > {c})"
    AT_LEAST = "(type({v}) is not int or {v} >= {c})"
    IS = "{v} is {c}"
    IS_NOT = "{v} is not {c}"
    FALSE_OR_MISSING = "({v} is None or {v} is False)"
    LIST = "type({v}) is list"


@dataclass(frozen=True, slots=True)
class TextTest:
    kind: Text
    operand: Operand
    texts: frozenset[str]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class OtherTest:
    kind: Other
    operand: Operand
    constant: int | None = None


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Condition", ...]


Test = TextTest | OtherTest
Condition = bool | TextTest | OtherTest | All | AnyOf


def all_of(conditions: Iterable[Condition]) -> Condition:
    parts: dict[Condition, None] = {}
    for condition in conditions:
        if condition is False:
            return False
        if condition is not True:
            parts.update(
                dict.fromkeys(condition.parts if isinstance(condition, All) else [condition])
            )
    return next(iter(parts)) if len(parts) == 1 else All(tuple(parts)) if parts else True


def any_of(conditions: Iterable[Condition]) -> Condition:
    parts: dict[Condition, None] = {}
    for condition in conditions:
        if condition is True:
            return True
        if condition is not False:
            parts.update(
                dict.fromkeys(condition.parts if isinstance(condition, AnyOf) else [condition])
            )
    return next(iter(parts)) if len(parts) == 1 else AnyOf(tuple(parts)) if parts else False


def text_test(kind: Text, operand: Operand, texts: Iterable[str]) -> Condition:
    """The test, or its outcome where the operand is known."""
    found = frozenset(texts)
    if isinstance(operand, Known) and kind is not Text.MATCHES:
        return isinstance(operand.value, str) and _holds(kind, operand.value, found)
    return TextTest(kind, operand, found) if found else False


def other_test(kind: Other, operand: Operand, constant: int | None = None) -> Condition:
    """The test, or its outcome where there is nothing to test."""
    if operand == MISSING:
        return kind is Other.FALSE_OR_MISSING
    return OtherTest(kind, operand, constant)


def _holds(kind: Text, value: str, texts: frozenset[str]) -> bool:
    match kind:
        case Text.EQUAL:
            return value in texts
        case Text.STARTS:
            return value.startswith(tuple(texts))
        case Text.ENDS:
            return value.endswith(tuple(texts))
    return any(text in value for text in texts)


def negation(condition: Condition) -> Condition:
    """What must hold where `condition` does not: nothing, but for exact tests of one value.

    A condition is only necessary; that it holds does not say that the rule's own test does. Only
    the tests of texts say exactly what Rego's do, on every type of value. Their negation is not
    negated again: it holds where there is no value, and so may Rego's negation of that.
    """
    match condition:
        case bool():
            return not condition
        case TextTest(kind, operand, _, False):
            if kind is not Text.MATCHES and not has_elements(operand):
                return replace(condition, negated=True)
    return True


def has_elements(operand: Operand) -> bool:
    match operand:
        case Element():
            return True
        case Derived(_, of):
            return has_elements(of)
    return False

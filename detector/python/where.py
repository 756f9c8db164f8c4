# SPDX-License-Identifier: Apache-2.0
"""How a signature says which events it wants: `where=data("newfd").at_most(2)`.

Such a condition is tested before an event is decoded, together with those of all other signatures.
It may only save work, so what it cannot judge (a number that is none) it lets through, and
`on_event` is to look again. An argument that could not be read has no text.
"""

from collections.abc import Iterable
from typing import NamedTuple

from detector.prefilter.condition import (
    Argument,
    Condition,
    Data,
    Derived,
    Element,
    Field,
    Operand,
    Other,
    Text,
    all_of,
    any_of,
    other_test,
    text_test,
)


def data(argument: str) -> "Value":
    """The raw value of an argument, as in `event.data()`."""
    return Value(Data(argument))


def parsed(argument: str) -> "Value":
    """What rules see of an argument: flags and their like by name."""
    return Value(Argument(argument))


def field(path: str) -> "Value":
    """A field beside the arguments, by its name in rules: `processName`, `userId`, `returnValue`,
    `contextFlags.isCompat`."""
    return Value(Field(tuple(path.split("."))))


def every(*conditions: Condition) -> Condition:
    """All of them hold."""
    return all_of(conditions)


def either(*conditions: Condition) -> Condition:
    """At least one of them holds."""
    return any_of(conditions)


class Value(NamedTuple):
    """A value of an event, and tests of it."""

    operand: Operand

    def key(self, name: str) -> "Value":
        """Of an address: `data("remote_addr").key("sa_family")`."""
        return Value(Derived("key", self.operand, (name,)))

    def any(self) -> "Value":
        """Any element of a list: `data("env").any().starts_with("LD_PRELOAD=")`."""
        return Value(Element(self.operand))

    def is_one_of(self, *texts: str) -> Condition:
        return text_test(Text.EQUAL, self.operand, _texts(texts))

    def starts_with(self, *texts: str) -> Condition:
        """With one of them."""
        return text_test(Text.STARTS, self.operand, _texts(texts))

    def ends_with(self, *texts: str) -> Condition:
        """With one of them."""
        return text_test(Text.ENDS, self.operand, _texts(texts))

    def contains(self, *texts: str) -> Condition:
        """One of them."""
        return text_test(Text.CONTAINS, self.operand, _texts(texts))

    def equals(self, *numbers: int) -> Condition:
        """One of them."""
        return any_of(other_test(Other.NUMBER_IS, self.operand, one) for one in _numbers(numbers))

    def at_most(self, number: int) -> Condition:
        return other_test(Other.AT_MOST, self.operand, *_numbers([number]))

    def at_least(self, number: int) -> Condition:
        return other_test(Other.AT_LEAST, self.operand, *_numbers([number]))


def _texts(given: Iterable[str]) -> Iterable[str]:
    for one in given:
        if type(one) is not str:
            raise TypeError(f"{one!r} is no text")
        yield one


def _numbers(given: Iterable[int]) -> Iterable[int]:
    for one in given:
        if type(one) is not int:
            raise TypeError(f"{one!r} is no integer")
        yield one

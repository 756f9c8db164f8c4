# SPDX-License-Identifier: Apache-2.0
"""A CEL expression, with what it asks of `input` as variables.

CEL in this process has no cheap functions of our own, but variables cost nothing. So
`input.stringArg('pathname')` becomes the variable `input.stringArg_pathname`, filled up with
blanks to the length of the original: places in the result are places in the original.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from detector.cel.tokens import Token, tokens
from detector.cel.values import ACCESSORS, FIELDS
from pytracee.service.nearest import hint
from schemas.event_type import EventType

_INPUT = "input"
_NAME = re.compile(r"\w+", re.ASCII)
_END = Token("sign", "", -1)


class Misuse(Exception):
    """Something that an expression may not say, at an offset of it."""

    def __init__(self, at: int, message: str) -> None:
        super().__init__(message)
        self.at = at


class Broken(Exception):
    """An evaluation came to no answer; the message is CEL's."""


class Argument(NamedTuple):
    """`input.ACCESSOR('NAME')`, first asked for at an offset of the expression."""

    accessor: str
    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Expression:
    """`text` is for CEL. `fields` and `arguments` say what its variables stand for."""

    text: str
    fields: frozenset[str]
    arguments: dict[str, Argument]  # variable → what it stands for


class _Use(NamedTuple):
    """Where `input` is asked for what: to be replaced by a variable up to `end`."""

    at: int
    end: int
    variable: str
    what: str | Argument


def read(source: str) -> Expression:
    """Raises Misuse for a use of `input` that means nothing."""
    uses = list(_uses(list(tokens(source))))
    text, done = [], 0
    for use in uses:
        text += [source[done : use.at], _filled(use.variable, source[use.at : use.end])]
        done = use.end
    arguments: dict[str, Argument] = {}
    for use in uses:
        if isinstance(use.what, Argument):
            arguments.setdefault(use.variable, use.what)
    fields = frozenset(use.what for use in uses if isinstance(use.what, str))
    return Expression("".join(text) + source[done:], fields, arguments)


def check_arguments(expression: Expression, events: Sequence[EventType]) -> None:
    """Raises Misuse for an argument that none of the selected events has, or not in this type."""
    for argument in expression.arguments.values():
        there = [one for event in events for one in event.fields if one.name == argument.name]
        if not there:
            names = sorted({one.name for event in events for one in event.fields})
            of = " or ".join(event.name for event in events)
            near = hint(argument.name, names)
            raise Misuse(argument.at, f"{of} has no argument {argument.name}{near}")
        if not any(ACCESSORS[argument.accessor].fits(one) for one in there):
            right = next((name for name, one in ACCESSORS.items() if one.fits(there[0])), "")
            raise Misuse(
                argument.at,
                f"{argument.accessor}: {argument.name} is a {there[0].type}: use {right}",
            )


def _uses(found: list[Token]) -> Iterator[_Use]:
    after = [*found, *[_END] * 6]
    for at, token in enumerate(found):
        before = found[at - 1].text if at else ""
        if token.kind == "name" and token.text == _INPUT and before != ".":
            yield _use(after[at : at + 6])


def _use(found: Sequence[Token]) -> _Use:
    """The use that begins with these six tokens, the first of which is `input`."""
    start, dot, name, third, fourth, fifth = found
    if dot.text != "." or name.kind != "name":
        raise Misuse(start.at, "input stands alone: name a field, as in input.eventName")
    if third.text == "(":
        return _call(start, name, fourth, fifth)
    if third.text == "." and f"{name.text}.{fourth.text}" in FIELDS:
        return _field(start, fourth, f"{name.text}.{fourth.text}")
    if name.text not in FIELDS:
        raise Misuse(start.at, f"input has no field {name.text}{hint(name.text, FIELDS)}")
    return _field(start, name, name.text)


def _field(start: Token, last: Token, name: str) -> _Use:
    return _Use(start.at, last.end, f"{_INPUT}.{name}", name)


def _call(start: Token, function: Token, given: Token, close: Token) -> _Use:
    if function.text not in ACCESSORS:
        near = hint(function.text, ACCESSORS)
        raise Misuse(start.at, f"input has no function {function.text}{near}")
    name = given.plain
    if name is None or close.text != ")" or not _NAME.fullmatch(name):
        raise Misuse(start.at, f"{function.text} takes an argument's name, as in ('pathname')")
    variable = f"{_INPUT}.{function.text}_{name}"
    return _Use(start.at, close.end, variable, Argument(function.text, name, start.at))


def _filled(variable: str, original: str) -> str:
    """The variable in the room of the original: as many lines, and its last one as long."""
    lines = original.split("\n")
    if len(lines) == 1:
        return variable.ljust(len(original))
    return variable + "\n" * (len(lines) - 1) + " " * len(lines[-1])

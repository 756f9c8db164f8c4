# SPDX-License-Identifier: Apache-2.0
"""The one grammar of the command line and of policies: `KEY`, `KEY OPERATOR VALUE[,VALUE…]`."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar, cast

from collector.choosing.condition import Condition, Operator, Value
from collector.choosing.values import Reading

_EXPRESSION = re.compile(r"\s*(!?[\w.*-]+?)\s*(?:(!=|<=|>=|=|<|>)(.*))?", re.DOTALL)
_MOST_SHOWN = 60  # characters of a text that is wrong
_T = TypeVar("_T")


class Written(NamedTuple):
    """What the operator wrote, and where: `--scope pid=1`, or `FILE:LINE:COLUMN`."""

    text: str
    place: str


def option(name: str, texts: Iterable[str]) -> list[Written]:
    """What was given to an option of the command line."""
    return [Written(text, f"{name} {shown(text)}") for text in texts]


@dataclass(frozen=True, slots=True)
class Expression:
    """`operator` is None for a key that stands alone; then there are no values."""

    key: str
    operator: Operator | None
    values: tuple[str, ...]
    place: str
    text: str


def shown(text: str) -> str:
    """As much of it as serves, with nothing in it that a terminal would obey."""
    text = text if text.isprintable() else repr(text)[1:-1]
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def expression(written: Written) -> Expression:
    """Raises ValueError for a text that is of another form."""
    match = _EXPRESSION.fullmatch(written.text)
    if match is None:
        raise ValueError("it is not of the form KEY=VALUE[,VALUE…] (or !=, <, >, <=, >=)")
    key, operator, values = match.groups()
    if operator is None:
        return Expression(key, None, (), *_source(written))
    listed = tuple(value.strip() for value in values.split(","))
    if not all(listed):
        raise ValueError(
            f"a value is missing after {operator}" if values == "" else "an empty value"
        )
    if operator in ("<", ">", "<=", ">=") and len(listed) > 1:
        raise ValueError(f"{operator} takes one value, not a list")
    return Expression(key, cast("Operator", operator), listed, *_source(written))


def _source(written: Written) -> tuple[str, str]:
    return written.place, written.text.strip()


def condition(
    asked: Expression, key: str, reading: Reading, field: str = "", member: str = ""
) -> Condition:
    """Raises ValueError for a value or an operator that does not fit."""
    operator = asked.operator
    if operator is None:
        raise ValueError(f"a value is missing: {key}=VALUE")
    if operator not in ("=", "!=") and not reading.form.ordered:
        raise ValueError(f"{operator} compares numbers, and {key} is none: use = or !=")
    values: tuple[Value, ...] = tuple(reading.read(value) for value in asked.values)
    return Condition(key, operator, values, reading.form, field, member, asked.place, asked.text)


def each(
    texts: Iterable[Written], read: Callable[[Written], _T], complaints: list[str]
) -> list[_T]:
    """What `read` makes of each; for what raises ValueError a complaint with its place."""
    made = []
    for written in texts:
        try:
            made.append(read(written))
        except ValueError as error:
            complaints.append(f"{written.place}: {error}")
    return made

# SPDX-License-Identifier: Apache-2.0
"""A condition: what a value must be. Scopes and filters are made of these.

Conditions of one key make a *group*. A group holds if none of its `!=` names the value and, where
it has others, one of its `=` names it or its bounds (`<`, `>`, `<=`, `>=`) all hold. Groups of
different keys must all hold.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Literal, NamedTuple

Operator = Literal["=", "!=", "<", ">", "<=", ">="]


class Form(enum.Enum):
    """How a value is compared, and with it what the values of a condition are."""

    NUMBER = enum.auto()  # int or float; a mark (`container`, `pid=new`) is 1, its absence 0
    BITS = enum.auto()  # Bits
    TEXT = enum.auto()  # Pattern: the whole text
    ANY_TEXT = enum.auto()  # Pattern: any text of a list
    ANY_NUMBER = enum.auto()  # int: any number of a list

    @property
    def ordered(self) -> bool:
        """Whether `<` means anything."""
        return self is Form.NUMBER


class Bits(NamedTuple):
    """Of a number the bits of `mask` are `want`: a flag, or an access mode among flags."""

    mask: int
    want: int


class Pattern(NamedTuple):
    """A text in which `*` stands for any characters, `/` too."""

    text: str

    @property
    def parts(self) -> list[str]:
        """What stands literally, in its order: one part if the text is to be exactly it."""
        return self.text.split("*")

    @property
    def exact(self) -> bool:
        return "*" not in self.text

    @property
    def is_prefix(self) -> bool:
        """Whether it is `literal*`."""
        return self.text.count("*") == 1 and self.text[-1] == "*"

    @property
    def is_suffix(self) -> bool:
        """Whether it is `*literal`."""
        return self.text.count("*") == 1 and self.text[0] == "*"

    def matches(self, text: str) -> bool:
        """Without backtracking: the leftmost place of each part is as good as any other."""
        first, *rest = self.parts
        if not rest:
            return text == first
        last = rest.pop()
        end = len(text) - len(last)
        at = len(first)
        if not text.startswith(first) or not text.endswith(last):
            return False
        for part in rest:
            found = text.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return at <= end


Value = int | float | Bits | Pattern


@dataclass(frozen=True, slots=True)
class Condition:
    """`key` `operator` one of `values`, which are of the type that `form` says.

    `key` is a scope's kind, `retval` or `data.NAME`; of a `data.NAME` `field` is the event's field
    that holds it, and `member` what of the field is meant, "" for all of it (see members.py).
    `text` is what the operator wrote, and `place` where: `--scope pid=1`, `FILE:LINE:COLUMN`.
    """

    key: str
    operator: Operator
    values: tuple[Value, ...]
    form: Form
    field: str = ""
    member: str = ""
    place: str = attribute(default="", compare=False)
    text: str = attribute(default="", compare=False)


def groups(conditions: Iterable[Condition]) -> dict[str, list[Condition]]:
    """Key → its conditions, in the order in which they were written."""
    found: dict[str, list[Condition]] = {}
    for condition in conditions:
        found.setdefault(condition.key, []).append(condition)
    return found


def contradictions(conditions: Iterable[Condition]) -> list[str]:
    """A complaint for each group whose bounds leave no number between them."""
    wrong = []
    for key, group in groups(conditions).items():
        above = [one for one in group if ">" in one.operator]
        below = [one for one in group if "<" in one.operator]
        if above and below and _first(above) > _last(below):
            texts = ", ".join(f"{key}{one.operator}{one.values[0]}" for one in (*above, *below))
            wrong.append(f"{below[-1].place}: no number fits all of {texts}")
    return wrong


def _first(bounds: Iterable[Condition]) -> float:
    """The least whole number that they let through; of seconds the least at all."""
    return max(_number(one) + (one.operator == ">") * _step(one) for one in bounds)


def _last(bounds: Iterable[Condition]) -> float:
    return min(_number(one) - (one.operator == "<") * _step(one) for one in bounds)


def _number(bound: Condition) -> int | float:
    number = bound.values[0]
    assert isinstance(number, int | float)
    return number


def _step(bound: Condition) -> int:
    return int(isinstance(bound.values[0], int))

# SPDX-License-Identifier: Apache-2.0
"""From the text of a value to the value, by what it is compared with."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from collector.choosing.condition import Bits, Form, Pattern, Value
from pytracee.service.nearest import hint
from schemas.event_type import Field
from schemas.flags import named
from schemas.flags.errors import ERROR
from schemas.flags.forms import ALL, Meaning
from schemas.kinds import Kind

_BOOLEANS = {"true": 1, "yes": 1, "1": 1, "false": 0, "no": 0, "0": 0}
#: kind → the least number that it holds, and one more than the greatest
RANGES: dict[Kind, tuple[int, int]] = {
    Kind.I32: (-1 << 31, 1 << 31),
    Kind.U32: (0, 1 << 32),
    Kind.I64: (-1 << 63, 1 << 63),
    Kind.U64: (0, 1 << 64),
    Kind.POINTER: (0, 1 << 64),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How the values of a condition are read. `read` raises ValueError, which says why."""

    form: Form
    read: Callable[[str], Value]


def integer(text: str) -> int:
    """As C writes it: decimal, 0x…, or octal after a 0. Raises ValueError."""
    digits = text.removeprefix("-")
    octal = len(digits) > 1 and digits[0] == "0" and digits.isdigit()
    if "_" in text or not text.isascii() or len(text) > 40:
        raise ValueError(f"{text[:40]!r} is not a number")
    try:
        return int(text, 8 if octal else 0)
    except ValueError:
        raise ValueError(f"{text!r} is not a number") from None


def ranged(kind: Kind) -> Reading:
    """A number that such a field can hold; of the same bits without a sign too."""
    least, end = RANGES[kind]
    span = end - least

    def read(text: str) -> int:
        number = integer(text)
        if not min(least, -span // 2) <= number < span:
            raise ValueError(f"{text} is not a number of {span.bit_length() - 1} bits")
        return (number - least) % span + least

    return Reading(Form.NUMBER, read)


def of_return_value() -> Reading:
    """A number, or the name of an error, which is returned as its negative."""
    names = {name: -number for number, name in ERROR.items()}
    plain = ranged(Kind.I64)

    def read(text: str) -> Value:
        name = text.removeprefix("-")
        if name[:1] != "E":
            return plain.read(text)
        if name not in names:
            raise ValueError(f"no error is named {name!r}{hint(name, names)}")
        return names[name]

    return Reading(Form.NUMBER, read)


def of_field(field: Field, machine: str) -> Reading:
    """For a field of the catalogue, in events of `machine`. Raises ValueError for a field that
    nothing can be compared with."""
    match field.kind:
        case Kind.BOOL:
            return Reading(Form.NUMBER, _boolean)
        case Kind.STRING:
            return Reading(Form.TEXT, Pattern)
        case Kind.STRINGS:
            return Reading(Form.ANY_TEXT, contained)
        case Kind.HOOKS | Kind.NAMED_HOOKS:
            return Reading(Form.ANY_TEXT, contained)
        case Kind.PAIR:
            return Reading(Form.ANY_NUMBER, ranged(Kind.I32).read)
        case Kind.NUMBERS:
            return Reading(Form.ANY_NUMBER, ranged(Kind.U64).read)
        case Kind.TIMESPEC | Kind.TIMESPEC32:
            return Reading(Form.NUMBER, _seconds)
        case kind if kind in RANGES:
            table = named(machine).get(field.parser or "")
            return _named(kind, table.names) if table else ranged(kind)
    raise ValueError(f"{field.name} ({field.type}) cannot be compared with a text")


def contained(text: str) -> Pattern:
    """Of a list any element contains it; with a `*` an element is to be like it."""
    return Pattern(text if "*" in text else f"*{text}*")


def _named(kind: Kind, names: Mapping[str, Meaning]) -> Reading:
    """A number that has names; where some are of bits, each value is compared under its mask."""
    plain = ranged(kind)
    of_bits = any(mask != ALL for mask, _ in names.values())

    def read(text: str) -> Value:
        if text[:1].isdigit() or text[:1] == "-":
            number = plain.read(text)
            assert isinstance(number, int)
            return Bits(ALL, number & ALL) if of_bits else number
        if text not in names:
            raise ValueError(f"no value is named {text!r}{hint(text, names)}")
        mask, number = names[text]
        return Bits(mask, number) if of_bits else plain.read(str(number))

    return Reading(Form.BITS if of_bits else Form.NUMBER, read)


def _boolean(text: str) -> int:
    if text not in _BOOLEANS:
        raise ValueError(f"{text!r} is neither true nor false")
    return _BOOLEANS[text]


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{text!r} is not a number of seconds")
    return number

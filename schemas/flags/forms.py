# SPDX-License-Identifier: Apache-2.0
"""The forms that numbers with names have: a value, a set of bits, or a value among bits."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

Parser = Callable[[int], str]
Table = Mapping[int, str]
#: (mask, number): a name stands for the numbers whose bits of the mask are this number's
Meaning = tuple[int, int]

ALL = (1 << 64) - 1  # the mask of a name that stands for the whole number


class Named(NamedTuple):
    """A number's names: how it is shown, and what each name stands for."""

    show: Parser
    names: Mapping[str, Meaning]


def _unsigned(number: int) -> int:
    """The bits of an `int`: the highest is a bit like the others."""
    return number & 0xFFFFFFFF if number < 0 else number


def flags(table: Table) -> dict[str, Meaning]:
    """What the names of bits stand for."""
    return {name: (bit or ALL, bit) for bit, name in table.items()}


def bits(table: Table, none: str = "0") -> Named:
    """A set of bits: names in ascending order joined by `|`, `none` for 0.

    An entry of several bits (O_SYNC) takes its bits before the entries that it contains.
    """
    widest_first = sorted(table, key=lambda bit: (-bit.bit_count(), bit))

    def show(number: int) -> str:
        found, rest = [], _unsigned(number)
        for bit in widest_first:
            if rest & bit == bit:
                found.append(bit)
                rest &= ~bit
        names = [table[bit] for bit in sorted(found)]
        return "|".join(names + ([hex(rest)] if rest else [])) or none

    named = {none: (ALL, 0)} if none and not none.isdigit() else {}
    return Named(show, {**flags(table), **named})


def value(table: Table, otherwise: Callable[[int], str] = str) -> Named:
    """One of several values; another one stays a number."""

    def show(number: int) -> str:
        found = table.get(number) or table.get(_unsigned(number))
        return found or otherwise(number)

    return Named(show, {name: (ALL, number) for number, name in table.items()})


def mixed(mask: int, table: Table, more: Table, *, last: bool = False) -> Named:
    """A value in the bits of `mask`, and a set of bits beside it.

    `last`: the value comes after the bits. A 0 that has no name is left out.
    """
    rest = bits(more, none="").show

    def show(number: int) -> str:
        whole = _unsigned(number)
        low = whole & mask
        names = [table.get(low, str(low) if low else ""), rest(whole & ~mask)]
        return "|".join(filter(None, reversed(names) if last else names)) or "0"

    values = {name: (mask, number) for number, name in table.items()}
    return Named(show, {**flags(more), **values})

# SPDX-License-Identifier: Apache-2.0
"""The forms that numbers with names have: a value, a set of bits, or a value among bits."""

from collections.abc import Callable, Mapping

Parser = Callable[[int], str]
Table = Mapping[int, str]


def _unsigned(number: int) -> int:
    """The bits of an `int`: the highest is a bit like the others."""
    return number & 0xFFFFFFFF if number < 0 else number


def bits(table: Table, none: str = "0") -> Parser:
    """A set of bits: names in ascending order joined by `|`, `none` for 0.

    An entry of several bits (O_SYNC) takes its bits before the entries that it contains.
    """
    widest_first = sorted(table, key=lambda bit: (-bit.bit_count(), bit))

    def parse(number: int) -> str:
        found, rest = [], _unsigned(number)
        for bit in widest_first:
            if rest & bit == bit:
                found.append(bit)
                rest &= ~bit
        names = [table[bit] for bit in sorted(found)]
        return "|".join(names + ([hex(rest)] if rest else [])) or none

    return parse


def value(table: Table, otherwise: Callable[[int], str] = str) -> Parser:
    """One of several values; another one stays a number."""

    def parse(number: int) -> str:
        found = table.get(number) or table.get(_unsigned(number))
        return found or otherwise(number)

    return parse


def mixed(mask: int, table: Table, more: Table, *, last: bool = False) -> Parser:
    """A value in the bits of `mask`, and a set of bits beside it.

    `last`: the value comes after the bits. A 0 that has no name is left out.
    """
    rest = bits(more, none="")

    def parse(number: int) -> str:
        whole = _unsigned(number)
        low = whole & mask
        names = [table.get(low, str(low) if low else ""), rest(whole & ~mask)]
        return "|".join(filter(None, reversed(names) if last else names)) or "0"

    return parse

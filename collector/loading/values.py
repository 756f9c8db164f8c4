# SPDX-License-Identifier: Apache-2.0
"""Values that policies name, as the kernel's tries look them up (struct named in bpf/maps.h).

A look-up finds the longest entry that a key begins with, so each entry is written with what is due
to the shorter ones too.
"""

import struct
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from collector.choosing.condition import Condition, Pattern

_NUMBER = 64  # bits of a number's key
_SIGN = 1 << 63
NAMED = struct.Struct("<QQ")


class Beginning(NamedTuple):
    """The first `bits` of a key."""

    data: bytes
    bits: int


EVERYTHING = Beginning(b"", 0)


class Named:
    """Beginnings, and the policies that want (`=`) or bar (`!=`) what begins so."""

    def __init__(self) -> None:
        self._lists: dict[int, dict[Beginning, list[int]]] = defaultdict(dict)

    def want(self, where: int, beginning: Beginning, policies: int) -> None:
        self._of(where, beginning)[0] |= policies

    def bar(self, where: int, beginning: Beginning, policies: int) -> None:
        self._of(where, beginning)[1] |= policies

    def _of(self, where: int, beginning: Beginning) -> list[int]:
        return self._lists[where].setdefault(beginning, [0, 0])

    def __contains__(self, where: int) -> bool:
        return where in self._lists

    def sizes(self) -> Iterator[tuple[int, int]]:
        """(list, how many entries it has)."""
        return ((where, len(entries)) for where, entries in self._lists.items())

    def rows(self) -> Iterator[tuple[int, Beginning, bytes]]:
        """(list, beginning, entry)."""
        for where, entries in self._lists.items():
            lengths = sorted({one.bits for one in entries})
            for beginning in entries:
                shorter = [_cut(beginning, bits) for bits in lengths if bits <= beginning.bits]
                due = [entries[one] for one in shorter if one in entries]
                wanted, barred = (_union(one[at] for one in due) for at in (0, 1))
                yield where, beginning, NAMED.pack(wanted, barred)


def _union(bitmaps: Iterator[int]) -> int:
    total = 0
    for bitmap in bitmaps:
        total |= bitmap
    return total


def _cut(beginning: Beginning, bits: int) -> Beginning:
    size = -(-bits // 8)
    data = bytearray(beginning.data[:size])
    if bits % 8:
        data[-1] &= 0xFF << (8 - bits % 8)
    return Beginning(bytes(data), bits)


def number(value: int) -> Beginning:
    """The whole key of a number."""
    return Beginning(value.to_bytes(8, "big"), _NUMBER)


def between(low: int, high: int) -> Iterator[Beginning]:
    """Beginnings of the numbers from `low` to `high`, and of no others."""
    while low <= high:
        bits = min((low & -low).bit_length() - 1 if low else _NUMBER, _NUMBER)
        while low + (1 << bits) - 1 > high:
            bits -= 1
        kept = _NUMBER - bits
        yield Beginning(low.to_bytes(8, "big")[: -(-kept // 8)], kept)
        low += 1 << bits


def signed(value: int) -> int:
    """A number of 64 bits with a sign as one without, in the same order."""
    return max(0, min(value + _SIGN, 2 * _SIGN - 1))


def limits(group: Sequence[Condition], least: int, greatest: int) -> tuple[int, int] | None:
    """The numbers between a group's bounds, both included; None where it has no bounds."""
    bounds = [one for one in group if one.operator not in ("=", "!=")]
    for one in bounds:
        bound = one.values[0]
        assert isinstance(bound, int)
        match one.operator:
            case "<":
                greatest = min(greatest, bound - 1)
            case "<=":
                greatest = min(greatest, bound)
            case ">":
                least = max(least, bound + 1)
            case ">=":
                least = max(least, bound)
    return (least, greatest) if bounds else None


class Text(NamedTuple):
    """How a pattern is looked up: by what texts begin with, or what they end with (turned round).

    Not `exact`: more texts are found so than the pattern means.
    """

    beginning: Beginning
    from_end: bool = False
    exact: bool = True


def text(pattern: Pattern, size: int, *, ends: bool) -> Text:
    """For keys of `size` bytes; `ends`: whether there is a list of what texts end with."""
    first, *rest = (part.encode() for part in pattern.parts)
    if not rest:
        first += b"\0"
    if len(first) > size or b"\\x" in first:  # of what is not UTF-8 that is the name
        known = first[:size].split(b"\\x")[0]
        return Text(_bytes(known), exact=False)
    if pattern.exact or pattern.is_prefix:
        return Text(_bytes(first))
    last = rest[-1]
    if pattern.is_suffix and ends and len(last) <= size and b"\\x" not in last:
        return Text(_bytes(last[::-1]), from_end=True)
    return Text(_bytes(first), exact=False)


def _bytes(data: bytes) -> Beginning:
    return Beginning(data, 8 * len(data))

# SPDX-License-Identifier: Apache-2.0
"""From one plan to the next, in the stream: what was judged by the old one comes before the new
one's Hello, all the rest after it.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from collector.loading.plan import Plan
from schemas.stream.decoder import Decoder
from schemas.stream.messages import Hello

#: where they lie in a record
POLICIES_AT, GENERATION_AT = 25, 34
GENERATIONS = 1 << 16  # before they begin anew
_POLICIES, _GENERATION = struct.Struct(">Q"), struct.Struct(">H")


class Era(NamedTuple):
    """A plan, what the stream says of it, and what its records are read with."""

    generation: int
    plan: Plan
    hello: Hello
    decoder: Decoder


class Turn:
    """The kernel has gone over to another plan; up to `end` the ring holds records of both."""

    def __init__(self, era: Era, end: int) -> None:
        self.era = era
        self.end = end
        self.kept: list[bytes] = []  # records of the new plan

    def old(self, body: memoryview, places: Iterator[tuple[int, int]]) -> list[bytes]:
        """Of records of the ring's memory those of the old plan; the others are kept."""
        records = [copied(body, at, after) for at, after in places]
        self.kept += [one for one in records if self._is_new(one)]
        return [one for one in records if not self._is_new(one)]

    def _is_new(self, record: bytes) -> bool:
        return generation_of(record) == self.era.generation


def copied(body: memoryview, at: int, after: int) -> bytes:
    """A record of the ring's memory; the last one lacks what ends it."""
    return bytes(body[at:after]).ljust(after - at, b"\0")


def generation_of(record: bytes) -> int:
    found: int = _GENERATION.unpack_from(record, GENERATION_AT)[0]
    return found


def policies_of(record: bytes) -> int:
    found: int = _POLICIES.unpack_from(record, POLICIES_AT)[0]
    return found


def addressed(record: bytes, policies: int, generation: int) -> bytearray:
    """A record as one of these policies, of that plan."""
    made = bytearray(record)
    _POLICIES.pack_into(made, POLICIES_AT, policies)
    _GENERATION.pack_into(made, GENERATION_AT, generation)
    return made

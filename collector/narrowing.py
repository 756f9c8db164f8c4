# SPDX-License-Identifier: Apache-2.0
"""Deciding what the kernel could not: only records that it marked are decoded."""

import struct
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from collector.context.subjects import Subjects
from collector.loading.descents import Processes, lineage
from collector.loading.plan import Plan
from collector.sampling import Sample
from schemas.event import Event
from schemas.stream.decoder import Decoder

#: where they lie in a record, and the mark among the flags (FLAG_UNDECIDED, FLAG_UNRESOLVED)
_POLICIES, _GENERATION, _FLAGS = 25, 34, 37
_UNDECIDED, _UNRESOLVED = 0x10, 0x08
_U64, _U16 = struct.Struct(">Q"), struct.Struct(">H")
LAST_PAD = bytes(8)  # what a batch's last record has instead of the next one's header


class Batch(NamedTuple):
    """Parts that are so many records in a row."""

    parts: list[bytes | memoryview]
    records: int


class Deciding(NamedTuple):
    """A plan, and what its records are read with."""

    plan: Plan
    decoder: Decoder


class Narrowing:
    """Of all plans whose records may still come, by generation."""

    def __init__(self, subjects: Subjects, known: Processes, sample: Sample | None = None) -> None:
        self.filtered: Counter[str] = Counter()  # event → records that were left out
        self.decided = 0  # records
        self.sample = sample
        self.subjects = subjects
        self._known = known
        self._plans: dict[int, Deciding] = {}
        self._followed: dict[tuple[int, int], int] = {}  # process → policies that follow it

    def know(self, generation: int, plan: Plan, decoder: Decoder) -> None:
        self._plans[generation] = Deciding(plan, decoder)

    def narrow(self, body: memoryview, places: Iterator[tuple[int, int]]) -> Batch:
        """Those records of the ring's memory that are somebody's; `places`: where each begins,
        and the next one.
        """
        parts: list[bytes | memoryview] = []
        count = begin = end = 0
        for at, end in places:
            decided = not body[at + _FLAGS] & _UNDECIDED
            kept = self.sample is None or self.sample.keeps(body, at)
            if decided and kept:
                count += 1
                continue
            self.decided += not decided
            parts.append(body[begin:at])
            begin = end
            if not kept:
                continue
            whole = bytes(body[at:end]).ljust(end - at, b"\0")  # the last lacks what ends it
            if (record := self.decide(whole)) is not None:
                parts.append(record)
                count += 1
        if begin < end:
            parts.append(body[begin:])
            parts.append(LAST_PAD)
        return Batch([part for part in parts if part], count)

    def decide(self, record: bytes) -> bytes | None:
        """The record with the policies that it is of; None if there is none."""
        plan, decoder = self._plans[_U16.unpack_from(record, _GENERATION)[0]]
        given: int = _U64.unpack_from(record, _POLICIES)[0]
        event = decoder.event(msgspec.Raw(record))
        policies = given & ~self._wrong(plan, event, given)
        if not policies:
            self.filtered[event.name] += 1
            return None
        narrowed = bytearray(record)
        _U64.pack_into(narrowed, _POLICIES, policies)
        narrowed[_FLAGS] &= ~(_UNDECIDED | _UNRESOLVED)
        return bytes(narrowed)

    def _wrong(self, plan: Plan, event: Event, given: int) -> int:
        """Those of the policies that do not want it after all."""
        wrong = 0
        subject = self.subjects.of(event)
        resolved = not event.flags >> 56 & _UNRESOLVED
        for bit, one in plan.remainders.get(event.name, ()):
            if not given >> bit & 1:
                continue
            followed = one.follows and self._follows(event, bit)
            if not one.holds(event, subject, followed=followed, resolved=resolved):
                wrong |= 1 << bit
            elif one.follows:
                key = (event.task.host_pid, event.task.process_start_time)
                self._followed[key] = self._followed.get(key, 0) | 1 << bit
        return wrong

    def _follows(self, event: Event, bit: int) -> bool:
        """Whether it is of a process that came of one whose event was the policy's."""
        if event.process is None:
            return False
        _, *before = lineage(event.process, self._known)
        return any(self._followed.get((one.pid, one.start), 0) >> bit & 1 for one in before)

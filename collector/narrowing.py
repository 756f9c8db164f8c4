# SPDX-License-Identifier: Apache-2.0
"""Deciding what the kernel could not: only records that it marked are decoded."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from collector.context.subjects import Subjects
from collector.loading.descents import Processes, carried, lineage
from collector.loading.plan import Plan
from collector.made import hashing
from collector.made.hashing import Hashing
from collector.sampling import Sample
from collector.turning import Era, addressed, copied, generation_of, policies_of
from schemas.event import Event
from schemas.events import BY_ID

#: where the flags lie in a record, and the marks among them (FLAG_UNDECIDED, FLAG_UNRESOLVED)
_FLAGS = 37
_UNDECIDED, _UNRESOLVED = 0x10, 0x08
LAST_PAD = bytes(8)  # what a batch's last record has instead of the next one's header


class Batch(NamedTuple):
    """Parts that are so many records in a row."""

    parts: list[bytes | memoryview]
    records: int


class Narrowing:
    """By the plan in force; what was judged by the one before is its policies' namesakes'."""

    def __init__(
        self,
        subjects: Subjects,
        known: Processes,
        sample: Sample | None = None,
        hashing: Hashing | None = None,
    ) -> None:
        self.filtered: Counter[str] = Counter()  # event → records that were left out
        self.decided = 0  # records
        self.sample = sample
        self._hashing = hashing
        self.subjects = subjects
        self._known = known
        self._era: Era | None = None
        self._before: Era | None = None
        self._followed: dict[tuple[int, int], int] = {}  # process → policies that follow it

    def use(self, era: Era) -> None:
        """From the next record on."""
        self._era, self._before = era, self._era
        if self._before is not None:
            before, plan = self._before.plan, era.plan
            found = {key: carried(bits, before, plan) for key, bits in self._followed.items()}
            self._followed = {key: bits for key, bits in found.items() if bits}

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
            if (record := self.decide(copied(body, at, end))) is not None:
                parts.append(record)
                count += 1
        if begin < end:
            parts.append(body[begin:])
            parts.append(LAST_PAD)
        return Batch([part for part in parts if part], count)

    def each(self, records: Iterable[bytes]) -> Batch:
        """The same of records that were copied."""
        parts: list[bytes | memoryview] = []
        for record in records:
            decided = not record[_FLAGS] & _UNDECIDED
            self.decided += not decided
            if self.sample and not self.sample.keeps(record, 0):
                continue
            kept = record if decided else self.decide(record)
            if kept is not None:
                parts.append(kept)
        return Batch(parts, len(parts))

    def decide(self, record: bytes) -> bytes | None:
        """The record with the policies that it is of; None if there is none, or not yet."""
        assert self._era is not None
        generation, plan, _, decoder = self._era
        kind = BY_ID[decoder.event_id(msgspec.Raw(record))]
        policies = self._in_force(record) & plan.asked.get(kind, 0)
        if policies:
            event = decoder.event(msgspec.Raw(record))
            if self._hashing and event.name == hashing.EVENT:
                hashed = self._hashing.fill(event, record)
                if hashed is None:
                    return None
                record, event = hashed, decoder.event(msgspec.Raw(hashed))
            policies &= ~self._wrong(plan, event, policies)
        if not policies:
            self.filtered[kind.name] += 1
            return None
        narrowed = addressed(record, policies, generation)
        narrowed[_FLAGS] &= ~(_UNDECIDED | _UNRESOLVED)
        return bytes(narrowed)

    def _in_force(self, record: bytes) -> int:
        """The policies in force that it may be of."""
        assert self._era is not None
        given, generation = policies_of(record), generation_of(record)
        if generation == self._era.generation:
            return given
        if self._before is None or generation != self._before.generation:
            return 0
        before = self._before.plan.policies
        names = {one.name for bit, one in enumerate(before) if given >> bit & 1}
        policies = enumerate(self._era.plan.policies)
        return sum(1 << bit for bit, one in policies if one.name in names)

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

# SPDX-License-Identifier: Apache-2.0
"""Records, of the kernel's ring and others, on their way to the outputs; their account."""

import struct
from collections.abc import Iterable

from collector.integrity.sieve import Sieve
from collector.loading.kernel import Kernel
from collector.narrowing import LAST_PAD, Batch, Narrowing
from collector.outputs.outputs import Outputs
from collector.reports.busiest import Busiest
from collector.reports.loss import Loss
from collector.reports.statistics import Statistics
from collector.totals import Totals
from collector.turning import Turn
from schemas.events import BY_ID
from schemas.stream.messages import Lost, encode

_BATCH = 256 << 10  # bytes, about
_HEAD = struct.Struct(">BIBI")  # ce length, dd count
_PARTS = 512  # that are written at once (IOV_MAX is 1024)


class Delivery:
    """Raises what the outputs do."""

    def __init__(
        self, kernel: Kernel, outputs: Outputs, narrowing: Narrowing, statistics: Statistics
    ) -> None:
        self.totals = Totals()
        self._kernel = kernel
        self._outputs = outputs
        self._narrowing = narrowing
        self._statistics = statistics
        self._loss = Loss()
        self._busiest = Busiest()

    def look(self) -> None:
        """Once a round: say what there is to say of the account."""
        self.report_lost()
        self._loss.tell()
        self._busiest.look(self.totals.events)

    def pass_on(self, end: int, turn: Turn | None = None) -> bool:
        """From the ring's memory to the outputs, a batch at a time; only the old ones of a turn.

        Whether that was all up to there.
        """
        ring = self._kernel.events
        while True:
            taken, body = ring.take(end, _BATCH)
            if not taken:
                return ring.passed(end)
            batch = Batch([body, LAST_PAD], taken)
            if self._statistics.counts:
                self._statistics.count(body, ring.places())
            if self._busiest.counts:
                self._busiest.count(body, ring.places())
            if turn:
                batch = self._narrowing.each(turn.old(body, ring.places()))
            elif self._undecided():
                batch = self._narrowing.narrow(body, ring.places())
            try:
                self.write(batch)
            finally:
                ring.release()

    def _undecided(self) -> bool:
        """Whether there are records about which something is left to be decided."""
        narrowing = self._narrowing
        return bool(narrowing.sample) or self._kernel.halves.undecided() != narrowing.decided

    def write(self, batch: Batch) -> None:
        if not batch.records:
            return
        parts = batch.parts if len(batch.parts) <= _PARTS else [b"".join(batch.parts)]
        head = _HEAD.pack(0xCE, sum(map(len, parts)) + 5, 0xDD, batch.records)
        self._outputs.write([head, *parts], batch.records)
        self.totals.events += batch.records

    def tell_findings(self, found: Iterable[bytes], sieve: Sieve) -> None:
        """What the checks of the kernel's integrity found, messages of the stream."""
        for message in found:
            kept, count = sieve.pass_on(message)
            if count:
                self._outputs.write([kept], count)
                self.totals.events += count

    def tell(self, records: Iterable[bytes]) -> None:
        """Events that are not the kernel's, a batch at a time."""
        parts: list[bytes | memoryview] = []
        size = 0
        for record in filter(None, map(self._narrowing.decide, records)):
            parts.append(record)
            size += len(record)
            if size >= _BATCH:
                self.write(Batch(parts, len(parts)))
                parts, size = [], 0
        self.write(Batch(parts, len(parts)))

    def left_in_ring(self) -> int:
        """Records that waited for a reader who never came: given up, counted."""
        ring, left = self._kernel.events, 0
        while count := ring.take(ring.end(), _BATCH)[0]:
            ring.release()
            left += count
        return left

    def report_lost(self) -> None:
        found = self._kernel.lost()
        if not found:
            return
        context = found.pop(0, 0)
        if context:
            self.totals.context_lost += context
            self._outputs.write([encode(Lost("context", {"context": context}))])
        if found:
            names = {BY_ID[event].name: count for event, count in found.items()}
            self._outputs.write([encode(Lost("ring", names))])
            self.totals.lost += sum(found.values())
            self._loss.add(names)
            self._statistics.lost.update(names)

# SPDX-License-Identifier: Apache-2.0
"""Tracee's JSON event lines: bytes → lines → candidates.

Lines that are no events are skipped and told with their number; the others are used.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from detector.notices import Errors
from detector.selection import ByOrigin, Candidate, Selection, origin_of
from detector.totals import Totals
from schemas.event import Event
from schemas.line_event import LineEvent
from schemas.stream.messages import Layout
from schemas.stream.parser import StreamError

_LONGEST = 64 << 20  # bytes of a line; what has no end must not fill the memory


class _Head(msgspec.Struct):
    eventName: str  # noqa: N815 (as the JSON has it)


_head = msgspec.json.Decoder(_Head).decode


@dataclass(slots=True)
class LineBatch:
    """Lines as they came. events: (line number, event name, line); faults: lines that are none."""

    events: list[tuple[int, str, bytes]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Lines:
    """Feed it bytes, get batches of lines."""

    def __init__(self, number: int = 1) -> None:
        self.number = number  # of the line that is to come
        self.events = 0
        self._rest = bytearray()
        self._searched = 0  # bytes of the rest that hold no line's end
        self._too_long = False

    def feed(self, data: bytes) -> Iterator[LineBatch]:
        self._rest += data
        end = self._rest.rfind(b"\n", self._searched)
        self._searched = len(self._rest)
        if end >= 0:
            whole = bytes(memoryview(self._rest)[:end])
            del self._rest[: end + 1]
            self._searched = len(self._rest)
            yield self._batch(whole.split(b"\n"))
        if len(self._rest) > _LONGEST:
            self._rest.clear()
            self._searched = 0
            self._too_long = True

    def finish(self) -> Iterator[LineBatch]:
        """The last line may lack its end. Raises StreamError if no line was an event."""
        if self._rest or self._too_long:
            yield self._batch([bytes(self._rest)])
        if not self.events:
            raise StreamError(0, "no line of it is an event: neither a recording nor Tracee's JSON")

    def _batch(self, lines: list[bytes]) -> LineBatch:
        batch = LineBatch()
        for line in lines:
            try:
                self._add(batch, line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
                batch.faults.append(f"line {self.number}: skipped: {error}")
            self.number += 1
        self.events += len(batch.events)
        return batch

    def _add(self, batch: LineBatch, line: bytes) -> None:
        if self._too_long:
            self._too_long = False
            raise ValueError(f"longer than {_LONGEST >> 20} MiB")
        if line and not line.isspace():
            batch.events.append((self.number, _head(line).eventName, line))


class LineCandidates:
    """As `Candidates`, of lines: without a prefilter, which reads records."""

    def __init__(
        self,
        selection: Selection,
        errors: Errors,
        totals: Totals,
    ) -> None:
        self._selection = selection
        self._errors = errors
        self._totals = totals
        self._by_name: dict[str, ByOrigin | None] = {}

    def of(self, batch: LineBatch, first: int) -> Iterator[Candidate]:
        """In the order of the lines; `first` is the position of the first event."""
        for fault in batch.faults:
            self._errors.add("lines that are no events", fault)
        for position, (number, name, line) in enumerate(batch.events, first):
            origins = self._origins(name)
            if origins is None:
                continue
            try:
                candidate = self._candidate(position, LineEvent(line), origins)
            except (ValueError, RecursionError) as error:
                fault = f"line {number}: skipped: {error}"
                self._errors.add("lines that are no events", fault)
            else:
                if candidate:
                    yield candidate

    def _candidate(self, position: int, event: Event, origins: ByOrigin) -> Candidate | None:
        keys = origins.get(origin_of(event))
        if keys is None:
            return None
        self._totals.selected += 1
        self._totals.candidates += 1
        return Candidate(position, event, keys)

    def _origins(self, name: str) -> ByOrigin | None:
        if name not in self._by_name:
            if len(self._by_name) > 1 << 16:  # names are the file's: there may be any number
                self._by_name.clear()
            self._by_name[name] = self._selection.by_id({0: Layout(0, name, ())}).get(0)
        return self._by_name[name]

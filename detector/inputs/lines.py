# SPDX-License-Identifier: Apache-2.0
"""Tracee's JSON event lines: bytes → lines.

Lines that are no events are skipped and told with their number; the others are used.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

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

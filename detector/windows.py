# SPDX-License-Identifier: Apache-2.0
"""A recording cut into windows of whole messages, without looking into them.

Findings are told window by window, sorted within each, and `--jobs` gives windows to processes: so
their order does not depend on how many processes there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.stream.messages import BATCH_TAG, MAX_BODY

EVENTS = 1 << 14  # that close a window
_HEAD = 5  # 0xce and a 32-bit length
_COUNT = slice(_HEAD + 1, _HEAD + 5)  # of a batch's records


@dataclass(frozen=True, slots=True)
class Window:
    """Bytes of a stream from `offset` on; `first` is the position of its first event.

    `context` are its messages other than batches, for those who read another window.
    """

    first: int
    offset: int
    data: bytes
    context: bytes


class Cutter:
    """Feed it bytes, get windows. `broken`: no message begins where one should."""

    def __init__(self, first: int = 0) -> None:
        self.position = first  # of the next event
        self.broken = False
        self._first = first
        self._offset = 0
        self._buffer = bytearray()
        self._used = 0  # bytes of the buffer in whole messages
        self._context = bytearray()

    def feed(self, data: bytes) -> Iterator[Window]:
        self._buffer += data
        while not self.broken and (size := self._whole()) is not None:
            self._take(size)
            if self.position - self._first >= EVENTS:
                yield self._window(self._used)

    def finish(self) -> Window:
        """The rest, which may be nothing or end within a message."""
        return self._window(len(self._buffer))

    def _whole(self) -> int | None:
        """Length of the next message with its head, None while it is not all there."""
        have = len(self._buffer) - self._used
        if have < _HEAD:
            return None
        size = int.from_bytes(self._buffer[self._used + 1 : self._used + _HEAD], "big")
        if self._buffer[self._used] != 0xCE or not 0 < size <= MAX_BODY:
            self.broken = True
            return None
        return _HEAD + size if have >= _HEAD + size else None

    def _take(self, size: int) -> None:
        head = self._buffer[self._used : self._used + _HEAD + 5]
        if head[_HEAD] == BATCH_TAG:
            self.position += int.from_bytes(head[_COUNT], "big")
        else:
            self._context += self._buffer[self._used : self._used + size]
        self._used += size

    def _window(self, size: int) -> Window:
        data = bytes(memoryview(self._buffer)[:size])
        window = Window(self._first, self._offset, data, bytes(self._context))
        del self._buffer[:size]
        self._context.clear()
        self._used = 0
        self._offset += size
        self._first = self.position
        return window

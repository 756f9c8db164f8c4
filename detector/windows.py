# SPDX-License-Identifier: Apache-2.0
"""A recording cut into windows of whole messages, without looking into them.

Findings are told window by window, sorted within each, and `--jobs` gives windows to processes: so
their order does not depend on how many processes there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from detector.inputs.recorded import Extent, Recorded
from schemas.stream.messages import BATCH_TAG, MAX_BODY

EVENTS = 1 << 14  # that close a window
_HEAD = 5  # 0xce and a 32-bit length
_COUNT = slice(_HEAD + 1, _HEAD + 5)  # of a batch's records


@dataclass(frozen=True, slots=True)
class Window:
    """Of a stream, from `offset` on; `first` is the position of its first event.

    `extent` is where its bytes are, until the next window is asked for. `context` are its messages
    other than batches, for those who read another window. `last`: the recording ends with it.
    """

    first: int
    offset: int
    extent: Extent
    context: bytes
    last: bool


class Cutter:
    """Iterate over it. The last window may be empty or end within a message, or with bytes that
    are none: who reads it will find that out.
    """

    def __init__(self, recording: Recorded, first: int = 0) -> None:
        self.position = first  # of the next event
        self._recording = recording
        self._first = first
        self._begin = self._end = 0  # offsets of the window and of what comes after it
        self._context = bytearray()

    def __iter__(self) -> Iterator[Window]:
        end, whole = self._next()
        while whole:
            self._take(end)
            if self.position - self._first >= EVENTS:
                yield from self._window()
            end, whole = self._next()
        self._end = end
        yield from self._window(last=not self._recording.damage)

    def _next(self) -> tuple[int, bool]:
        """Where the next message ends, or what there is of one; and whether it is whole."""
        head = self._recording.at(self._end, _HEAD)
        size = int.from_bytes(head[1:], "big")
        if len(head) < _HEAD or head[0] != 0xCE or not 0 < size <= MAX_BODY:
            return self._end + len(head), False
        end = self._end + _HEAD + size
        reached = self._recording.reach(end)
        return reached, reached == end

    def _take(self, end: int) -> None:
        head = self._recording.at(self._end, _HEAD + 5)
        if head[_HEAD] == BATCH_TAG:
            self.position += int.from_bytes(head[_COUNT], "big")
        else:
            self._context += self._recording.at(self._end, end - self._end)
        self._end = end

    def _window(self, *, last: bool = False) -> Iterator[Window]:
        """One. What is of the next is not yet taken."""
        with self._recording.lend(self._begin, self._end) as extent:
            yield Window(self._first, self._begin, extent, bytes(self._context), last)
        self._context.clear()
        self._begin, self._first = self._end, self.position

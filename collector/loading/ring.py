# SPDX-License-Identifier: Apache-2.0
"""A BPF ring buffer, read through its mapped memory (kernel/bpf/ringbuf.c).

Page 0 holds the consumer position, page 1 the producer position, then the data, mapped twice in a
row so that a record at the end is contiguous. Each record has an 8-byte header: length with two
flag bits, and a page offset that is not ours. Positions only grow.

Nothing is discarded on our rings, so a walk over the lengths finds whole records only.
"""

import mmap
from collections.abc import Iterator

_PAGE = mmap.PAGESIZE
_BUSY = 1 << 31  # still being written


class Ring:
    """The reader's end. One reader only."""

    def __init__(self, fd: int, size: int) -> None:
        """`size`: bytes of data, a power of two and a multiple of the page size."""
        self._mask = size - 1
        own = mmap.mmap(fd, _PAGE, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
        theirs = mmap.mmap(fd, _PAGE + 2 * size, mmap.MAP_SHARED, mmap.PROT_READ, offset=_PAGE)
        self._consumer = memoryview(own).cast("Q")
        self._producer = memoryview(theirs)[:8].cast("Q")
        self.data = memoryview(theirs)[_PAGE:]
        self._words = self.data.cast("I")
        self._position: int = self._consumer[0]

    def end(self) -> int:
        """Where the producers are now: a place to drain to without chasing them."""
        return int(self._producer[0])

    def passed(self, place: int) -> bool:
        """Whether everything up to there was taken."""
        return self._position >= place

    def fill(self, end: int) -> float:
        """How much of the ring is between here and there; 1.0: all of it."""
        return (end - self._position) / (self._mask + 1)

    def take(self, end: int, most: int) -> tuple[int, memoryview]:
        """The whole records from here to `end`, about `most` bytes of them.

        Returns their number and the memory from the first one's bytes to the last one's, headers
        between them included. They stay there until `release`. 0 records: there is none, or one
        is still being written.
        """
        words, start = self._words, self._position & self._mask
        at = first = start >> 2
        last = at + (min(end - self._position, most) >> 2)
        count = 0
        while at < last:
            size = words[at]
            if size >= _BUSY:
                break
            at += (size + 15 >> 3) << 1  # header and padding to 8 bytes
            count += 1
        self._taken = (at - first) << 2
        return count, self.data[start + 8 : start + self._taken]

    def places(self) -> Iterator[tuple[int, int]]:
        """Of each taken record: where it begins in the memory that `take` gave, and where the next
        one does; after the last one that is beyond its end.
        """
        start = self._position & self._mask
        at = 0
        while at < self._taken:
            size = self._words[(start + at) >> 2]
            after = at + (size + 15 & ~7)
            yield at, after
            at = after

    def release(self) -> None:
        """Give the taken records' room back to the kernel."""
        self._position += self._taken
        self._consumer[0] = self._position

    def records(self, end: int) -> list[bytes]:
        """Copies of all whole records up to `end`, without headers; their room is given back."""
        found, words = [], self._words
        while self._position < end:
            start = self._position & self._mask
            size = words[start >> 2]
            if size >= _BUSY:
                break
            found.append(bytes(self.data[start + 8 : start + 8 + size]))
            self._position += size + 15 & ~7
        self._consumer[0] = self._position
        return found

# SPDX-License-Identifier: Apache-2.0
"""The bytes of a recording in a file, by their offset in the stream: for several readers."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple, Protocol

from detector.inputs.compressed import MAGIC, Decompressor
from detector.sources import Source
from schemas.stream.parser import StreamError

_BLOCK = 1 << 12  # bytes; most messages' heads are far apart
_CHUNK = 1 << 20


class Extent(NamedTuple):
    """`size` bytes of a file, from `at` on."""

    fd: int
    at: int
    size: int


@contextmanager
def in_memory(data: bytes | memoryview) -> Iterator[Extent]:
    """A file that holds this, for other processes: who hands it on waits for nobody."""
    fd = os.memfd_create("pytracee", os.MFD_CLOEXEC)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(fd, rest) :]
        yield Extent(fd, 0, len(data))
    finally:
        os.close(fd)


class Recorded(Protocol):
    """What is before the last extent that was lent may be asked for no more.

    `damage`: why there is nothing after `reach`, though the stream goes on; "" where it does not.
    """

    damage: str

    def reach(self, offset: int) -> int:
        """That, or where the recording ends before it."""

    def at(self, offset: int, size: int) -> bytes:
        """As much of it as there is."""

    def lend(self, begin: int, end: int) -> AbstractContextManager[Extent]:
        """These bytes, as a file."""


class Plain:
    """As it is in the file: its readers read it themselves, and here only heads are looked at."""

    damage = ""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._size = 0
        self._begin = 0  # of the block
        self._block = b""

    def reach(self, offset: int) -> int:
        if offset > self._size:  # it may be growing
            self._size = os.fstat(self._source.fd).st_size
        return min(offset, self._size)

    def at(self, offset: int, size: int) -> bytes:
        if not self._begin <= offset <= self._begin + len(self._block) - size:
            self._begin = offset
            self._block = os.pread(self._source.fd, max(size, _BLOCK), offset)
        return self._block[offset - self._begin :][:size]

    @contextmanager
    def lend(self, begin: int, end: int) -> Iterator[Extent]:
        yield Extent(self._source.fd, begin, end - begin)
        if self._source.on_read is not None:
            self._source.on_read(end - begin)


class Compressed:
    """zstd, decompressed here: a piece can only be read after what is before it."""

    def __init__(self, source: Source) -> None:
        self.damage = ""
        self._source = source
        self._begin = 0  # of what is kept
        self._kept = bytearray()
        self._pieces = self._decompressed()

    def reach(self, offset: int) -> int:
        while self._begin + len(self._kept) < offset:
            try:
                piece = next(self._pieces, None)
            except StreamError as error:
                self.damage, piece = str(error), None
            if piece is None:
                break
            self._kept += piece
        return min(offset, self._begin + len(self._kept))

    def at(self, offset: int, size: int) -> bytes:
        end = self.reach(offset + size)
        return bytes(self._kept[offset - self._begin : end - self._begin])

    @contextmanager
    def lend(self, begin: int, end: int) -> Iterator[Extent]:
        with memoryview(self._kept) as kept, kept[: end - begin] as lent, in_memory(lent) as extent:
            yield extent
        del self._kept[: end - begin]
        self._begin = end

    def _decompressed(self) -> Iterator[bytes]:
        """Raises StreamError where that is not possible."""
        decompressor = Decompressor()
        while data := os.read(self._source.fd, _CHUNK):
            yield from decompressor.feed(data)
            if self._source.on_read is not None:
                self._source.on_read(len(data))
        decompressor.finish()


def recorded(source: Source) -> Recorded:
    """By what the file begins with."""
    return Compressed(source) if os.pread(source.fd, len(MAGIC), 0) == MAGIC else Plain(source)

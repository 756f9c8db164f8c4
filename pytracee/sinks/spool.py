# SPDX-License-Identifier: Apache-2.0
"""A queue on disk, from one process that writes to one that reads: a directory of segments.

The writer appends to the newest segment, the reader removes the oldest once it is through. Each
writer begins a segment of its own, so that a record which an earlier one was killed in the middle
of stays the last of its segment, where the reader knows it for what it is. Killing either process
loses nothing that was written; a machine that loses its power may lose the last seconds.
"""

import fcntl
import os
import struct
import zlib
from pathlib import Path
from typing import NamedTuple

_SUFFIX = ".segment"
_CURSOR = "cursor"
_LOCK = "lock"
_HEAD = struct.Struct(">II")  # length and CRC-32 of what follows
_PLACE = struct.Struct(">QQ")  # segment, offset
_SEGMENTS = 16  # that a full spool has: room comes back by the segment


class Place(NamedTuple):
    segment: int
    offset: int


def _segments(folder: Path) -> list[int]:
    return sorted(int(path.stem) for path in folder.glob(f"*{_SUFFIX}") if path.stem.isdigit())


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number:012}{_SUFFIX}"


def _stored(folder: Path) -> Place:
    """Where the reader is."""
    try:
        stored = (folder / _CURSOR).read_bytes()
    except FileNotFoundError:
        return Place(0, 0)
    return Place(*_PLACE.unpack(stored)) if len(stored) == _PLACE.size else Place(0, 0)


class InUse(Exception):
    """Another process writes to this spool."""


class Writer:
    """The only writer of a spool. `limit`: bytes that all segments together may have."""

    def __init__(self, folder: Path, limit: int) -> None:
        """Raises OSError, and InUse where there is a writer."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.dropped = 0
        self._folder = folder
        self._limit = limit
        self._lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise InUse from None
        # Also past the reader's place: it would take older numbers for done.
        self._number = max([_stored(folder).segment, *_segments(folder)])
        self._fd, self._size, self._older = -1, 0, 0
        self._begin()

    def append(self, body: bytes, count: int = 1) -> bool:
        """Whether there was room; if not, it is dropped and counted, as `count`."""
        record = _HEAD.pack(len(body), zlib.crc32(body)) + body
        try:
            if self._fits(len(record)):
                self._write(record)
                return True
        except OSError:  # a full disk, too, is no room
            pass
        self.dropped += count
        return False

    def close(self) -> None:
        os.close(self._fd)
        os.close(self._lock)

    def _fits(self, size: int) -> bool:
        if self._size and self._size + size > self._limit // _SEGMENTS:
            self._begin()
        if self._older + self._size + size > self._limit:
            self._older = self._measure()  # the reader may have made room
        return self._older + self._size + size <= self._limit

    def _begin(self) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        fresh = os.open(_path(self._folder, self._number + 1), flags, 0o600)
        if self._fd >= 0:
            os.close(self._fd)
        self._fd, self._size = fresh, 0
        self._number += 1
        self._older = self._measure()

    def _measure(self) -> int:
        """Bytes in all segments but the newest."""
        found = 0
        for number in _segments(self._folder):
            if number != self._number:
                try:
                    found += _path(self._folder, number).stat().st_size
                except FileNotFoundError:  # the reader was through with it
                    continue
        return found

    def _write(self, record: bytes) -> None:
        """A record that the disk has no room for is taken back whole."""
        written = 0
        try:
            while written < len(record):
                written += os.write(self._fd, record[written:])
        except OSError:
            os.ftruncate(self._fd, self._size)
            raise
        self._size += written


class Reader:
    """The only reader. It goes on where the last one was: `done()` says that a record is."""

    def __init__(self, folder: Path) -> None:
        """Waits for the end of another reader. Raises OSError."""
        self.damaged = 0  # segments that ended within a record
        self._folder = folder
        self._cursor = os.open(folder / _CURSOR, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._cursor, fcntl.LOCK_EX)
        self._at = self._next = _stored(folder)
        self._fd = -1

    def peek(self) -> bytes | None:
        """The oldest record that is not done, None while there is none."""
        while True:
            # Asked before reading: what is written before a new segment begins is then seen.
            newer = [number for number in _segments(self._folder) if number > self._at.segment]
            body = self._read()
            if body is not None:
                self._next = Place(self._at.segment, self._at.offset + _HEAD.size + len(body))
                return body
            if not newer:
                return None
            self._advance(newer[0])

    def done(self) -> None:
        """The record that peek() gave is dealt with."""
        self._at = self._next
        os.pwrite(self._cursor, _PLACE.pack(*self._at), 0)

    def waiting(self) -> int:
        """How many records are not done."""
        count = 0
        for number in _segments(self._folder):
            if number >= self._at.segment:
                offset = self._at.offset if number == self._at.segment else 0
                count += _count(_path(self._folder, number), offset)
        return count

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
        os.close(self._cursor)

    def _read(self) -> bytes | None:
        if self._fd < 0:
            try:
                path = _path(self._folder, self._at.segment)
                self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                return None
        head = os.pread(self._fd, _HEAD.size, self._at.offset)
        if len(head) < _HEAD.size:
            return None
        length, checksum = _HEAD.unpack(head)
        if length > os.fstat(self._fd).st_size:
            return None
        body = os.pread(self._fd, length, self._at.offset + _HEAD.size)
        return body if len(body) == length and zlib.crc32(body) == checksum else None

    def _advance(self, number: int) -> None:
        if self._fd >= 0:
            self.damaged += os.fstat(self._fd).st_size > self._at.offset
            os.close(self._fd)
            self._fd = -1
        _path(self._folder, self._at.segment).unlink(missing_ok=True)
        self._next = Place(number, 0)
        self.done()


def _count(path: Path, offset: int) -> int:
    """Whole records of a segment from there on."""
    data, count = path.read_bytes(), 0
    while offset + _HEAD.size <= len(data):
        offset += _HEAD.size + _HEAD.unpack_from(data, offset)[0]
        count += offset <= len(data)
    return count

# SPDX-License-Identifier: Apache-2.0
"""A file, or standard output."""

import contextlib
import errno
import os
import select
import sys

from pytracee.sinks.opening import open_to_write
from pytracee.sinks.sink import Say, SinkClosed, SinkFailed

STDOUT = ("", "-", "stdout", "/dev/stdout")  # how standard output is named
_FULL = (errno.ENOSPC, errno.EDQUOT)


class FileSink:
    """Appends texts to the file `name`, each whole and at once. Waits where a pipe is full.

    A full disk is told once; what does not fit on it is counted in `dropped`.
    """

    def __init__(self, name: str, say: Say = lambda _: None, fd: int | None = None) -> None:
        """`fd`: it is open already. Raises SinkFailed."""
        self.name = "stdout" if name in STDOUT else name
        self.dropped = 0
        self._say = say
        self._full = False
        self._fd = fd if fd is not None else _stdout() if name in STDOUT else self._open()

    def write(self, text: str | bytes, count: int = 1) -> None:
        """`count`: how many texts these are. Raises SinkClosed, SinkFailed."""
        encoded = text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")
        data, written = memoryview(encoded), 0
        while written < len(data):
            try:
                written += os.write(self._fd, data[written:])
            except BlockingIOError:
                _wait(self._fd)
            except OSError as error:
                self._refused(error, written, count)
                return
        self._has_room()

    def reopen(self) -> None:
        """Open `name` anew, for when the file was moved away. Raises SinkFailed."""
        if self.name != "stdout":
            fresh = self._open()
            os.close(self._fd)
            self._fd = fresh

    def close(self) -> None:
        """Standard output stays open."""
        self._has_room()
        if self.name != "stdout":
            os.close(self._fd)

    def _open(self) -> int:
        try:
            return open_to_write(self.name)
        except OSError as error:
            raise self._failed(error) from None

    def _refused(self, error: OSError, written: int, count: int) -> None:
        if error.errno == errno.EPIPE:
            raise SinkClosed from None
        if error.errno not in _FULL:
            raise self._failed(error) from None
        with contextlib.suppress(OSError):  # half a text would spoil the next one
            os.ftruncate(self._fd, os.fstat(self._fd).st_size - written)
        self.dropped += count
        if not self._full:
            self._full = True
            self._say(f"{self._failed(error)}: what does not fit is dropped and counted")

    def _has_room(self) -> None:
        if self._full:
            self._full = False
            self._say(f"{self.name}: dropped so far, for want of room: {self.dropped}")

    def _failed(self, error: OSError) -> SinkFailed:
        return SinkFailed(f"cannot write to {self.name}: {error.strerror}")


def _stdout() -> int:
    if sys.__stdout__ is None:
        raise SinkFailed("cannot write to stdout: it was closed before the start")
    return 1


def _wait(fd: int) -> None:
    poll = select.poll()
    poll.register(fd, select.POLLOUT)
    poll.poll()

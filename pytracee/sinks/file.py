# SPDX-License-Identifier: Apache-2.0
"""A file, or standard output."""

import errno
import os
import select
from pathlib import Path

STDOUT = ("", "-", "stdout")  # how standard output is named
_PRIVATE = 0o600  # findings tell what people run


class SinkClosed(Exception):
    """Nobody reads any more: no reason for an error message."""


class SinkFailed(Exception):
    """It cannot be written to; the message names it and says why."""


class FileSink:
    """Appends texts to the file `name`, each whole and at once. Waits where a pipe is full."""

    def __init__(self, name: str) -> None:
        """Raises SinkFailed."""
        self.name = "stdout" if name in STDOUT else name
        self._fd = 1 if name in STDOUT else self._open(Path(name))

    def write(self, text: str) -> None:
        """Raises SinkClosed, SinkFailed."""
        rest = memoryview(text.encode("utf-8", "backslashreplace"))
        while rest:
            try:
                rest = rest[os.write(self._fd, rest) :]
            except BlockingIOError:
                poll = select.poll()
                poll.register(self._fd, select.POLLOUT)
                poll.poll()
            except BrokenPipeError:
                raise SinkClosed from None
            except OSError as error:
                # EBADF: standard output was closed before we were started.
                if error.errno == errno.EBADF:
                    raise SinkClosed from None
                raise self._failed(error) from None

    def close(self) -> None:
        """Standard output stays open."""
        if self._fd != 1:
            os.close(self._fd)

    def _open(self, path: Path) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        try:
            return os.open(path, flags, _PRIVATE)
        except OSError as error:
            raise self._failed(error) from None

    def _failed(self, error: OSError) -> SinkFailed:
        return SinkFailed(f"cannot write to {self.name}: {error.strerror}")

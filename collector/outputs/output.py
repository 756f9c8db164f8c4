# SPDX-License-Identifier: Apache-2.0
"""Where the stream goes. The collector's process never renders an event: an output takes the
stream's bytes as they are, and what shows events is a printer, a process of its own.
"""

import errno
import os
import stat
from collections.abc import Callable, Sequence

from collector.notices import warn
from pytracee.sinks.opening import open_to_write

_FULL = (errno.ENOSPC, errno.EDQUOT)

Chunk = bytes | memoryview


class Gone(Exception):
    """Whoever read this output has closed it."""


class Failed(Gone):
    """This output takes no more; the message says why."""


class Output:
    """A file descriptor that takes the stream; writing blocks, and the ring is the queue.

    A disk that is full is tried again: what comes meanwhile is dropped.
    """

    def __init__(self, fd: int, name: str = "stdout") -> None:
        self.fd = fd
        self.name = name
        self.events = 0  # written
        self.dropped = 0  # events; where writing blocks, only those of a write that failed
        self.failed = False
        self.behind = True  # whether it lacks what a reader must know first
        self.full = False  # whether a disk had no room, which is told once
        self._is_file = fd >= 0 and stat.S_ISREG(os.fstat(fd).st_mode)

    def begin(self) -> None:
        """Collecting begins: what a file held before is given up now, and not any earlier."""
        if self._is_file and self.name != "stdout":
            os.ftruncate(self.fd, 0)

    def ready(self) -> bool:
        """Whether there is a reader. Records wait in the ring for one."""
        return True

    def write(self, parts: Sequence[Chunk], events: int = 0) -> None:
        """Write the parts, which hold `events` events. Raises Gone, Failed."""
        written = 0
        try:
            written = os.writev(self.fd, parts)
            total = sum(map(len, parts))
            if written < total:
                data = b"".join(parts)
                while written < total:
                    written += os.write(self.fd, data[written:])
            self.events += events
            self.behind = False
            self.full &= not events
        except (BrokenPipeError, ConnectionResetError):
            raise Gone from None
        except OSError as error:
            self._refused(error, written, events)

    def _refused(self, error: OSError, written: int, events: int) -> None:
        self.failed = True
        self.dropped += events
        if not self._is_file or error.errno not in _FULL:
            raise Failed(f"cannot write to {self.name}: {error.strerror}") from None
        # half a message would be the end of all that comes after it
        os.ftruncate(self.fd, os.fstat(self.fd).st_size - written)
        self.behind = True
        if not self.full:
            self.full = True
            warn(f"cannot write to {self.name}: {error.strerror}: dropping what does not fit")

    def moved(self) -> bool:
        """Whether its file is not there any more under its name."""
        if not self._is_file or self.name == "stdout":
            return False
        try:
            return not os.path.samestat(os.stat(self.name), os.fstat(self.fd))
        except (FileNotFoundError, PermissionError):  # after root was given up
            return True

    def reopen(self, end: Callable[[], None]) -> None:
        """Go on in a new file, which is to be greeted; `end` writes the old one's end.

        Raises Failed, and stays in the old one.
        """
        try:
            fresh = open_to_write(self.name)
        except OSError as error:
            raise Failed(f"cannot open {self.name} anew: {error.strerror}") from None
        if os.path.sameopenfile(fresh, self.fd):
            os.close(fresh)
            return
        end()
        os.close(self.fd)
        self.fd, self.events, self.dropped, self.behind = fresh, 0, 0, True

    def close(self) -> None:
        os.close(self.fd)

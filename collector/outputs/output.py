# SPDX-License-Identifier: Apache-2.0
"""Where the stream goes. The collector's process never renders an event: an output takes the
stream's bytes as they are, and what shows events is a printer, a process of its own.
"""

import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

_PRINTER_ROOM = 64 << 20  # bytes that wait for a printer before events are dropped

Chunk = bytes | memoryview


class Gone(Exception):
    """Whoever read this output has closed it."""


class Failed(Gone):
    """This output takes no more; the message says why."""


class Output:
    """A file descriptor that takes the stream; writing blocks, and the ring is the queue."""

    def __init__(self, fd: int, name: str = "stdout") -> None:
        self.fd = fd
        self.name = name
        self.events = 0  # written
        self.dropped = 0  # events; where writing blocks, only those of a write that failed
        self.failed = False

    def ready(self) -> bool:
        """Whether there is a reader. Records wait in the ring for one."""
        return True

    def write(self, parts: Sequence[Chunk], events: int = 0) -> None:
        """Write the parts, which hold `events` events. Raises Gone, Failed."""
        try:
            written = os.writev(self.fd, parts)
            total = sum(map(len, parts))
            if written < total:
                self._rest(b"".join(parts), written)
            self.events += events
        except (BrokenPipeError, ConnectionResetError):
            raise Gone from None
        except OSError as error:  # a full disk, a broken one
            self.failed = True
            self.dropped += events
            raise Failed(f"cannot write to {self.name}: {error.strerror}") from None

    def _rest(self, data: bytes, written: int) -> None:
        while written < len(data):
            written += os.write(self.fd, data[written:])

    def close(self) -> None:
        os.close(self.fd)


class Printer(Output):
    """A child that reads the stream from a socket and prints it; a slow one drops events."""

    def __init__(self, form: str, target: int) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-P", "-m", "collector.outputs.printer", form]
        self.child = subprocess.Popen(
            command, stdin=theirs.fileno(), stdout=target, start_new_session=True
        )
        theirs.close()
        ours.setblocking(False)
        super().__init__(ours.detach())
        self._waiting: deque[bytes] = deque()
        self._room = _PRINTER_ROOM

    def write(self, parts: Sequence[Chunk], events: int = 0) -> None:
        data = b"".join(parts)
        if events and len(data) > self._room:
            self.dropped += events
        else:
            self._waiting.append(data)
            self.events += events
            self._room -= len(data)
        self.flush()

    def flush(self) -> None:
        """Hand over what the child takes now."""
        try:
            while self._waiting:
                data = self._waiting[0]
                written = os.write(self.fd, data)
                self._room += written
                if written < len(data):
                    self._waiting[0] = data[written:]
                else:
                    self._waiting.popleft()
        except BlockingIOError:
            return
        except (BrokenPipeError, ConnectionResetError):
            raise Gone from None

    def close(self) -> None:
        """Wait until the child has printed everything."""
        os.set_blocking(self.fd, True)
        with suppress(Gone):
            self.flush()
        super().close()
        self.failed = self.child.wait() != 0

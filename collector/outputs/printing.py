# SPDX-License-Identifier: Apache-2.0
"""Handing the stream to a process that shows it."""

import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

import msgspec

from collector.outputs.output import Chunk, Gone, Output
from collector.outputs.printer import COUNT, Settings
from pytracee.service import hangup
from pytracee.service.privileges import User
from pytracee.views.wanted import Options, Wanted

_ROOM = 64 << 20  # bytes that wait for a printer before events are dropped


class Printer(Output):
    """A child that reads the stream from a socket; a slow one drops events."""

    def __init__(
        self, wanted: Wanted, options: Options, target: int, user: User | None = None
    ) -> None:
        """`target` becomes its standard output, and it becomes `user`."""
        self._settings = Settings(wanted, options, user)
        self._target = target
        self._socket, self._theirs = socket.socketpair()
        super().__init__(self._socket.fileno(), str(wanted))
        self._waiting: deque[bytes] = deque()
        self._room = _ROOM
        self._heard = b""
        self._moved = False  # the child is still to hear of it
        self._dropped_there = 0  # events that its destination had no room for

    def begin(self) -> None:
        """Start the child."""
        with hangup.held_back():
            self.child = subprocess.Popen(
                [sys.executable, "-P", "-m", "collector.outputs.printer"],
                stdin=self._theirs.fileno(),
                stdout=self._target,
                process_group=0,  # a terminal's Ctrl-C is for us, and the end of its input for it
            )
        self._theirs.close()
        if self._target != 1:
            os.close(self._target)
        # Not by arguments, which every user can read: a URL may hold a password.
        self._socket.sendall(msgspec.json.encode(self._settings) + b"\n")
        self._socket.setblocking(False)

    def write(self, parts: Sequence[Chunk], events: int = 0) -> None:
        data = b"".join(parts)
        if events and len(data) > self._room:
            self.dropped += events
        else:
            self._waiting.append(data)
            self.events += events
            self.behind = False
            self._room -= len(data)
        self.flush()

    def flush(self) -> None:
        """Hand over what the child takes now, and hear what it says. Raises Gone."""
        if self._moved:
            self._pass_on_hangup()
        self._hand_over()
        self._hear()

    def _hand_over(self) -> None:
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

    def _hear(self) -> bool:
        """Take in what the child says of itself. False at its end."""
        try:
            heard = os.read(self.fd, 1 << 12)
        except BlockingIOError:
            return True
        except ConnectionResetError:
            return False
        self._heard += heard
        whole = len(self._heard) // COUNT.size * COUNT.size
        if whole:
            (count,) = COUNT.unpack_from(self._heard, whole - COUNT.size)
            self.dropped += count - self._dropped_there
            self._dropped_there, self._heard = count, self._heard[whole:]
        return bool(heard)

    def moved(self) -> bool:
        """The child looks after its file by itself."""
        self._moved = True
        self._pass_on_hangup()
        return False

    def _pass_on_hangup(self) -> None:
        """A child that has yet to give up root cannot be signalled by us, who have: later."""
        with suppress(PermissionError):
            self.child.send_signal(signal.SIGHUP)
            self._moved = False

    def close(self) -> None:
        """Wait until the child has shown everything."""
        self._socket.setblocking(True)
        with suppress(Gone, OSError):
            self._hand_over()
            self._socket.shutdown(socket.SHUT_WR)
            while self._hear():
                pass
        self.failed = self.child.wait() != 0 or self._dropped_there > 0
        self._socket.close()

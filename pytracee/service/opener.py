# SPDX-License-Identifier: Apache-2.0
"""Opening files anew after root was given up: a process that does nothing else, for names that it
was told before.

Who has us write to /var/log cannot have us rename and make files there; so what stays root knows
the names of the outputs, and opens or removes these and nothing else.
"""

import os
import signal
import socket
import struct
from collections.abc import Callable, Sequence

from pytracee.service import capabilities
from pytracee.service.capabilities import Capability

_ASKED = struct.Struct("<cI")  # what to do, and with which of the names
_ANSWER = struct.Struct("<i")  # errno; the descriptor comes beside it
_OPEN, _REMOVE = b"o", b"r"


class Opener:
    """`start` it while we are root."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._socket: socket.socket | None = None

    def start(self, names: Sequence[str], opened: Callable[[str], int]) -> int:
        """`opened`: opens one of the names, in that process. Its pid."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if not pid:
            _serve(theirs, list(names), opened)
        theirs.close()
        self._names, self._socket = list(names), ours
        return pid

    def open(self, name: str) -> int:
        """A descriptor. Raises OSError, PermissionError too for a name that it was not told."""
        return self._ask(_OPEN, name)

    def remove(self, name: str) -> None:
        """Raises OSError, as `open`."""
        self._ask(_REMOVE, name)

    def _ask(self, what: bytes, name: str) -> int:
        if self._socket is None or name not in self._names:
            raise PermissionError(13, os.strerror(13))
        self._socket.send(_ASKED.pack(what, self._names.index(name)))
        answer, fds, _, _ = socket.recv_fds(self._socket, _ANSWER.size, 1)
        error = _ANSWER.unpack(answer)[0] if answer else 32
        if error:
            raise OSError(error, os.strerror(error))
        return fds[0] if fds else -1


def _serve(asked: socket.socket, names: list[str], opened: Callable[[str], int]) -> None:
    """Until the other end is closed. Never returns."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        os.closerange(0, asked.fileno())
        os.closerange(asked.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
        needed = capabilities.permitted() & capabilities.bits([Capability.DAC_OVERRIDE])
        capabilities.gain_no_more()
        capabilities.set_to(needed, needed)
        while request := asked.recv(_ASKED.size):
            what, at = _ASKED.unpack(request)
            _answer(asked, what, names[at], opened)
    finally:
        os._exit(0)


def _answer(asked: socket.socket, what: bytes, name: str, opened: Callable[[str], int]) -> None:
    try:
        fds = [opened(name)] if what == _OPEN else []
        if what == _REMOVE:
            os.unlink(name)
    except OSError as error:
        asked.send(_ANSWER.pack(error.errno or 5))
        return
    socket.send_fds(asked, [_ANSWER.pack(0)], fds)
    for fd in fds:
        os.close(fd)


#: this process's
OPENER = Opener()

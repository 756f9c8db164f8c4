# SPDX-License-Identifier: Apache-2.0
"""Opening files anew after root was given up: a process that does nothing else, for names that it
was told before.

Who has us write to /var/log cannot have us rename and make files there; so what stays root knows
the names of the outputs, and opens or removes these and nothing else. What is only read is opened
to be read: files, and those that lie in folders.
"""

import os
import signal
import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from pytracee.service import capabilities
from pytracee.service.capabilities import Capability

_ASKED = struct.Struct("<cI")  # what to do, and with which of the names
_ANSWER = struct.Struct("<i")  # errno; the descriptor comes beside it
_OPEN, _REMOVE, _READ = b"o", b"r", b"g"
_NAME_MAX = 255  # bytes of a name in a folder
_TO_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK  # a pipe would have us wait for a writer


class Opener:
    """`start` it while we are root."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._reads: list[str] = []
        self._lock = Lock()  # a thread may read while the others write
        self._socket: socket.socket | None = None

    def start(
        self, names: Sequence[str], opened: Callable[[str], int], reads: Sequence[str] = ()
    ) -> int:
        """`opened`: opens one of the names, in that process. `reads`: other files, and folders,
        that are only read. Its pid.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if not pid:
            _serve(theirs, Names(list(names), list(reads), opened))
        theirs.close()
        self._names, self._reads, self._socket = list(names), list(reads), ours
        return pid

    def open(self, name: str) -> int:
        """A descriptor. Raises OSError, PermissionError too for a name that it was not told."""
        return self._ask(_OPEN, self._names, name)

    def remove(self, name: str) -> None:
        """Raises OSError, as `open`."""
        self._ask(_REMOVE, self._names, name)

    def read(self, name: str) -> int:
        """A descriptor to read a file or folder, or a file in one. Raises OSError, as `open`."""
        folder, entry = os.path.split(name)
        if name not in self._reads and folder in self._reads:
            return self._ask(_READ, self._reads, folder, entry)
        return self._ask(_READ, self._reads, name)

    def _ask(self, what: bytes, names: Sequence[str], name: str, entry: str = "") -> int:
        if self._socket is None or name not in names:
            raise PermissionError(13, os.strerror(13))
        with self._lock:
            self._socket.send(_ASKED.pack(what, names.index(name)) + os.fsencode(entry))
            answer, fds, _, _ = socket.recv_fds(self._socket, _ANSWER.size, 1)
        error = _ANSWER.unpack(answer)[0] if answer else 32
        if error:
            raise OSError(error, os.strerror(error))
        return fds[0] if fds else -1


@dataclass(frozen=True, slots=True)
class Names:
    """What is opened, removed and read, and nothing else."""

    names: list[str]
    reads: list[str]
    opened: Callable[[str], int]

    def do(self, what: bytes, at: int, entry: str) -> list[int]:
        """Descriptors. Raises OSError."""
        if what == _OPEN:
            return [self.opened(self.names[at])]
        if what == _REMOVE:
            os.unlink(self.names[at])
            return []
        if "/" in entry or entry in (".", ".."):
            raise PermissionError(13, os.strerror(13))
        return [os.open(os.path.join(self.reads[at], entry) if entry else self.reads[at], _TO_READ)]


def _serve(asked: socket.socket, names: Names) -> None:
    """Until the other end is closed. Never returns."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        os.closerange(0, asked.fileno())
        os.closerange(asked.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
        needed = capabilities.permitted() & capabilities.bits([Capability.DAC_OVERRIDE])
        capabilities.gain_no_more()
        capabilities.set_to(needed, needed)
        while request := asked.recv(_ASKED.size + _NAME_MAX):
            what, at = _ASKED.unpack_from(request)
            _answer(asked, names, what, at, os.fsdecode(request[_ASKED.size :]))
    finally:
        os._exit(0)


def _answer(asked: socket.socket, names: Names, what: bytes, at: int, entry: str) -> None:
    try:
        fds = names.do(what, at, entry)
    except OSError as error:
        asked.send(_ANSWER.pack(error.errno or 5))
        return
    socket.send_fds(asked, [_ANSWER.pack(0)], fds)
    for fd in fds:
        os.close(fd)


#: this process's
OPENER = Opener()

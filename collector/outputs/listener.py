# SPDX-License-Identifier: Apache-2.0
"""The stream on a unix socket, for readers that come and go."""

import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from collector.outputs.output import Chunk, Gone, Output
from pytracee.service.errors import OperatorError
from pytracee.service.opener import OPENER
from pytracee.service.peer import is_trusted, peer_of


class Listener(Output):
    """A unix socket that we listen on: one reader at a time, of our own user or root."""

    def __init__(self, path: Path) -> None:
        super().__init__(-1)
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX)
        _remove_stale(path)
        before = os.umask(0o177)  # the socket is 0600 from its first moment
        try:
            self._socket.bind(str(path))
        except OSError as error:
            raise OperatorError(
                f"--output msgpack:unix:{path}: {error.strerror or error}"
            ) from None
        finally:
            os.umask(before)
        self._socket.listen(1)
        self._socket.setblocking(False)

    def ready(self) -> bool:
        return self.fd >= 0

    def accept(self) -> int | None:
        """A reader's pid if one has come just now; it must be sent everything from the start."""
        if self.ready():
            return None
        try:
            peer, _ = self._socket.accept()
        except BlockingIOError:
            return None
        pid, uid = peer_of(peer)
        if not is_trusted(uid):
            peer.close()
            return None
        peer.setblocking(True)
        self.fd = peer.detach()
        self.behind = True
        return pid

    def write(self, parts: Sequence[Chunk], events: int = 0) -> None:
        if not self.ready():
            self.dropped += events
            return
        try:
            super().write(parts, events)
        except Gone:
            os.close(self.fd)
            self.fd = -1
            self.dropped += events

    def close(self) -> None:
        if self.ready():
            super().close()
        self._socket.close()
        try:
            self.path.unlink(missing_ok=True)
        except PermissionError:  # after root was given up
            with suppress(OSError):
                OPENER.remove(str(self.path))


def _remove_stale(path: Path) -> None:
    """A socket that nobody listens on is left over; anything else is not ours to remove."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        except OSError:
            pass

# SPDX-License-Identifier: Apache-2.0
"""Who is at the other end of a unix socket (man 7 unix, SO_PEERCRED)."""

import os
import socket
import struct

_STARTED_AS = os.geteuid()  # before root is given up
_UCRED = struct.Struct("3i")  # pid, uid, gid


def peer_of(connection: socket.socket) -> tuple[int, int]:
    """(pid, uid) of the other end."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    pid, uid, _ = _UCRED.unpack(credentials)
    return pid, uid


def is_trusted(uid: int) -> bool:
    """Root and our own user may serve us events and read ours."""
    return uid in (0, _STARTED_AS)

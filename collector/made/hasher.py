# SPDX-License-Identifier: Apache-2.0
"""The process that hashes programs: `python -m collector.made.hasher FD`, where FD is a socket of
datagrams. A request is [key, pid, path] in msgpack, the answer [key, hash]: "" where the very file
that was run is not to be had any more.

It may read every file, and nothing else: the collector has given up root by then.
"""

import hashlib
import os
import socket
import stat
import sys
from contextlib import suppress

import msgspec

from pytracee.service import capabilities
from pytracee.service.capabilities import Capability

_SIZE_MAX = 256 << 20  # bytes of a file
_MESSAGE_MAX = 1 << 16
_NICE = 10
_RIGHTS = (Capability.DAC_READ_SEARCH, Capability.SYS_PTRACE)

#: a program's file: device, inode, and its last change in ns since the epoch
Key = tuple[int, int, int]


def main() -> None:
    asked = socket.socket(fileno=int(sys.argv[1]))
    os.nice(_NICE)
    allowed = capabilities.permitted() & capabilities.bits(_RIGHTS)
    capabilities.gain_no_more()
    capabilities.set_to(allowed, allowed)
    decode = msgspec.msgpack.Decoder(tuple[Key, int, bytes]).decode
    with suppress(KeyboardInterrupt, ConnectionError):
        while request := asked.recv(_MESSAGE_MAX):
            key, pid, path = decode(request)
            asked.send(msgspec.msgpack.encode((key, hash_of(key, pid, path))))


def hash_of(key: Key, pid: int, path: bytes) -> str:
    """SHA-256 in hexadecimal digits, "" where it is not to be had. The running program itself, else
    what its path names below the root of its process, else below ours: whichever is that file.
    """
    for place in (b"/proc/%d/exe" % pid, b"/proc/%d/root%b" % (pid, path), path):
        try:
            fd = os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        except (OSError, ValueError):
            continue
        with open(fd, "rb") as file:
            if _is(fd, key) and (found := hashlib.file_digest(file, "sha256").hexdigest()):
                return found if _is(fd, key) else ""  # it may have changed meanwhile
    return ""


def _is(fd: int, key: Key) -> bool:
    """By its last change: what stat(2) calls a device and an inode is not what the kernel does
    where a file system lies over others.
    """
    found = os.fstat(fd)
    regular = stat.S_ISREG(found.st_mode) and found.st_size <= _SIZE_MAX
    return regular and found.st_ctime_ns == key[2]


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""A file system whose directory has names without an inode, which the C library skips: the
kernel's FUSE protocol, spoken as far as it takes to list one directory.
"""

import ctypes
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHOWN = "shown"
HIDDEN = [f"hidden{at}" for at in range(70)]
_GETATTR, _INIT, _OPENDIR, _READDIR = 3, 26, 27, 28
_NO_ANSWER = (2, 42)  # FORGET, BATCH_FORGET
_ENOSYS = 38
_DETACH = 2
_HEAD, _ANSWER = struct.Struct("<IIQ"), struct.Struct("<IiQ")
_BUFFER = 1 << 18
_libc = ctypes.CDLL(None, use_errno=True)


@contextmanager
def served(folder: Path) -> Iterator[None]:
    """With that file system at the folder, which is made. Raises OSError."""
    folder.mkdir()
    fd = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={fd},rootmode=40000,user_id=0,group_id=0"
    server = threading.Thread(target=_serve, args=(fd,), daemon=True)
    try:
        if _libc.mount(b"pt", os.fsencode(folder), b"fuse", 0, options.encode()):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(folder))
        server.start()
        yield
    finally:
        _libc.umount2(os.fsencode(folder), _DETACH)
        if server.ident:
            server.join(10)
        os.close(fd)


def _serve(fd: int) -> None:
    """Until it is unmounted."""
    while True:
        try:
            asked = os.read(fd, _BUFFER)
        except OSError:
            return
        _, what, unique = _HEAD.unpack_from(asked)
        if what in _NO_ANSWER:
            continue
        answer = _answer(what, asked[40:])
        error = -_ENOSYS if answer is None else 0
        body = answer or b""
        os.write(fd, _ANSWER.pack(_ANSWER.size + len(body), error, unique) + body)


def _answer(what: int, asked: bytes) -> bytes | None:
    if what == _INIT:
        return struct.pack("<IIIIHHIIHH32x", 7, 31, 1 << 16, 0, 8, 6, 4096, 1, 1, 0)
    if what == _GETATTR:
        attributes = struct.pack("<6Q10I", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0o40755, 2, 0, 0, 0, 4096, 0)
        return bytes(16) + attributes
    if what == _OPENDIR:
        return bytes(16)
    if what == _READDIR:
        [offset] = struct.unpack_from("<Q", asked, 8)
        return b"" if offset else _LISTED
    return None


def _entry(inode: int, offset: int, name: str) -> bytes:
    data = struct.pack("<QQII", inode, offset, len(name), 8) + name.encode()
    return data + bytes(-len(data) % 8)


_LISTED = b"".join(
    _entry(0 if name in HIDDEN else 2, at, name) for at, name in enumerate([SHOWN, *HIDDEN], 1)
)

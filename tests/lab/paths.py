# SPDX-License-Identifier: Apache-2.0
"""Paths of opened files, on each file system that a guest has."""

import os

from tests.lab.case import FOLDER, NR, Case, NotSeen, Outcome, Pairs, compare

_TMPFS = "a file's path and inode on tmpfs"
_OVERLAY = "a file's path on overlayfs"
_BELOW = "a file's path below a mount, deleted, and in memory"
_EVENT = "security_file_open"
_OPENAT = NR["openat"]
_PRIVATE = f"{NR['unshare']} i0x20000 -- {NR['mount']} snone s/ i0 i0x44000 i0"  # MS_REC|MS_PRIVATE
_FLAGS = os.O_RDWR | os.O_APPEND
_LARGE = 0o100000  # O_LARGEFILE, which the kernel adds


def _whole(path: str, claim: str, *, inode: bool = True) -> Case:
    """All fields. An overlay's inodes and devices are not those that stat(2) tells."""

    def check(seen: Outcome) -> Pairs:
        # The first: an overlay opens the file below with the same hook, and flags of its own.
        events = [one for one in seen.events(_EVENT) if one.data()["pathname"] == path]
        if not events:
            raise NotSeen(f"{path} not seen")
        event, found = events[0], seen.files[path]
        data = event.data()
        wanted = {
            "pathname": path, "flags": _FLAGS | _LARGE, "dev": found.dev, "inode": found.inode,
            "ctime": found.ctime, "syscall_pathname": path, "inode_mode": found.mode,
        }  # fmt: skip
        if not inode:
            for name in ("dev", "inode"):
                wanted[name] = data[name]
        yield from compare(wanted, data)
        yield "number", _OPENAT, event.task.syscall

    step = f"{_OPENAT} i-100 s{path} i{_FLAGS} i0"
    return Case(_EVENT, (step,), check, claim, before=f"echo >>{path}", files=(path,))


def _named(path: str, *steps: str, claim: str = _BELOW) -> Case:
    """The last file that these steps open has this path."""

    def check(seen: Outcome) -> Pairs:
        event = seen.last(_EVENT)
        yield "opened", True, seen.calls[-1].returned >= 0
        yield "pathname", path, event.data()["pathname"]
        yield "cut short", [], event.truncated()

    return Case(_EVENT, steps, check, claim)


def _mounted() -> Case:
    outer = f"{FOLDER}/outer"
    tmpfs = f"{NR['mount']} snone s{outer} stmpfs i0 i0"
    inner = tmpfs.replace(outer, f"{outer}/in")
    steps = [f"{NR['mkdir']} s{outer} i493", _PRIVATE, tmpfs, f"{NR['mkdir']} s{outer}/in i493"]
    path = f"{outer}/in/file"
    return _named(path, *steps, inner, f"{_OPENAT} i-100 s{path} i{os.O_CREAT} i384")


def _deleted() -> Case:
    path = f"{FOLDER}/deleted"
    make = f"{_OPENAT} i-100 s{path} i{os.O_CREAT | os.O_RDWR} i384"
    again = f"{_OPENAT} i-100 s/proc/self/fd/3 i0 i0"
    return _named(path, make, f"{NR['unlink']} s{path}", again)


PATHS = (
    _whole("/dev/shm/pt-file", _TMPFS),
    _whole(f"{FOLDER}/new\x1bname", _TMPFS),
    _whole("/var/tmp/pt-new", _OVERLAY, inode=False),
    _named("/etc/passwd", f"{_OPENAT} i-100 s/etc/passwd i0 i0", claim=_OVERLAY),
    _named("/", f"{_OPENAT} i-100 s/ i0 i0", claim=_OVERLAY),
    _mounted(),
    _deleted(),
    _named("memfd:pt-memory", f"{NR['memfd_create']} spt-memory i0",
           f"{_OPENAT} i-100 s/proc/self/fd/3 i2 i0"),
)  # fmt: skip

# SPDX-License-Identifier: Apache-2.0
"""The pipeline's own processes, which it does not report: it would watch itself watching.

Ours, those that hold the reading end of a pipe that we write to, and their descendants. What they
fork later is added by the kernel program on_fork.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

_HOSTS_PIDS = 0xEFFFFFFC  # inode of the first pid namespace (PROC_PID_INIT_INO, proc_ns.h)


def sees_host_pids() -> bool:
    """Whether our pids are the kernel's: in a pid namespace of our own we cannot name ourselves."""
    return os.stat("/proc/self/ns/pid").st_ino == _HOSTS_PIDS


def readers(fds: Iterable[int]) -> set[int]:
    """Processes (host pids) that have the other end of these pipes open; other files have none."""
    pipes = {_pipe(os.fstat(fd)) for fd in fds} - {None}
    if not pipes:
        return set()
    return {pid for pid in _processes() if pid != os.getpid() and pipes & _read_pipes(pid)}


def _pipe(found: os.stat_result) -> int | None:
    return found.st_ino if stat.S_ISFIFO(found.st_mode) else None


def _processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _read_pipes(pid: int) -> set[int]:
    """Inodes of the pipes that a process may read from."""
    found = set()
    folder = f"/proc/{pid}/fd"
    try:
        for name in os.listdir(folder):
            link = f"{folder}/{name}"
            # the link's own mode tells how the file is open: man 5 proc_pid_fd
            if os.lstat(link).st_mode & stat.S_IRUSR and os.readlink(link).startswith("pipe:"):
                found.add(os.stat(link).st_ino)
    except OSError:  # it ended, or one of its files was closed
        pass
    return found


def with_descendants(pids: Iterable[int]) -> set[int]:
    """These processes and all that came of them."""
    children: dict[int, list[int]] = {}
    for pid in _processes():
        children.setdefault(_parent(pid), []).append(pid)
    found: set[int] = set()
    todo = list(pids)
    while todo:
        pid = todo.pop()
        if pid not in found:
            found.add(pid)
            todo += children.get(pid, [])
    return found


def _parent(pid: int) -> int:
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2]
    except OSError:
        return 0
    return int(after_name.split()[1])

# SPDX-License-Identifier: Apache-2.0
"""What the collector tells of the machine and of itself."""

import os
import time
from importlib.metadata import version
from typing import Any

from schemas.task import Task

_NAMESPACES = (
    *("cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time", "time_for_children"),
    *("user", "uts"),
)


def own_task() -> Task:
    """The collector's own process, as it sees itself."""
    pid = os.getpid()
    with open("/proc/self/comm", "rb") as comm:
        name = comm.read().rstrip(b"\n")
    return Task(
        host_pid=pid,
        host_tid=pid,
        host_ppid=os.getppid(),
        pid=pid,
        tid=pid,
        ppid=os.getppid(),
        uid=os.getuid(),
        euid=os.geteuid(),
        mnt_ns=os.stat("/proc/self/ns/mnt").st_ino,
        pid_ns=os.stat("/proc/self/ns/pid").st_ino,
        comm=name,
        uts_name=os.uname().nodename.encode(),
    )


def tracee_info() -> dict[str, Any]:
    """When the machine and the collector started, ns since the epoch, and our version."""
    now, since_boot = time.time_ns(), time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    return {
        "boot_time": now - since_boot,
        "start_time": now,
        "version": version("pytracee"),
    }


def init_namespaces() -> dict[str, Any]:
    """The namespaces of the first process; None where we may not look (CAP_SYS_PTRACE)."""
    return {name: _number(f"/proc/1/ns/{name}") for name in _NAMESPACES}


def _number(link: str) -> int | None:
    try:
        return os.stat(link).st_ino
    except OSError:
        return None

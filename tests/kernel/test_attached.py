# SPDX-License-Identifier: Apache-2.0
"""What nobody selects costs nothing: its programs are not there. The kernel says so itself, of each
descriptor that the collector holds.
"""

import ctypes
import os
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.loading.plan import CONTEXT_PROGRAMS, OPTIONAL_PROGRAMS
from tests.collecting import Collecting, needs_kernel
from tests.headers import call_numbers

pytestmark = needs_kernel

BPF = call_numbers("asm/unistd_64.h")["bpf"]
_BY_ID, _INFO = 13, 15  # BPF_PROG_GET_FD_BY_ID, BPF_OBJ_GET_INFO_BY_FD
_NAME_AT, _INFO_SIZE, _NAME_SIZE = 64, 232, 15  # of struct bpf_prog_info
_libc = ctypes.CDLL(None, use_errno=True)


def name_of(program: int) -> str:
    """What the kernel calls a program: the first 15 bytes of its name."""
    fd = _bpf(_BY_ID, struct.pack("<III", program, 0, 0))
    info = ctypes.create_string_buffer(_INFO_SIZE)
    try:
        _bpf(_INFO, struct.pack("<IIQ", fd, len(info), ctypes.addressof(info)))
    finally:
        os.close(fd)
    return info.raw[_NAME_AT : _NAME_AT + 16].split(b"\0")[0].decode()


def _bpf(command: int, attributes: bytes) -> int:
    found = int(_libc.syscall(BPF, command, attributes, len(attributes)))
    assert found >= 0, os.strerror(ctypes.get_errno())
    return found


def attached(pid: int) -> list[str]:
    """Names of the programs that the links of a process attach."""
    found = []
    for path in Path(f"/proc/{pid}/fdinfo").iterdir():
        told = dict(line.split(":", 1) for line in path.read_text().splitlines() if ":" in line)
        if "link_type" in told:
            found.append(name_of(int(told["prog_id"])))
    return sorted(found)


def shown(*names: str) -> list[str]:
    return sorted(name[:_NAME_SIZE] for name in names)


ALWAYS = (CONTEXT_PROGRAMS | OPTIONAL_PROGRAMS) - {"on_task"}  # an iterator, for the start


@pytest.mark.parametrize(
    ("events", "programs"),
    [
        ("getppid", ["on_sys_exit"]),
        ("execve", ["on_sys_enter", "on_sys_exit"]),
        ("sched_process_exec", ["on_rename"]),
        ("sched_process_fork", []),
        ("sched_switch", ["on_sched_switch"]),
        ("cgroup_mkdir,sched_process_exit", []),
    ],
)
def test_only_what_is_asked_for_is_attached(
    events: str, programs: list[str], collector: Callable[..., Collecting]
) -> None:
    running = collector("--events", events)
    assert attached(running.process.pid) == shown(*ALWAYS, *programs)


def test_all_that_is_asked_for_is_attached_and_each_once(live: Collecting) -> None:
    found = attached(live.process.pid)
    assert set(shown(*ALWAYS, "on_sys_enter", "on_sys_exit")) < set(found)
    assert len(found) == len(set(found))

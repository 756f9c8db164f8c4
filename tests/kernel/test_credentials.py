# SPDX-License-Identifier: Apache-2.0
"""Credentials and namespaces, compared with /proc/PID/status and /proc/PID/ns."""

import os
import struct
from pathlib import Path

import pytest

from tests.collecting import Collecting, finish, needs_kernel, start
from tests.conftest import Run
from tests.kernel.file_causes import NR
from tests.kernel.test_context import waits
from tests.kernel.test_writing import named

pytestmark = needs_kernel
_IDS = ("uid", "euid", "suid", "fsuid")
_CAPS = {"cap_inheritable": "CapInh", "cap_permitted": "CapPrm", "cap_effective": "CapEff",
         "cap_bounding": "CapBnd", "cap_ambient": "CapAmb"}  # fmt: skip


def status(pid: int | str) -> dict[str, int]:
    """What the kernel says of a task's credentials."""
    lines = (line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    rows = dict(line for line in lines if len(line) == 2)
    uids, gids = (list(map(int, rows[name].split())) for name in ("Uid", "Gid"))
    return {
        **dict(zip(_IDS, uids, strict=True)),
        **dict(zip((name.replace("uid", "gid") for name in _IDS), gids, strict=True)),
        **{name: int(rows[row], 16) for name, row in _CAPS.items()},
        "user_namespace": os.stat(f"/proc/{pid}/ns/user").st_ino,
    }  # fmt: skip


def capset(effective: int, permitted: int) -> str:
    """The call that sets them; nothing is inheritable."""
    words = [effective, permitted, 0, effective >> 32, permitted >> 32, 0]
    data = struct.pack("<6I", *(word & 0xFFFFFFFF for word in words))
    return f"{NR['capset']} x{struct.pack('<Ii', 0x20080522, 0).hex()} x{data.hex()}"


@pytest.mark.parametrize(
    "step",
    [
        f"{NR['setresuid']} i65534 i65533 i65532",
        f"{NR['setresgid']} i7 i8 i9",
        f"{NR['setfsuid']} i5",
        f"{NR['prctl']} i24 i3",  # PR_CAPBSET_DROP
        f"{NR['unshare']} i0x10000000",  # CLONE_NEWUSER
        "capset",
    ],
)
def test_credentials_are_what_the_kernel_says(step: str, live: Collecting, program: Path) -> None:
    before = status("self")  # which the trigger inherits
    if step == "capset":
        step = capset(before["cap_permitted"] & 0xFF, before["cap_permitted"])
    process = start(program, step, "wait")
    waits(process.pid)
    after = status(process.pid)
    done = finish(process)
    assert done.calls[-1].returned >= 0
    [event] = named(live, done, "commit_creds")
    old, new = (event.data()[name] for name in ("old_cred", "new_cred"))
    assert {name: old[name] for name in before} == before
    assert {name: new[name] for name in after} == after
    assert before != after
    assert old["secure_bits"] == new["secure_bits"] == 0


def test_what_changes_nothing_is_not_told(live: Collecting, run: Run) -> None:
    done = run(f"{NR['setresuid']} i-1 i-1 i-1", f"{NR['prctl']} i3 i0", f"{NR['setuid']} i0")
    assert named(live, done, "commit_creds") == []


def test_namespaces_are_what_the_kernel_says(live: Collecting, program: Path) -> None:
    new_uts_and_ipc = 0x4000000 | 0x8000000
    process = start(program, f"{NR['unshare']} i{new_uts_and_ipc}", "wait")
    waits(process.pid)
    spaces = {name: os.stat(f"/proc/{process.pid}/ns/{name}").st_ino for name in ("uts", "ipc")}
    done = finish(process)
    [event] = named(live, done, "switch_task_ns")
    assert event.data() == {
        "pid": done.pid, "new_mnt": None, "new_pid": None, "new_uts": spaces["uts"],
        "new_ipc": spaces["ipc"], "new_net": None, "new_cgroup": None,
    }  # fmt: skip


def test_the_task_is_as_it_was_before(live: Collecting, program: Path) -> None:
    process = start(program, f"{NR['unshare']} i0x20000", "wait")  # CLONE_NEWNS
    waits(process.pid)
    new = os.stat(f"/proc/{process.pid}/ns/mnt").st_ino
    done = finish(process)
    [event] = named(live, done, "switch_task_ns")
    assert (event.data()["new_mnt"], event.task.mnt_ns) == (
        new,
        os.stat("/proc/self/ns/mnt").st_ino,
    )
    assert named(live, done, "unshare")[-1].task.mnt_ns == new


def test_entering_a_namespace_is_told(live: Collecting, run: Run) -> None:
    own = os.stat("/proc/self/ns/uts").st_ino
    done = run(
        f"{NR['openat']} i-100 s/proc/self/ns/uts i0 i0",
        f"{NR['unshare']} i0x4000000",
        f"{NR['setns']} i3 i0",
    )
    assert [e.data()["new_uts"] for e in named(live, done, "switch_task_ns")][-1] == own

# SPDX-License-Identifier: Apache-2.0
"""BPF programs that are attached, compared with what the kernel says of the descriptors."""

import ctypes
import os
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from schemas.flags import parsers
from tests.collecting import Collecting, finish, needs_kernel, start
from tests.kernel.hook_causes import AT_TRACEPOINT, NR, loaded
from tests.kernel.test_context import waits

pytestmark = needs_kernel

KPROBE, CGROUP_SKB = 2, 8
SET_BPF = 0x40042408
_UPROBES = Path("/sys/bus/event_source/devices/uprobe/type")
_QUERY = 20  # BPF_TASK_FD_QUERY
_libc = ctypes.CDLL(None, use_errno=True)


class Told(NamedTuple):
    """What BPF_TASK_FD_QUERY says."""

    program: int
    kind: int  # enum bpf_task_fd_type, which Tracee's numbers are those of
    name: str
    offset: int
    address: int


def asked(pid: int, fd: int) -> Told:
    name = ctypes.create_string_buffer(256)
    begin = struct.pack("<IIIIQ", pid, fd, 0, len(name), ctypes.addressof(name))
    attributes = ctypes.create_string_buffer(begin + bytes(24))
    assert _libc.syscall(NR["bpf"], _QUERY, attributes, 48) == 0, os.strerror(ctypes.get_errno())
    found = struct.unpack_from("<IIQQ", attributes.raw, 24)
    return Told(found[0], found[1], name.value.decode(), *found[2:])


def at_uprobe(path: Path, offset: int, *, returning: bool) -> list[str]:
    """A program at a place in a file: descriptor 3 is the program, 4 the perf event."""
    kind = int(_UPROBES.read_text())
    attributes = f"[ i{72 << 32 | kind} i{int(returning)} i0 i0 i0 i1 i0 s{path} i{offset} ]"
    opened = f"{NR['perf_event_open']} {attributes} i0 i-1 i-1 i0"
    return [loaded(KPROBE), opened, f"{NR['ioctl']} i4 i{SET_BPF} i3"]


def attached(
    live: Collecting, program: Path, steps: Sequence[str], fd: int
) -> tuple[dict[str, Any], Told]:
    process = start(program, *steps, "wait")
    waits(process.pid)
    told = asked(process.pid, fd)
    done = finish(process)
    assert all(call.returned >= 0 for call in done.calls)
    live.of(process.pid)
    [event] = live.recording.of(process.pid, "bpf_attach")
    return event.data(), told


def test_a_program_at_a_tracepoint(live: Collecting, program: Path) -> None:
    data, told = attached(live, program, AT_TRACEPOINT, 4)
    assert (data["prog_id"], data["symbol_name"]) == (told.program, told.name)
    assert told.name == "sched_kthread_stop"
    assert (data["prog_name"], data["prog_type"], data["symbol_addr"]) == ("program", 17, 0)
    assert data["attach_type"] == told.kind == 0
    assert data["prog_helpers"] == [1 << 7, 0, 0, 0]  # bpf_get_prandom_u32


@pytest.mark.skipif(not _UPROBES.exists(), reason="this kernel has no uprobes")
@pytest.mark.parametrize("returning", [False, True])
def test_a_program_at_a_place_in_a_file(returning: bool, live: Collecting, program: Path) -> None:
    data, told = attached(live, program, at_uprobe(program, 0x1000, returning=returning), 4)
    assert (data["prog_id"], data["symbol_name"]) == (told.program, told.name)
    assert (data["symbol_addr"], told.name) == (told.offset, str(program))
    assert data["attach_type"] == told.kind == 4 + returning
    assert parsers("x86_64")["bpf_attachment"](data["attach_type"]) == (
        "uretprobe" if returning else "uprobe"
    )


def test_a_program_of_a_control_group(live: Collecting, program: Path) -> None:
    from collector.context.containers import hierarchy

    if hierarchy() is None:
        pytest.skip("there is no version 2 hierarchy of control groups")
    egress, several = 1, 2  # BPF_CGROUP_INET_EGRESS, BPF_F_ALLOW_MULTI
    steps = [
        loaded(CGROUP_SKB),
        f"{NR['openat']} i-100 s{hierarchy()} i{os.O_RDONLY}",
        f"{NR['bpf']} i8 x{struct.pack('<IIII', 4, 3, egress, several).hex()} i16",
        f"{NR['bpf']} i9 x{struct.pack('<IIII', 4, 3, egress, 0).hex()} i16",
    ]
    process = start(program, *steps)
    done = finish(process)
    if done.calls[2].returned < 0:
        pytest.skip(f"no program may be attached there: {os.strerror(-done.calls[2].returned)}")
    live.of(process.pid)
    [event] = live.recording.of(process.pid, "bpf_attach")
    assert event.data()["attach_type"] == 256 + egress
    [at] = [at for at, one in enumerate(event.layout.fields) if one.name == "attach_type"]
    assert event.parsed()[at] == "BPF_CGROUP_INET_EGRESS"


def test_what_is_refused_is_not_attached(live: Collecting, program: Path) -> None:
    step = f"{NR['bpf']} i17 [ sno_such_tracepoint i3 ] i16"
    done = finish(start(program, loaded(17), step))
    assert done.calls[-1].returned < 0
    live.of(done.pid)
    assert live.recording.of(done.pid, "bpf_attach") == []

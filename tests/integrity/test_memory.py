# SPDX-License-Identifier: Apache-2.0
"""Reading this kernel's memory, compared with what /proc says of the same things."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.integrity.memory import MOST, Memory, Unreadable
from collector.integrity.open_file import file_of
from collector.integrity.own_task import own_task
from collector.integrity.symbols import Symbols, hidden_addresses
from tests.collecting import needs_kernel
from tests.integrity.reading import real_memory

pytestmark = needs_kernel


@pytest.fixture(scope="module")
def memory() -> Iterator[Memory]:
    with real_memory() as found:
        yield found


def test_our_own_task_is_what_proc_says_of_us(memory: Memory) -> None:
    task = own_task(memory)
    stat = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    ticks = os.sysconf("SC_CLK_TCK")
    assert (task.host_pid, task.host_ppid) == (os.getpid(), os.getppid())
    assert task.comm.rstrip(b"\0") + b"\n" == Path("/proc/self/comm").read_bytes()
    assert task.start_time * ticks // 1_000_000_000 == int(stat[19])
    group = Path("/proc/self/cgroup").read_text().partition("0::")[2].strip()
    for root in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"):
        if Path(f"{root}/cgroup.procs").exists():
            assert task.cgroup_id == os.stat(root + group).st_ino


def test_the_bounds_of_our_arguments_are_those_of_proc(memory: Memory) -> None:
    """Kernel words, at offsets that lie in a nameless struct in a struct."""
    stat = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    mm = memory.pointer(memory.task(), "task_struct", "mm")
    bounds = [memory.pointer(mm, "mm_struct", name) for name in ("arg_start", "arg_end")]
    assert bounds == [int(stat[45]), int(stat[46])]


def test_an_open_file_leads_to_its_inode(memory: Memory, tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file:
        inode = memory.pointer(file_of(memory, file.fileno()), "file", "f_inode")
        assert memory.pointer(inode, "inode", "i_ino") == os.fstat(file.fileno()).st_ino


def test_what_is_not_there_cannot_be_read(memory: Memory) -> None:
    for address in (0, 8, 0x1000, 1 << 47, (1 << 64) - 8):
        with pytest.raises(Unreadable, match="cannot be read"):
            memory.read(address, 8)


def test_a_long_read_is_the_same_as_short_ones(memory: Memory) -> None:
    if reason := hidden_addresses():
        pytest.skip(reason)
    begin = Symbols.read().text.start
    size = MOST + 4096
    whole = memory.read(begin, size)
    assert whole == b"".join(memory.read(begin + at, 4096) for at in range(0, size, 4096))
    assert len(set(whole)) > 100


def test_a_field_that_is_not_there_is_said(memory: Memory) -> None:
    assert not memory.structures.has("task_struct", "nothing")
    assert not memory.structures.has("no_struct", "nothing")
    assert not memory.structures.has("task_struct", "pid.deeper")
    with pytest.raises(LookupError, match=r"this kernel has no task_struct\.nothing"):
        memory.structures.offset("task_struct", "nothing")
    step = memory.structures.offset("task_struct", "comm.3")
    assert step == memory.structures.offset("task_struct", "comm") + 3

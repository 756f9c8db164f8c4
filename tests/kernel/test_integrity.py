# SPDX-License-Identifier: Apache-2.0
"""The checks of this kernel's integrity, compared with /proc/kallsyms; it is clean, so nothing is
hooked or hidden. What they find on a kernel that is not clean: tests/lab/test_integrity.py.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from collector.integrity.symbols import hidden_addresses
from schemas.event import Event
from tests.collecting import Collecting, Recording, needs_kernel

pytestmark = [
    needs_kernel,
    pytest.mark.skipif(bool(hidden_addresses()), reason=hidden_addresses() or "addresses show"),
]

Start = Callable[..., Collecting]


def names() -> dict[int, set[str]]:
    """Address → the names that /proc/kallsyms has for it."""
    found: dict[int, set[str]] = {}
    for line in Path("/proc/kallsyms").read_text().splitlines():
        address, _, name, *_ = line.split()
        found.setdefault(int(address, 16), set()).add(name)
    return found


def first(name: str) -> Callable[[Recording], Event | None]:
    return lambda seen: next((event for event in seen.events if event.name == name), None)


def test_the_table_of_calls_is_the_kernels_own(collector: Start) -> None:
    live = collector("--events", "print_syscall_table,hooked_syscall*,syscall_table_check")
    event = live.see(first("print_syscall_table"), "the table of system calls")
    known = names()
    entries = event.data()["syscalls_addresses"]
    assert len(entries) > 400
    for number, name in ((0, "read"), (1, "write"), (59, "execve"), (231, "exit_group")):
        assert f"__x64_sys_{name}" in known[entries[number]]
    calls = ("__x64_sys_", "sys_ni_syscall", "__ia32_sys_")
    assert all(any(one.startswith(calls) for one in known[entry]) for entry in entries)
    live.stop()
    assert [one.name for one in live.recording.events] == ["print_syscall_table"]


def test_the_functions_behind_proc_are_the_kernels_own(collector: Start) -> None:
    live = collector("--events", "print_net_seq_ops,hooked_seq_ops,hooked_proc_fops")
    event = live.see(first("print_net_seq_ops"), "the functions that list connections")
    known = names()
    functions = [known[address] for address in event.data()["net_seq_ops"]]
    assert [any(name.endswith("_show") for name in functions[at]) for at in range(4)] == [
        False, False, False, True,
    ]  # fmt: skip
    assert "tcp4_seq_show" in functions[3]
    live.stop()
    assert [one.name for one in live.recording.events] == ["print_net_seq_ops"]


def test_a_finding_is_of_the_process_that_looked(collector: Start) -> None:
    live = collector("--events", "print_net_seq_ops,sched_process_exec")
    task = live.see(first("print_net_seq_ops"), "the functions that list connections").task
    assert task.host_ppid == live.process.pid
    command = Path(f"/proc/{task.host_pid}/cmdline").read_bytes().split(b"\0")
    assert b"collector.integrity.inspector" in command
    start = Path(f"/proc/{task.host_pid}/stat").read_text().rpartition(")")[2].split()[19]
    assert task.start_time // 10_000_000 == int(start)
    live.stop()
    assert not Path(f"/proc/{task.host_pid}").exists()
    assert not live.recording.of(task.host_pid, "sched_process_exec")  # it is the pipeline's own

# SPDX-License-Identifier: Apache-2.0
"""The checks of this kernel's integrity, compared with /proc/kallsyms; it is clean, so nothing is
hooked or hidden. What they find on one that is not: tests/integrity.
"""

import base64
import os
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


def dumped(live: Collecting) -> dict[str, object]:
    return live.see(first("print_mem_dump"), "the dump").data()


def test_a_dump_is_what_lies_there(collector: Start) -> None:
    """The kernel's own description of its types can be read as a file, and as memory."""
    data = dumped(
        collector(
            *("--events", "print_mem_dump", "--filter"),
            *("print_mem_dump.data.symbol_name=__start_BTF", "--filter"),
            "print_mem_dump.data.length=4096",
        )
    )
    seen = base64.b64decode(str(data.pop("bytes")))
    assert seen == Path("/sys/kernel/btf/vmlinux").read_bytes()[:4096]
    [address] = [at for at, known in names().items() if "__start_BTF" in known]
    assert data == {
        "address": address,
        "length": 4096,
        "caller_context_id": 0,
        "arch": os.uname().machine,
        "symbol_name": "__start_BTF",
        "symbol_owner": "hidden",  # it is no code of anybody's
    }


def test_a_dump_by_address_has_the_name_of_what_lies_there(collector: Start) -> None:
    [address] = [at for at, known in names().items() if "__x64_sys_getppid" in known]
    by_address = f"print_mem_dump.data.address={address}"
    data = dumped(collector("--events", "print_mem_dump", "--filter", by_address))
    assert (data["address"], data["length"]) == (address, 50)
    assert data["symbol_owner"] == "system"
    assert data["symbol_name"] in names()[address]


def test_what_was_not_asked_for_is_filtered(collector: Start) -> None:
    """A filter that holds for none of what was found."""
    live = collector(
        *("--events", "print_syscall_table,print_net_seq_ops"),
        *("--filter", "print_net_seq_ops.data.net_seq_ops=1"),
    )
    live.see(first("print_syscall_table"), "the table of system calls")
    assert "filtered 1" in live.stop()
    assert [one.name for one in live.recording.events] == ["print_syscall_table"]


def test_a_symbol_that_is_not_there_is_said(collector: Start) -> None:
    live = collector("--events", "print_mem_dump,print_net_seq_ops", "--filter",
                     "print_mem_dump.data.symbol_name=no_such_symbol")  # fmt: skip
    live.see(first("print_net_seq_ops"), "the functions that list connections")
    assert "/proc/kallsyms has no symbol no_such_symbol" in live.stop()

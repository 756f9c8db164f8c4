# SPDX-License-Identifier: Apache-2.0
"""The table of system calls: each entry must be the beginning of one of the kernel's own functions.

Where the kernel does not name its table (CONFIG_KALLSYMS_ALL), it is found among its constants by
what must be in it.
"""

import platform
import re
import struct
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from collector.integrity.finding import Found, View
from collector.integrity.memory import Memory
from collector.integrity.symbols import SYSTEM, Symbols
from schemas.events import call_names

_ENTRIES = 512  # at most
_WORD = 8
_CALL = re.compile(
    r"__(x64|ia32|arm64|se|do)_(compat_)?sys_|sys_ni_syscall|(__se_|__)?sys_|compat_"
)
#: functions of consecutive system calls, by architecture: (number of the first, names). Any of
#: them will do, so that a hook in one does not hide the table
_NEIGHBOURS = {
    "x86_64": (
        (0, "read write open close"),
        (9, "mmap mprotect munmap brk"),
        (41, "socket connect accept sendto"),
        (102, "getuid syslog getgid setuid"),
    ),
    "aarch64": (
        (63, "read write readv writev"),
        (198, "socket socketpair bind listen"),
    ),
}
_PREFIX = {"x86_64": "__x64_sys_", "aarch64": "__arm64_sys_"}
_CONSTANTS_MAX = 64 << 20  # bytes of them that are searched
_CHUNK = 1 << 16


class Table(NamedTuple):
    """One of the kernel's tables of calls."""

    address: int
    entries: tuple[int, ...]
    names: dict[int, str]


def check(view: View) -> Iterator[Found]:
    tables = list(_tables(view))
    if not tables:
        raise LookupError("the table of system calls is not to be found")
    yield Found("print_syscall_table", {"syscalls_addresses": tables[0].entries})
    hooks = []
    for table in tables:
        for number, address in enumerate(table.entries):
            if not is_hooked(view.symbols, address):
                continue
            name = table.names.get(number, str(number))
            function = view.symbols.at(address)
            hooks.append(function.hook | {"SymbolName": name})
            yield Found("syscall_table_check",
                        {"syscall_id": number, "syscall_address": address})  # fmt: skip
            yield Found("hooked_syscall",
                        {"syscall": name, "address": f"{address:x}", "function": function.name,
                         "owner": function.owner})  # fmt: skip
    if hooks:
        yield Found("hooked_syscalls", {"hooked_syscalls": hooks})


def is_hooked(symbols: Symbols, address: int) -> bool:
    """Whether it is anything but the beginning of a function of the kernel itself."""
    found = symbols.at(address)
    return found.owner != SYSTEM or found.address != address


def _tables(view: View) -> Iterator[Table]:
    machine = platform.machine()
    native = view.symbols.address("sys_call_table") or _search(view, machine)
    compat = view.symbols.address("ia32_sys_call_table")
    for address, is_compat in ((native, False), (compat, True)):
        if address:
            entries = _entries(view, address)
            yield Table(address, entries, call_names(machine, is_compat))


def _entries(view: View, address: int) -> tuple[int, ...]:
    """Up to the last that is a system call's function: behind them lies something else."""
    words = view.memory.words(address, _ENTRIES)
    calls = [at for at, word in enumerate(words) if _CALL.match(view.symbols.at(word).name)]
    return words[: calls[-1] + 1] if calls else ()


def _search(view: View, machine: str) -> int | None:
    """Where the constants hold what must be a part of the table; None: nowhere."""
    begin = view.symbols.address("__start_rodata")
    if begin is None or machine not in _NEIGHBOURS:
        return None
    parts = list(_parts(view.symbols, machine))
    return _find(view.memory, begin, tuple(parts))


def _parts(symbols: Symbols, machine: str) -> Iterator[tuple[int, bytes]]:
    """(bytes from the table's beginning, what is there)"""
    for number, names in _NEIGHBOURS[machine]:
        functions = [symbols.address(_PREFIX[machine] + name) for name in names.split()]
        if all(functions):
            yield number * _WORD, struct.pack(f"<{len(functions)}Q", *functions)


@cache
def _find(memory: Memory, begin: int, parts: tuple[tuple[int, bytes], ...]) -> int | None:
    """Once: the table does not move."""
    before = b""
    for at in range(begin, begin + _CONSTANTS_MAX, _CHUNK):
        data = before + memory.read(at, _CHUNK)
        for offset, part in parts:
            place = data.find(part)
            if place >= 0:
                return at - len(before) + place - offset
        before = data[-64:]
    return None

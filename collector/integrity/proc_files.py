# SPDX-License-Identifier: Apache-2.0
"""Files of /proc that programs list processes, modules, symbols and connections from: the functions
behind them must be the kernel's own. Looked at through open files, so that it is what readers get
that is checked, whatever was put in its place and wherever.
"""

import os
from collections.abc import Iterator
from typing import NamedTuple

from collector.integrity.call_table import is_hooked
from collector.integrity.finding import Found, View
from collector.integrity.memory import Memory
from collector.integrity.open_file import file_of, proc_entry
from collector.integrity.symbols import Symbols

_FILES = ("/proc", "/proc/self", "/proc/self/task", "/proc/self/fd", "/proc/modules",
          "/proc/kallsyms", "/proc/mounts", "/proc/net")  # fmt: skip
#: table of functions → its file
_SEQUENCES = {
    "tcp4_seq_ops": "/proc/net/tcp",
    "tcp6_seq_ops": "/proc/net/tcp6",
    "udp_seq_ops": "/proc/net/udp",
    "udp6_seq_ops": "/proc/net/udp6",
    "raw_seq_ops": "/proc/net/raw",
    "raw6_seq_ops": "/proc/net/raw6",
}
_SEQUENCE = ("start", "stop", "next", "show")
_OPERATIONS = {
    "file_operations": ("llseek", "read", "read_iter", "iterate", "iterate_shared", "poll",
                        "unlocked_ioctl", "mmap", "open", "release"),
    "inode_operations": ("lookup", "get_link", "permission", "getattr", "setattr"),
    "proc_ops": ("proc_open", "proc_read", "proc_read_iter", "proc_lseek", "proc_release",
                 "proc_poll", "proc_ioctl", "proc_mmap"),
    "seq_operations": _SEQUENCE,
}  # fmt: skip
#: what reads the files that are made line by line (fs/seq_file.c)
_SEQUENCE_READS = ("seq_read", "seq_read_iter")
_OWN_MODULES = frozenset(("ipv6", "udp", "raw"))  # where these protocols may be modules


class Pointer(NamedTuple):
    """A function that is called for a file."""

    name: str  # "/proc file_operations.iterate_shared"
    address: int


def check_operations(view: View) -> Iterator[Found]:
    """hooked_proc_fops"""
    reads = {view.symbols.address(name) for name in _SEQUENCE_READS}
    pointers = [one for path in _FILES for one in _of_file(view, path, reads)]
    pointers += [one for path in _SEQUENCES.values() for one in _of_file(view, path, set())]
    hooked = {one for one in pointers if is_foreign(view.symbols, one.address)}
    if hooked:
        ordered = sorted(hooked)
        hooks = [view.symbols.at(one.address).hook for one in ordered]
        places = [one.name for one in ordered]
        yield Found("hooked_proc_fops", {"hooked_fops_pointers": hooks, "places": places})


def check_sequences(view: View) -> Iterator[Found]:
    """print_net_seq_ops, hooked_seq_ops"""
    pointers = [one for name in _SEQUENCES for one in _of_sequence(view, name)]
    if not pointers:
        raise LookupError("/proc/net has none of the files that list connections")
    yield Found("print_net_seq_ops", {"net_seq_ops": [one.address for one in pointers]})
    hooked = [one for one in pointers if is_foreign(view.symbols, one.address)]
    if hooked:
        hooks = {one.name: view.symbols.at(one.address).hook for one in hooked}
        yield Found("hooked_seq_ops", {"hooked_seq_ops": hooks})


def is_foreign(symbols: Symbols, address: int) -> bool:
    """Whether it is a hook: not the kernel's, nor of the module that the protocol itself is."""
    return is_hooked(symbols, address) and symbols.at(address).owner not in _OWN_MODULES


def _of_sequence(view: View, name: str) -> Iterator[Pointer]:
    """What is called for its file, and what the table of its name has, if that is another."""
    memory, tables = view.memory, set()
    for inode in _inodes(memory, _SEQUENCES[name]):
        tables.add(memory.pointer(proc_entry(memory, inode), "proc_dir_entry", "seq_ops"))
    tables.add(view.symbols.address(name) or 0)
    for table in sorted(tables - {0}):
        for function in _SEQUENCE:
            address = memory.pointer(table, "seq_operations", function)
            yield Pointer(f"{name}_{function}", address)


def _of_file(view: View, path: str, reads: set[int | None]) -> Iterator[Pointer]:
    """What is called for a file, and for its lines where one of `reads` reads it."""
    memory = view.memory
    try:
        fd = os.open(path, os.O_RDONLY)
    except OSError:  # not of this kernel, or of this network namespace
        return
    try:
        file = file_of(memory, fd)
        tables = _tables(memory, file, is_file=os.path.isfile(path))
        found = [one for table in tables for one in _functions(memory, *table, path)]
        if any(one.address in reads for one in found):
            sequence = memory.pointer(file, "file", "private_data")
            lines = memory.pointer(sequence, "seq_file", "op")
            found += _functions(memory, "seq_operations", lines, path)
        yield from found
    finally:
        os.close(fd)


def _tables(memory: Memory, file: int, *, is_file: bool) -> Iterator[tuple[str, int]]:
    """(structure, where) of the functions that are called for an open file."""
    inode = memory.pointer(file, "file", "f_inode")
    yield "file_operations", memory.pointer(file, "file", "f_op")
    yield "file_operations", memory.pointer(inode, "inode", "i_fop")
    yield "inode_operations", memory.pointer(inode, "inode", "i_op")
    entry = proc_entry(memory, inode)
    if entry and is_file and memory.structures.has("proc_dir_entry", "proc_ops"):
        yield "proc_ops", memory.pointer(entry, "proc_dir_entry", "proc_ops")


def _functions(memory: Memory, kind: str, table: int, path: str) -> Iterator[Pointer]:
    for name in _OPERATIONS[kind] if table else ():
        if not memory.structures.has(kind, name):
            continue
        if address := memory.pointer(table, kind, name):
            yield Pointer(f"{path} {kind}.{name}", address)


def _inodes(memory: Memory, path: str) -> Iterator[int]:
    try:
        fd = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        yield memory.pointer(file_of(memory, fd), "file", "f_inode")
    finally:
        os.close(fd)

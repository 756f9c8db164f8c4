# SPDX-License-Identifier: Apache-2.0
"""Kernel memory, read by the program read_memory of bpf/families/memory.c."""

import mmap
import struct

from collector.integrity.structures import Structures
from collector.loading.libbpf import run_once

MOST = 1 << 16  # bytes of one read (READ_MAX)
_REQUEST = struct.Struct("<QIiQ")  # struct memory_request, up to its bytes
_TEXT_MAX = 256  # bytes of a text
_WORD = 8


class Unreadable(Exception):
    """There is no memory at an address, or it may not be read."""


class Memory:
    """Reads kernel memory. One at a time."""

    def __init__(self, program: int, requests: int, structures: Structures) -> None:
        """`program` and `requests`: descriptors of the program and of its map."""
        self._program = program
        size = -(-(_REQUEST.size + MOST) // mmap.PAGESIZE) * mmap.PAGESIZE
        self._map = mmap.mmap(requests, size)
        self.structures = structures

    def read(self, address: int, size: int) -> bytes:
        """Any number of bytes. Raises Unreadable; OSError where the program cannot be run."""
        parts = range(0, size, MOST)
        return b"".join(self._part(address + at, min(MOST, size - at)) for at in parts)

    def _part(self, address: int, size: int) -> bytes:
        _REQUEST.pack_into(self._map, 0, address & (1 << 64) - 1, size, 0, 0)
        run_once(self._program)
        error = _REQUEST.unpack_from(self._map)[2]
        if error:
            raise Unreadable(f"{address:#x} cannot be read")
        return self._map[_REQUEST.size : _REQUEST.size + size]

    def task(self) -> int:
        """Where our own struct task_struct is."""
        _REQUEST.pack_into(self._map, 0, 0, 0, 0, 0)
        run_once(self._program)
        return int(_REQUEST.unpack_from(self._map)[3])

    def words(self, address: int, count: int) -> tuple[int, ...]:
        return struct.unpack(f"<{count}Q", self.read(address, count * _WORD))

    def word(self, address: int) -> int:
        return self.words(address, 1)[0]

    def number(self, address: int, structure: str, path: str) -> int:
        """A 32-bit field of the structure at `address`."""
        at = address + self.structures.offset(structure, path)
        return int.from_bytes(self.read(at, 4), "little")

    def pointer(self, address: int, structure: str, path: str) -> int:
        """A 64-bit field of the structure at `address`."""
        return self.word(address + self.structures.offset(structure, path))

    def text(self, address: int) -> bytes:
        """Up to its NUL. It may end at the end of what can be read: less is asked for, then."""
        size = _TEXT_MAX
        while True:
            try:
                return self.read(address, size).partition(b"\0")[0]
            except Unreadable:
                size //= 2
                if not size:
                    raise

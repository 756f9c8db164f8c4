# SPDX-License-Identifier: Apache-2.0
"""A mmapable array map: read and written without a system call, also without privilege."""

import mmap

from collector.loading.libbpf import Map


class Table:
    """Its rows, from 0 on."""

    def __init__(self, found: Map) -> None:
        self._stride = (found.value_size + 7) & ~7
        size = -(-self._stride * found.entries // mmap.PAGESIZE) * mmap.PAGESIZE
        self.memory = memoryview(mmap.mmap(found.fd, size))

    def write(self, at: int, value: bytes, offset: int = 0) -> None:
        """From the row's byte `offset` on."""
        start = at * self._stride + offset
        self.memory[start : start + len(value)] = value

    def clear(self, first: int, count: int) -> None:
        """Zeros into so many rows."""
        size = count * self._stride
        self.memory[first * self._stride : first * self._stride + size] = bytes(size)

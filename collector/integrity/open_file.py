# SPDX-License-Identifier: Apache-2.0
"""From a file that we have open to what the kernel has for it."""

from collector.integrity.memory import Memory

_POINTER = 8


def file_of(memory: Memory, fd: int) -> int:
    """The struct file behind a descriptor of ours."""
    files = memory.pointer(memory.task(), "task_struct", "files")
    table = memory.pointer(files, "files_struct", "fdt")
    return memory.word(memory.pointer(table, "fdtable", "fd") + fd * _POINTER)


def proc_entry(memory: Memory, inode: int) -> int:
    """The struct proc_dir_entry of an inode in /proc; 0 for those of processes."""
    outer = inode - memory.structures.offset("proc_inode", "vfs_inode")
    return memory.pointer(outer, "proc_inode", "pde")

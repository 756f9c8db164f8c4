# SPDX-License-Identifier: Apache-2.0
"""Files that are mapped into memory, and memory whose protection changes."""

from schemas.event_type import EventType, after, before, fields, hook

_SETS = ("lsm_hooks", "lsm", "fs", "fs_file_ops", "proc", "proc_mem")

EVENTS = (
    EventType(
        id=480,
        name="security_mmap_file",
        doc="A file is about to be mapped into memory.",
        sets=_SETS,
        fields=fields("""
            const char* pathname  resolved path of the file
            int flags: open_flags  access mode and flags of the open file
            dev_t dev  device of the file
            unsigned long inode  inode of the file
            unsigned long ctime  last change of the inode, ns since the epoch
            unsigned long prot: mmap_prot  protection that was asked for
            unsigned long mmap_flags: mmap_flags  flags of the mapping
        """),
        probes=(
            *hook("mmap_file", "security_mmap_file", "mmap_file"),
            after(
                "mmap_file",
                "mmap",
                "mmap2",
                note="sees what mmap mapped: no denied call, nothing that execve maps",
            ),
        ),
    ),
    EventType(
        id=481,
        name="security_file_mprotect",
        doc="The protection of memory is about to be changed by a call.",
        sets=_SETS,
        fields=fields("""
            const char* pathname  resolved path of the file that is mapped there, if any
            int prot: mmap_prot  protection that was asked for
            unsigned long ctime  last change of the inode, ns since the epoch
            int prev_prot: mmap_prot  protection until then
            void* addr  where
            size_t len  length in bytes
            int pkey  protection key, -1 for none
        """),
        probes=(
            *hook("file_mprotect", "security_file_mprotect", "file_mprotect"),
            before(
                "file_mprotect",
                "mprotect",
                "pkey_mprotect",
                note="of a change over several areas of memory only the first is told",
            ),
        ),
    ),
)

# SPDX-License-Identifier: Apache-2.0
"""Mappings of files and memory."""

from schemas.event_type import EventType, Probe, after, at_return, fields, hook, with_followers

_MAPS = ("mmap", "mmap2")
_OPENED = """
    int flags: open_flags  access mode and flags of the open file
    dev_t dev  device of the file
    unsigned long inode  inode of the file
    unsigned long ctime  last change of the inode, ns since the epoch
"""

EVENTS = (
    EventType(
        id=510,
        name="mem_prot_alert",
        doc="Memory was made executable in a way that code which was written at run time needs.",
        sets=("detection", "proc", "proc_mem"),
        fields=fields("""
            u32 alert: mem_prot_alert  what was done
            void* addr  where
            size_t len  length in bytes
            int prot: mmap_prot  protection that was asked for
            int prev_prot: mmap_prot  protection until then, 0 for what was not mapped
            const char* pathname  resolved path of the file that is mapped there, if any
            dev_t dev  device of the file
            unsigned long inode  inode of the file
            unsigned long ctime  last change of the inode, ns since the epoch
        """),
        probes=(
            *with_followers(
                hook("mprotect_alert", "security_file_mprotect", "file_mprotect"),
                "mmap_alert",
                *_MAPS,
            ),
            Probe(
                "tp_btf/sys_enter",
                ("on_sys_enter", "before_mprotect_alert", "on_sys_exit", "after_mmap_alert"),
                "of a change over several areas of memory only the first is looked at",
                (*_MAPS, "mprotect", "pkey_mprotect"),
            ),
        ),
    ),
    EventType(
        id=511,
        name="shared_object_loaded",
        doc="A file was mapped for execution by mmap, as the loader does with shared objects.",
        sets=("lsm_hooks", "lsm", "fs", "fs_file_ops", "proc", "proc_mem"),
        fields=fields(f"const char* pathname  resolved path of the file\n{_OPENED}"),
        probes=(
            *hook(
                "shared_object",
                "security_mmap_file",
                "mmap_file",
                "where the kernel cannot say which call it is in (before 5.15), what execve maps "
                "is told too",
            ),
            after("shared_object", *_MAPS, note="no denied call"),
        ),
    ),
    EventType(
        id=512,
        name="do_mmap",
        doc="Memory or a file was mapped.",
        sets=("fs", "fs_file_ops", "proc", "proc_mem"),
        fields=fields(f"""
            void* addr  where it is mapped
            const char* pathname  resolved path of the file, if it is one
            {_OPENED}
            unsigned long pgoff  offset in the file, in pages
            unsigned long len  length in bytes
            unsigned long prot: mmap_prot  protection
            unsigned long mmap_flags: mmap_flags  flags of the mapping
        """),
        probes=(
            *at_return("vm_mmap_pgoff", "do_mmap", note="not what shmat and io_setup map"),
            after("do_mmap", *_MAPS, note="not what execve, shmat and io_setup map"),
        ),
    ),
)

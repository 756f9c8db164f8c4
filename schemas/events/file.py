# SPDX-License-Identifier: Apache-2.0
"""Files."""

from schemas.event_type import EventType, after, fields, hook

EVENTS = (
    EventType(
        id=201,
        name="security_file_open",
        doc="A file was opened; its path is resolved by the kernel's own names, not the caller's.",
        sets=("detection", "lsm_hooks", "lsm", "fs", "fs_file_ops"),
        fields=fields("""
            const char* pathname  resolved path of the opened file
            int flags: open_flags  access mode and flags of the open file
            dev_t dev  device of the file
            unsigned long inode  inode of the file
            unsigned long ctime  last change of the inode, ns since the epoch
            const char* syscall_pathname  path as the caller gave it
            umode_t inode_mode: file_mode  type and permissions of the file
        """),
        probes=(
            *hook("file_open", "security_file_open", "file_open"),
            after(
                "open",
                "open",
                "openat",
                "openat2",
                "creat",
                note="sees what these calls opened: no denied call, no file that another call or "
                "the kernel opened, nothing of O_PATH",
            ),
        ),
    ),
)

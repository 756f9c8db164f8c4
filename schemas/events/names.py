# SPDX-License-Identifier: Apache-2.0
"""Names in directories: made, moved and removed."""

from schemas.event_type import EventType, after, fields, hook

_CALL = (
    "the path is as the call was given it, made absolute: no symbolic link is followed; sees calls "
    "that worked, and not those of io_uring"
)

EVENTS = (
    EventType(
        id=421,
        name="security_inode_unlink",
        doc="A name of a file is about to be removed.",
        sets=("default", "lsm_hooks", "lsm", "fs", "fs_file_ops"),
        fields=fields("""
            const char* pathname  path that is removed
            unsigned long inode  inode of the file
            dev_t dev  device of the file
            unsigned long ctime  last change of the inode, ns since the epoch
        """),
        probes=(
            *hook("inode_unlink", "security_inode_unlink", "inode_unlink"),
            after("name", "unlink", "unlinkat", note=f"{_CALL}; inode, dev and ctime are nil"),
        ),
    ),
    EventType(
        id=422,
        name="security_inode_rename",
        doc="A file or directory is about to get another name.",
        sets=("detection", "lsm_hooks", "lsm", "fs", "fs_file_ops"),
        fields=fields("""
            const char* old_path  path that it had
            const char* new_path  path that it gets
        """),
        probes=(
            *hook("inode_rename", "security_inode_rename", "inode_rename"),
            after("name", "rename", "renameat", "renameat2", note=_CALL),
        ),
    ),
)

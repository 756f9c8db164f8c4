# SPDX-License-Identifier: Apache-2.0
"""Names in directories: made, moved and removed."""

from schemas.event_type import EventType, after, fields, hook

_SETS = ("lsm_hooks", "lsm", "fs", "fs_file_ops")
_PATH = "the path is as the call was given it, made absolute: no symbolic link is followed"
_CALL = f"{_PATH}; sees calls that worked, and not those of io_uring"

EVENTS = (
    EventType(
        id=421,
        name="security_inode_unlink",
        doc="A name of a file is about to be removed.",
        sets=("default", *_SETS),
        fields=fields("""
            const char* pathname  path that is removed
            unsigned long inode  inode of the file
            dev_t dev  device of the file
            unsigned long ctime  last change of the inode, ns since the epoch
        """),
        probes=(
            *hook("inode_unlink", "security_inode_unlink", "inode_unlink"),
            after(
                "inode_unlink",
                "unlink",
                "unlinkat",
                note=f"{_CALL}; inode, dev and ctime are nil",
            ),
        ),
    ),
    EventType(
        id=422,
        name="security_inode_rename",
        doc="A file or directory is about to get another name.",
        sets=("detection", *_SETS),
        fields=fields("""
            const char* old_path  path that it had
            const char* new_path  path that it gets
        """),
        probes=(
            *hook(
                "inode_rename",
                "security_inode_rename",
                "inode_rename",
                at_hook="two names that are exchanged are told twice, each way",
            ),
            after("inode_rename", "rename", "renameat", "renameat2", note=_CALL),
        ),
    ),
    EventType(
        id=423,
        name="security_inode_mknod",
        doc="A device, a pipe or a socket is about to be made in a directory.",
        sets=_SETS,
        fields=fields("""
            const char* file_name  its path
            umode_t mode: file_mode  its type and permissions
            dev_t dev  number of the device; 0 where it is none
        """),
        probes=(
            *hook("inode_mknod", "security_inode_mknod", "inode_mknod"),
            after(
                "inode_mknod",
                "mknod",
                "mknodat",
                note=f"{_CALL}; nor sockets that bind(2) makes; mode is before umask",
            ),
        ),
    ),
    EventType(
        id=424,
        name="security_inode_symlink",
        doc="A symbolic link is about to be made.",
        sets=_SETS,
        fields=fields("""
            const char* linkpath  its path
            const char* target  what it says
        """),
        probes=(
            *hook("inode_symlink", "security_inode_symlink", "inode_symlink"),
            after("inode_symlink", "symlink", "symlinkat", note=_CALL),
        ),
    ),
)

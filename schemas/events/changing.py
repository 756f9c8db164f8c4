# SPDX-License-Identifier: Apache-2.0
"""Files whose length, times or permissions change, and where tasks are and look."""

from schemas.event_type import EventType, Probe, after, around, at_return, fields, hook

_GIVEN = (
    "the path is as the call was given it, made absolute: no symbolic link is followed; sees these "
    "calls only"
)
_NO_INODE = "; dev and inode are nil where the call was given a path"
_TRUNCATES = ("truncate", "ftruncate", "truncate64", "ftruncate64")

EVENTS = (
    EventType(
        id=540,
        name="set_fs_pwd",
        doc="A task changed its working directory.",
        sets=("fs", "fs_dir_ops", "proc"),
        fields=fields("""
            const char* unresolved_path  path as the caller gave it, if it gave one
            const char* resolved_path  resolved path of the directory
        """),
        probes=(
            *hook("set_fs_pwd", "set_fs_pwd"),
            after("set_fs_pwd", "chdir", "fchdir"),
        ),
    ),
    EventType(
        id=541,
        name="chmod_common",
        doc="A file's permissions were changed, or could not be: the return value says so.",
        sets=("fs", "fs_file_attr"),
        fields=fields("""
            const char* pathname  path of the file
            umode_t mode: file_mode  permissions
        """),
        probes=(
            *at_return("chmod_common", "chmod_common"),
            after("chmod_common", "chmod", "fchmod", "fchmodat", "fchmodat2", note=_GIVEN),
        ),
    ),
    EventType(
        id=542,
        name="vfs_utimes",
        doc="A file's times were set.",
        sets=("fs", "fs_file_attr"),
        fields=fields("""
            const char* pathname  path of the file
            dev_t dev  device of the file
            unsigned long inode  inode of the file
            u64 atime  time of the last access, ns since the epoch; nothing: now, or as it was
            u64 mtime  time of the last modification, likewise
        """),
        probes=(
            *hook("vfs_utimes", "vfs_utimes"),
            after(
                "vfs_utimes",
                *("utime", "utimes", "futimesat", "utimensat", "utimensat_time32"),
                note=f"{_GIVEN}, and where they worked{_NO_INODE}",
            ),
        ),
    ),
    EventType(
        id=543,
        name="do_truncate",
        doc="A file's length was set.",
        sets=("fs", "fs_file_ops"),
        fields=fields("""
            const char* pathname  path of the file
            unsigned long inode  inode of the file
            dev_t dev  device of the file
            u64 length  new length in bytes
        """),
        probes=(
            *hook("do_truncate", "do_truncate"),
            Probe(
                "tp_btf/sys_exit",
                ("on_sys_exit", "after_do_truncate", "after_do_truncate_open"),
                f"{_GIVEN}, and where they worked{_NO_INODE}",
                (*_TRUNCATES, "open", "openat", "openat2", "creat"),
            ),
        ),
    ),
    EventType(
        id=544,
        name="file_modification",
        doc="What is in a file was changed: the time of its last change moved.",
        sets=("fs", "fs_file_ops"),
        fields=fields("""
            const char* file_path  resolved path of the file
            dev_t dev  device of the file
            unsigned long inode  inode of the file
            unsigned long old_ctime  last change of the inode until then, ns since the epoch
            unsigned long new_ctime  last change of the inode from then on
        """),
        probes=(
            around(
                "file_modification",
                *("write", "pwrite64", "writev", "pwritev", "pwritev2", "ftruncate", "fallocate"),
                note="sees these calls only; not what is written through a memory mapping",
            ),
        ),
    ),
    EventType(
        id=545,
        name="inotify_watch",
        doc="A task began to watch a file or directory.",
        sets=("fs", "fs_monitor"),
        fields=fields("""
            const char* pathname  path of what is watched
            unsigned long inode  its inode
            dev_t dev  its device
        """),
        probes=(
            *at_return("inotify_find_inode", "inotify_watch"),
            after("inotify_watch", "inotify_add_watch", note=f"{_GIVEN}; inode and dev are nil"),
        ),
    ),
)

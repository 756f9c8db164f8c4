# SPDX-License-Identifier: Apache-2.0
"""Who has himself told of changes to files."""

from schemas.event_type import EventType, after, fields, hook

EVENTS = (
    EventType(
        id=465,
        name="security_path_notify",
        doc="A process is about to be told of what happens to a file, from now on.",
        sets=("lsm_hooks", "lsm", "fs", "fs_monitor"),
        fields=fields("""
            const char* pathname  path that is watched
            unsigned long inode  inode of the file
            dev_t dev  device of the file
            u64 mask: fsnotify_mask  what is to be told
            unsigned int obj_type: fsnotify_object  what is watched there
        """),
        probes=(
            *hook("path_notify", "security_path_notify", "path_notify"),
            after(
                "path_notify",
                "inotify_add_watch",
                "fanotify_mark",
                note="the path is as the call was given it, made absolute: no symbolic link is "
                "followed; sees calls that worked, and not dnotify; inode and dev are nil",
            ),
        ),
    ),
)

# SPDX-License-Identifier: Apache-2.0
"""Mounts."""

from schemas.event_type import EventType, after, fields, hook

_CALL = (
    "the path is as the call was given it, made absolute: no symbolic link is followed; sees calls "
    "that worked"
)

EVENTS = (
    EventType(
        id=441,
        name="security_sb_mount",
        doc="mount(2) is about to mount something, or to change a mount.",
        sets=("default", "detection", "lsm_hooks", "lsm", "fs"),
        fields=fields("""
            const char* dev_name  what is mounted: a device, a directory, or any word
            const char* path  where
            const char* type  type of the file system
            unsigned long flags: mount_flags  options
        """),
        probes=(
            *hook("sb_mount", "security_sb_mount", "sb_mount"),
            after("sb_mount", "mount", note=_CALL),
        ),
    ),
    EventType(
        id=442,
        name="security_sb_umount",
        doc="A mount is about to be taken away.",
        sets=("default", "lsm_hooks", "lsm", "fs"),
        fields=fields("""
            const char* mountpoint  where it is
            const char* type  type of the file system
            int flags: umount_flags  options
        """),
        probes=(
            *hook("sb_umount", "security_sb_umount", "sb_umount"),
            after("sb_umount", "umount2", "umount", note=f"{_CALL}; type is nil"),
        ),
    ),
)

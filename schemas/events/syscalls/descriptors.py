# SPDX-License-Identifier: Apache-2.0
"""File descriptors: copies, control, locks, and writing back what they hold."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1102, "dup", (32, 41, 23), "fs fs_fd_ops",
        "Copy a file descriptor.",
        """
        int oldfd  descriptor to copy
        """,
    ),
    call(
        1103, "dup2", (33, 63, None), "fs fs_fd_ops",
        "Copy a file descriptor to a given number.",
        """
        int oldfd  descriptor to copy
        int newfd  its new number
        """,
    ),
    call(
        1104, "dup3", (292, 330, 24), "fs fs_fd_ops",
        "Copy a file descriptor to a given number, with flags.",
        """
        int oldfd  descriptor to copy
        int newfd  its new number
        int flags: descriptor_flags  flags
        """,
    ),
    call(
        1105, "fcntl", (72, 55, 25), "fs fs_fd_ops",
        "Control a file descriptor.",
        """
        int fd  file descriptor
        int cmd: fcntl_cmd  what to do
        unsigned long arg  argument of it
        """,
    ),
    call(
        1106, "ioctl", (16, 54, 29), "fs fs_fd_ops",
        "Control a device.",
        """
        int fd  file descriptor
        unsigned long request: ioctl_request  what to do, a number of the device
        unsigned long arg  argument of it
        """,
    ),
    call(
        1107, "flock", (73, 143, 32), "fs fs_fd_ops",
        "Lock an open file.",
        """
        int fd  file descriptor
        int operation: flock_operation  what to do
        """,
    ),
    call(
        1108, "sync", (162, 36, 81), "fs fs_sync",
        "Write all file systems back.",
    ),
    call(
        1109, "syncfs", (306, 344, 267), "fs fs_sync",
        "Write one file system back.",
        """
        int fd  file descriptor
        """,
    ),
    call(
        1110, "fsync", (74, 118, 82), "fs fs_sync",
        "Write a file back.",
        """
        int fd  file descriptor
        """,
    ),
    call(
        1111, "fdatasync", (75, 148, 83), "fs fs_sync",
        "Write a file's data back.",
        """
        int fd  file descriptor
        """,
    ),
    call(
        1112, "sync_file_range", (277, 314, 84), "fs fs_sync",
        "Write a range of a file back.",
        """
        int fd  file descriptor
        loff_t offset  offset in the file
        loff_t nbytes  length in bytes
        unsigned int flags: sync_file_range_flags  flags
        """,
    ),
    call(
        1113, "msync", (26, 144, 227), "fs fs_sync",
        "Write a mapped file back.",
        """
        void* addr  address
        size_t length  length in bytes
        int flags: msync_flags  flags
        """,
    ),
)  # fmt: skip

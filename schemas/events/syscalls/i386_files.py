# SPDX-License-Identifier: Apache-2.0
"""Calls on files that only the i386 table has."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1420, "oldstat", (None, 18, None), "32bit_unique",
        "Ask for a file's status, in the oldest form.",
        """
        const char* filename  path as the caller gave it
        struct __old_kernel_stat* statbuf  where the answer goes
        """,
    ),
    call(
        1421, "oldlstat", (None, 84, None), "32bit_unique",
        "Ask for a file's status in the oldest form; of a symbolic link, its own.",
        """
        const char* pathname  path as the caller gave it
        struct stat* statbuf  where the answer goes
        """,
    ),
    call(
        1422, "oldfstat", (None, 28, None), "32bit_unique",
        "Ask for an open file's status, in the oldest form.",
        """
        unsigned int fd  file descriptor
        struct __old_kernel_stat* statbuf  where the answer goes
        """,
    ),
    call(
        1423, "stat64", (None, 195, None), "32bit_unique",
        "Ask for a file's status, with wide numbers.",
        """
        const char* pathname  path as the caller gave it
        struct stat64* statbuf  where the answer goes
        """,
    ),
    call(
        1424, "lstat64", (None, 196, None), "32bit_unique",
        "Ask for a file's status, with wide numbers; of a symbolic link, its own.",
        """
        const char* pathname  path as the caller gave it
        struct stat64* statbuf  where the answer goes
        """,
    ),
    call(
        1425, "fstat64", (None, 197, None), "32bit_unique",
        "Ask for an open file's status, with wide numbers.",
        """
        int fd  file descriptor
        struct stat64* statbuf  where the answer goes
        """,
    ),
    call(
        1426, "fstatat64", (None, 300, None), "32bit_unique",
        "Ask for a file's status relative to a directory, with wide numbers.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        struct stat64* statbuf  where the answer goes
        int flags: stat_flags  flags
        """,
    ),
    call(
        1427, "statfs64", (None, 268, None), "32bit_unique",
        "Ask for a file system's status, with wide numbers.",
        """
        const char* path  path as the caller gave it
        size_t sz  size of the answer
        struct statfs64* buf  where the answer goes
        """,
    ),
    call(
        1428, "fstatfs64", (None, 269, None), "32bit_unique",
        "Ask for the status of an open file's file system, with wide numbers.",
        """
        int fd  file descriptor
        size_t sz  size of the answer
        struct statfs64* buf  where the answer goes
        """,
    ),
    call(
        1429, "umount", (None, 22, None), "32bit_unique",
        "Unmount a file system.",
        """
        const char* target  where it is mounted
        """,
    ),
    call(
        1430, "readdir", (None, 89, None), "32bit_unique",
        "Read one entry of a directory.",
        """
        unsigned int fd  file descriptor
        struct old_linux_dirent* dirp  where the entries go
        unsigned int count  length in bytes
        """,
    ),
    call(
        1431, "llseek", (None, 140, None), "32bit_unique",
        "Move a file's offset, with a wide number.",
        """
        unsigned int fd  file descriptor
        unsigned long offset_high  high half of the offset
        unsigned long offset_low  low half of the offset
        loff_t* result  where the result goes
        unsigned int whence: seek_whence  what the offset counts from
        """,
    ),
    call(
        1432, "truncate64", (None, 193, None), "32bit_unique",
        "Set the length of a file by its path, with a wide number.",
        """
        const char* path  path as the caller gave it
        loff_t length  length in bytes
        """,
    ),
    call(
        1433, "ftruncate64", (None, 194, None), "32bit_unique",
        "Set the length of an open file, with a wide number.",
        """
        int fd  file descriptor
        loff_t length  length in bytes
        """,
    ),
    call(
        1434, "fcntl64", (None, 221, None), "32bit_unique",
        "Control a file descriptor, with wide locks.",
        """
        int fd  file descriptor
        int cmd: fcntl_cmd  what to do
        unsigned long arg  argument of it
        """,
    ),
    call(
        1435, "sendfile32", (None, 187, None), "32bit_unique",
        "Copy from one file descriptor to another, with a narrow offset.",
        """
        int out_fd  file to write to
        int in_fd  file to read from
        off_t* offset  offset in the file
        size_t count  length in bytes
        """,
    ),
    call(
        1436, "fadvise64_64", (None, 272, None), "32bit_unique",
        "Announce how a file will be read, with wide numbers.",
        """
        int fd  file descriptor
        loff_t offset  offset in the file
        loff_t len  length in bytes
        int advice: fadvise_advice  how it will be used
        """,
    ),
)  # fmt: skip

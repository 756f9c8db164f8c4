# SPDX-License-Identifier: Apache-2.0
"""What a file is, whose, and when it changed."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1063, "stat", (4, 106, None), "fs fs_file_attr",
        "Ask for a file's status.",
        """
        const char* pathname  path as the caller gave it
        struct stat* statbuf  where the answer goes
        """,
    ),
    call(
        1064, "fstat", (5, 108, 80), "fs fs_file_attr",
        "Ask for an open file's status.",
        """
        int fd  file descriptor
        struct stat* statbuf  where the answer goes
        """,
    ),
    call(
        1065, "lstat", (6, 107, None), "fs fs_file_attr",
        "Ask for a file's status; of a symbolic link, its own.",
        """
        const char* pathname  path as the caller gave it
        struct stat* statbuf  where the answer goes
        """,
    ),
    call(
        1066, "newfstatat", (262, None, 79), "fs fs_file_attr",
        "Ask for a file's status relative to a directory.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        struct stat* statbuf  where the answer goes
        int flags: stat_flags  flags
        """,
    ),
    call(
        1067, "statx", (332, 383, 291), "fs fs_file_attr",
        "Ask for a file's status, field by field.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        int flags: stat_flags  flags
        unsigned int mask: statx_mask  fields that are asked for
        struct statx* statxbuf  where the answer goes
        """,
    ),
    call(
        1068, "access", (21, 33, None), "fs fs_file_attr",
        "Check whether a file may be accessed.",
        """
        const char* pathname  path as the caller gave it
        int mode: access_mode  access that is asked for
        """,
    ),
    call(
        1069, "faccessat", (269, 307, 48), "fs fs_file_attr",
        "Check whether a file may be accessed, relative to a directory.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        int mode: access_mode  access that is asked for
        """,
    ),
    call(
        1070, "faccessat2", (439, 439, 439), "fs fs_file_attr",
        "Check whether a file may be accessed, relative to a directory, with flags.",
        """
        int fd: dirfd  directory that a relative path starts from
        const char* path  path as the caller gave it
        int mode: access_mode  access that is asked for
        int flag: access_flags  flags
        """,
    ),
    call(
        1071, "chmod", (90, 15, None), "default fs fs_file_attr",
        "Change a file's permissions.",
        """
        const char* pathname  path as the caller gave it
        mode_t mode: file_mode  permissions
        """,
    ),
    call(
        1072, "fchmod", (91, 94, 52), "default fs fs_file_attr",
        "Change an open file's permissions.",
        """
        int fd  file descriptor
        mode_t mode: file_mode  permissions
        """,
    ),
    call(
        1073, "fchmodat", (268, 306, 53), "default fs fs_file_attr",
        "Change a file's permissions relative to a directory.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        mode_t mode: file_mode  permissions
        """,
    ),
    call(
        1074, "fchmodat2", (452, 452, 452), "fs fs_file_attr",
        "Change a file's permissions relative to a directory, with flags.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        mode_t mode: file_mode  permissions
        unsigned int flags: stat_flags  flags
        """,
    ),
    call(
        1075, "chown", (92, 212, None), "default fs fs_file_attr",
        "Change a file's owner.",
        """
        const char* pathname  path as the caller gave it
        uid_t owner  user id, -1 to leave it
        gid_t group  group id, -1 to leave it
        """,
    ),
    call(
        1076, "fchown", (93, 207, 55), "default fs fs_file_attr",
        "Change an open file's owner.",
        """
        int fd  file descriptor
        uid_t owner  user id, -1 to leave it
        gid_t group  group id, -1 to leave it
        """,
    ),
    call(
        1077, "lchown", (94, 198, None), "default fs fs_file_attr",
        "Change a file's owner; of a symbolic link, its own.",
        """
        const char* pathname  path as the caller gave it
        uid_t owner  user id, -1 to leave it
        gid_t group  group id, -1 to leave it
        """,
    ),
    call(
        1078, "fchownat", (260, 298, 54), "default fs fs_file_attr",
        "Change a file's owner relative to a directory.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        uid_t owner  user id, -1 to leave it
        gid_t group  group id, -1 to leave it
        int flags: stat_flags  flags
        """,
    ),
    call(
        1079, "umask", (95, 60, 166), "fs fs_file_attr",
        "Set the permissions that new files do not get.",
        """
        mode_t mask: file_mode  permissions that are left out
        """,
    ),
    call(
        1080, "utime", (132, 30, None), "fs fs_file_attr",
        "Set a file's times, in seconds.",
        """
        const char* filename  path as the caller gave it
        const struct utimbuf* times  the times
        """,
    ),
    call(
        1081, "utimes", (235, 271, None), "fs fs_file_attr",
        "Set a file's times, in microseconds.",
        """
        const char* filename  path as the caller gave it
        struct timeval* times  the times
        """,
    ),
    call(
        1082, "futimesat", (261, 299, None), "fs fs_file_attr",
        "Set a file's times relative to a directory, in microseconds.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        struct timeval* times  the times
        """,
    ),
    call(
        1083, "utimensat", (280, 412, 88), "fs fs_file_attr",
        "Set a file's times relative to a directory, in nanoseconds.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        const void* times  addresses of the times of access and change
        int flags: stat_flags  flags
        """,
    ),
    call(
        1084, "file_getattr", (468, 468, 468), "fs fs_file_attr",
        "Ask for a file's inode attributes.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        struct file_attr* attr  the attributes
        size_t size  size in bytes
        unsigned int flags: stat_flags  flags
        """,
    ),
    call(
        1085, "file_setattr", (469, 469, 469), "fs fs_file_attr",
        "Set a file's inode attributes.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        const struct file_attr* attr  the attributes
        size_t size  size in bytes
        unsigned int flags: stat_flags  flags
        """,
    ),
)  # fmt: skip

# SPDX-License-Identifier: Apache-2.0
"""Directories and links."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1044, "mkdir", (83, 39, None), "fs fs_dir_ops",
        "Make a directory.",
        """
        const char* pathname  path as the caller gave it
        mode_t mode: file_mode  permissions
        """,
    ),
    call(
        1045, "mkdirat", (258, 296, 34), "fs fs_dir_ops",
        "Make a directory relative to a directory.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        mode_t mode: file_mode  permissions
        """,
    ),
    call(
        1046, "rmdir", (84, 40, None), "fs fs_dir_ops",
        "Remove an empty directory.",
        """
        const char* pathname  path as the caller gave it
        """,
    ),
    call(
        1047, "getdents", (78, 141, None), "fs fs_dir_ops",
        "Read the entries of a directory, in the old form.",
        """
        int fd  file descriptor
        struct linux_dirent* dirp  where the entries go
        unsigned int count  length in bytes
        """,
    ),
    call(
        1048, "getdents64", (217, 220, 61), "fs fs_dir_ops",
        "Read the entries of a directory.",
        """
        unsigned int fd  file descriptor
        struct linux_dirent64* dirp  where the entries go
        unsigned int count  length in bytes
        """,
    ),
    call(
        1049, "getcwd", (79, 183, 17), "fs fs_dir_ops",
        "Ask for the working directory.",
        """
        char* buf  the path
        size_t size  size in bytes
        """,
    ),
    call(
        1050, "chdir", (80, 12, 49), "fs fs_dir_ops",
        "Change the working directory.",
        """
        const char* path  path as the caller gave it
        """,
    ),
    call(
        1051, "fchdir", (81, 133, 50), "fs fs_dir_ops",
        "Change the working directory to an open one.",
        """
        int fd  file descriptor
        """,
    ),
    call(
        1052, "chroot", (161, 61, 51), "fs fs_dir_ops",
        "Change the root directory.",
        """
        const char* path  path as the caller gave it
        """,
    ),
    call(
        1053, "fchroot", (472, 472, 472), "fs fs_dir_ops",
        "Change the root directory to an open one.",
        """
        int fd  file descriptor
        unsigned int flags  flags
        """,
    ),
    call(
        1054, "lookup_dcookie", (212, 253, 18), "fs fs_dir_ops",
        "Ask for the path of a directory cookie.",
        """
        u64 cookie  the cookie
        char* buffer  where the path goes
        size_t len  length in bytes
        """,
    ),
    call(
        1055, "link", (86, 9, None), "fs fs_link_ops",
        "Make a hard link.",
        """
        const char* oldpath  path as the caller gave it
        const char* newpath  new path
        """,
    ),
    call(
        1056, "linkat", (265, 303, 37), "fs fs_link_ops",
        "Make a hard link relative to directories.",
        """
        int olddirfd: dirfd  directory that a relative oldpath starts from
        const char* oldpath  path as the caller gave it
        int newdirfd: dirfd  directory that a relative newpath starts from
        const char* newpath  new path
        unsigned int flags: link_flags  flags
        """,
    ),
    call(
        1057, "symlink", (88, 83, None), "fs fs_link_ops",
        "Make a symbolic link.",
        """
        const char* target  what it points to
        const char* linkpath  path of the link
        """,
    ),
    call(
        1058, "symlinkat", (266, 304, 36), "fs fs_link_ops",
        "Make a symbolic link relative to a directory.",
        """
        const char* target  what it points to
        int newdirfd: dirfd  directory that a relative newpath starts from
        const char* linkpath  path of the link
        """,
    ),
    call(
        1059, "unlink", (87, 10, None), "fs fs_link_ops",
        "Remove a name of a file.",
        """
        const char* pathname  path as the caller gave it
        """,
    ),
    call(
        1060, "unlinkat", (263, 301, 35), "fs fs_link_ops",
        "Remove a name of a file or directory relative to a directory.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        int flags: unlink_flags  flags
        """,
    ),
    call(
        1061, "readlink", (89, 85, None), "fs fs_link_ops",
        "Read a symbolic link.",
        """
        const char* pathname  path as the caller gave it
        char* buf  what it points to
        size_t bufsiz  size of the buffer
        """,
    ),
    call(
        1062, "readlinkat", (267, 305, 78), "fs fs_link_ops",
        "Read a symbolic link relative to a directory.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        char* buf  what it points to
        int bufsiz  size of the buffer
        """,
    ),
)  # fmt: skip

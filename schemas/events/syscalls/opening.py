# SPDX-License-Identifier: Apache-2.0
"""Opening, making, renaming and resizing files."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1004, "open", (2, 5, None), "fs fs_file_ops",
        "Open a file.",
        """
        const char* pathname  path as the caller gave it
        int flags: open_flags  access mode and flags
        mode_t mode: file_mode  mode of a file that is created
        """,
    ),
    call(
        1005, "openat", (257, 295, 56), "fs fs_file_ops",
        "Open a file relative to a directory.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        int flags: open_flags  access mode and flags
        mode_t mode: file_mode  mode of a file that is created
        """,
    ),
    call(
        1006, "openat2", (437, 437, 437), "fs fs_file_ops",
        "Open a file with a struct open_how.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        struct open_how* how  address of flags, mode and resolve
        size_t size  size of that structure
        """,
    ),
    call(
        1030, "creat", (85, 8, None), "default fs fs_file_ops",
        "Create a file, or empty it.",
        """
        const char* pathname  path as the caller gave it
        mode_t mode: file_mode  mode of a file that is created
        """,
    ),
    call(
        1031, "close", (3, 6, 57), "fs fs_file_ops",
        "Close a file descriptor.",
        """
        int fd  file descriptor
        """,
    ),
    call(
        1032, "close_range", (436, 436, 436), "fs fs_file_ops",
        "Close a range of file descriptors.",
        """
        unsigned int first  first of the range
        unsigned int last  last of the range
        unsigned int flags: close_range_flags  flags
        """,
    ),
    call(
        1033, "mknod", (133, 14, None), "fs fs_file_ops",
        "Make a file, device or named pipe.",
        """
        const char* pathname  path as the caller gave it
        mode_t mode: file_mode  permissions
        dev_t dev  device number
        """,
    ),
    call(
        1034, "mknodat", (259, 297, 33), "fs fs_file_ops",
        "Make a file, device or named pipe relative to a directory.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        mode_t mode: file_mode  permissions
        dev_t dev  device number
        """,
    ),
    call(
        1035, "rename", (82, 38, None), "fs fs_file_ops",
        "Rename a file.",
        """
        const char* oldpath  path as the caller gave it
        const char* newpath  new path
        """,
    ),
    call(
        1036, "renameat", (264, 302, 38), "fs fs_file_ops",
        "Rename a file relative to directories.",
        """
        int olddirfd: dirfd  directory that a relative oldpath starts from
        const char* oldpath  path as the caller gave it
        int newdirfd: dirfd  directory that a relative newpath starts from
        const char* newpath  new path
        """,
    ),
    call(
        1037, "renameat2", (316, 353, 276), "fs fs_file_ops",
        "Rename a file relative to directories, with flags.",
        """
        int olddirfd: dirfd  directory that a relative oldpath starts from
        const char* oldpath  path as the caller gave it
        int newdirfd: dirfd  directory that a relative newpath starts from
        const char* newpath  new path
        unsigned int flags: rename_flags  flags
        """,
    ),
    call(
        1038, "truncate", (76, 92, 45), "fs fs_file_ops",
        "Set the length of a file by its path.",
        """
        const char* path  path as the caller gave it
        off_t length  length in bytes
        """,
    ),
    call(
        1039, "ftruncate", (77, 93, 46), "fs fs_file_ops",
        "Set the length of an open file.",
        """
        int fd  file descriptor
        off_t length  length in bytes
        """,
    ),
    call(
        1040, "fallocate", (285, 324, 47), "fs fs_file_ops",
        "Reserve or punch out a range of a file.",
        """
        int fd  file descriptor
        int mode: fallocate_mode  what to do
        loff_t offset  offset in the file
        loff_t len  length in bytes
        """,
    ),
    call(
        1009, "memfd_create", (319, 356, 279), "default fs fs_file_ops",
        "Create an anonymous file in memory.",
        """
        const char* name  name, for /proc only
        unsigned int flags: memfd_flags  flags
        """,
    ),
    call(
        1041, "memfd_secret", (447, 447, 447), "fs fs_file_ops",
        "Create an anonymous file in memory that the kernel itself does not map.",
        """
        unsigned int flags: descriptor_flags  flags
        """,
    ),
    call(
        1042, "name_to_handle_at", (303, 341, 264), "fs fs_file_ops",
        "Ask for a file's handle.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        struct file_handle* handle  the handle
        int* mount_id  where the mount's id goes
        int flags: handle_flags  flags
        """,
    ),
    call(
        1043, "open_by_handle_at", (304, 342, 265), "fs fs_file_ops",
        "Open a file by its handle.",
        """
        int mount_fd  a file on the mount
        struct file_handle* handle  the handle
        int flags: open_flags  flags
        """,
    ),
)  # fmt: skip

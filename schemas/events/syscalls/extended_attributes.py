# SPDX-License-Identifier: Apache-2.0
"""Extended attributes of files."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1086, "setxattr", (188, 226, 5), "fs fs_file_attr",
        "Set an extended attribute.",
        """
        const char* path  path as the caller gave it
        const char* name  name
        const void* value  the value
        size_t size  size in bytes
        int flags: xattr_flags  flags
        """,
    ),
    call(
        1087, "lsetxattr", (189, 227, 6), "fs fs_file_attr",
        "Set an extended attribute; of a symbolic link, its own.",
        """
        const char* path  path as the caller gave it
        const char* name  name
        const void* value  the value
        size_t size  size in bytes
        int flags: xattr_flags  flags
        """,
    ),
    call(
        1088, "fsetxattr", (190, 228, 7), "fs fs_file_attr",
        "Set an extended attribute of an open file.",
        """
        int fd  file descriptor
        const char* name  name
        const void* value  the value
        size_t size  size in bytes
        int flags: xattr_flags  flags
        """,
    ),
    call(
        1089, "setxattrat", (463, 463, 463), "fs fs_file_attr",
        "Set an extended attribute relative to a directory.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        unsigned int flags: stat_flags  flags
        const char* name  name
        const struct xattr_args* args  the arguments
        size_t size  size in bytes
        """,
    ),
    call(
        1090, "getxattr", (191, 229, 8), "fs fs_file_attr",
        "Ask for an extended attribute.",
        """
        const char* path  path as the caller gave it
        const char* name  name
        void* value  the value
        size_t size  size in bytes
        """,
    ),
    call(
        1091, "lgetxattr", (192, 230, 9), "fs fs_file_attr",
        "Ask for an extended attribute; of a symbolic link, its own.",
        """
        const char* path  path as the caller gave it
        const char* name  name
        void* value  the value
        size_t size  size in bytes
        """,
    ),
    call(
        1092, "fgetxattr", (193, 231, 10), "fs fs_file_attr",
        "Ask for an extended attribute of an open file.",
        """
        int fd  file descriptor
        const char* name  name
        void* value  the value
        size_t size  size in bytes
        """,
    ),
    call(
        1093, "getxattrat", (464, 464, 464), "fs fs_file_attr",
        "Ask for an extended attribute relative to a directory.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        unsigned int flags: stat_flags  flags
        const char* name  name
        struct xattr_args* args  the arguments
        size_t size  size in bytes
        """,
    ),
    call(
        1094, "listxattr", (194, 232, 11), "fs fs_file_attr",
        "List extended attributes.",
        """
        const char* path  path as the caller gave it
        char* list  the names, a NUL between them
        size_t size  size in bytes
        """,
    ),
    call(
        1095, "llistxattr", (195, 233, 12), "fs fs_file_attr",
        "List extended attributes; of a symbolic link, its own.",
        """
        const char* path  path as the caller gave it
        char* list  the names, a NUL between them
        size_t size  size in bytes
        """,
    ),
    call(
        1096, "flistxattr", (196, 234, 13), "fs fs_file_attr",
        "List extended attributes of an open file.",
        """
        int fd  file descriptor
        char* list  the names, a NUL between them
        size_t size  size in bytes
        """,
    ),
    call(
        1097, "listxattrat", (465, 465, 465), "fs fs_file_attr",
        "List extended attributes relative to a directory.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        unsigned int flags: stat_flags  flags
        char* list  the names, a NUL between them
        size_t size  size in bytes
        """,
    ),
    call(
        1098, "removexattr", (197, 235, 14), "fs fs_file_attr",
        "Remove an extended attribute.",
        """
        const char* path  path as the caller gave it
        const char* name  name
        """,
    ),
    call(
        1099, "lremovexattr", (198, 236, 15), "fs fs_file_attr",
        "Remove an extended attribute; of a symbolic link, its own.",
        """
        const char* path  path as the caller gave it
        const char* name  name
        """,
    ),
    call(
        1100, "fremovexattr", (199, 237, 16), "fs fs_file_attr",
        "Remove an extended attribute of an open file.",
        """
        int fd  file descriptor
        const char* name  name
        """,
    ),
    call(
        1101, "removexattrat", (466, 466, 466), "fs fs_file_attr",
        "Remove an extended attribute relative to a directory.",
        """
        int dirfd: dirfd  directory that a relative path starts from
        const char* pathname  path as the caller gave it
        unsigned int flags: stat_flags  flags
        const char* name  name
        """,
    ),
)  # fmt: skip

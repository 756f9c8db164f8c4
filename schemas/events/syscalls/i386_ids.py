# SPDX-License-Identifier: Apache-2.0
"""Calls with user and group ids of 16 bits, which only the i386 table has."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1437, "chown16", (None, 182, None), "32bit_unique",
        "Change a file's owner.",
        """
        const char* pathname  path as the caller gave it
        old_uid_t owner  user id, -1 to leave it
        old_gid_t group  group id, -1 to leave it
        """,
    ),
    call(
        1438, "lchown16", (None, 16, None), "32bit_unique",
        "Change a file's owner; of a symbolic link, its own.",
        """
        const char* pathname  path as the caller gave it
        old_uid_t owner  user id, -1 to leave it
        old_gid_t group  group id, -1 to leave it
        """,
    ),
    call(
        1439, "fchown16", (None, 95, None), "32bit_unique",
        "Change an open file's owner.",
        """
        unsigned int fd  file descriptor
        old_uid_t user  user id, -1 to leave it
        old_gid_t group  group id, -1 to leave it
        """,
    ),
    call(
        1440, "getuid16", (None, 24, None), "32bit_unique",
        "Ask for the user id.",
    ),
    call(
        1441, "geteuid16", (None, 49, None), "32bit_unique",
        "Ask for the effective user id.",
    ),
    call(
        1442, "getgid16", (None, 47, None), "32bit_unique",
        "Ask for the group id.",
    ),
    call(
        1443, "getegid16", (None, 50, None), "32bit_unique",
        "Ask for the effective group id.",
    ),
    call(
        1444, "setuid16", (None, 23, None), "32bit_unique",
        "Set the user id.",
        """
        old_uid_t uid  user id
        """,
    ),
    call(
        1445, "setgid16", (None, 46, None), "32bit_unique",
        "Set the group id.",
        """
        old_gid_t gid  group id
        """,
    ),
    call(
        1446, "setreuid16", (None, 70, None), "32bit_unique",
        "Set the real and the effective user id.",
        """
        old_uid_t ruid  real user id
        old_uid_t euid  effective user id
        """,
    ),
    call(
        1447, "setregid16", (None, 71, None), "32bit_unique",
        "Set the real and the effective group id.",
        """
        old_gid_t rgid  real group id
        old_gid_t egid  effective group id
        """,
    ),
    call(
        1448, "setresuid16", (None, 164, None), "32bit_unique",
        "Set the real, effective and saved user id.",
        """
        old_uid_t ruid  real user id
        old_uid_t euid  effective user id
        old_uid_t suid  saved user id
        """,
    ),
    call(
        1449, "getresuid16", (None, 165, None), "32bit_unique",
        "Ask for the real, effective and saved user id.",
        """
        old_uid_t* ruid  real user id
        old_uid_t* euid  effective user id
        old_uid_t* suid  saved user id
        """,
    ),
    call(
        1450, "setresgid16", (None, 170, None), "32bit_unique",
        "Set the real, effective and saved group id.",
        """
        old_uid_t rgid  real group id
        old_uid_t euid  effective user id
        old_uid_t suid  saved user id
        """,
    ),
    call(
        1451, "getresgid16", (None, 171, None), "32bit_unique",
        "Ask for the real, effective and saved group id.",
        """
        old_gid_t* rgid  real group id
        old_gid_t* egid  effective group id
        old_gid_t* sgid  saved group id
        """,
    ),
    call(
        1452, "setfsuid16", (None, 138, None), "32bit_unique",
        "Set the user id that file access is checked by.",
        """
        old_uid_t fsuid  user id
        """,
    ),
    call(
        1453, "setfsgid16", (None, 139, None), "32bit_unique",
        "Set the group id that file access is checked by.",
        """
        old_gid_t fsgid  group id
        """,
    ),
    call(
        1454, "getgroups16", (None, 80, None), "32bit_unique",
        "Ask for the supplementary groups.",
        """
        int size  size in bytes
        old_gid_t* list  the list
        """,
    ),
    call(
        1455, "setgroups16", (None, 81, None), "32bit_unique",
        "Set the supplementary groups.",
        """
        int size  size in bytes
        const old_gid_t* list  the list
        """,
    ),
)  # fmt: skip

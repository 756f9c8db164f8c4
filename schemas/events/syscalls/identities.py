# SPDX-License-Identifier: Apache-2.0
"""Ids of processes, users and groups."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1209, "getpid", (39, 20, 172), "proc proc_ids",
        "Ask for the process id.",
    ),
    call(
        1013, "getppid", (110, 64, 173), "proc proc_ids",
        "Ask for the parent's process id.",
    ),
    call(
        1210, "gettid", (186, 224, 178), "proc proc_ids",
        "Ask for the thread id.",
    ),
    call(
        1211, "getpgrp", (111, 65, None), "proc proc_ids",
        "Ask for the process group.",
    ),
    call(
        1212, "getpgid", (121, 132, 155), "proc proc_ids",
        "Ask for a process's group.",
        """
        pid_t pid  process id
        """,
    ),
    call(
        1213, "setpgid", (109, 57, 154), "default proc proc_ids",
        "Set a process's group.",
        """
        pid_t pid  process id
        pid_t pgid  process group
        """,
    ),
    call(
        1214, "getsid", (124, 147, 156), "proc proc_ids",
        "Ask for a process's session.",
        """
        pid_t pid  process id
        """,
    ),
    call(
        1215, "setsid", (112, 66, 157), "proc proc_ids",
        "Begin a session.",
    ),
    call(
        1216, "getuid", (102, 199, 174), "proc proc_ids",
        "Ask for the user id.",
    ),
    call(
        1217, "geteuid", (107, 201, 175), "proc proc_ids",
        "Ask for the effective user id.",
    ),
    call(
        1218, "getgid", (104, 200, 176), "proc proc_ids",
        "Ask for the group id.",
    ),
    call(
        1219, "getegid", (108, 202, 177), "proc proc_ids",
        "Ask for the effective group id.",
    ),
    call(
        1220, "setuid", (105, 213, 146), "default proc proc_ids",
        "Set the user id.",
        """
        uid_t uid  user id
        """,
    ),
    call(
        1221, "setgid", (106, 214, 144), "default proc proc_ids",
        "Set the group id.",
        """
        gid_t gid  group id
        """,
    ),
    call(
        1222, "setreuid", (113, 203, 145), "default proc proc_ids",
        "Set the real and the effective user id.",
        """
        uid_t ruid  real user id
        uid_t euid  effective user id
        """,
    ),
    call(
        1223, "setregid", (114, 204, 143), "default proc proc_ids",
        "Set the real and the effective group id.",
        """
        gid_t rgid  real group id
        gid_t egid  effective group id
        """,
    ),
    call(
        1224, "setresuid", (117, 208, 147), "default proc proc_ids",
        "Set the real, effective and saved user id.",
        """
        uid_t ruid  real user id
        uid_t euid  effective user id
        uid_t suid  saved user id
        """,
    ),
    call(
        1225, "getresuid", (118, 209, 148), "proc proc_ids",
        "Ask for the real, effective and saved user id.",
        """
        uid_t* ruid  real user id
        uid_t* euid  effective user id
        uid_t* suid  saved user id
        """,
    ),
    call(
        1226, "setresgid", (119, 210, 149), "default proc proc_ids",
        "Set the real, effective and saved group id.",
        """
        gid_t rgid  real group id
        gid_t egid  effective group id
        gid_t sgid  saved group id
        """,
    ),
    call(
        1227, "getresgid", (120, 211, 150), "proc proc_ids",
        "Ask for the real, effective and saved group id.",
        """
        gid_t* rgid  real group id
        gid_t* egid  effective group id
        gid_t* sgid  saved group id
        """,
    ),
    call(
        1228, "setfsuid", (122, 215, 151), "default proc proc_ids",
        "Set the user id that file access is checked by.",
        """
        uid_t fsuid  user id
        """,
    ),
    call(
        1229, "setfsgid", (123, 216, 152), "default proc proc_ids",
        "Set the group id that file access is checked by.",
        """
        gid_t fsgid  group id
        """,
    ),
    call(
        1230, "getgroups", (115, 205, 158), "proc proc_ids",
        "Ask for the supplementary groups.",
        """
        int size  size in bytes
        gid_t* list  the list
        """,
    ),
    call(
        1231, "setgroups", (116, 206, 159), "proc proc_ids",
        "Set the supplementary groups.",
        """
        int size  size in bytes
        gid_t* list  the list
        """,
    ),
    call(
        1232, "capget", (125, 184, 90), "proc",
        "Ask for capabilities.",
        """
        cap_user_header_t hdrp  version and thread
        cap_user_data_t datap  where the capabilities go
        """,
    ),
    call(
        1233, "capset", (126, 185, 91), "proc",
        "Set capabilities.",
        """
        cap_user_header_t hdrp  version and thread
        const cap_user_data_t datap  the capabilities
        """,
    ),
)  # fmt: skip

# SPDX-License-Identifier: Apache-2.0
"""Numbers without a call: they return ENOSYS. Who makes one may be looking for something."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1377, "sysctl", (156, 149, None), "system",
        "Not implemented since Linux 5.5: kernel parameters.",
        """
        struct __sysctl_args* args  the arguments
        """,
    ),
    call(
        1378, "create_module", (174, 127, None), "system system_module",
        "Not implemented since Linux 2.6: reserve memory for a module.",
    ),
    call(
        1379, "get_kernel_syms", (177, 130, None), "system system_module",
        "Not implemented since Linux 2.6: the kernel's symbols.",
    ),
    call(
        1380, "query_module", (178, 167, None), "system system_module",
        "Not implemented since Linux 2.6: ask about modules.",
    ),
    call(
        1381, "getpmsg", (181, 188, None), "system",
        "Not implemented: a call of STREAMS.",
    ),
    call(
        1382, "putpmsg", (182, 189, None), "system",
        "Not implemented: a call of STREAMS.",
    ),
    call(
        1383, "afs", (183, None, None), "system",
        "Not implemented: the Andrew file system.",
    ),
    call(
        1384, "tuxcall", (184, None, None), "system",
        "Not implemented: the TUX web server.",
    ),
    call(
        1385, "security", (185, None, None), "system",
        "Not implemented: an early security module.",
    ),
    call(
        1386, "vserver", (236, 273, None), "system",
        "Not implemented: Linux-VServer.",
    ),
    call(
        1387, "break", (None, 17, None), "32bit_unique",
        "Not implemented: a call of old Unix.",
    ),
    call(
        1388, "stty", (None, 31, None), "32bit_unique",
        "Not implemented: a call of old Unix.",
    ),
    call(
        1389, "gtty", (None, 32, None), "32bit_unique",
        "Not implemented: a call of old Unix.",
    ),
    call(
        1390, "ftime", (None, 35, None), "32bit_unique",
        "Not implemented: a call of old Unix.",
    ),
    call(
        1391, "prof", (None, 44, None), "32bit_unique",
        "Not implemented: a call of old Unix.",
    ),
    call(
        1392, "lock", (None, 53, None), "32bit_unique",
        "Not implemented: a call of old Unix.",
    ),
    call(
        1393, "mpx", (None, 56, None), "32bit_unique",
        "Not implemented: a call of old Unix.",
    ),
    call(
        1394, "ulimit", (None, 58, None), "32bit_unique",
        "Not implemented: a call of old Unix.",
    ),
    call(
        1395, "profil", (None, 98, None), "32bit_unique",
        "Not implemented: a call of old Unix.",
    ),
    call(
        1396, "idle", (None, 112, None), "32bit_unique",
        "Not implemented since Linux 2.3: the idle task.",
    ),
    call(
        1397, "bdflush", (None, 134, None), "32bit_unique",
        "Not implemented since Linux 5.15: the buffer-flushing daemon.",
    ),
    call(
        1398, "afs_syscall", (None, 137, None), "32bit_unique",
        "Not implemented: the Andrew file system.",
    ),
)  # fmt: skip

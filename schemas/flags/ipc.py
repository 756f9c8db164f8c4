# SPDX-License-Identifier: Apache-2.0
"""Names of numbers: communication between processes.

As the kernel\'s own headers have them (include/uapi).
"""

IPC_CALL = {
    1: "SEMOP",
    2: "SEMGET",
    3: "SEMCTL",
    4: "SEMTIMEDOP",
    11: "MSGSND",
    12: "MSGRCV",
    13: "MSGGET",
    14: "MSGCTL",
    21: "SHMAT",
    22: "SHMDT",
    23: "SHMGET",
    24: "SHMCTL",
    25: "DIPC",
}

IPC = {
    0x200: "IPC_CREAT",
    0x400: "IPC_EXCL",
    0x800: "IPC_NOWAIT",
}

SHM_GET = {
    0x200: "IPC_CREAT",
    0x400: "IPC_EXCL",
    0x800: "SHM_HUGETLB",
    0x1000: "SHM_NORESERVE",
}

SHM_AT = {
    0x1000: "SHM_RDONLY",
    0x2000: "SHM_RND",
    0x4000: "SHM_REMAP",
    0x8000: "SHM_EXEC",
}

SHM_CTL = {
    0: "IPC_RMID",
    1: "IPC_SET",
    2: "IPC_STAT",
    3: "IPC_INFO",
    11: "SHM_LOCK",
    12: "SHM_UNLOCK",
    13: "SHM_STAT",
    14: "SHM_INFO",
    15: "SHM_STAT_ANY",
}

SEM_CTL = {
    0: "IPC_RMID",
    1: "IPC_SET",
    2: "IPC_STAT",
    3: "IPC_INFO",
    11: "GETPID",
    12: "GETVAL",
    13: "GETALL",
    14: "GETNCNT",
    15: "GETZCNT",
    16: "SETVAL",
    17: "SETALL",
    18: "SEM_STAT",
    19: "SEM_INFO",
    20: "SEM_STAT_ANY",
}

MSG_CTL = {
    0: "IPC_RMID",
    1: "IPC_SET",
    2: "IPC_STAT",
    3: "IPC_INFO",
    11: "MSG_STAT",
    12: "MSG_INFO",
    13: "MSG_STAT_ANY",
}

MSG = {
    0x800: "IPC_NOWAIT",
    0x1000: "MSG_NOERROR",
    0x2000: "MSG_EXCEPT",
    0x4000: "MSG_COPY",
}

FUTEX = {
    0: "FUTEX_WAIT",
    1: "FUTEX_WAKE",
    2: "FUTEX_FD",
    3: "FUTEX_REQUEUE",
    4: "FUTEX_CMP_REQUEUE",
    5: "FUTEX_WAKE_OP",
    6: "FUTEX_LOCK_PI",
    7: "FUTEX_UNLOCK_PI",
    8: "FUTEX_TRYLOCK_PI",
    9: "FUTEX_WAIT_BITSET",
    10: "FUTEX_WAKE_BITSET",
    11: "FUTEX_WAIT_REQUEUE_PI",
    12: "FUTEX_CMP_REQUEUE_PI",
    13: "FUTEX_LOCK_PI2",
}

FUTEX_FLAGS = {
    0x80: "FUTEX_PRIVATE_FLAG",
    0x100: "FUTEX_CLOCK_REALTIME",
    0x200: "FUTEX_ROBUST_UNLOCK",
    0x400: "FUTEX_ROBUST_LIST32",
}

FUTEX2_SIZE = {
    0: "FUTEX2_SIZE_U8",
    1: "FUTEX2_SIZE_U16",
    2: "FUTEX2_SIZE_U32",
    3: "FUTEX2_SIZE_U64",
}

FUTEX2 = {
    0x4: "FUTEX2_NUMA",
    0x8: "FUTEX2_MPOL",
    0x80: "FUTEX2_PRIVATE",
}

#: glibc adds it on i386: the structures are those with wide ids
IPC_64 = {0x100: "IPC_64"}

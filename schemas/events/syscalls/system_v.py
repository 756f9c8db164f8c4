# SPDX-License-Identifier: Apache-2.0
"""System V communication: shared memory, semaphores, message queues."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1314, "shmget", (29, 395, 194), "ipc ipc_shm",
        "Get a segment of shared memory.",
        """
        key_t key  name of the parameter
        size_t size  size in bytes
        int shmflg: shmget_flags  flags
        """,
    ),
    call(
        1315, "shmat", (30, 397, 196), "ipc ipc_shm",
        "Attach a segment of shared memory.",
        """
        int shmid  the segment
        const void* shmaddr  address
        int shmflg: shmat_flags  flags
        """,
    ),
    call(
        1316, "shmdt", (67, 398, 197), "ipc ipc_shm",
        "Detach a segment of shared memory.",
        """
        const void* shmaddr  address
        """,
    ),
    call(
        1317, "shmctl", (31, 396, 195), "ipc ipc_shm",
        "Control a segment of shared memory.",
        """
        int shmid  the segment
        int cmd: shmctl_cmd  what to do
        struct shmid_ds* buf  the data
        """,
    ),
    call(
        1318, "semget", (64, 393, 190), "ipc ipc_sem",
        "Get a set of semaphores.",
        """
        key_t key  name of the parameter
        int nsems  how many semaphores
        int semflg: ipc_flags  flags
        """,
    ),
    call(
        1319, "semop", (65, None, 193), "ipc ipc_sem",
        "Operate on semaphores.",
        """
        int semid  the set
        struct sembuf* sops  the operations
        size_t nsops  how many
        """,
    ),
    call(
        1320, "semtimedop", (220, 420, 192), "ipc ipc_sem",
        "Operate on semaphores, for some time.",
        """
        int semid  the set
        struct sembuf* sops  the operations
        size_t nsops  how many
        const struct timespec* timeout  how long to wait
        """,
    ),
    call(
        1321, "semctl", (66, 394, 191), "ipc ipc_sem",
        "Control a set of semaphores.",
        """
        int semid  the set
        int semnum  which semaphore
        int cmd: semctl_cmd  what to do
        unsigned long arg  argument of it
        """,
    ),
    call(
        1322, "msgget", (68, 399, 186), "ipc ipc_msgq",
        "Get a message queue.",
        """
        key_t key  name of the parameter
        int msgflg: ipc_flags  flags
        """,
    ),
    call(
        1323, "msgsnd", (69, 400, 189), "ipc ipc_msgq",
        "Send a message to a queue.",
        """
        int msqid  the queue
        struct msgbuf* msgp  the message
        size_t msgsz  size of its text
        int msgflg: message_queue_flags  flags
        """,
    ),
    call(
        1324, "msgrcv", (70, 401, 188), "ipc ipc_msgq",
        "Receive a message from a queue.",
        """
        int msqid  the queue
        struct msgbuf* msgp  the message
        size_t msgsz  size of its text
        long msgtyp  type to receive
        int msgflg: message_queue_flags  flags
        """,
    ),
    call(
        1325, "msgctl", (71, 402, 187), "ipc ipc_msgq",
        "Control a message queue.",
        """
        int msqid  the queue
        int cmd: msgctl_cmd  what to do
        struct msqid_ds* buf  the data
        """,
    ),
)  # fmt: skip

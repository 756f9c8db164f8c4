# SPDX-License-Identifier: Apache-2.0
"""Communication between processes: pipes, POSIX message queues, futexes."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1296, "pipe", (22, 42, None), "ipc ipc_pipe",
        "Make a pipe.",
        """
        int[2] pipefd  the two descriptors
        """,
    ),
    call(
        1297, "pipe2", (293, 331, 59), "ipc ipc_pipe",
        "Make a pipe, with flags.",
        """
        int[2] pipefd  the two descriptors
        int flags: pipe_flags  flags
        """,
    ),
    call(
        1298, "splice", (275, 313, 76), "ipc ipc_pipe",
        "Move data to or from a pipe.",
        """
        int fd_in  file to read from
        off_t* off_in  address of its offset
        int fd_out  file to write to
        off_t* off_out  address of its offset
        size_t len  length in bytes
        unsigned int flags: splice_flags  flags
        """,
    ),
    call(
        1299, "tee", (276, 315, 77), "ipc ipc_pipe",
        "Copy data from pipe to pipe.",
        """
        int fd_in  file to read from
        int fd_out  file to write to
        size_t len  length in bytes
        unsigned int flags: splice_flags  flags
        """,
    ),
    call(
        1300, "vmsplice", (278, 316, 75), "ipc ipc_pipe",
        "Map memory into a pipe.",
        """
        int fd  file descriptor
        const struct iovec* iov  the buffers
        unsigned long nr_segs  how many
        unsigned int flags: splice_flags  flags
        """,
    ),
    call(
        1301, "mq_open", (240, 277, 180), "ipc ipc_msgq",
        "Open a POSIX message queue.",
        """
        const char* name  name
        int oflag: open_flags  flags
        mode_t mode: file_mode  permissions
        struct mq_attr* attr  attributes of a new queue
        """,
    ),
    call(
        1302, "mq_unlink", (241, 278, 181), "ipc ipc_msgq",
        "Remove a POSIX message queue.",
        """
        const char* name  name
        """,
    ),
    call(
        1303, "mq_timedsend", (242, 418, 182), "ipc ipc_msgq",
        "Send a message to a POSIX queue.",
        """
        mqd_t mqdes  the queue
        const char* msg_ptr  the message
        size_t msg_len  its size
        unsigned int msg_prio  its priority
        const struct timespec* abs_timeout  time to give up
        """,
    ),
    call(
        1304, "mq_timedreceive", (243, 419, 183), "ipc ipc_msgq",
        "Receive a message from a POSIX queue.",
        """
        mqd_t mqdes  the queue
        char* msg_ptr  the message
        size_t msg_len  its size
        unsigned int* msg_prio  its priority
        const struct timespec* abs_timeout  time to give up
        """,
    ),
    call(
        1305, "mq_notify", (244, 281, 184), "ipc ipc_msgq",
        "Ask to be told of a message in a POSIX queue.",
        """
        mqd_t mqdes  the queue
        const struct sigevent* sevp  how to be told
        """,
    ),
    call(
        1306, "mq_getsetattr", (245, 282, 185), "ipc ipc_msgq",
        "Ask for or set attributes of a POSIX queue.",
        """
        mqd_t mqdes  the queue
        const struct mq_attr* newattr  new attributes
        struct mq_attr* oldattr  where the old attributes go
        """,
    ),
    call(
        1307, "futex", (202, 422, 98), "ipc ipc_futex",
        "Wait on or wake a fast user-space lock.",
        """
        int* uaddr  the lock
        int futex_op: futex_op  what to do
        int val  expected value, or a number
        const struct timespec* timeout  how long to wait
        int* uaddr2  another lock
        int val3  another value
        """,
    ),
    call(
        1308, "futex_waitv", (449, 449, 449), "ipc ipc_futex",
        "Wait on several fast user-space locks.",
        """
        struct futex_waitv* waiters  the locks
        unsigned int nr_futexes  how many
        unsigned int flags  flags
        struct timespec* timeout  how long to wait
        clockid_t clockid: clock  clock
        """,
    ),
    call(
        1309, "futex_wake", (454, 454, 454), "ipc ipc_futex",
        "Wake waiters on a fast user-space lock.",
        """
        void* uaddr  the lock
        unsigned long mask  which waiters
        int nr  most to wake
        unsigned int flags: futex2_flags  flags
        """,
    ),
    call(
        1310, "futex_wait", (455, 455, 455), "ipc ipc_futex",
        "Wait on a fast user-space lock.",
        """
        void* uaddr  the lock
        unsigned long val  expected value
        unsigned long mask  which waiters
        unsigned int flags: futex2_flags  flags
        struct timespec* timeout  how long to wait
        clockid_t clockid: clock  clock
        """,
    ),
    call(
        1311, "futex_requeue", (456, 456, 456), "ipc ipc_futex",
        "Move waiters from one fast user-space lock to another.",
        """
        struct futex_waitv* waiters  the locks
        unsigned int flags  flags
        int nr_wake  most to wake
        int nr_requeue  most to move
        """,
    ),
    call(
        1312, "set_robust_list", (273, 311, 99), "ipc ipc_futex",
        "Set the list of robust locks.",
        """
        struct robust_list_head* head  the list
        size_t len  length in bytes
        """,
    ),
    call(
        1313, "get_robust_list", (274, 312, 100), "ipc ipc_futex",
        "Ask for the list of robust locks.",
        """
        int pid  process id
        struct robust_list_head** head_ptr  where the list goes
        size_t* len_ptr  where its size goes
        """,
    ),
)  # fmt: skip

# SPDX-License-Identifier: Apache-2.0
"""Calls with times of 32 bits, and one with wide numbers, which only the i386 table has."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1456, "nanosleep_time32", (None, 162, None), "32bit_unique",
        "Sleep.",
        """
        const struct old_timespec32* req  how long
        struct old_timespec32* rem  time that is left
        """,
    ),
    call(
        1457, "io_getevents_time32", (None, 247, None), "32bit_unique",
        "Fetch completed requests.",
        """
        aio_context_t ctx_id  the context
        long min_nr  fewest requests to wait for
        long nr  how many
        struct io_event* events  where events go
        struct old_timespec32* timeout  how long to wait
        """,
    ),
    call(
        1458, "io_pgetevents_time32", (None, 385, None), "32bit_unique",
        "Fetch completed requests, with a signal mask.",
        """
        aio_context_t ctx_id  the context
        long min_nr  fewest requests to wait for
        long nr  how many
        struct io_event* events  where events go
        struct old_timespec32* timeout  how long to wait
        const struct __aio_sigset* usig  signal mask and its size
        """,
    ),
    call(
        1459, "clock_gettime32", (None, 265, None), "32bit_unique",
        "Ask a clock for its time.",
        """
        clockid_t which_clock: clock  clock
        struct old_timespec32* tp  the time
        """,
    ),
    call(
        1460, "clock_settime32", (None, 264, None), "32bit_unique",
        "Set a clock.",
        """
        clockid_t which_clock: clock  clock
        struct old_timespec32* tp  the time
        """,
    ),
    call(
        1461, "clock_adjtime64", (None, 405, None), "32bit_unique",
        "Tune a clock, with wide numbers.",
        """
        clockid_t clk_id: clock  clock
        struct timex* buf  the settings
        """,
    ),
    call(
        1462, "clock_getres_time32", (None, 266, None), "32bit_unique",
        "Ask for a clock's resolution.",
        """
        clockid_t which_clock: clock  clock
        struct old_timespec32* tp  the time
        """,
    ),
    call(
        1463, "clock_nanosleep_time32", (None, 267, None), "32bit_unique",
        "Sleep by a clock.",
        """
        clockid_t which_clock: clock  clock
        int flags: timer_flags  flags
        struct old_timespec32* rqtp  how long
        struct old_timespec32* rmtp  time that is left
        """,
    ),
    call(
        1464, "timer_gettime32", (None, 261, None), "32bit_unique",
        "Ask for a timer.",
        """
        timer_t timer_id  the timer
        struct old_itimerspec32* setting  where the timer goes
        """,
    ),
    call(
        1465, "timer_settime32", (None, 260, None), "32bit_unique",
        "Set a timer.",
        """
        timer_t timer_id  the timer
        int flags: timer_flags  flags
        struct old_itimerspec32* new  new setting
        struct old_itimerspec32* old  where the old setting goes
        """,
    ),
    call(
        1466, "timerfd_gettime32", (None, 326, None), "32bit_unique",
        "Ask for the timer of a file descriptor.",
        """
        int ufd  the timer
        struct old_itimerspec32* otmr  where the old setting goes
        """,
    ),
    call(
        1467, "timerfd_settime32", (None, 325, None), "32bit_unique",
        "Set the timer of a file descriptor.",
        """
        int ufd  the timer
        int flags: timerfd_flags  flags
        struct old_itimerspec32* utmr  new setting
        struct old_itimerspec32* otmr  where the old setting goes
        """,
    ),
    call(
        1468, "utimensat_time32", (None, 320, None), "32bit_unique",
        "Set a file's times relative to a directory, in nanoseconds.",
        """
        int dfd: dirfd  directory that a relative path starts from
        const char* filename  path as the caller gave it
        const void* t  addresses of the times of access and change
        int flags: stat_flags  flags
        """,
    ),
    call(
        1469, "pselect6_time32", (None, 308, None), "32bit_unique",
        "Wait for sets of file descriptors, with a signal mask.",
        """
        int n  how many
        fd_set* inp  descriptors to read from
        fd_set* outp  descriptors to write to
        fd_set* exp  descriptors with exceptions
        struct old_timespec32* tsp  how long to wait
        void* sig  the signal
        """,
    ),
    call(
        1470, "ppoll_time32", (None, 309, None), "32bit_unique",
        "Wait for file descriptors, with a signal mask.",
        """
        struct pollfd* ufds  the descriptors and events
        unsigned int nfds  how many
        struct old_timespec32* tsp  how long to wait
        sigset_t* sigmask  signal mask
        size_t sigsetsize  size of a signal set
        """,
    ),
    call(
        1471, "recvmmsg_time32", (None, 337, None), "32bit_unique",
        "Receive several messages.",
        """
        int fd  file descriptor
        struct mmsghdr* mmsg  the messages
        unsigned int vlen  how many
        unsigned int flags: message_flags  flags
        struct old_timespec32* timeout  how long to wait
        """,
    ),
    call(
        1472, "mq_timedsend_time32", (None, 279, None), "32bit_unique",
        "Send a message to a POSIX queue.",
        """
        mqd_t mqdes  the queue
        const char* u_msg_ptr  the message
        unsigned int msg_len  its size
        unsigned int msg_prio  its priority
        struct old_timespec32* u_abs_timeout  time to give up
        """,
    ),
    call(
        1473, "mq_timedreceive_time32", (None, 280, None), "32bit_unique",
        "Receive a message from a POSIX queue.",
        """
        mqd_t mqdes  the queue
        char* u_msg_ptr  the message
        unsigned int msg_len  its size
        unsigned int* u_msg_prio  its priority
        struct old_timespec32* u_abs_timeout  time to give up
        """,
    ),
    call(
        1474, "rt_sigtimedwait_time32", (None, 177, None), "32bit_unique",
        "Wait for a signal, for some time.",
        """
        sigset_t* uthese  the signals
        siginfo_t* uinfo  where its data goes
        struct old_timespec32* uts  how long to wait
        size_t sigsetsize  size of a signal set
        """,
    ),
    call(
        1475, "futex_time32", (None, 240, None), "32bit_unique",
        "Wait on or wake a fast user-space lock.",
        """
        u32* uaddr  the lock
        int op: futex_op  what to do
        u32 val  expected value, or a number
        struct old_timespec32* utime  how long to wait
        u32* uaddr2  another lock
        u32 val3  another value
        """,
    ),
    call(
        1476, "sched_rr_get_interval_time32", (None, 161, None), "32bit_unique",
        "Ask for the time slice of round robin.",
        """
        pid_t pid  process id
        struct old_timespec32* interval  where the time slice goes
        """,
    ),
)  # fmt: skip

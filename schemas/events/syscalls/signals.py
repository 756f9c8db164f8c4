# SPDX-License-Identifier: Apache-2.0
"""Signals."""

from schemas.events.syscalls.row import AT_ENTRY, call

EVENTS = (
    call(
        1277, "kill", (62, 37, 129), "signals",
        "Send a signal to a process.",
        """
        pid_t pid  process id
        int sig: signal  the signal
        """,
    ),
    call(
        1278, "tkill", (200, 238, 130), "signals",
        "Send a signal to a thread.",
        """
        int tid  thread id
        int sig: signal  the signal
        """,
    ),
    call(
        1279, "tgkill", (234, 270, 131), "signals",
        "Send a signal to a thread of a process.",
        """
        int tgid  process id
        int tid  thread id
        int sig: signal  the signal
        """,
    ),
    call(
        1280, "rt_sigaction", (13, 174, 134), "signals",
        "Set what a signal does.",
        """
        int signum: signal  the signal
        const struct sigaction* act  new action
        struct sigaction* oldact  where the old action goes
        size_t sigsetsize  size of a signal set
        """,
    ),
    call(
        1281, "rt_sigprocmask", (14, 175, 135), "signals",
        "Change the set of blocked signals.",
        """
        int how: sigprocmask_how  what to do with the set
        sigset_t* set  the signals
        sigset_t* oldset  where the old set goes
        size_t sigsetsize  size of a signal set
        """,
    ),
    call(
        1282, "rt_sigreturn", (15, 173, 139), "signals",
        "Return from a signal handler. It does not return itself.",
        probe=AT_ENTRY,
    ),
    call(
        1283, "rt_sigpending", (127, 176, 136), "signals",
        "Ask for pending signals.",
        """
        sigset_t* set  where the answer goes
        size_t sigsetsize  size of a signal set
        """,
    ),
    call(
        1284, "rt_sigtimedwait", (128, 421, 137), "signals",
        "Wait for a signal, for some time.",
        """
        const sigset_t* set  the signals
        siginfo_t* info  where its data goes
        const struct timespec* timeout  how long to wait
        size_t sigsetsize  size of a signal set
        """,
    ),
    call(
        1285, "rt_sigqueueinfo", (129, 178, 138), "signals",
        "Send a signal with data to a process.",
        """
        pid_t tgid  process id
        int sig: signal  the signal
        siginfo_t* info  what goes with it
        """,
    ),
    call(
        1286, "rt_tgsigqueueinfo", (297, 335, 240), "signals",
        "Send a signal with data to a thread.",
        """
        pid_t tgid  process id
        pid_t tid  thread id
        int sig: signal  the signal
        siginfo_t* info  what goes with it
        """,
    ),
    call(
        1287, "rt_sigsuspend", (130, 179, 133), "signals",
        "Wait for a signal, with a signal mask.",
        """
        sigset_t* mask  mask
        size_t sigsetsize  size of a signal set
        """,
    ),
    call(
        1288, "sigaltstack", (131, 186, 132), "signals",
        "Set the stack of signal handlers.",
        """
        const stack_t* ss  new stack
        stack_t* old_ss  where the old stack goes
        """,
    ),
    call(
        1289, "pause", (34, 29, None), "signals",
        "Wait for a signal.",
    ),
    call(
        1290, "signalfd", (282, 321, None), "signals",
        "Make a file descriptor that signals are read from.",
        """
        int fd  -1, or the descriptor to change
        sigset_t* mask  the signals
        int flags  flags
        """,
    ),
    call(
        1291, "signalfd4", (289, 327, 74), "signals",
        "Make a file descriptor that signals are read from, with flags.",
        """
        int fd  -1, or the descriptor to change
        const sigset_t* mask  the signals
        size_t sizemask  size of the mask
        int flags: descriptor_flags  flags
        """,
    ),
    call(
        1292, "eventfd", (284, 323, None), "signals",
        "Make a file descriptor that events are counted on.",
        """
        unsigned int initval  first count
        int flags  flags
        """,
    ),
    call(
        1293, "eventfd2", (290, 328, 19), "signals",
        "Make a file descriptor that events are counted on, with flags.",
        """
        unsigned int initval  first count
        int flags: eventfd_flags  flags
        """,
    ),
    call(
        1294, "restart_syscall", (219, 0, 128), "signals",
        "Go on with a call that a stop signal interrupted.",
    ),
    call(
        1295, "pidfd_send_signal", (424, 424, 424), "signals",
        "Send a signal to the process that a file descriptor stands for.",
        """
        int pidfd  descriptor that stands for the process
        int sig: signal  the signal
        siginfo_t* info  what goes with it
        unsigned int flags  flags
        """,
    ),
)  # fmt: skip

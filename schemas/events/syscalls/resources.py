# SPDX-License-Identifier: Apache-2.0
"""Limits and usage of resources, and areas that a thread registers."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1199, "set_tid_address", (218, 258, 96), "proc",
        "Say where the thread's id is cleared when it ends.",
        """
        int* tidptr  where the id is cleared
        """,
    ),
    call(
        1200, "set_thread_area", (205, 243, None), "proc",
        "Set an entry of the thread's local storage.",
        """
        struct user_desc* u_info  the entry
        """,
    ),
    call(
        1201, "get_thread_area", (211, 244, None), "proc",
        "Ask for an entry of the thread's local storage.",
        """
        struct user_desc* u_info  the entry
        """,
    ),
    call(
        1202, "getrlimit", (97, 191, 163), "proc",
        "Ask for a limit of resources.",
        """
        int resource: rlimit_resource  the resource
        struct rlimit* rlim  the limit
        """,
    ),
    call(
        1203, "setrlimit", (160, 75, 164), "proc",
        "Set a limit of resources.",
        """
        int resource: rlimit_resource  the resource
        const struct rlimit* rlim  the limit
        """,
    ),
    call(
        1204, "prlimit64", (302, 340, 261), "proc",
        "Ask for or set a limit of resources, of any process.",
        """
        pid_t pid  process id
        int resource: rlimit_resource  the resource
        const struct rlimit64* new_limit  the new limit
        struct rlimit64* old_limit  where the old limit goes
        """,
    ),
    call(
        1205, "getrusage", (98, 77, 165), "proc",
        "Ask for resource usage.",
        """
        int who: rusage_who  whose
        struct rusage* usage  where the answer goes
        """,
    ),
    call(
        1206, "times", (100, 43, 153), "proc",
        "Ask for processor times.",
        """
        struct tms* buf  where the answer goes
        """,
    ),
    call(
        1207, "rseq", (334, 386, 293), "proc",
        "Register restartable sequences.",
        """
        struct rseq* rseq  the area
        u32 rseq_len  its size
        int flags: rseq_flags  flags
        u32 sig  the signal
        """,
    ),
    call(
        1208, "rseq_slice_yield", (471, 471, 471), "proc proc_sched",
        "Give the extension of a time slice back.",
    ),
)  # fmt: skip

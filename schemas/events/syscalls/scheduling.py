# SPDX-License-Identifier: Apache-2.0
"""Scheduling and priorities."""

from schemas.events.syscalls.row import call

EVENTS = (
    call(
        1234, "sched_yield", (24, 158, 124), "proc proc_sched",
        "Let another thread run.",
    ),
    call(
        1235, "sched_setparam", (142, 154, 118), "proc proc_sched",
        "Set the parameters of scheduling.",
        """
        pid_t pid  process id
        struct sched_param* param  the parameters
        """,
    ),
    call(
        1236, "sched_getparam", (143, 155, 121), "proc proc_sched",
        "Ask for the parameters of scheduling.",
        """
        pid_t pid  process id
        struct sched_param* param  the parameters
        """,
    ),
    call(
        1237, "sched_setscheduler", (144, 156, 119), "proc proc_sched",
        "Set the policy of scheduling.",
        """
        pid_t pid  process id
        int policy: sched_policy  policy
        struct sched_param* param  the parameters
        """,
    ),
    call(
        1238, "sched_getscheduler", (145, 157, 120), "proc proc_sched",
        "Ask for the policy of scheduling.",
        """
        pid_t pid  process id
        """,
    ),
    call(
        1239, "sched_setattr", (314, 351, 274), "proc proc_sched",
        "Set the policy and attributes of scheduling.",
        """
        pid_t pid  process id
        struct sched_attr* attr  policy and attributes
        unsigned int flags  flags
        """,
    ),
    call(
        1240, "sched_getattr", (315, 352, 275), "proc proc_sched",
        "Ask for the policy and attributes of scheduling.",
        """
        pid_t pid  process id
        struct sched_attr* attr  where the answer goes
        unsigned int size  size in bytes
        unsigned int flags  flags
        """,
    ),
    call(
        1241, "sched_get_priority_max", (146, 159, 125), "proc proc_sched",
        "Ask for a policy's highest priority.",
        """
        int policy: sched_policy  policy
        """,
    ),
    call(
        1242, "sched_get_priority_min", (147, 160, 126), "proc proc_sched",
        "Ask for a policy's lowest priority.",
        """
        int policy: sched_policy  policy
        """,
    ),
    call(
        1243, "sched_rr_get_interval", (148, 423, 127), "proc proc_sched",
        "Ask for the time slice of round robin.",
        """
        pid_t pid  process id
        struct timespec* tp  the time
        """,
    ),
    call(
        1244, "sched_setaffinity", (203, 241, 122), "proc proc_sched",
        "Set the processors that a thread may run on.",
        """
        pid_t pid  process id
        size_t cpusetsize  size of the mask
        unsigned long* mask  the processors
        """,
    ),
    call(
        1245, "sched_getaffinity", (204, 242, 123), "proc proc_sched",
        "Ask for the processors that a thread may run on.",
        """
        pid_t pid  process id
        size_t cpusetsize  size of the mask
        unsigned long* mask  where the answer goes
        """,
    ),
    call(
        1246, "getpriority", (140, 96, 141), "proc proc_sched",
        "Ask for the priority of processes.",
        """
        int which: priority_which  what the id is of
        int who  whose
        """,
    ),
    call(
        1247, "setpriority", (141, 97, 140), "proc proc_sched",
        "Set the priority of processes.",
        """
        int which: priority_which  what the id is of
        int who  whose
        int prio  priority
        """,
    ),
    call(
        1248, "ioprio_set", (251, 289, 30), "proc proc_sched",
        "Set the priority of input and output.",
        """
        int which: ioprio_which  what the id is of
        int who  whose
        int ioprio  class and level
        """,
    ),
    call(
        1249, "ioprio_get", (252, 290, 31), "proc proc_sched",
        "Ask for the priority of input and output.",
        """
        int which: ioprio_which  what the id is of
        int who  whose
        """,
    ),
)  # fmt: skip

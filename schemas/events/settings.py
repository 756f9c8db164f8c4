# SPDX-License-Identifier: Apache-2.0
"""What is set: limits of processes, the clock, and what prctl(2) sets."""

from schemas.event_type import EventType, after, before, fields, hook

_PLACES = (
    "start_code  start of the program's code",
    "end_code  its end",
    "start_data  start of its data",
    "end_data  their end",
    "start_brk  start of the heap",
    "brk  its end",
    "start_stack  start of the stack",
    "arg_start  start of the arguments",
    "arg_end  their end",
    "env_start  start of the environment",
    "env_end  its end",
)


def _memory(when: str) -> str:
    """Fields of what a process says of its memory; WHEN: old or new."""
    return "\n".join(
        (
            *(f"void* {when}_{place}" for place in _PLACES),
            f"bytes {when}_auxv  auxiliary vector",
            f"const char* {when}_pathname  path of the program's file",
            f"dev_t {when}_dev  its device",
            f"unsigned long {when}_inode  its inode",
            f"unsigned long {when}_ctime  last change of its inode, ns since the epoch",
            f"umode_t {when}_inode_mode: file_mode  its type and permissions",
        )
    )


EVENTS = (
    EventType(
        id=470,
        name="security_task_setrlimit",
        doc="A limit of a process is about to be set.",
        sets=("lsm_hooks", "lsm"),
        fields=fields("""
            unsigned int target_host_pid  the process, as the host numbers it
            int resource: rlimit_resource  what is limited
            u64 new_rlim_cur  limit in force
            u64 new_rlim_max  up to where the process may raise it
        """),
        probes=(
            *hook("task_setrlimit", "security_task_setrlimit", "task_setrlimit"),
            after(
                "task_setrlimit",
                "setrlimit",
                "prlimit64",
                note="sees calls that worked; target_host_pid is nil where a container's process "
                "sets that of another",
            ),
        ),
    ),
    EventType(
        id=471,
        name="security_settime64",
        doc="The system's clock or time zone is about to be set.",
        sets=("lsm_hooks", "lsm"),
        fields=fields("""
            long tv_sec  seconds since the epoch
            long tv_nsec  and nanoseconds; nil where only the zone is set
            int tz_minuteswest  time zone: minutes west of Greenwich
            int tz_dsttime  nil, as the other, where only the time is set
        """),
        probes=(
            *hook("settime64", "security_settime64", "settime"),
            after(
                "settime64",
                "settimeofday",
                "clock_settime",
                "clock_settime32",
                "stime",
                note="sees calls that worked or were not permitted",
            ),
        ),
    ),
    EventType(
        id=472,
        name="security_task_prctl",
        doc="prctl(2) was called. Fields of memory are of PR_SET_MM alone.",
        sets=("lsm_hooks", "lsm", "proc"),
        fields=fields(f"""
            int option: prctl_option  what to do
            unsigned long arg2  second argument
            unsigned long arg3  third argument
            unsigned long arg4  fourth argument
            unsigned long arg5  fifth argument
            const char* vma_name  name that memory gets (PR_SET_VMA)
            {_memory("old")}
            {_memory("new")}
            u32 old_securebits  what PR_SET_SECUREBITS changes, as it was
        """),
        probes=(
            *hook("task_prctl", "security_task_prctl", "task_prctl"),
            before("task_prctl", "prctl"),
        ),
    ),
)

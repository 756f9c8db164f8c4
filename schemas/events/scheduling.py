# SPDX-License-Identifier: Apache-2.0
"""Tasks that get another name, processor or control group, what they may do, and each of their
system calls.
"""

from schemas.event_type import EventType, Probe, fields, hook

EVENTS = (
    EventType(
        id=550,
        name="task_rename",
        doc="A task got another name. The event's task has still the old one.",
        sets=("proc", "proc_life"),
        fields=fields("""
            const char* old_name  name until then
            const char* new_name  name from then on
        """),
        probes=(Probe("tp_btf/task_rename", ("on_task_rename",)),),
    ),
    EventType(
        id=551,
        name="sched_switch",
        doc="A processor goes on with another task. The event's task is the one that it leaves.",
        sets=("proc", "sched"),
        fields=fields("""
            int cpu  the processor
            int prev_tid  thread that it leaves
            const char* prev_comm  its name
            int next_tid  thread that it goes on with
            const char* next_comm  its name
        """),
        probes=(Probe("tp_btf/sched_switch", ("on_sched_switch",)),),
    ),
    EventType(
        id=552,
        name="do_exit",
        doc="A task is about to end.",
        sets=("proc", "proc_life"),
        fields=fields("""
            long code  the kernel's exit code: status * 256 + signal
        """),
        probes=(
            *hook("do_exit", "do_exit"),
            Probe("tp_btf/sched_process_exit", ("on_exit_code",)),
        ),
    ),
    EventType(
        id=553,
        name="cgroup_attach_task",
        doc="A task was moved to a control group. The event's task is the one that moved it.",
        sets=("containers", "lifecycle"),
        fields=fields("""
            const char* cgroup_path  path of the group below its hierarchy's root
            const char* comm  name of the task that was moved
            pid_t pid  its thread, as the host numbers it
        """),
        probes=(Probe("tp_btf/cgroup_attach_task", ("on_cgroup_attach_task",)),),
    ),
    EventType(
        id=554,
        name="cap_capable",
        doc="The kernel asked whether a task has a capability.",
        sets=("lsm_hooks", "lsm", "proc"),
        fields=fields("""
            int cap: capability  the capability
        """),
        probes=(
            *hook("cap_capable", "cap_capable"),
            Probe(
                "tp_btf/cap_capable",
                ("on_cap_capable",),
                "sees also what the kernel asks without anybody hearing of it",
            ),
            Probe("lsm/capable", ("on_cap_capable_lsm",), "does not see what a task is refused"),
        ),
    ),
    EventType(
        id=555,
        name="sys_enter",
        doc="A system call begins, whichever it is.",
        sets=("raw_syscalls",),
        fields=fields("""
            int syscall  its number, in the table of 32-bit calls if the event is compat
        """),
        probes=(Probe("tp_btf/sys_enter", ("on_any_enter",)),),
    ),
    EventType(
        id=556,
        name="sys_exit",
        doc="A system call returns, whichever it is.",
        sets=("raw_syscalls",),
        fields=fields("""
            int syscall  its number, in the table of 32-bit calls if the event is compat
        """),
        probes=(Probe("tp_btf/sys_exit", ("on_any_exit",)),),
    ),
)

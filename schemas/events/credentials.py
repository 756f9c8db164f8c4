# SPDX-License-Identifier: Apache-2.0
"""What a task may do, and where: its credentials and its namespaces."""

from schemas.event_type import EventType, around, fields, hook

_SET_IDS = (
    *("setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid"),
    *("setuid16", "setgid16", "setreuid16", "setregid16", "setresuid16", "setresgid16"),
    *("setfsuid16", "setfsgid16"),
)

EVENTS = (
    EventType(
        id=520,
        name="commit_creds",
        doc="The credentials of a task changed: its users, groups, capabilities or user namespace.",
        sets=("detection", "proc", "proc_ids"),
        fields=fields("""
            slim_cred_t old_cred  until then
            slim_cred_t new_cred  from then on
        """),
        probes=(
            *hook("commit_creds", "commit_creds"),
            around(
                "commit_creds",
                *_SET_IDS,
                *("capset", "prctl", "setns", "unshare", "execve", "execveat"),
                note="sees changes by the calls that are made for it; not what an exploit of "
                "another call, or another task, changed",
            ),
        ),
    ),
    EventType(
        id=521,
        name="switch_task_ns",
        doc="A task changed its namespaces. The event's task is as it was before.",
        sets=("detection", "proc"),
        fields=fields("""
            pid_t pid  thread, as the host numbers it
            u32 new_mnt  new mount namespace; nothing, as below, where it stays
            u32 new_pid  new pid namespace, of its children
            u32 new_uts  new namespace of the host's name
            u32 new_ipc  new namespace of interprocess communication
            u32 new_net  new network namespace
            u32 new_cgroup  new namespace of control groups
        """),
        probes=(
            *hook("switch_task_ns", "switch_task_namespaces"),
            around("switch_task_ns", "setns", "unshare"),
        ),
    ),
)

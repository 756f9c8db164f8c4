# SPDX-License-Identifier: Apache-2.0
"""The task that our findings name: our own, which looked. Read from the kernel, so that its start
is the one that other events of it have.
"""

import os

from collector.integrity.memory import Memory
from schemas.task import Task


def own_task(memory: Memory) -> Task:
    task = memory.task()
    sets = memory.pointer(task, "task_struct", "cgroups")
    group = memory.pointer(sets, "css_set", "dfl_cgrp")
    node = memory.pointer(group, "cgroup", "kn")
    start = memory.pointer(task, "task_struct", "start_boottime")
    parent = memory.pointer(task, "task_struct", "real_parent")
    return Task(
        start_time=start,
        process_start_time=start,
        cgroup_id=memory.pointer(node, "kernfs_node", "id"),
        host_pid=memory.number(task, "task_struct", "tgid"),
        host_tid=memory.number(task, "task_struct", "pid"),
        host_ppid=memory.number(parent, "task_struct", "tgid"),
        pid=os.getpid(),
        tid=os.getpid(),
        ppid=os.getppid(),
        uid=os.getuid(),
        euid=os.geteuid(),
        mnt_ns=os.stat("/proc/self/ns/mnt").st_ino,
        pid_ns=os.stat("/proc/self/ns/pid").st_ino,
        comm=memory.read(task + memory.structures.offset("task_struct", "comm"), 16),
        uts_name=os.uname().nodename.encode(),
    )

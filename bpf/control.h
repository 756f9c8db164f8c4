/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Records of the control ring: what the collector must know of processes and control groups
 * before it hands on the events that happened in them. Read by collector/context/control.py.
 */
#pragma once
#include "context.h"
#include "path.h"

enum control_kind {
	CONTROL_FORK = 1,
	CONTROL_EXEC = 2,
	CONTROL_EXIT = 3,
	CONTROL_CGROUP_MADE = 4,
	CONTROL_CGROUP_REMOVED = 5,
	CONTROL_OBJECT_LOADED = 6, /* of the process; parent_start is the file's last change */
};

struct control {
	u32 kind;
	u32 pid;
	u64 start;
	u32 parent;
	u32 size; /* of text */
	u64 parent_start;
	u64 cgroup;
	u64 policies; /* that ask for the object that was loaded */
	u64 since;    /* of an exec: when, ns since boot; 0: before we looked */
	u64 maker_start;
	u32 maker; /* of a fork: whose program it runs, which need not be its parent's */
	u32 inside; /* of an exec: with other mounts than the host's */
	u8 text[STRING_MAX]; /* executable, or path of the control group or the object */
};

static __always_inline void put_process(struct control *control, struct task_struct *task)
{
	struct task_struct *leader = LOAD(task, group_leader);
	struct task_struct *parent = LOAD(task, real_parent);
	struct task_struct *parent_leader = LOAD(parent, group_leader);

	control->pid = LOAD(task, tgid);
	control->start = LOAD(leader, start_boottime);
	control->parent = LOAD(parent, tgid);
	control->parent_start = LOAD(parent_leader, start_boottime);
	control->cgroup = cgroup_of(task);
	control->size = 0;
}

static __always_inline void send_control(struct control *control, u32 kind)
{
	u32 size = *(volatile u32 *)&control->size;

	asm volatile("" : "+r"(size));
	if (size > STRING_MAX)
		size = STRING_MAX;
	control->kind = kind;
	if (bpf_ringbuf_output(&control_ring, control, __builtin_offsetof(struct control, text) + size,
			       BPF_RB_NO_WAKEUP))
		count_lost(0);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a task is in, and who it is. */
#pragma once
#include "kernel.h"

/* How deep in pid namespaces a task is; 0: in the host's. */
static __always_inline u32 pid_level(struct task_struct *task)
{
	struct pid *pid = LOAD(task, thread_pid);

	return LOAD(pid, level);
}

/* A task's number in its own pid namespace, and that namespace. The struct is read with the
 * helper: kernels like 6.1 refuse to add a variable to a pointer whose type they know.
 */
static __always_inline struct upid own_number(struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	u32 level = BPF_CORE_READ(pid, level);
	struct upid found = {};
	void *at;

	if (level > 31)
		level = 31; /* MAX_PID_NS_LEVEL is 32 */
	at = (void *)pid + bpf_core_field_offset(struct pid, numbers) +
	     level * bpf_core_type_size(struct upid);
	bpf_probe_read_kernel(&found.nr, sizeof(found.nr),
			      at + bpf_core_field_offset(struct upid, nr));
	bpf_probe_read_kernel(&found.ns, sizeof(found.ns),
			      at + bpf_core_field_offset(struct upid, ns));
	return found;
}

static __always_inline u32 own_tid(struct task_struct *task)
{
	return own_number(task).nr;
}

/* The inode of the pid namespace that a task is in. Mostly it is the one that its children will
 * be in, which a load finds; after unshare(2) and setns(2) that one lies deeper.
 */
static __always_inline u32 pid_ns_of(struct task_struct *task, struct nsproxy *spaces)
{
	struct pid_namespace *of_children = LOAD(spaces, pid_ns_for_children);

	if (LOAD(of_children, level) == pid_level(task))
		return LOAD(of_children, ns.inum);
	return BPF_CORE_READ(own_number(task).ns, ns.inum);
}

static __always_inline u64 cgroup_of(struct task_struct *task)
{
	struct css_set *sets = LOAD(task, cgroups);
	struct cgroup *cgroup = LOAD(sets, dfl_cgrp);
	struct kernfs_node *node = LOAD(cgroup, kn);

	return LOAD(node, id);
}

static __always_inline u32 uid_of(struct task_struct *task)
{
	struct cred *cred = LOAD(task, cred);

	return LOAD(cred, uid.val);
}

static __always_inline u32 mnt_ns_of(struct task_struct *task)
{
	struct nsproxy *spaces = LOAD(task, nsproxy);
	struct mnt_namespace *mounts = LOAD(spaces, mnt_ns);

	return LOAD(mounts, ns.inum);
}

/* Eight bytes of a task's name, with whatever is behind its end. */
static __always_inline u64 comm_word(struct task_struct *task, u32 at)
{
	return ((u64 *)task->comm)[at];
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The fixed part of a record: which event, when, in which task; and sending it. */
#pragma once
#include "record.h"
#include "scope.h"

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

/* The number of the system call that the current task is in; -1 where that cannot be told: before
 * 5.15 there is no helper that finds a task's registers.
 */
static __always_inline s32 current_call(void)
{
	struct pt_regs *regs;

	if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return -1;
	regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
#if defined(__TARGET_ARCH_x86)
	return LOAD(regs, orig_ax);
#else
	return LOAD(regs, syscallno);
#endif
}

static __always_inline u64 cgroup_of(struct task_struct *task)
{
	struct css_set *sets = LOAD(task, cgroups);
	struct cgroup *cgroup = LOAD(sets, dfl_cgrp);
	struct kernfs_node *node = LOAD(cgroup, kn);

	return LOAD(node, id);
}

static __always_inline void put_numbers(struct context *context, struct task_struct *task)
{
	struct task_struct *leader = LOAD(task, group_leader);
	struct task_struct *parent = LOAD(task, real_parent);
	u32 level = pid_level(task);

	context->start_time = LOAD(task, start_boottime);
	context->process_start_time = LOAD(leader, start_boottime);
	context->host_pid = LOAD(task, tgid);
	context->host_tid = LOAD(task, pid);
	context->host_ppid = LOAD(parent, tgid);
	context->pid = context->host_pid;
	context->tid = context->host_tid;
	context->ppid = context->host_ppid;
	if (level) {
		parent = LOAD(parent, group_leader);
		context->pid = own_tid(leader);
		context->tid = own_tid(task);
		/* a parent outside the namespace has no number in it */
		context->ppid = pid_level(parent) == level ? own_tid(parent) : 0;
	}
}

static __always_inline void put_context(struct context *context, struct task_struct *task,
					s32 syscall)
{
	struct cred *cred = LOAD(task, cred);
	struct nsproxy *spaces = LOAD(task, nsproxy);
	struct mnt_namespace *mounts = LOAD(spaces, mnt_ns);
	struct uts_namespace *uts = LOAD(spaces, uts_ns);

	put_numbers(context, task);
	context->cgroup_id = cgroup_of(task);
	context->uid = LOAD(cred, uid.val);
	context->euid = LOAD(cred, euid.val);
	context->mnt_ns = LOAD(mounts, ns.inum);
	context->pid_ns = pid_ns_of(task, spaces);
	context->cpu = bpf_get_smp_processor_id();
	context->syscall = syscall;
	copy_comm(context->comm, task);
	bpf_probe_read_kernel(context->uts_name, sizeof(context->uts_name),
			      __builtin_preserve_access_index(&uts->name.nodename));
}

static __always_inline struct context *context_in(struct buffer *buffer)
{
	return (struct context *)(buffer->bytes + CONTEXT_AT);
}

/* Begin the record of an event in the current task; the arguments follow. */
static __always_inline void begin(struct buffer *buffer, struct task_struct *task, s32 syscall)
{
	buffer->flags = 0;
	buffer->argument = 0;
	*(volatile u32 *)&buffer->at = ARGUMENTS_AT;
	put_context(context_in(buffer), task, syscall);
}

static __always_inline u64 container_flag(struct config *config, u64 cgroup)
{
	u8 *state;

	if (!config->containers)
		return 0;
	state = bpf_map_lookup_elem(&containers, &cgroup);
	return state && *state == CONTAINER_STARTED ? FLAG_CONTAINER_STARTED : 0;
}

static __always_inline void count_lost(u32 event)
{
	u64 *count = bpf_map_lookup_elem(&lost, &event);

	if (count)
		__sync_fetch_and_add(count, 1);
}

static __always_inline void put_head(struct buffer *buffer, struct config *config, u16 event,
				     s64 returned, u64 policies)
{
	u8 *to = buffer->bytes;
	u64 flags = buffer->flags | container_flag(config, context_in(buffer)->cgroup_id);

	STORE8(to, 0xdc);
	STORE16(to + 1, 8 + buffer->argument);
	STORE8(to + 3, 0xcd);
	STORE16(to + 4, event);
	STORE8(to + 6, 0xcf);
	STORE64(to + 7, bpf_ktime_get_boot_ns());
	STORE8(to + 15, 0xd3);
	STORE64(to + 16, returned);
	STORE8(to + 24, 0xcf);
	STORE64(to + 25, policies);
	STORE8(to + 33, 0xcd);
	STORE16(to + 34, config->generation);
	STORE8(to + 36, 0xcf);
	STORE64(to + 37, flags);
	STORE8(to + 45, 0xc4);
	STORE8(to + 46, sizeof(struct context));
}

/* End the record and send it. */
static __always_inline void send(struct buffer *buffer, u16 event, s64 returned, u64 policies)
{
	struct config *config = get_config();
	u8 *to = next(buffer, 0);
	u32 end = *(volatile u32 *)&buffer->at + 2;

	if (!config)
		return;
	put_head(buffer, config, event, returned, policies);
	STORE8(to, 0xc4);
	STORE8(to + 1, (-end & 7) + 8);
	asm volatile("" : "+r"(end));
	if (end > BUFFER_SIZE)
		end = BUFFER_SIZE;
	if (bpf_ringbuf_output(&events, buffer->bytes, end, BPF_RB_NO_WAKEUP))
		count_lost(event);
}

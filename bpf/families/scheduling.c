/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Tasks that get another name, processor or control group, and what they may do. */
#include "hook.h"

BUFFERS(rename_buffers);
BUFFERS(switch_buffers);
BUFFERS(do_exit_buffers);
BUFFERS(exit_code_buffers);
BUFFERS(attach_buffers);
BUFFERS(capable_buffers);
BUFFERS(any_enter_buffers);
BUFFERS(any_exit_buffers);

#define CAP_OPT_NOAUDIT 2

/* A name of up to 15 bytes. */
static __always_inline void put_comm(struct buffer *buffer, const void *from)
{
	u8 *to = next(buffer, 16);
	long size = bpf_probe_read_kernel_str(to + 3, 16, from);

	if (size < 1 || size > 16)
		return put_nil(buffer);
	put_bin_head(buffer, to, size - 1);
}

SEC("tp_btf/task_rename")
int BPF_PROG(on_task_rename, struct task_struct *renamed, const char *comm)
{
	struct buffer *buffer = get_buffer(rename_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_TASK_RENAME, task);

	if (!policies || !buffer)
		return 0;
	begin(buffer, task, current_call());
	put_comm(buffer, &renamed->comm);
	put_comm(buffer, comm);
	send(buffer, EVENT_TASK_RENAME, 0, policies);
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_sched_switch, u64 preempt, struct task_struct *from, struct task_struct *to)
{
	struct buffer *buffer = get_buffer(switch_buffers);
	struct task_struct *task = typed(from, struct task_struct);
	u64 policies = wanted(EVENT_SCHED_SWITCH, task);

	if (!policies || !buffer)
		return 0;
	begin(buffer, task, current_call());
	put_i32(buffer, bpf_get_smp_processor_id());
	put_i32(buffer, LOAD(task, pid));
	put_comm(buffer, &from->comm);
	put_i32(buffer, BPF_CORE_READ(to, pid));
	put_comm(buffer, &to->comm);
	send(buffer, EVENT_SCHED_SWITCH, 0, policies);
	return 0;
}

static __always_inline void send_exit_code(struct buffer *buffer, s64 code)
{
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_DO_EXIT, task);

	if (!policies || !buffer)
		return;
	begin(buffer, task, current_call());
	put_i64(buffer, code);
	send(buffer, EVENT_DO_EXIT, 0, policies);
}

PLACE1(do_exit, do_exit, s64, code)
{
	send_exit_code(get_buffer(do_exit_buffers), code);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit_code, struct task_struct *ends)
{
	send_exit_code(get_buffer(exit_code_buffers), BPF_CORE_READ(ends, exit_code));
	return 0;
}

SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(on_cgroup_attach_task, struct cgroup *group, const char *path, struct task_struct *moved,
	     u64 whole)
{
	struct buffer *buffer = get_buffer(attach_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_CGROUP_ATTACH_TASK, task);

	if (!policies || !buffer)
		return 0;
	begin(buffer, task, current_call());
	put_kernel_string(buffer, path);
	put_comm(buffer, &moved->comm);
	put_i32(buffer, BPF_CORE_READ(moved, pid));
	send(buffer, EVENT_CGROUP_ATTACH_TASK, 0, policies);
	return 0;
}

static __always_inline void send_capable(s32 capability)
{
	struct buffer *buffer = get_buffer(capable_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_CAP_CAPABLE, task);

	if (!policies || !buffer)
		return;
	begin(buffer, task, current_call());
	put_i32(buffer, capability);
	send(buffer, EVENT_CAP_CAPABLE, 0, policies);
}

/* The kernel also asks for what it may do without anybody hearing of it. */
HOOK4(EVENT_CAP_CAPABLE, cap_capable, capable, cap_capable, struct cred *, cred,
      struct user_namespace *, space, s32, capability, u32, options)
{
	if (!(options & CAP_OPT_NOAUDIT))
		send_capable(capability);
}

SEC("tp_btf/cap_capable")
int BPF_PROG(on_cap_capable, struct cred *cred, struct user_namespace *space,
	     struct user_namespace *owner, s32 capability)
{
	send_capable(capability);
	return 0;
}

/* Every system call, whatever it is. */

static __always_inline int any_call(struct buffer *buffer, s32 number, s64 returned, u32 event)
{
	struct task_struct *task = current_task();
	u64 policies = wanted(event, task);

	if (!policies || !buffer)
		return 0;
	begin(buffer, task, number);
#if defined(__TARGET_ARCH_x86)
	if (LOAD(task, thread_info.status) & PF_COMPAT_CALL)
		buffer->flags |= FLAG_COMPAT;
#endif
	put_i32(buffer, number);
	send(buffer, event, returned, policies);
	return 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(on_any_enter, struct pt_regs *regs, long number)
{
	return any_call(get_buffer(any_enter_buffers), number, 0, EVENT_SYS_ENTER);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_any_exit, struct pt_regs *at, long returned)
{
	struct pt_regs *regs = typed(at, struct pt_regs);

#if defined(__TARGET_ARCH_x86)
	return any_call(get_buffer(any_exit_buffers), LOAD(regs, orig_ax), returned,
			EVENT_SYS_EXIT);
#else
	return any_call(get_buffer(any_exit_buffers), LOAD(regs, syscallno), returned,
			EVENT_SYS_EXIT);
#endif
}

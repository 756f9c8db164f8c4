/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The fixed part of a record: which event, when, in which task; and sending it. */
#pragma once
#include "filter.h"
#include "record.h"
#include "scope.h"

#define THREAD_SIZE (16 << 10)

/* What the current task had in its registers as it entered the kernel; NULL where that cannot be
 * told. The helper is there since 5.15. Before 5.11 reads of any address are allowed, and the
 * registers lie at the upper end of the task's stack.
 */
static __always_inline struct pt_regs *current_registers(void)
{
	struct task_struct *task = current_task();

	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return typed((void *)bpf_task_pt_regs(bpf_get_current_task_btf()), struct pt_regs);
	if (TYPED)
		return 0;
	return BPF_CORE_READ(task, stack) + THREAD_SIZE - bpf_core_type_size(struct pt_regs);
}

/* The number of the system call that the current task is in; -1 where that cannot be told. */
static __always_inline s32 current_call(void)
{
	struct pt_regs *regs = current_registers();

	if (!regs)
		return -1;
#if defined(__TARGET_ARCH_x86)
	return LOAD(regs, orig_ax);
#else
	return LOAD(regs, syscallno);
#endif
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

static __noinline void put_context(struct context *context, struct task_struct *task,
					s32 syscall)
{
	struct cred *cred = LOAD(task, cred);
	struct nsproxy *spaces = LOAD(task, nsproxy);
	struct uts_namespace *uts = LOAD(spaces, uts_ns);

	put_numbers(context, task);
	context->cgroup_id = cgroup_of(task);
	context->uid = LOAD(cred, uid.val);
	context->euid = LOAD(cred, euid.val);
	context->mnt_ns = mnt_ns_of(task);
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

/* Begin the record of an event in the current task; the arguments follow.
 *
 * What was read before is read anew after it. 6.1's verifier forgets, where it walks the body of a
 * called function once for two callers' sakes, that a register of theirs decided a branch: for a
 * register that is asked the same both before a call and after it, it takes the answer of the one
 * way that it walked for that of all, and makes a program of it that does not ask.
 */
static __always_inline void begin(struct buffer *buffer, struct task_struct *task, s32 syscall)
{
	empty(buffer);
	put_context(context_in(buffer), task, syscall);
	asm volatile("" : : : "memory");
}

static __always_inline u64 container_flag(struct config *config, u64 cgroup)
{
	struct container *container;

	if (!config->containers)
		return 0;
	container = bpf_map_lookup_elem(&containers, &cgroup);
	return container && container->state == CONTAINER_STARTED ? FLAG_CONTAINER_STARTED : 0;
}

static __always_inline void count(void *counters, u32 event)
{
	u64 *counted = bpf_map_lookup_elem(counters, &event);

	if (counted)
		__sync_fetch_and_add(counted, 1);
}

static __always_inline void count_lost(u32 event)
{
	count(&lost, event);
}

static __always_inline void put_head(struct buffer *buffer, struct config *config, u32 half,
				     u16 event, s64 returned, u64 policies)
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
	STORE16(to + 34, config->plans[half & 1].generation);
	STORE8(to + 36, 0xcf);
	STORE64(to + 37, flags);
	STORE8(to + 45, 0xc4);
	STORE8(to + 46, sizeof(struct context));
}

/* A marked record that the collector will not see. */
static __always_inline void lose(struct buffer *buffer, struct config *config, u16 event)
{
	if (buffer->flags & FLAG_UNDECIDED)
		__sync_fetch_and_add(&config->undecided, -1);
	count_lost(event);
}

/* What was judged by a plan that is not in force any more has the bits of that plan's policies. */
static __always_inline void mark_undecided(struct buffer *buffer, struct config *config, u32 half,
					   struct selection *selection, u64 policies)
{
	if (!(buffer->flags & FLAG_UNRESOLVED) && !(selection && policies & selection->undecided) &&
	    !((half ^ in_force(config)) & 1))
		return;
	buffer->flags |= FLAG_UNDECIDED;
	__sync_fetch_and_add(&config->undecided, 1); /* before the record can be seen */
}

/* Where the current task's program is, and where its functions return to, the innermost first, as
 * far as frame pointers lead. Returns bytes.
 */
static __always_inline u32 take_stack(u8 *to)
{
	long size;

	if (!TYPED)
		return 0;
	size = bpf_get_task_stack(bpf_get_current_task_btf(), to, STACK_SIZE, BPF_F_USER_STACK);
	return size < 0 ? 0 : size & 0xf8;
}

/* End the record and send it; `half`: of the plan that it was judged by. */
static __always_inline void send_by(struct buffer *buffer, struct config *config, u32 half,
				    u16 event, s64 returned, u64 policies)
{
	struct selection *selection = get_selection(event, half);
	u32 end, size = 0;
	u8 *to;

	if (wishes.filters && selection && selection->tests) {
		STORE8(buffer->bytes + 15, 0xd3);
		STORE64(buffer->bytes + 16, returned);
		policies = filter(buffer, selection, half, policies);
		if (!policies)
			return count(&filtered, event);
	}
	mark_undecided(buffer, config, half, selection, policies);
	put_head(buffer, config, half, event, returned, policies);
	/* Not before: newer verifiers forget its bounds where filters loop. */
	to = next(buffer, STACK_SIZE);
	end = *(volatile u32 *)&buffer->at + 2;
	if (wishes.stacks) {
		size = take_stack(to + 2);
		end += size;
	}
	STORE8(to, 0xc4);
	STORE8(to + 1, size + (-end & 7) + 8);
	asm volatile("" : "+r"(end));
	if (end > BUFFER_SIZE)
		end = BUFFER_SIZE;
	if (bpf_ringbuf_output(&events, buffer->bytes, end, BPF_RB_NO_WAKEUP))
		lose(buffer, config, event);
}

static __noinline void send(struct buffer *buffer, u16 event, s64 returned, u64 policies)
{
	struct config *config = get_config();
	struct verdict *verdict;
	u32 force;

	if (!config)
		return;
	verdict = get_verdict(0);
	force = verdict && verdict->in_force ? verdict->in_force : in_force(config);
	if (is_unresolved(verdict, &config->plans[force & 1], context_in(buffer)->cgroup_id))
		buffer->flags |= FLAG_UNRESOLVED;
	send_by(buffer, config, force & 1, event, returned, policies);
}

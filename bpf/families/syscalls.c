/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* System calls: one pair of programs, driven by the table `calls`. */
#include "arguments.h"
#include "follower.h"

static __always_inline void take_arguments(struct pt_regs *regs, struct call *call, u32 key,
					   u64 *args)
{
	call_arguments(regs, key, args);
	arrange(call, args);
}

/* The event of a call, with what is in its registers and where they point. */
static __always_inline void send_call(struct buffer *buffer, struct task_struct *task,
				      struct call *call, u64 *args, u32 key, s64 returned,
				      u64 policies)
{
	begin(buffer, task, key & (COMPAT_CALLS - 1));
	if (key >= COMPAT_CALLS)
		buffer->flags |= FLAG_COMPAT;
	put_arguments(buffer, call, args, key >= COMPAT_CALLS, returned);
	send(buffer, call->event, returned, policies);
}

/* A call that does not return. */
static __always_inline void send_at_entry(struct task_struct *task, struct call *call, u64 *args,
					  u32 key, u64 policies)
{
	struct buffer *buffer = get_buffer(syscalls_buffers);

	if (policies && buffer)
		send_call(buffer, task, call, args, key, 0, policies);
}

/* Keep what the call's event will need when it returns. */
static __always_inline void keep(struct task_struct *task, struct call *call, u64 *args, u32 key,
				 struct config *config, u32 half, u64 policies)
{
	struct entry *entry = new_entry(task);

	if (!entry) {
		if (call->policies & policies)
			count_lost(call->event);
		return;
	}
	note_scope(entry, config, half, policies, task);
	entry->key = key;
	copy_comm(entry->comm, task);
	empty(&entry->buffer);
	put_entry_arguments(entry, call, args, key >= COMPAT_CALLS);
}

/* Let the call's leaders see to their events; they do not come back. */
static __always_inline void lead(void *context, struct pt_regs *regs, struct call *call, u32 key,
				 u32 half, u64 *args, u64 policies)
{
	struct entered *entered = get_entered();

	if (!entered)
		return;
#if defined(__TARGET_ARCH_x86)
	entered->ip = LOAD(regs, ip);
#else
	entered->ip = LOAD(regs, pc);
#endif
	entered->sp = LOAD(regs, sp);
	entered->policies = policies;
	entered->key = key;
	entered->half = half;
	entered->event = call->event;
	entered->turn = 0;
	__builtin_memcpy(entered->args, args, sizeof(entered->args));
	bpf_tail_call(context, &leaders, call->leaders[0]);
}

/* Calls that replace the memory that their arguments lie in, that do not return, or whose followers
 * must know how it was before.
 */
SEC("tp_btf/sys_enter")
int BPF_PROG(on_sys_enter, struct pt_regs *at, long number)
{
	struct pt_regs *regs = typed(at, struct pt_regs);
	struct task_struct *task = current_task();
	struct config *config = get_config();
	u32 key = call_key(task, regs), force = config ? in_force(config) : 0;
	struct call *call = get_call(key, force);
	u64 args[CALL_ARGS];
	u64 policies;

	if (!config || !call || !(call->before | call->taken))
		return 0;
	policies = scope_in(config, force, task);
	if (!policies)
		return 0;
	take_arguments(regs, call, key, args);
	if (call->taken == AT_ENTRY)
		send_at_entry(task, call, args, key, call->policies & policies);
	if (call->taken == FROM_ENTRY)
		keep(task, call, args, key, config, force, policies);
	if (call->before & policies)
		lead(ctx, regs, call, key, force & 1, args, call->before & policies);
	return 0;
}

/* The end of a call whose arguments were taken at entry: its record is in the entry already. */
static __always_inline void entry_ends(struct task_struct *task, struct entry *entry, s64 returned)
{
	u32 key = entry->key, half = entry->half;
	struct call *call = get_call(key, half);
	struct config *config = get_config();
	u64 policies = call ? call->policies & entry->policies : 0;

	if (policies && config) {
		entry->buffer.flags |= mark_of(entry);
		if (!returned && (call->event == EVENT_EXECVE || call->event == EVENT_EXECVEAT))
			entry->buffer.flags |= FLAG_BEFORE_EXEC;
		if (key >= COMPAT_CALLS)
			entry->buffer.flags |= FLAG_COMPAT;
		put_context(context_in(&entry->buffer), task, key & (COMPAT_CALLS - 1));
		__builtin_memcpy(context_in(&entry->buffer)->comm, entry->comm, 16);
		send_by(&entry->buffer, config, half, call->event, returned, policies);
	}
	drop_entry(task);
}

/* Let the call's followers tell their events; they do not come back. */
static __always_inline void follow(void *context, struct call *call, u32 key, u32 half, u64 *args,
				   s64 value, u64 policies)
{
	struct returned *returned = get_returned();

	if (!returned)
		return;
	returned->policies = policies;
	returned->value = value;
	returned->key = key;
	returned->half = half;
	returned->event = call->event;
	returned->turn = 0;
	__builtin_memcpy(returned->args, args, sizeof(returned->args));
	bpf_tail_call(context, &followers, call->followers[0]);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *at, long returned)
{
	struct pt_regs *regs = typed(at, struct pt_regs);
	struct task_struct *task = current_task();
	struct config *config = get_config();
	u32 key = call_key(task, regs), force = config ? in_force(config) : 0;
	struct call *call = get_call(key, force);
	struct buffer *buffer;
	struct entry *entry;
	u64 args[CALL_ARGS];
	u64 policies;

	if (!config || !call || !(call->policies | call->after | call->taken))
		return 0;
	if (call->taken == FROM_ENTRY) {
		entry = find_entry(task);
		if (entry) {
			renew(entry, task);
			entry_ends(task, entry, returned);
		}
	}
	if (call->taken != AT_EXIT && !call->after)
		return 0;
	policies = scope_in(config, force, task);
	if (!policies)
		return 0;
	buffer = get_buffer(syscalls_buffers);
	if (!buffer)
		return 0;
	take_arguments(regs, call, key, args);
	if (call->taken == AT_EXIT && call->policies & policies)
		send_call(buffer, task, call, args, key, returned, call->policies & policies);
	if (call->after & policies)
		follow(ctx, call, key, force & 1, args, returned, call->after & policies);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Followers: programs that tell an event which is seen as a system call returns, where the kernel
 * has no better place for it. on_sys_exit goes on with the call's followers by tail calls, so that
 * only calls whose event is asked for pay for it. Leaders are the same as a call begins, for what
 * is gone when it returns.
 */
#pragma once
#include "context.h"
#include "path.h"

/* What on_sys_exit hands over. `args` are in the catalogue's order, each whole, and those of 32-bit
 * calls not extended.
 */
struct returned {
	u64 policies; /* that ask for an event of any of the followers, in whose scope the task is */
	u64 args[CALL_ARGS];
	s64 value;
	u32 key;   /* of the call, in `calls` */
	u32 half;  /* by which the policies were judged */
	u32 event; /* the call's own, which tells what call it is on every architecture */
	u32 turn;  /* which of the call's followers is at work */
};

/* What on_sys_enter hands over. */
struct entered {
	u64 policies;
	u64 ip, sp; /* where the call was made, and on which stack */
	u64 args[CALL_ARGS];
	u32 key;
	u32 half;
	u32 event;
	u32 turn;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct returned);
} returned_calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct entered);
} entered_calls SEC(".maps");

static __always_inline struct returned *get_returned(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&returned_calls, &zero);
}

static __always_inline struct entered *get_entered(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&entered_calls, &zero);
}

/* The policies that ask for this one of the followers' events. */
static __always_inline u64 told(struct returned *returned, u32 event)
{
	struct selection *selection = get_selection(event, returned->half);

	return selection ? returned->policies & selection->policies : 0;
}

/* The same of the leaders'. */
static __always_inline u64 announced(struct entered *entered, u32 event)
{
	struct selection *selection = get_selection(event, entered->half);

	return selection ? entered->policies & selection->policies : 0;
}

static __always_inline void next_follower(void *context, struct returned *returned)
{
	struct call *call = get_call(returned->key, returned->half);
	u32 turn = returned->turn + 1;

	if (!call || turn >= CHAIN_MAX || !call->followers[turn])
		return;
	returned->turn = turn;
	bpf_tail_call(context, &followers, call->followers[turn]);
}

static __always_inline void next_leader(void *context, struct entered *entered)
{
	struct call *call = get_call(entered->key, entered->half);
	u32 turn = entered->turn + 1;

	if (!call || turn >= CHAIN_MAX || !call->leaders[turn])
		return;
	entered->turn = turn;
	bpf_tail_call(context, &leaders, call->leaders[turn]);
}

/* Begin the record of an event that a call told. */
static __always_inline void begin_after(struct buffer *buffer, struct task_struct *task,
					struct returned *returned)
{
	begin(buffer, task, returned->key & (COMPAT_CALLS - 1));
	if (returned->key >= COMPAT_CALLS)
		buffer->flags |= FLAG_COMPAT;
}

/* Begin the record of an event as a call begins. */
static __always_inline void begin_before(struct buffer *buffer, struct task_struct *task,
					 struct entered *entered)
{
	begin(buffer, task, entered->key & (COMPAT_CALLS - 1));
	if (entered->key >= COMPAT_CALLS)
		buffer->flags |= FLAG_COMPAT;
}

/* FOLLOWER(name) { … } is the program after_NAME, with `returned` and `task` at hand. */
#define FOLLOWER(name)										   \
	static __always_inline int name##_returned(struct task_struct *task,			   \
						   struct returned *returned);			   \
	SEC("tp_btf/sys_exit")									   \
	int after_##name(u64 *ctx)								   \
	{											   \
		struct returned *returned = get_returned();					   \
												   \
		if (!returned)									   \
			return 0;								   \
		name##_returned(current_task(), returned);					   \
		next_follower(ctx, returned);							   \
		return 0;									   \
	}											   \
	static __always_inline int name##_returned(struct task_struct *task,			   \
						   struct returned *returned)

/* LEADER(name) { … } is the program before_NAME, with `entered` and `task` at hand. */
#define LEADER(name)										   \
	static __always_inline int name##_entered(struct task_struct *task,			   \
						  struct entered *entered);			   \
	SEC("tp_btf/sys_enter")									   \
	int before_##name(u64 *ctx)								   \
	{											   \
		struct entered *entered = get_entered();					   \
												   \
		if (!entered)									   \
			return 0;								   \
		name##_entered(current_task(), entered);					   \
		next_leader(ctx, entered);							   \
		return 0;									   \
	}											   \
	static __always_inline int name##_entered(struct task_struct *task,			   \
						  struct entered *entered)

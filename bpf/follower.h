/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Followers: programs that tell an event which is seen as a system call returns, where the kernel
 * has no better place for it. on_sys_exit goes on with the call's follower by a tail call, so that
 * only calls whose event is asked for pay for it.
 */
#pragma once
#include "context.h"
#include "path.h"

/* What on_sys_exit hands over. `args` are as in the registers, 32-bit ones too. */
struct returned {
	u64 policies; /* that ask for one of the follower's events, in whose scope the task is */
	u64 args[CALL_ARGS];
	s64 value;
	u32 key;   /* of the call, in `calls` */
	u32 event; /* the call's own, which tells what call it is on every architecture */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct returned);
} returned_calls SEC(".maps");

static __always_inline struct returned *get_returned(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&returned_calls, &zero);
}

/* Begin the record of an event that a call told. */
static __always_inline void begin_after(struct buffer *buffer, struct task_struct *task,
					struct returned *returned)
{
	begin(buffer, task, returned->key & (COMPAT_CALLS - 1));
	if (returned->key >= COMPAT_CALLS)
		buffer->flags |= FLAG_COMPAT;
}

/* FOLLOWER(name) { … } is the program after_NAME, with `returned` and `task` at hand. */
#define FOLLOWER(name)                                                                             \
	static __always_inline int name##_returned(struct task_struct *task,                       \
						   struct returned *returned);                     \
	SEC("tp_btf/sys_exit")                                                                     \
	int after_##name(u64 *ctx)                                                                 \
	{                                                                                          \
		struct returned *returned = get_returned();                                        \
                                                                                                   \
		return returned ? name##_returned(current_task(), returned) : 0;                   \
	}                                                                                          \
	static __always_inline int name##_returned(struct task_struct *task,                       \
						   struct returned *returned)

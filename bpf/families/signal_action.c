/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a task does when a signal comes. */
#include "follower.h"
#include "hook.h"

BUFFERS(sigaction_buffers);
BUFFERS(called_sigaction_buffers);

enum handle_method { BY_DEFAULT, IGNORED, HANDLED };

struct action {
	u64 handler, flags, mask;
	u32 given; /* 0: the call has none */
};

static __always_inline void put_action(struct buffer *buffer, struct action *action)
{
	put_bool(buffer, action->given);
	if (!action->given) {
		for (int i = 0; i < 4; i++)
			put_nil(buffer);
		return;
	}
	put_u64(buffer, action->flags);
	put_u64(buffer, action->mask);
	put_u32(buffer, action->handler > IGNORED ? HANDLED : action->handler);
	if (action->handler > IGNORED)
		put_u64(buffer, action->handler);
	else
		put_nil(buffer);
}

static __always_inline void read_action(struct action *action, struct k_sigaction *from)
{
	action->given = from != 0;
	action->handler = (u64)BPF_CORE_READ(from, sa.sa_handler);
	action->flags = BPF_CORE_READ(from, sa.sa_flags);
	bpf_core_read(&action->mask, sizeof(action->mask), &from->sa.sa_mask);
}

/* What the task does until now. */
static __always_inline void read_old(struct action *action, struct task_struct *task, s32 number)
{
	struct sighand_struct *hands = BPF_CORE_READ(task, sighand);
	u64 at = bpf_core_field_offset(struct sighand_struct, action) +
		 (u64)(number - 1) * bpf_core_type_size(struct k_sigaction);

	read_action(action, (void *)hands + at);
}

static __always_inline void send_actions(struct buffer *buffer, s32 number, struct action *new,
					 struct action *old, u64 policies)
{
	put_i32(buffer, number);
	put_action(buffer, new);
	put_action(buffer, old);
	send(buffer, EVENT_DO_SIGACTION, 0, policies);
}

PLACE3(do_sigaction, do_sigaction, s32, number, struct k_sigaction *, given, struct k_sigaction *,
       wanted_old)
{
	struct buffer *buffer = get_buffer(sigaction_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_DO_SIGACTION, task);
	struct action new = {}, old = {};

	if (!policies || !buffer)
		return;
	if (given)
		read_action(&new, given);
	if (wanted_old)
		read_old(&old, task, number);
	begin(buffer, task, current_call());
	send_actions(buffer, number, &new, &old, policies);
}

/* struct sigaction as a call has it: handler, flags, restorer, mask. */
static __always_inline void read_given(struct action *action, u64 from, u32 width)
{
	action->given = from != 0;
	bpf_probe_read_user(&action->handler, width, (const void *)from);
	bpf_probe_read_user(&action->flags, width, (const void *)(from + width));
	bpf_probe_read_user(&action->mask, 8, (const void *)(from + 3 * width));
}

LEADER(do_sigaction)
{
	struct buffer *buffer = get_buffer(called_sigaction_buffers);
	u64 policies = announced(entered, EVENT_DO_SIGACTION);
	struct action new = {}, old = {};

	if (!policies || !buffer)
		return 0;
	if (entered->args[1])
		read_given(&new, entered->args[1], entered->key >= COMPAT_CALLS ? 4 : 8);
	if (entered->args[2])
		read_old(&old, task, entered->args[0]);
	begin(buffer, task, entered->key & (COMPAT_CALLS - 1));
	if (entered->key >= COMPAT_CALLS)
		buffer->flags |= FLAG_COMPAT;
	send_actions(buffer, entered->args[0], &new, &old, policies);
	return 0;
}

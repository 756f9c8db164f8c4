/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* BPF, as other programs use it: the collector's own calls are out of scope. */
#include "follower.h"
#include "hook.h"

BUFFERS(bpf_buffers);

HOOK1(bpf, bpf, security_bpf, int, command)
{
	struct buffer *buffer = get_buffer(bpf_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_BPF, task);

	if (!policies || !buffer)
		return;
	begin(buffer, task, current_call());
	put_i32(buffer, command);
	send(buffer, EVENT_SECURITY_BPF, 0, policies);
}

FOLLOWER(bpf)
{
	struct buffer *buffer = get_buffer(bpf_buffers);

	if (!buffer)
		return 0;
	begin_after(buffer, task, returned);
	put_i32(buffer, returned->args[0]);
	send(buffer, EVENT_SECURITY_BPF, 0, returned->policies);
	return 0;
}

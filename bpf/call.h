/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A system call: which one it is, and what is in its registers. */
#pragma once
#include "context.h"

/* The current call's place in `calls`. */
static __always_inline u32 call_key(struct task_struct *task, struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	u32 number = LOAD(regs, orig_ax);

	if (number >= COMPAT_CALLS)
		return CALL_MAX;
	return LOAD(task, thread_info.status) & PF_COMPAT_CALL ? number + COMPAT_CALLS : number;
#else
	u32 number = LOAD(regs, syscallno);

	return number < COMPAT_CALLS ? number : CALL_MAX;
#endif
}

static __always_inline void call_arguments(struct pt_regs *regs, u32 key, u64 *args)
{
#if defined(__TARGET_ARCH_x86)
	if (key >= COMPAT_CALLS) {
		args[0] = (u32)LOAD(regs, bx);
		args[1] = (u32)LOAD(regs, cx);
		args[2] = (u32)LOAD(regs, dx);
		args[3] = (u32)LOAD(regs, si);
		args[4] = (u32)LOAD(regs, di);
		args[5] = (u32)LOAD(regs, bp);
		return;
	}
	args[0] = LOAD(regs, di);
	args[1] = LOAD(regs, si);
	args[2] = LOAD(regs, dx);
	args[3] = LOAD(regs, r10);
	args[4] = LOAD(regs, r8);
	args[5] = LOAD(regs, r9);
#else
	args[0] = LOAD(regs, orig_x0);
	args[1] = LOAD(regs, regs[1]);
	args[2] = LOAD(regs, regs[2]);
	args[3] = LOAD(regs, regs[3]);
	args[4] = LOAD(regs, regs[4]);
	args[5] = LOAD(regs, regs[5]);
#endif
}

/* The system call that the current task is in. */
struct called {
	u32 event; /* the call's own, which tells what call it is on every architecture; 0: unknown */
	u32 compat;
	u64 args[CALL_ARGS];
};

static __noinline void find_called(struct called *called)
{
	struct task_struct *task = current_task();
	struct config *config = get_config();
	struct pt_regs *regs = current_registers();
	struct call *call;
	u32 key;

	called->event = 0;
	if (!regs)
		return;
	key = call_key(task, regs);
	call = get_call(key, config ? config->in_force : 0);
	if (!call)
		return;
	called->event = call->event;
	called->compat = key >= COMPAT_CALLS;
	call_arguments(regs, key, called->args);
}

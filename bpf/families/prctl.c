/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* prctl(2), and what it changes in the picture that a process gives of its own memory. */
#include <linux/prctl.h>

#include "file.h"
#include "follower.h"
#include "hook.h"

BUFFERS(task_prctl_buffers);
PATH_BUFFERS(task_prctl_paths);

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif

#define PLACES 11	  /* of memory: the first numbers of struct prctl_mm_map */
#define FILE_FIELDS 5	  /* path, device, inode, change, mode */
#define AUXV_BYTES 512
#define NO_PLACE PLACES

struct prctl_call {
	u32 option;
	u64 args[4];
};

static __always_inline void put_nils(struct buffer *buffer, int count)
{
	for (int i = 0; i < count; i++)
		put_nil(buffer);
}

static __always_inline void put_program_file(struct buffer *buffer, struct file *file)
{
	struct path_buffer *path = get_buffer(task_prctl_paths);
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	if (!file || !path)
		return put_nils(buffer, FILE_FIELDS);
	put_file(buffer, path, file);
	put_u64(buffer, change_time(inode));
	put_u32(buffer, BPF_CORE_READ(inode, i_mode));
}

static __always_inline void put_old_memory(struct buffer *buffer, struct mm_struct *mm)
{
	put_u64(buffer, BPF_CORE_READ(mm, start_code));
	put_u64(buffer, BPF_CORE_READ(mm, end_code));
	put_u64(buffer, BPF_CORE_READ(mm, start_data));
	put_u64(buffer, BPF_CORE_READ(mm, end_data));
	put_u64(buffer, BPF_CORE_READ(mm, start_brk));
	put_u64(buffer, BPF_CORE_READ(mm, brk));
	put_u64(buffer, BPF_CORE_READ(mm, start_stack));
	put_u64(buffer, BPF_CORE_READ(mm, arg_start));
	put_u64(buffer, BPF_CORE_READ(mm, arg_end));
	put_u64(buffer, BPF_CORE_READ(mm, env_start));
	put_u64(buffer, BPF_CORE_READ(mm, env_end));
	put_kernel_area(buffer, __builtin_preserve_access_index(&mm->saved_auxv),
			bpf_core_field_size(mm->saved_auxv), AUXV_BYTES);
}

/* Which of the places an operation sets alone. */
static __always_inline u32 place_set(u64 operation)
{
	switch (operation) {
	case PR_SET_MM_START_STACK:
		return 6;
	case PR_SET_MM_START_BRK:
		return 4;
	case PR_SET_MM_BRK:
		return 5;
	case PR_SET_MM_START_CODE:
	case PR_SET_MM_END_CODE:
	case PR_SET_MM_START_DATA:
	case PR_SET_MM_END_DATA:
	case PR_SET_MM_ARG_START:
	case PR_SET_MM_ARG_END:
	case PR_SET_MM_ENV_START:
	case PR_SET_MM_ENV_END:
		return operation - 1;
	}
	return NO_PLACE;
}

struct new_memory {
	u64 places[PLACES];
	u64 auxv;
	u32 auxv_size;
	u32 exe_fd;
};

static __always_inline void find_new_memory(struct prctl_call *call, struct new_memory *new)
{
	u64 operation = call->args[0];

	new->exe_fd = ~0u;
	if (operation == PR_SET_MM_MAP)
		bpf_probe_read_user(new, sizeof(*new), (const void *)call->args[1]);
	if (operation == PR_SET_MM_AUXV) {
		new->auxv = call->args[1];
		new->auxv_size = call->args[2];
	}
	if (operation == PR_SET_MM_EXE_FILE)
		new->exe_fd = call->args[1];
}

static __always_inline void put_new_memory(struct buffer *buffer, struct task_struct *task,
					   struct prctl_call *call)
{
	u32 all = call->args[0] == PR_SET_MM_MAP, one = place_set(call->args[0]);
	struct new_memory new = {};

	find_new_memory(call, &new);
	for (u32 i = 0; i < PLACES; i++) {
		if (all || i == one)
			put_u64(buffer, all ? new.places[i] : call->args[1]);
		else
			put_nil(buffer);
	}
	put_user_area(buffer, new.auxv, new.auxv + new.auxv_size, AUXV_BYTES);
	put_program_file(buffer, new.exe_fd == ~0u ? 0 : open_file(task, new.exe_fd));
}

static __always_inline void send_prctl(struct buffer *buffer, struct task_struct *task,
				       struct prctl_call *call, u64 policies)
{
	struct mm_struct *mm = BPF_CORE_READ(task, mm);

	put_i32(buffer, call->option);
	for (int i = 0; i < 4; i++)
		put_u64(buffer, call->args[i]);
	if (call->option == PR_SET_VMA && call->args[0] == PR_SET_VMA_ANON_NAME)
		put_user_string(buffer, (const void *)call->args[3]);
	else
		put_nil(buffer);
	if (call->option == PR_SET_MM) {
		put_old_memory(buffer, mm);
		put_program_file(buffer, BPF_CORE_READ(mm, exe_file));
		put_new_memory(buffer, task, call);
	} else {
		put_nils(buffer, 2 * (PLACES + 1 + FILE_FIELDS));
	}
	if (call->option == PR_SET_SECUREBITS)
		put_u32(buffer, BPF_CORE_READ(task, cred, securebits));
	else
		put_nil(buffer);
	send(buffer, EVENT_SECURITY_TASK_PRCTL, 0, policies);
}

HOOK5(EVENT_SECURITY_TASK_PRCTL, task_prctl, task_prctl, security_task_prctl, int, option, u64,
      arg2, u64, arg3, u64, arg4, u64, arg5)
{
	struct prctl_call call = {option, {arg2, arg3, arg4, arg5}};
	struct buffer *buffer = get_buffer(task_prctl_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_TASK_PRCTL, task);

	if (!policies || !buffer)
		return;
	begin(buffer, task, current_call());
	send_prctl(buffer, task, &call, policies);
}

/* At the beginning, where the old values are still there, as at the hook. */
LEADER(task_prctl)
{
	u64 *args = entered->args;
	struct prctl_call call = {args[0], {args[1], args[2], args[3], args[4]}};
	struct buffer *buffer = get_buffer(task_prctl_buffers);
	u64 policies = announced(entered, EVENT_SECURITY_TASK_PRCTL);

	if (!policies || !buffer)
		return 0;
	begin_before(buffer, task, entered);
	send_prctl(buffer, task, &call, policies);
	return 0;
}

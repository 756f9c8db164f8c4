/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The check of a program before it runs. */
#include "call.h"
#include "entry.h"
#include "file.h"
#include "hook.h"
#include "invoked.h"

BUFFERS(bprm_check_buffers);
PATH_BUFFERS(bprm_check_paths);

/* A global function, as put_user_strings. */
__noinline int put_checked_strings(u32 index, u64 list, u32 compat)
{
	struct buffer *buffer = bpf_map_lookup_elem(&bprm_check_buffers, &index);

	if (!buffer)
		return 0;
	if (list)
		put_strings(buffer, list, compat);
	else
		put_nil(buffer);
	return 0;
}

/* The call's own arguments: the new program's memory is not in place yet. */
static __always_inline void put_arguments_of_call(void)
{
	u32 index = bpf_get_smp_processor_id();
	u64 arguments = 0, environment = 0;
	struct called called;

	find_called(&called);
	if (called.event == EVENT_EXECVE) {
		arguments = called.args[1];
		environment = called.args[2];
	} else if (called.event == EVENT_EXECVEAT) {
		arguments = called.args[2];
		environment = called.args[3];
	}
	put_checked_strings(index, arguments, called.compat);
	put_checked_strings(index, environment, called.compat);
}

HOOK1(EVENT_SECURITY_BPRM_CHECK, bprm_check, bprm_check_security, security_bprm_check,
      struct linux_binprm *, bprm)
{
	struct buffer *buffer = get_buffer(bprm_check_buffers);
	struct path_buffer *path = get_buffer(bprm_check_paths);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_BPRM_CHECK, task);

	if (!policies || !buffer || !path)
		return;
	begin(buffer, task, current_call());
	put_file(buffer, path, BPF_CORE_READ(bprm, file));
	put_arguments_of_call();
	send(buffer, EVENT_SECURITY_BPRM_CHECK, 0, policies);
}

/* As the caller saw it: its name and scope were kept when execve began. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_check, struct task_struct *current, int old_pid, struct linux_binprm *loaded)
{
	struct task_struct *task = typed(current, struct task_struct);
	struct linux_binprm *bprm = typed(loaded, struct linux_binprm);
	struct buffer *buffer = get_buffer(bprm_check_buffers);
	struct path_buffer *path = get_buffer(bprm_check_paths);
	struct mm_struct *mm = LOAD(task, mm);
	struct entry *entry = find_entry(task);
	struct config *config = get_config();
	struct selection *kept = 0;
	u64 policies;

	if (!entry && !from_kernel(task))
		return 0; /* the caller is in nobody's scope */
	if (entry) {
		renew(entry, task);
		kept = get_selection(EVENT_SECURITY_BPRM_CHECK, entry->half);
	}
	policies = kept ? kept->policies & entry->policies : wanted(EVENT_SECURITY_BPRM_CHECK, task);
	if (!policies || !config || !buffer || !path)
		return 0;
	begin(buffer, task, current_call());
	if (entry) {
		buffer->flags |= mark_of(entry) | FLAG_BEFORE_EXEC;
		__builtin_memcpy(context_in(buffer)->comm, entry->comm, sizeof(entry->comm));
	}
	put_file(buffer, path, LOAD(bprm, file));
	put_user_area(buffer, LOAD(mm, arg_start), LOAD(mm, arg_end), ARGV_MAX);
	put_user_area(buffer, LOAD(mm, env_start), LOAD(mm, env_end), ENV_MAX);
	if (entry)
		send_by(buffer, config, entry->half, EVENT_SECURITY_BPRM_CHECK, 0, policies);
	else
		send(buffer, EVENT_SECURITY_BPRM_CHECK, 0, policies);
	return 0;
}

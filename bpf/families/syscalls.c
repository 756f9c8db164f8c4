/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* System calls: one pair of programs, driven by the table `calls`. */
#include "arguments.h"
#include "path.h"

PATH_BUFFERS(syscalls_paths);

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

/* The event of a call, with what is in its registers and where they point. */
static __always_inline void send_call(struct buffer *buffer, struct task_struct *task,
				      struct call *call, u64 *args, u32 key, s64 returned,
				      u64 policies)
{
	begin(buffer, task, key & (COMPAT_CALLS - 1));
	if (key >= COMPAT_CALLS)
		buffer->flags |= FLAG_COMPAT;
	arrange(call, args);
	put_arguments(buffer, call, args, key >= COMPAT_CALLS, returned);
	send(buffer, call->event, returned, policies);
}

/* A call that does not return. */
static __always_inline int send_at_entry(struct task_struct *task, struct pt_regs *regs,
					 struct call *call, u32 key)
{
	u64 policies = call->policies ? call->policies & in_scope(task) : 0;
	struct buffer *buffer = get_buffer(syscalls_buffers);
	u64 args[CALL_ARGS];

	if (!policies || !buffer)
		return 0;
	call_arguments(regs, key, args);
	send_call(buffer, task, call, args, key, 0, policies);
	return 0;
}

/* Calls that replace the memory that their arguments lie in. */
SEC("tp_btf/sys_enter")
int BPF_PROG(on_sys_enter, struct pt_regs *regs, long number)
{
	struct task_struct *task = current_task();
	u32 key = call_key(task, regs);
	struct call *call = bpf_map_lookup_elem(&calls, &key);
	u64 args[CALL_ARGS];
	struct entry *entry;
	u64 policies;

	if (!call || call->taken == AT_EXIT)
		return 0;
	if (call->taken == AT_ENTRY)
		return send_at_entry(task, regs, call, key);
	policies = in_scope(task);
	if (!policies)
		return 0;
	entry = new_entry(task);
	if (!entry) {
		if (call->policies & policies)
			count_lost(call->event);
		return 0;
	}
	entry->policies = policies;
	entry->key = key;
	copy_comm(entry->comm, task);
	call_arguments(regs, key, args);
	entry->buffer.flags = 0;
	entry->buffer.argument = 0;
	*(volatile u32 *)&entry->buffer.at = ARGUMENTS_AT;
	put_entry_arguments(entry, call, args, key >= COMPAT_CALLS);
	return 0;
}

/* The end of a call whose arguments were taken at entry: its record is in the entry already. */
static __always_inline int entry_ends(struct task_struct *task, struct entry *entry, s64 returned)
{
	u32 key = entry->key;
	struct call *call = bpf_map_lookup_elem(&calls, &key);
	u64 policies = call ? call->policies & entry->policies : 0;

	if (policies) {
		if (key >= COMPAT_CALLS)
			entry->buffer.flags |= FLAG_COMPAT;
		put_context(context_in(&entry->buffer), task, key & (COMPAT_CALLS - 1));
		__builtin_memcpy(context_in(&entry->buffer)->comm, entry->comm, 16);
		send(&entry->buffer, call->event, returned, policies);
	}
	drop_entry(task);
	return 0;
}

/* security_file_open: what the call opened, as the returned file descriptor tells. */
static __always_inline void send_opened(struct buffer *buffer, struct task_struct *task,
					struct call *call, u64 *args, s32 fd, u64 policies, u32 key)
{
	struct file *file = open_file(task, fd);
	u32 cpu = bpf_get_smp_processor_id();
	struct path_buffer *path = bpf_map_lookup_elem(&syscalls_paths, &cpu);
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	u32 at = call->path;

	if (!file || !path)
		return; /* closed by another thread since */
	/* O_PATH opens a place and not a file: the hook that gives this event its name is not called */
	if (BPF_CORE_READ(file, f_flags) & O_PATH)
		return;
	begin(buffer, task, key & (COMPAT_CALLS - 1));
	if (key >= COMPAT_CALLS)
		buffer->flags |= FLAG_COMPAT;
	resolve(path, file);
	put_path(buffer, path);
	put_i32(buffer, BPF_CORE_READ(file, f_flags));
	put_u32(buffer, BPF_CORE_READ(inode, i_sb, s_dev));
	put_u64(buffer, BPF_CORE_READ(inode, i_ino));
	put_u64(buffer, change_time(inode));
	put_user_string(buffer, (const void *)(at == 0 ? args[0] : args[1]));
	put_u32(buffer, BPF_CORE_READ(inode, i_mode));
	send(buffer, EVENT_SECURITY_FILE_OPEN, 0, policies);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *regs, long returned)
{
	struct task_struct *task = current_task();
	u32 key = call_key(task, regs);
	struct call *call = bpf_map_lookup_elem(&calls, &key);
	struct buffer *buffer;
	struct entry *entry;
	u64 args[CALL_ARGS];
	u64 policies;

	if (!call || !(call->policies | call->opened | call->taken))
		return 0;
	if (call->taken == AT_ENTRY)
		return 0;
	if (call->taken == FROM_ENTRY) {
		entry = find_entry(task);
		return entry ? entry_ends(task, entry, returned) : 0;
	}
	policies = in_scope(task);
	if (!policies)
		return 0;
	buffer = get_buffer(syscalls_buffers);
	if (!buffer)
		return 0;
	call_arguments(regs, key, args);
	if (call->policies & policies)
		send_call(buffer, task, call, args, key, returned, call->policies & policies);
	if (returned >= 0 && call->opened & policies)
		send_opened(buffer, task, call, args, returned, call->opened & policies, key);
	return 0;
}

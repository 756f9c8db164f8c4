/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* System calls: one pair of programs, driven by the table `calls`. */
#include "context.h"
#include "entry.h"
#include "path.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

BUFFERS(syscalls_buffers);
PATH_BUFFERS(syscalls_paths);

#define SOCKADDR_MAX 128 /* sizeof(struct sockaddr_storage) */

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

/* The arguments in the catalogue's order, each whole. */
static __always_inline void arrange(struct call *call, u64 *args)
{
	if (call->swapped) {
		u64 third = args[3];

		args[3] = args[4];
		args[4] = third;
	}
	if (!call->wide)
		return;
	for (int i = 0; i < CALL_ARGS - 1; i++) {
		if (!(call->wide & 1 << i))
			continue;
		args[i] |= args[i + 1] << 32;
		for (int at = i + 1; at < CALL_ARGS - 1; at++)
			args[at] = args[at + 1];
	}
}

static __always_inline void put_address(struct buffer *buffer, u64 from, u64 size)
{
	if ((s32)size < 0)
		return put_nil(buffer);
	put_user_area(buffer, from, from + (u32)size, SOCKADDR_MAX);
}

/* A text that a call wrote, as long as the call says, which may count a NUL at its end. */
static __always_inline void put_result(struct buffer *buffer, u64 from, u64 size)
{
	u8 last = 1;

	if (size)
		bpf_probe_read_user(&last, 1, (const void *)(from + size - 1));
	put_user_area(buffer, from, from + size - !last, STRING_MAX);
}

#define WRITTEN 0x100 /* with a kind: the call writes there, if it works */

/* An argument that is an address, by what lies there; `following` is the next one, which is the
 * size of a socket address, or where its size is.
 *
 * A global function: the verifier walks it once, and not once for each argument. So it gets
 * numbers only, and finds the buffer by its index.
 */
__noinline int put_memory(u32 index, u32 kind, u64 from, u64 following, s64 returned)
{
	struct buffer *buffer = bpf_map_lookup_elem(&syscalls_buffers, &index);
	u32 size = 0;

	if (!buffer)
		return 0;
	if (kind & WRITTEN && returned < 0) {
		put_nil(buffer);
		return 0;
	}
	switch (kind) {
	case KIND_STRING:
		put_user_string(buffer, (const void *)from);
		break;
	case KIND_STRING | WRITTEN:
		put_result(buffer, from, returned);
		break;
	case KIND_SOCKADDR:
		put_address(buffer, from, following);
		break;
	case KIND_SOCKADDR | WRITTEN:
		bpf_probe_read_user(&size, sizeof(size), (const void *)following);
		put_address(buffer, from, size);
		break;
	case KIND_TIMESPEC:
		put_user_area(buffer, from, from + 16, 16);
		break;
	case KIND_TIMESPEC32:
	case KIND_PAIR | WRITTEN:
		put_user_area(buffer, from, from + 8, 8);
		break;
	default:
		put_nil(buffer);
	}
	return 0;
}

static __always_inline void put_arguments(struct buffer *buffer, struct call *call, u64 *args,
					  u32 compat, s64 returned)
{
	u32 index = bpf_get_smp_processor_id();

	for (int i = 0; i < CALL_ARGS; i++) {
		u32 kind = call->kinds[i];
		u64 value = args[i];

		if (i >= call->args)
			break;
		switch (kind) {
		case KIND_I32:
			put_i32(buffer, value);
			break;
		case KIND_U32:
			put_u32(buffer, value);
			break;
		case KIND_I64:
			if (compat && !(call->wide & 1 << i))
				value = (s64)(s32)value;
			put_i64(buffer, value);
			break;
		case KIND_U64:
		case KIND_POINTER:
			put_u64(buffer, value);
			break;
		default:
			put_memory(index, kind | (call->results & 1 << i ? WRITTEN : 0), value,
				   i < CALL_ARGS - 1 ? args[i + 1] : 0, returned);
		}
	}
}

/* The arguments of execve and execveat. */
static __always_inline void put_entry_arguments(struct entry *entry, struct call *call, u64 *args,
						u32 compat)
{
	struct buffer *buffer = &entry->buffer;

	for (int i = 0; i < CALL_ARGS; i++) {
		if (i >= call->args)
			break;
		if (call->kinds[i] == KIND_STRINGS && args[i])
			put_user_strings(entry->index, args[i], compat);
		else if (call->kinds[i] == KIND_STRING)
			put_user_string(buffer, (const void *)args[i]);
		else if (call->kinds[i] == KIND_I32)
			put_i32(buffer, args[i]);
		else
			put_nil(buffer);
	}
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

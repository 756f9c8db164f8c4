/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Files that are mapped into memory, and memory whose protection changes. */
#include "call.h"
#include "file.h"
#include "follower.h"
#include "hook.h"
#include "memory_area.h"

BUFFERS(mmap_file_buffers);
PATH_BUFFERS(mmap_file_paths);
BUFFERS(file_mprotect_buffers);
PATH_BUFFERS(file_mprotect_paths);

#define NO_KEY -1

static __always_inline void send_mapping(struct buffer *buffer, struct path_buffer *path,
					 struct file *file, u64 protection, u64 flags, u64 policies)
{
	put_opened(buffer, path, file);
	put_u64(buffer, protection);
	put_u64(buffer, flags);
	send(buffer, EVENT_SECURITY_MMAP_FILE, 0, policies);
}

PLACE3(mmap_file, security_mmap_file, struct file *, file, u64, protection, u64, flags)
{
	struct buffer *buffer = get_buffer(mmap_file_buffers);
	struct path_buffer *path = get_buffer(mmap_file_paths);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_MMAP_FILE, task);

	if (!policies || !buffer || !path || !file)
		return;
	begin(buffer, task, current_call());
	send_mapping(buffer, path, file, protection, flags, policies);
}

/* The hook is told also what the kernel made of the protection that was asked for. */
SEC("lsm/mmap_file")
int BPF_PROG(on_mmap_file_lsm, struct file *file, u64 asked, u64 protection, u64 flags)
{
	mmap_file(file, asked, flags);
	return 0;
}

FOLLOWER(mmap_file)
{
	struct buffer *buffer = get_buffer(mmap_file_buffers);
	struct path_buffer *path = get_buffer(mmap_file_paths);
	u64 policies = told(returned, EVENT_SECURITY_MMAP_FILE), *args = returned->args;
	struct file *file;

	if (!policies || !buffer || !path || (u64)returned->value >= -(u64)MAX_ERRNO)
		return 0;
	file = args[3] & MAP_ANONYMOUS ? 0 : open_file(task, args[4]);
	if (!file)
		return 0;
	begin_after(buffer, task, returned);
	send_mapping(buffer, path, file, args[2], args[3], policies);
	return 0;
}

struct protecting {
	u64 from, size, asked;
	s32 key;
	u64 before;
	struct file *file; /* that is mapped there, or NULL */
};

static __always_inline void find_asked(struct protecting *change, u32 call, u64 *args)
{
	change->from = args[0];
	change->size = args[1];
	change->asked = args[2];
	change->key = call == EVENT_PKEY_MPROTECT ? (s32)args[3] : NO_KEY;
}

static __always_inline void send_protecting(struct buffer *buffer, struct path_buffer *path,
					    struct protecting *change, u64 policies)
{
	struct file *file = change->file;

	if (file) {
		resolve(path, file);
		put_path(buffer, path);
	} else {
		put_nil(buffer);
	}
	put_i32(buffer, change->asked);
	if (file)
		put_u64(buffer, change_time(BPF_CORE_READ(file, f_inode)));
	else
		put_nil(buffer);
	put_i32(buffer, change->before & VM_ACCESS);
	put_u64(buffer, change->from);
	put_u64(buffer, change->size);
	put_i32(buffer, change->key);
	send(buffer, EVENT_SECURITY_FILE_MPROTECT, 0, policies);
}

/* Once for each area that the call reaches. */
HOOK2(EVENT_SECURITY_FILE_MPROTECT, file_mprotect, file_mprotect, security_file_mprotect,
      struct vm_area_struct *, area, u64, asked)
{
	struct buffer *buffer = get_buffer(file_mprotect_buffers);
	struct path_buffer *path = get_buffer(file_mprotect_paths);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_FILE_MPROTECT, task);
	struct protecting change = {};
	struct called called;

	if (!policies || !buffer || !path)
		return;
	find_called(&called);
	if (called.event && !changes_protection(called.event))
		return;
	find_asked(&change, called.event, called.args);
	if (!called.event) {
		change.from = BPF_CORE_READ(area, vm_start);
		change.size = BPF_CORE_READ(area, vm_end) - change.from;
	}
	change.asked = asked;
	change.before = BPF_CORE_READ(area, vm_flags);
	change.file = BPF_CORE_READ(area, vm_file);
	begin(buffer, task, current_call());
	send_protecting(buffer, path, &change, policies);
}

LEADER(file_mprotect)
{
	struct buffer *buffer = get_buffer(file_mprotect_buffers);
	struct path_buffer *path = get_buffer(file_mprotect_paths);
	u64 policies = announced(entered, EVENT_SECURITY_FILE_MPROTECT);
	struct protecting change = {};
	struct area area = {};

	if (!policies || !buffer || !path)
		return 0;
	find_asked(&change, entered->event, entered->args);
	if (!find_area(change.from, &area))
		return 0;
	change.before = area.flags;
	change.file = area.file;
	begin_before(buffer, task, entered);
	send_protecting(buffer, path, &change, policies);
	return 0;
}

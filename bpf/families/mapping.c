/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Mappings of files and memory. */
#include "call.h"
#include "control.h"
#include "exit_hook.h"
#include "file.h"
#include "follower.h"
#include "memory_area.h"

#define PROT_EXEC 4

BUFFERS(mprotect_alert_buffers);
BUFFERS(shared_object_buffers);
BUFFERS(do_mmap_buffers);
BUFFERS(mapped_buffers);
PATH_BUFFERS(mprotect_alert_paths);
PATH_BUFFERS(shared_object_paths);
PATH_BUFFERS(do_mmap_paths);
PATH_BUFFERS(mapped_paths);

/* As schemas/flags/memory.py names them. */
enum alert { ALERT_NONE, MAPPED_WX, CHANGED_TO_X, CHANGED_X_TO_WX, CHANGED_WX_TO_X };

struct protection {
	u32 alert;
	u64 from, size;
	u64 now, before;
	struct file *file; /* that is mapped there, or NULL */
};

static __always_inline u32 alert_of(u64 before, u64 now)
{
	if (!(now & VM_EXEC))
		return ALERT_NONE;
	if (!(before & VM_EXEC))
		return CHANGED_TO_X;
	if (now & VM_WRITE)
		return before & VM_WRITE ? ALERT_NONE : CHANGED_X_TO_WX;
	return before & VM_WRITE ? CHANGED_WX_TO_X : ALERT_NONE;
}

static __always_inline void send_alert(struct buffer *buffer, struct path_buffer *path,
				       struct protection *changed, u64 policies)
{
	struct file *file = changed->file;

	put_u32(buffer, changed->alert);
	put_u64(buffer, changed->from);
	put_u64(buffer, changed->size);
	put_i32(buffer, changed->now);
	put_i32(buffer, changed->before & VM_ACCESS);
	put_file(buffer, path, file);
	if (file)
		put_u64(buffer, change_time(BPF_CORE_READ(file, f_inode)));
	else
		put_nil(buffer);
	send(buffer, EVENT_MEM_PROT_ALERT, 0, policies);
}

/* What the call was asked to change; where the call is not known, the area of memory instead. */
HOOK2(EVENT_MEM_PROT_ALERT, mprotect_alert, file_mprotect, security_file_mprotect,
      struct vm_area_struct *, area, u64, asked)
{
	struct buffer *buffer = get_buffer(mprotect_alert_buffers);
	struct path_buffer *path = get_buffer(mprotect_alert_paths);
	struct task_struct *task = current_task();
	struct protection changed = {};
	struct called called;
	u64 policies;

	changed.before = BPF_CORE_READ(area, vm_flags);
	changed.now = asked;
	changed.alert = alert_of(changed.before, asked);
	if (!changed.alert)
		return;
	policies = wanted(EVENT_MEM_PROT_ALERT, task);
	if (!policies || !buffer || !path)
		return;
	find_called(&called);
	changed.from = BPF_CORE_READ(area, vm_start);
	changed.size = BPF_CORE_READ(area, vm_end) - changed.from;
	if (changes_protection(called.event)) {
		changed.from = called.args[0];
		changed.size = called.args[1];
	}
	changed.file = BPF_CORE_READ(area, vm_file);
	begin(buffer, task, current_call());
	send_alert(buffer, path, &changed, policies);
}

LEADER(mprotect_alert)
{
	struct buffer *buffer = get_buffer(mapped_buffers);
	struct path_buffer *path = get_buffer(mapped_paths);
	u64 policies = announced(entered, EVENT_MEM_PROT_ALERT);
	struct protection changed = {};
	struct area area = {};

	if (!policies || !buffer || !path || !changes_protection(entered->event))
		return 0;
	changed.from = entered->args[0];
	changed.size = entered->args[1];
	changed.now = entered->args[2];
	if (!(changed.now & PROT_EXEC) || !find_area(changed.from, &area))
		return 0;
	changed.before = area.flags;
	changed.alert = alert_of(changed.before, changed.now);
	changed.file = area.file;
	if (!changed.alert)
		return 0;
	begin_before(buffer, task, entered);
	send_alert(buffer, path, &changed, policies);
	return 0;
}

static __always_inline int is_mapped(struct returned *returned)
{
	return returned->event != EVENT_MPROTECT && returned->event != EVENT_PKEY_MPROTECT &&
	       (u64)returned->value < -(u64)MAX_ERRNO;
}

FOLLOWER(mmap_alert)
{
	struct buffer *buffer = get_buffer(mapped_buffers);
	struct path_buffer *path = get_buffer(mapped_paths);
	u64 policies = told(returned, EVENT_MEM_PROT_ALERT), now = returned->args[2];
	struct protection changed = {};

	if (!policies || !buffer || !path || !is_mapped(returned))
		return 0;
	if ((now & (VM_WRITE | VM_EXEC)) != (VM_WRITE | VM_EXEC))
		return 0;
	changed.alert = MAPPED_WX;
	changed.from = returned->value;
	changed.size = returned->args[1];
	changed.now = now;
	if (!(returned->args[3] & MAP_ANONYMOUS))
		changed.file = open_file(task, returned->args[4]);
	begin_after(buffer, task, returned);
	send_alert(buffer, path, &changed, policies);
	return 0;
}

static __always_inline int maps(u32 call)
{
	return call == EVENT_MMAP || call == EVENT_MMAP2 || call == EVENT_OLD_MMAP;
}

/* Other calls map files for execution too: execve its program, and the loader that it names. */
HOOK2(EVENT_SHARED_OBJECT_LOADED, shared_object, mmap_file, security_mmap_file, struct file *, file,
      u64, protection)
{
	struct buffer *buffer = get_buffer(shared_object_buffers);
	struct path_buffer *path = get_buffer(shared_object_paths);
	struct task_struct *task = current_task();
	struct called called;
	u64 policies;

	if (!file || !(protection & PROT_EXEC))
		return;
	policies = wanted(EVENT_SHARED_OBJECT_LOADED, task);
	if (!policies || !buffer || !path)
		return;
	find_called(&called);
	if (called.event && !maps(called.event))
		return;
	begin(buffer, task, current_call());
	put_opened(buffer, path, file);
	send(buffer, EVENT_SHARED_OBJECT_LOADED, 0, policies);
}

FOLLOWER(shared_object)
{
	struct buffer *buffer = get_buffer(mapped_buffers);
	struct path_buffer *path = get_buffer(mapped_paths);
	u64 policies = told(returned, EVENT_SHARED_OBJECT_LOADED);
	struct file *file;

	if (!policies || !buffer || !path || !is_mapped(returned))
		return 0;
	if (!(returned->args[2] & PROT_EXEC) || returned->args[3] & MAP_ANONYMOUS)
		return 0;
	file = open_file(task, returned->args[4]);
	if (!file)
		return 0;
	begin_after(buffer, task, returned);
	put_opened(buffer, path, file);
	send(buffer, EVENT_SHARED_OBJECT_LOADED, 0, policies);
	return 0;
}

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* one per possible CPU, as BUFFERS */
	__type(key, u32);
	__type(value, struct control);
} symbols_control_buffers SEC(".maps");

/* The collector reads the symbols of what is loaded, and tells the events by itself. */
FOLLOWER(symbols)
{
	struct control *control = get_buffer(symbols_control_buffers);
	struct path_buffer *path = get_buffer(mapped_paths);
	u64 policies = told(returned, EVENT_SYMBOLS_LOADED);
	struct file *file;

	policies |= told(returned, EVENT_SYMBOLS_COLLISION);
	if (!policies || !control || !path || !is_mapped(returned))
		return 0;
	if (!(returned->args[2] & PROT_EXEC) || returned->args[3] & MAP_ANONYMOUS)
		return 0;
	file = open_file(task, returned->args[4]);
	if (!file)
		return 0;
	put_process(control, task);
	control->policies = policies;
	control->parent_start = change_time(BPF_CORE_READ(file, f_inode));
	resolve(path, file);
	*(volatile u32 *)&control->size = copy_path(control->text, path);
	send_control(control, CONTROL_OBJECT_LOADED);
	return 0;
}

struct mapped {
	struct file *file;
	u64 at, offset, size, protection, flags;
};

static __always_inline void send_mapped(struct buffer *buffer, struct path_buffer *path,
					struct mapped *mapped, u64 policies)
{
	put_u64(buffer, mapped->at);
	if (mapped->file) {
		put_opened(buffer, path, mapped->file);
	} else {
		for (int i = 0; i < 5; i++)
			put_nil(buffer);
	}
	put_u64(buffer, mapped->offset);
	put_u64(buffer, mapped->size);
	put_u64(buffer, mapped->protection);
	put_u64(buffer, mapped->flags);
	send(buffer, EVENT_DO_MMAP, 0, policies);
}

RETURN6(do_mmap, vm_mmap_pgoff, struct file *, file, u64, at, u64, size, u64, protection, u64, flags,
	u64, page)
{
	struct mapped mapped = {file, returned, page, size, protection, flags};
	struct buffer *buffer = get_buffer(do_mmap_buffers);
	struct path_buffer *path = get_buffer(do_mmap_paths);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_DO_MMAP, task);

	if (!policies || !buffer || !path || (u64)returned >= -(u64)MAX_ERRNO)
		return;
	begin(buffer, task, current_call());
	send_mapped(buffer, path, &mapped, policies);
}

/* mmap2 has its offset in pages, the others in bytes. */
static __always_inline u64 first_page(struct returned *returned)
{
	return returned->event == EVENT_MMAP2 ? returned->args[5] : returned->args[5] >> 12;
}

FOLLOWER(do_mmap)
{
	struct buffer *buffer = get_buffer(mapped_buffers);
	struct path_buffer *path = get_buffer(mapped_paths);
	u64 policies = told(returned, EVENT_DO_MMAP);
	struct mapped mapped = {};

	if (!policies || !buffer || !path || !is_mapped(returned))
		return 0;
	if (!(returned->args[3] & MAP_ANONYMOUS))
		mapped.file = open_file(task, returned->args[4]);
	mapped.at = returned->value;
	mapped.offset = first_page(returned);
	mapped.size = returned->args[1];
	mapped.protection = returned->args[2];
	mapped.flags = returned->args[3];
	begin_after(buffer, task, returned);
	send_mapped(buffer, path, &mapped, policies);
	return 0;
}

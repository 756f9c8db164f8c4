/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs that could not be run. */
#include "entry.h"
#include "file.h"
#include "follower.h"
#include "given.h"
#include "hook.h"
#include "invoked.h"

#define INTERPRETER_MAX 512

BUFFERS(execute_failed_buffers);
PATH_BUFFERS(execute_failed_paths);
PATH_BUFFERS(execute_checked_paths);

/* The file that a task is about to run, as far as the kernel got with it. */
struct checked {
	u32 dev, mode, size; /* size: of the path */
	u64 inode, ctime;
	u8 path[STRING_MAX];
	u8 interpreter[INTERPRETER_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* one per possible CPU, as BUFFERS */
	__type(key, u32);
	__type(value, struct checked);
} checked_buffers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 512);
	__type(key, u64);
	__type(value, struct checked);
} checked_programs SEC(".maps");

static __always_inline void note_checked(struct checked *checked, struct path_buffer *path,
					 struct linux_binprm *bprm)
{
	struct file *file = BPF_CORE_READ(bprm, file);
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	resolve(path, file);
	*(volatile u32 *)&checked->size = copy_path(checked->path, path);
	checked->dev = BPF_CORE_READ(inode, i_sb, s_dev);
	checked->mode = BPF_CORE_READ(inode, i_mode);
	checked->inode = BPF_CORE_READ(inode, i_ino);
	checked->ctime = change_time(inode);
}

/* Of a script the kernel comes here again with its interpreter: the file stays the script. */
HOOK1(EVENT_PROCESS_EXECUTE_FAILED, execute_checked, bprm_check_security, security_bprm_check,
      struct linux_binprm *, bprm)
{
	struct checked *checked = get_buffer(checked_buffers), *found;
	struct path_buffer *path = get_buffer(execute_checked_paths);
	struct task_struct *task = current_task();
	u64 owner = (u64)task;

	if (!checked || !path || !wanted(EVENT_PROCESS_EXECUTE_FAILED, task))
		return;
	found = bpf_map_lookup_elem(&checked_programs, &owner);
	if (found && BPF_CORE_READ(bprm, filename) != BPF_CORE_READ(bprm, interp)) {
		bpf_probe_read_kernel_str(found->interpreter, INTERPRETER_MAX,
					  BPF_CORE_READ(bprm, interp));
		return;
	}
	note_checked(checked, path, bprm);
	bpf_probe_read_kernel_str(checked->interpreter, INTERPRETER_MAX,
				  BPF_CORE_READ(bprm, interp));
	bpf_map_update_elem(&checked_programs, &owner, checked, BPF_ANY);
}

static __always_inline void put_checked(struct buffer *buffer, struct checked *checked)
{
	u8 *to = next(buffer, STRING_MAX);
	u32 size;

	if (!checked) {
		for (int i = 0; i < 6; i++)
			put_nil(buffer);
		return;
	}
	size = *(volatile u32 *)&checked->size;
	asm volatile("" : "+r"(size));
	if (size > STRING_MAX)
		size = STRING_MAX;
	bpf_probe_read_kernel(to + 3, size, checked->path);
	put_bin_head(buffer, to, size);
	put_u32(buffer, checked->dev);
	put_u64(buffer, checked->inode);
	put_u64(buffer, checked->ctime);
	put_u32(buffer, checked->mode);
	put_kernel_string(buffer, checked->interpreter);
}

__noinline int put_failed_strings(u32 index, u64 list, u32 compat)
{
	struct buffer *buffer = bpf_map_lookup_elem(&execute_failed_buffers, &index);

	return buffer ? put_strings(buffer, list, compat) : 0;
}

static __always_inline void put_failed(struct buffer *buffer, struct task_struct *task,
				       struct returned *returned, struct checked *checked)
{
	struct path_buffer *path = get_buffer(execute_failed_paths);
	u32 at = returned->event == EVENT_EXECVEAT, compat = returned->key >= COMPAT_CALLS;
	u32 index = bpf_get_smp_processor_id();

	if (!path)
		return;
	put_i32(buffer, at ? returned->args[0] : AT_FDCWD);
	put_i32(buffer, at ? returned->args[4] : 0);
	put_user_string(buffer, (const void *)(at ? returned->args[1] : returned->args[0]));
	put_checked(buffer, checked);
	put_u32(buffer, stdin_type(task));
	put_stdin_path(buffer, path, task);
	put_i32(buffer, from_kernel(task));
	put_failed_strings(index, at ? returned->args[2] : returned->args[1], compat);
	put_failed_strings(index, at ? returned->args[3] : returned->args[2], compat);
}

FOLLOWER(execute_failed)
{
	struct buffer *buffer = get_buffer(execute_failed_buffers);
	u64 policies = told(returned, EVENT_PROCESS_EXECUTE_FAILED), owner = (u64)task;

	if (policies && buffer && returned->value < 0) {
		begin_after(buffer, task, returned);
		put_failed(buffer, task, returned,
			   bpf_map_lookup_elem(&checked_programs, &owner));
		send(buffer, EVENT_PROCESS_EXECUTE_FAILED, returned->value, policies);
	}
	bpf_map_delete_elem(&checked_programs, &owner);
	return 0;
}

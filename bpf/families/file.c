/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Files. */
#include "call.h"
#include "file.h"
#include "follower.h"
#include "hook.h"

BUFFERS(file_open_buffers);
PATH_BUFFERS(file_open_paths);

/* The path as the caller gave it. */
static __always_inline void put_called_path(struct buffer *buffer, u32 event, u64 *args)
{
	if (event == EVENT_OPEN || event == EVENT_CREAT || event == EVENT_EXECVE)
		put_user_string(buffer, (const void *)args[0]);
	else if (event == EVENT_OPENAT || event == EVENT_OPENAT2 || event == EVENT_EXECVEAT)
		put_user_string(buffer, (const void *)args[1]);
	else
		put_nil(buffer);
}

HOOK1(EVENT_SECURITY_FILE_OPEN, file_open, file_open, security_file_open, struct file *, file)
{
	struct buffer *buffer = get_buffer(file_open_buffers);
	struct path_buffer *path = get_buffer(file_open_paths);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_FILE_OPEN, task);
	struct called called;

	if (!policies || !buffer || !path)
		return;
	begin(buffer, task, current_call());
	put_opened(buffer, path, file);
	find_called(&called);
	put_called_path(buffer, called.event, called.args);
	put_u32(buffer, BPF_CORE_READ(file, f_inode, i_mode));
	send(buffer, EVENT_SECURITY_FILE_OPEN, 0, policies);
}

/* As the returned file descriptor tells. */
FOLLOWER(open)
{
	struct buffer *buffer = get_buffer(file_open_buffers);
	struct path_buffer *path = get_buffer(file_open_paths);
	u64 policies = told(returned, EVENT_SECURITY_FILE_OPEN);
	struct file *file = returned->value < 0 ? 0 : open_file(task, returned->value);

	if (!policies || !buffer || !path || !file)
		return 0; /* refused, or closed by another thread since */
	/* O_PATH opens a place and not a file: the hook that gives this event its name is not called */
	if (BPF_CORE_READ(file, f_flags) & O_PATH)
		return 0;
	begin_after(buffer, task, returned);
	put_opened(buffer, path, file);
	put_called_path(buffer, returned->event, returned->args);
	put_u32(buffer, BPF_CORE_READ(file, f_inode, i_mode));
	send(buffer, EVENT_SECURITY_FILE_OPEN, 0, policies);
	return 0;
}

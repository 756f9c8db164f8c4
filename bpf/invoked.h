/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How a program was started. */
#pragma once
#include "path.h"

static __always_inline u32 stdin_type(struct task_struct *task)
{
	struct file *file = open_file(task, 0);

	return file ? BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT : 0;
}

/* The path of file descriptor 0; nil where it is not open. */
static __always_inline void put_stdin_path(struct buffer *buffer, struct path_buffer *path,
					   struct task_struct *task)
{
	struct file *file = open_file(task, 0);

	if (!file)
		return put_nil(buffer);
	resolve(path, file);
	put_path(buffer, path);
}

/* A program that the kernel itself starts has a kernel thread for its parent. */
static __always_inline u32 from_kernel(struct task_struct *task)
{
	struct task_struct *parent = LOAD(task, real_parent);

	return (LOAD(parent, flags) & PF_KTHREAD) != 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A path as a system call was given it. */
#pragma once
#include "path.h"

#define AT_FDCWD -100

/* Find the path of the directory that a call's path begins at. */
static __always_inline void resolve_base(struct path_buffer *path, struct task_struct *task,
					 s32 directory, u32 absolute)
{
	struct fs_struct *fs = LOAD(task, fs);
	struct path *base = &fs->pwd;
	struct file *file;

	if (absolute) {
		base = &fs->root;
	} else if (directory != AT_FDCWD) {
		file = open_file(task, directory);
		base = file ? &file->f_path : 0;
	}
	resolve_place(path, BPF_CORE_READ(base, dentry), BPF_CORE_READ(base, mnt));
}

/* The path at `from`, made absolute: with the path of the directory that it begins at before it. No
 * symbolic link is followed, and "." and ".." stay where they are. nil where it cannot be read.
 */
static __always_inline void put_given_path(struct buffer *buffer, struct path_buffer *path,
					   struct task_struct *task, s32 directory, u64 from)
{
	u8 *to = next(buffer, 2 * STRING_MAX);
	u8 first = 0;
	u32 begin;
	long size;

	bpf_probe_read_user(&first, 1, (const void *)from);
	resolve_base(path, task, directory, first == '/');
	begin = copy_path(to + 3, path);
	if (begin == 1 && first == '/')
		begin = 0; /* the root, which the path has already */
	asm volatile("" : "+r"(begin));
	if (begin > STRING_MAX)
		return;
	if (begin > 1 && first != '/')
		STORE8(to + 3 + begin++, '/');
	size = read_user_string(to + 3 + begin, (const void *)from);
	if (size < 1 || size > STRING_MAX)
		return put_nil(buffer);
	if (path->cut)
		cut_short(buffer);
	put_bin_head(buffer, to, begin + size - 1);
}

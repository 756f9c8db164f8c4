/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What events say of an open file. */
#pragma once
#include "path.h"

static __always_inline void put_inode(struct buffer *buffer, struct inode *inode)
{
	put_u32(buffer, BPF_CORE_READ(inode, i_sb, s_dev));
	put_u64(buffer, BPF_CORE_READ(inode, i_ino));
}

/* Its path, device and inode; nil where there is no file. */
static __always_inline void put_file(struct buffer *buffer, struct path_buffer *path,
				     struct file *file)
{
	if (!file) {
		put_nil(buffer);
		put_nil(buffer);
		put_nil(buffer);
		return;
	}
	resolve(path, file);
	put_path(buffer, path);
	put_inode(buffer, BPF_CORE_READ(file, f_inode));
}

/* Its path, how it was opened, device, inode and last change. */
static __always_inline void put_opened(struct buffer *buffer, struct path_buffer *path,
				       struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	resolve(path, file);
	put_path(buffer, path);
	put_i32(buffer, BPF_CORE_READ(file, f_flags));
	put_inode(buffer, inode);
	put_u64(buffer, change_time(inode));
}

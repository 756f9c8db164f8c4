/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The absolute path of an open file, by the kernel's own names: dentries up to the root of their
 * mount, then on at the mount point, until the root of the task's mount tree.
 */
#pragma once
#include "record.h"
#include "repeat.h"

#define PATH_DEPTH 64 /* names; of a deeper path the end is kept */
#define NAME_MAX 255

/* The path is built from its end to its beginning, in a buffer of its own. */
struct path_buffer {
	u8 bytes[STRING_MAX + NAME_MAX + 1];
	u32 at;	  /* where the path begins */
	u32 size; /* of it, without a NUL; 0: there is none */
	u32 cut;  /* names are missing at its beginning */
};

#define PATH_BUFFERS(name)                                                                         \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                  \
		__uint(max_entries, 1); /* one per possible CPU, as BUFFERS */                     \
		__type(key, u32);                                                                  \
		__type(value, struct path_buffer);                                                 \
	} name SEC(".maps")

/* Put "/name" before what is there. Returns 0 where it does not fit. */
static __always_inline int prepend(struct path_buffer *path, struct dentry *dentry)
{
	u32 size = BPF_CORE_READ(dentry, d_name.len);
	u32 at = *(volatile u32 *)&path->at;

	size &= NAME_MAX;
	if (at < size + 1 || at > STRING_MAX)
		return 0;
	at -= size + 1;
	asm volatile("" : "+r"(at));
	if (at > STRING_MAX)
		return 0;
	STORE8(path->bytes + at, '/');
	bpf_probe_read_kernel(path->bytes + at + 1, size, BPF_CORE_READ(dentry, d_name.name));
	*(volatile u32 *)&path->at = at;
	return 1;
}

/* Walk to the root. Returns 0 where names are missing at the beginning. */
static __always_inline int walk(struct path_buffer *path, struct dentry *dentry,
				struct vfsmount *vfsmount)
{
	struct mount *mount = (void *)vfsmount - bpf_core_field_offset(struct mount, mnt);
	struct dentry *root = BPF_CORE_READ(vfsmount, mnt_root);

	REPEAT(name, PATH_DEPTH) {
		struct dentry *parent = BPF_CORE_READ(dentry, d_parent);

		if (dentry == root || dentry == parent) {
			struct mount *above = BPF_CORE_READ(mount, mnt_parent);

			if (dentry != root || above == mount)
				return 1;
			dentry = BPF_CORE_READ(mount, mnt_mountpoint);
			mount = above;
			root = BPF_CORE_READ(mount, mnt.mnt_root);
			continue;
		}
		if (!prepend(path, dentry))
			return 0;
		dentry = parent;
	}
	return 0;
}

/* A file that has no place in the tree (memfd, a pipe) is its bare name, as "memfd:name". */
static __always_inline void bare_name(struct path_buffer *path, struct dentry *dentry)
{
	long size = bpf_probe_read_kernel_str(path->bytes, NAME_MAX + 1,
					      BPF_CORE_READ(dentry, d_name.name));

	path->at = 0;
	path->size = size > 1 ? size - 1 : 0;
}

/* Find the path of a place in the tree. */
static __always_inline void resolve_place(struct path_buffer *path, struct dentry *dentry,
					  struct vfsmount *mount)
{
	u32 at;

	path->size = 0;
	path->cut = 0;
	if (!dentry)
		return;
	*(volatile u32 *)&path->at = STRING_MAX;
	if (!walk(path, dentry, mount))
		path->cut = 1;
	at = *(volatile u32 *)&path->at;
	if (at < STRING_MAX) {
		path->size = STRING_MAX - at;
	} else if (dentry != BPF_CORE_READ(mount, mnt_root)) {
		bare_name(path, dentry);
	} else {
		path->at = STRING_MAX - 1;
		path->size = 1;
		STORE8(path->bytes + STRING_MAX - 1, '/');
	}
}

/* Find the path of `file`, once for all who need it. */
static __noinline void resolve(struct path_buffer *path, struct file *file)
{
	resolve_place(path, BPF_CORE_READ(file, f_path.dentry), BPF_CORE_READ(file, f_path.mnt));
}

/* Copy a resolved path to `to`, which has room for STRING_MAX bytes; returns its size. */
static __always_inline u32 copy_path(u8 *to, struct path_buffer *path)
{
	u32 at = *(volatile u32 *)&path->at, size = *(volatile u32 *)&path->size;

	asm volatile("" : "+r"(size));
	if (size > STRING_MAX)
		size = STRING_MAX;
	asm volatile("" : "+r"(at));
	if (at > STRING_MAX - 1)
		return 0;
	if (at + size > STRING_MAX)
		return 0;
	bpf_probe_read_kernel(to, size, path->bytes + at);
	return size;
}

/* A resolved path as an argument; nil where there is none. */
static __noinline void put_path(struct buffer *buffer, struct path_buffer *path)
{
	u8 *to = next(buffer, STRING_MAX);
	u32 size = copy_path(to + 3, path);

	if (!size)
		return put_nil(buffer);
	if (path->cut)
		cut_short(buffer);
	put_bin_head(buffer, to, size);
}

/* Since 6.13 the highest bit of the nanoseconds says that somebody has asked for them. */
static __always_inline u64 nanoseconds(s64 seconds, u32 rest)
{
	return seconds * 1000000000ull + (rest & 0x7fffffff);
}

/* Last change of an inode, ns since the epoch. */
static __noinline u64 change_time(struct inode *inode)
{
	struct inode___since_6_11 *newest = (void *)inode;
	struct inode___since_6_6 *newer = (void *)inode;

	if (bpf_core_field_exists(newest->i_ctime_sec))
		return nanoseconds(BPF_CORE_READ(newest, i_ctime_sec),
				   BPF_CORE_READ(newest, i_ctime_nsec));
	if (bpf_core_field_exists(newer->__i_ctime))
		return nanoseconds(BPF_CORE_READ(newer, __i_ctime.tv_sec),
				   BPF_CORE_READ(newer, __i_ctime.tv_nsec));
	return nanoseconds(BPF_CORE_READ(inode, i_ctime.tv_sec),
			   BPF_CORE_READ(inode, i_ctime.tv_nsec));
}

/* The task's open file `fd`, or NULL. */
static __noinline struct file *open_file(struct task_struct *task, u32 fd)
{
	struct files_struct *files = LOAD(task, files);
	struct fdtable *table = BPF_CORE_READ(files, fdt);
	struct file **list = BPF_CORE_READ(table, fd);
	struct file *file = 0;

	if (fd < BPF_CORE_READ(table, max_fds))
		bpf_probe_read_kernel(&file, sizeof(file), list + fd);
	return file;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The path of a directory entry where the kernel's function is not told through which mount it is
 * looked at. It is one of those that the task can see; where several show the entry, the one that
 * the task's working directory is on, else the first.
 */
#pragma once
#include "path.h"

#define MOUNTS_MAX 32 /* of one file system, in all namespaces, that are looked through */

/* Whether the entry is below the mount's root: a mount may show only a part of its file system. */
static __always_inline int shows(struct mount *mount, struct dentry *dentry)
{
	struct dentry *root = BPF_CORE_READ(mount, mnt.mnt_root);

	if (root == BPF_CORE_READ(dentry, d_sb, s_root))
		return 1;
	REPEAT(name, PATH_DEPTH) {
		struct dentry *parent = BPF_CORE_READ(dentry, d_parent);

		if (dentry == root)
			return 1;
		if (dentry == parent)
			return 0;
		dentry = parent;
	}
	return 0;
}

static __always_inline int may_be_it(struct mount *mount, struct mnt_namespace *space,
				     struct dentry *dentry)
{
	return BPF_CORE_READ(mount, mnt_ns) == space && shows(mount, dentry);
}

/* Search the mounts of a file system, as they are listed since 6.18. */
static __always_inline u64 search_chain(struct super_block *block, struct mnt_namespace *space,
					struct dentry *dentry)
{
	struct super_block___since_6_18 *newer = (void *)block;
	struct mount___since_6_18 *mount = BPF_CORE_READ(newer, s_mounts);

	REPEAT(turn, MOUNTS_MAX) {
		if (!mount)
			return 0;
		if (may_be_it((struct mount *)mount, space, dentry))
			return (u64)mount;
		mount = BPF_CORE_READ(mount, mnt_next_for_sb);
	}
	return 0;
}

/* As they were listed before. Not one loop for both: the compiler takes what does not change out of
 * a loop, and a kernel must not come across an offset of a field that it does not have.
 */
static __always_inline u64 search_list(struct super_block *block, struct mnt_namespace *space,
				       struct dentry *dentry)
{
	struct list_head *end = __builtin_preserve_access_index(&block->s_mounts), *link;

	link = BPF_CORE_READ(end, next);
	REPEAT(turn, MOUNTS_MAX) {
		struct mount *mount = (void *)link - bpf_core_field_offset(struct mount, mnt_instance);

		if (link == end)
			return 0;
		if (may_be_it(mount, space, dentry))
			return (u64)mount;
		link = BPF_CORE_READ(link, next);
	}
	return 0;
}

static __always_inline struct mount *working_mount(struct task_struct *task)
{
	struct vfsmount *mount = BPF_CORE_READ(task, fs, pwd.mnt);

	return (void *)mount - bpf_core_field_offset(struct mount, mnt);
}

/* The mount through which the current task sees an entry; 0: none is found.
 *
 * A global function: the verifier walks its loops once.
 */
__noinline u64 find_mount(u64 entry)
{
	struct task_struct *task = current_task();
	struct dentry *dentry = (struct dentry *)entry;
	struct super_block *block = BPF_CORE_READ(dentry, d_sb);
	struct mnt_namespace *space = BPF_CORE_READ(task, nsproxy, mnt_ns);
	struct mount *mount = working_mount(task);

	if (BPF_CORE_READ(mount, mnt.mnt_sb) == block && shows(mount, dentry))
		return (u64)mount;
	if (bpf_core_field_exists(((struct mount___since_6_18 *)0)->mnt_next_for_sb))
		return search_chain(block, space, dentry);
	return search_list(block, space, dentry);
}

/* Where no mount is found, the path begins at the root of the file system. */
static __always_inline void resolve_entry(struct path_buffer *path, struct dentry *dentry)
{
	u32 at = bpf_core_field_offset(struct mount, mnt);
	u64 entry = 0, mount;

	/* A number: a hook's own pointer has a type, and none such may go to a global function. */
	bpf_probe_read_kernel(&entry, sizeof(entry), &dentry);
	mount = find_mount(entry);

	resolve_place(path, dentry, mount ? (struct vfsmount *)(mount + at) : 0);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The path of a directory entry where the kernel's function is not told through which mount it is
 * looked at. It is one of those that the task can see; where several show the entry, the one that
 * the task's working directory is on, else the first.
 */
#pragma once
#include "path.h"

#define MOUNTS_MAX 32 /* of one file system, in all namespaces, that are looked through */

static __always_inline struct mount *mount_at(struct super_block *block, struct list_head *link)
{
	if (link == (void *)block + bpf_core_field_offset(struct super_block, s_mounts))
		return 0;
	return (void *)link - bpf_core_field_offset(struct mount, mnt_instance);
}

static __always_inline struct mount *first_mount(struct super_block *block)
{
	struct super_block___since_6_18 *newer = (void *)block;

	if (bpf_core_field_exists(((struct mount___since_6_18 *)0)->mnt_next_for_sb))
		return (struct mount *)BPF_CORE_READ(newer, s_mounts);
	return mount_at(block, BPF_CORE_READ(block, s_mounts.next));
}

static __always_inline struct mount *next_mount(struct super_block *block, struct mount *mount)
{
	struct mount___since_6_18 *newer = (void *)mount;

	if (bpf_core_field_exists(newer->mnt_next_for_sb))
		return (struct mount *)BPF_CORE_READ(newer, mnt_next_for_sb);
	return mount_at(block, BPF_CORE_READ(mount, mnt_instance.next));
}

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
	mount = first_mount(block);
	REPEAT(turn, MOUNTS_MAX) {
		if (!mount)
			return 0;
		if (BPF_CORE_READ(mount, mnt_ns) == space && shows(mount, dentry))
			return (u64)mount;
		mount = next_mount(block, mount);
	}
	return 0;
}

/* Where no mount is found, the path begins at the root of the file system. */
static __always_inline void resolve_entry(struct path_buffer *path, struct dentry *dentry)
{
	u64 mount = find_mount((u64)dentry);
	u32 at = bpf_core_field_offset(struct mount, mnt);

	resolve_place(path, dentry, mount ? (struct vfsmount *)(mount + at) : 0);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names in directories: made, moved and removed. The followers tell of calls that worked. */
#include "dentry.h"
#include "follower.h"
#include "given.h"
#include "hook.h"

BUFFERS(inode_unlink_buffers);
PATH_BUFFERS(inode_unlink_paths);
BUFFERS(inode_rename_buffers);
PATH_BUFFERS(inode_rename_paths);
BUFFERS(inode_mknod_buffers);
PATH_BUFFERS(inode_mknod_paths);
BUFFERS(inode_symlink_buffers);
PATH_BUFFERS(inode_symlink_paths);

#define AT_REMOVEDIR 0x200
#define S_IFIFO 0010000
#define S_IFCHR 0020000
#define S_IFBLK 0060000

static __always_inline void put_entry(struct buffer *buffer, struct path_buffer *path,
				      struct dentry *dentry)
{
	resolve_entry(path, dentry);
	put_path(buffer, path);
}

HOOK2(EVENT_SECURITY_INODE_UNLINK, inode_unlink, inode_unlink, security_inode_unlink,
      struct inode *, directory, struct dentry *, dentry)
{
	struct buffer *buffer = get_buffer(inode_unlink_buffers);
	struct path_buffer *path = get_buffer(inode_unlink_paths);
	struct inode *inode = BPF_CORE_READ(dentry, d_inode);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_INODE_UNLINK, task);

	if (!policies || !buffer || !path)
		return;
	begin(buffer, task, current_call());
	put_entry(buffer, path, dentry);
	put_u64(buffer, BPF_CORE_READ(inode, i_ino));
	put_u32(buffer, BPF_CORE_READ(inode, i_sb, s_dev));
	put_u64(buffer, change_time(inode));
	send(buffer, EVENT_SECURITY_INODE_UNLINK, 0, policies);
}

FOLLOWER(inode_unlink)
{
	struct buffer *buffer = get_buffer(inode_unlink_buffers);
	struct path_buffer *path = get_buffer(inode_unlink_paths);
	u64 policies = told(returned, EVENT_SECURITY_INODE_UNLINK), *args = returned->args;
	u32 at = returned->event == EVENT_UNLINKAT;

	if (!policies || !buffer || !path || returned->value || (at && args[2] & AT_REMOVEDIR))
		return 0;
	begin_after(buffer, task, returned);
	put_given_path(buffer, path, task, at ? args[0] : AT_FDCWD, at ? args[1] : args[0]);
	put_nil(buffer);
	put_nil(buffer);
	put_nil(buffer);
	send(buffer, EVENT_SECURITY_INODE_UNLINK, 0, policies);
	return 0;
}

HOOK4(EVENT_SECURITY_INODE_RENAME, inode_rename, inode_rename, security_inode_rename,
      struct inode *, from, struct dentry *, old, struct inode *, to, struct dentry *, new)
{
	struct buffer *buffer = get_buffer(inode_rename_buffers);
	struct path_buffer *path = get_buffer(inode_rename_paths);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_INODE_RENAME, task);

	if (!policies || !buffer || !path)
		return;
	begin(buffer, task, current_call());
	put_entry(buffer, path, old);
	put_entry(buffer, path, new);
	send(buffer, EVENT_SECURITY_INODE_RENAME, 0, policies);
}

FOLLOWER(inode_rename)
{
	struct buffer *buffer = get_buffer(inode_rename_buffers);
	struct path_buffer *path = get_buffer(inode_rename_paths);
	u64 policies = told(returned, EVENT_SECURITY_INODE_RENAME), *args = returned->args;
	u32 at = returned->event != EVENT_RENAME;

	if (!policies || !buffer || !path || returned->value)
		return 0;
	begin_after(buffer, task, returned);
	put_given_path(buffer, path, task, at ? args[0] : AT_FDCWD, at ? args[1] : args[0]);
	put_given_path(buffer, path, task, at ? args[2] : AT_FDCWD, at ? args[3] : args[1]);
	send(buffer, EVENT_SECURITY_INODE_RENAME, 0, policies);
	return 0;
}

HOOK4(EVENT_SECURITY_INODE_MKNOD, inode_mknod, inode_mknod, security_inode_mknod, struct inode *,
      directory, struct dentry *, dentry, u16, mode, u32, device)
{
	struct buffer *buffer = get_buffer(inode_mknod_buffers);
	struct path_buffer *path = get_buffer(inode_mknod_paths);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_INODE_MKNOD, task);

	if (!policies || !buffer || !path)
		return;
	begin(buffer, task, current_call());
	put_entry(buffer, path, dentry);
	put_u32(buffer, mode);
	put_u32(buffer, device);
	send(buffer, EVENT_SECURITY_INODE_MKNOD, 0, policies);
}

/* A device's number as programs have it, in the kernel's form; 0 for what is no device. */
static __always_inline u32 kernel_device(u32 mode, u32 device)
{
	u32 major = device >> 8 & 0xfff, minor = (device & 0xff) | (device >> 12 & 0xfff00);

	if ((mode & S_IFMT) != S_IFCHR && (mode & S_IFMT) != S_IFBLK)
		return 0;
	return major << 20 | minor;
}

/* Other types are made as files are. */
static __always_inline int is_special(u32 mode)
{
	u32 type = mode & S_IFMT;

	return type == S_IFCHR || type == S_IFBLK || type == S_IFIFO || type == S_IFSOCK;
}

FOLLOWER(inode_mknod)
{
	struct buffer *buffer = get_buffer(inode_mknod_buffers);
	struct path_buffer *path = get_buffer(inode_mknod_paths);
	u64 policies = told(returned, EVENT_SECURITY_INODE_MKNOD), *args = returned->args;
	u32 at = returned->event == EVENT_MKNODAT;
	u32 mode = at ? args[2] : args[1], device = at ? args[3] : args[2];

	if (!policies || !buffer || !path || returned->value || !is_special(mode))
		return 0;
	begin_after(buffer, task, returned);
	put_given_path(buffer, path, task, at ? args[0] : AT_FDCWD, at ? args[1] : args[0]);
	put_u32(buffer, mode & 0xffff);
	put_u32(buffer, kernel_device(mode, device));
	send(buffer, EVENT_SECURITY_INODE_MKNOD, 0, policies);
	return 0;
}

HOOK3(EVENT_SECURITY_INODE_SYMLINK, inode_symlink, inode_symlink, security_inode_symlink,
      struct inode *, directory, struct dentry *, dentry, const char *, target)
{
	struct buffer *buffer = get_buffer(inode_symlink_buffers);
	struct path_buffer *path = get_buffer(inode_symlink_paths);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_INODE_SYMLINK, task);

	if (!policies || !buffer || !path)
		return;
	begin(buffer, task, current_call());
	put_entry(buffer, path, dentry);
	put_kernel_string(buffer, target);
	send(buffer, EVENT_SECURITY_INODE_SYMLINK, 0, policies);
}

FOLLOWER(inode_symlink)
{
	struct buffer *buffer = get_buffer(inode_symlink_buffers);
	struct path_buffer *path = get_buffer(inode_symlink_paths);
	u64 policies = told(returned, EVENT_SECURITY_INODE_SYMLINK), *args = returned->args;
	u32 at = returned->event == EVENT_SYMLINKAT;

	if (!policies || !buffer || !path || returned->value)
		return 0;
	begin_after(buffer, task, returned);
	put_given_path(buffer, path, task, at ? args[1] : AT_FDCWD, at ? args[2] : args[1]);
	put_user_string(buffer, (const void *)args[0]);
	send(buffer, EVENT_SECURITY_INODE_SYMLINK, 0, policies);
	return 0;
}

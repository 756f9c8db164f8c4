/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names in directories: made, moved and removed. */
#include "dentry.h"
#include "follower.h"
#include "given.h"
#include "hook.h"

BUFFERS(inode_unlink_buffers);
PATH_BUFFERS(inode_unlink_paths);
BUFFERS(inode_rename_buffers);
PATH_BUFFERS(inode_rename_paths);
BUFFERS(name_after_buffers);
PATH_BUFFERS(name_after_paths);

#define AT_REMOVEDIR 0x200

static __always_inline void put_entry(struct buffer *buffer, struct path_buffer *path,
				      struct dentry *dentry)
{
	resolve_entry(path, dentry);
	put_path(buffer, path);
}

HOOK2(inode_unlink, inode_unlink, security_inode_unlink, struct inode *, directory, struct dentry *,
      dentry)
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

HOOK4(inode_rename, inode_rename, security_inode_rename, struct inode *, from, struct dentry *, old,
      struct inode *, to, struct dentry *, new)
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

/* What a call was given: an event, and the one or two paths that it tells, each with the descriptor of
 * the directory that it begins at.
 */
struct given {
	u32 event;
	s32 directory, second_directory;
	u64 path, second_path;
};

static __always_inline void find_given(struct given *given, struct returned *returned)
{
	u64 *args = returned->args;

	given->directory = given->second_directory = AT_FDCWD;
	given->path = args[0];
	given->second_path = args[1];
	given->event = EVENT_SECURITY_INODE_UNLINK;
	switch (returned->event) {
	case EVENT_UNLINKAT:
		given->directory = args[0];
		given->path = args[1];
		if (args[2] & AT_REMOVEDIR)
			given->event = 0;
		break;
	case EVENT_RENAMEAT:
	case EVENT_RENAMEAT2:
		given->directory = args[0];
		given->path = args[1];
		given->second_directory = args[2];
		given->second_path = args[3];
		given->event = EVENT_SECURITY_INODE_RENAME;
		break;
	case EVENT_RENAME:
		given->event = EVENT_SECURITY_INODE_RENAME;
	}
}

/* Calls that worked. */
FOLLOWER(name)
{
	struct buffer *buffer = get_buffer(name_after_buffers);
	struct path_buffer *path = get_buffer(name_after_paths);
	struct given given;
	u64 policies;

	if (!buffer || !path || returned->value)
		return 0;
	find_given(&given, returned);
	policies = returned->policies & policies_of(given.event);
	if (!policies)
		return 0;
	begin_after(buffer, task, returned);
	put_given_path(buffer, path, task, given.directory, given.path);
	if (given.event == EVENT_SECURITY_INODE_RENAME) {
		put_given_path(buffer, path, task, given.second_directory, given.second_path);
	} else {
		put_nil(buffer);
		put_nil(buffer);
		put_nil(buffer);
	}
	send(buffer, given.event, 0, policies);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Mounts. */
#include "follower.h"
#include "given.h"
#include "hook.h"

BUFFERS(sb_mount_buffers);
PATH_BUFFERS(sb_mount_paths);
BUFFERS(sb_umount_buffers);
PATH_BUFFERS(sb_umount_paths);

#define MS_MGC_VAL 0xc0ed0000 /* once a sign that the flags are new, and taken away since */
#define MS_MGC_MSK 0xffff0000

HOOK4(EVENT_SECURITY_SB_MOUNT, sb_mount, sb_mount, security_sb_mount, const char *, device,
      const struct path *, at, const char *, type, unsigned long, flags)
{
	struct buffer *buffer = get_buffer(sb_mount_buffers);
	struct path_buffer *path = get_buffer(sb_mount_paths);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_SB_MOUNT, task);

	if (!policies || !buffer || !path)
		return;
	begin(buffer, task, current_call());
	put_kernel_string(buffer, device);
	resolve_place(path, BPF_CORE_READ(at, dentry), BPF_CORE_READ(at, mnt));
	put_path(buffer, path);
	put_kernel_string(buffer, type);
	put_u64(buffer, flags);
	send(buffer, EVENT_SECURITY_SB_MOUNT, 0, policies);
}

FOLLOWER(sb_mount)
{
	struct buffer *buffer = get_buffer(sb_mount_buffers);
	struct path_buffer *path = get_buffer(sb_mount_paths);
	u64 policies = told(returned, EVENT_SECURITY_SB_MOUNT), *args = returned->args;
	u64 flags = args[3];

	if (!policies || !buffer || !path || returned->value)
		return 0;
	if ((flags & MS_MGC_MSK) == MS_MGC_VAL)
		flags &= ~MS_MGC_MSK;
	begin_after(buffer, task, returned);
	put_user_string(buffer, (const void *)args[0]);
	put_given_path(buffer, path, task, AT_FDCWD, args[1]);
	put_user_string(buffer, (const void *)args[2]);
	put_u64(buffer, flags);
	send(buffer, EVENT_SECURITY_SB_MOUNT, 0, policies);
	return 0;
}

HOOK2(EVENT_SECURITY_SB_UMOUNT, sb_umount, sb_umount, security_sb_umount, struct vfsmount *, mount,
      int, flags)
{
	struct buffer *buffer = get_buffer(sb_umount_buffers);
	struct path_buffer *path = get_buffer(sb_umount_paths);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_SB_UMOUNT, task);

	if (!policies || !buffer || !path)
		return;
	begin(buffer, task, current_call());
	resolve_place(path, BPF_CORE_READ(mount, mnt_root), mount);
	put_path(buffer, path);
	put_kernel_string(buffer, BPF_CORE_READ(mount, mnt_sb, s_type, name));
	put_i32(buffer, flags);
	send(buffer, EVENT_SECURITY_SB_UMOUNT, 0, policies);
}

FOLLOWER(sb_umount)
{
	struct buffer *buffer = get_buffer(sb_umount_buffers);
	struct path_buffer *path = get_buffer(sb_umount_paths);
	u64 policies = told(returned, EVENT_SECURITY_SB_UMOUNT), *args = returned->args;

	if (!policies || !buffer || !path || returned->value)
		return 0;
	begin_after(buffer, task, returned);
	put_given_path(buffer, path, task, AT_FDCWD, args[0]);
	put_nil(buffer); /* the mount is gone */
	put_i32(buffer, returned->event == EVENT_UMOUNT2 ? args[1] : 0);
	send(buffer, EVENT_SECURITY_SB_UMOUNT, 0, policies);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who has himself told of changes to files. */
#include "follower.h"
#include "given.h"
#include "hook.h"

BUFFERS(path_notify_buffers);
PATH_BUFFERS(path_notify_paths);

#define IN_ALL_EVENTS 0xfff
#define FAN_NO_EVENTS 0x68000000 /* bits of a mask that are no events: of directories, children */
#define FAN_MARK_MOUNT 0x10
#define FAN_MARK_FILESYSTEM 0x100
#define FAN_MARK_MNTNS 0x110
#define FAN_MARK_FLUSH 0x80

/* What is watched: as enum fsnotify_obj_type has it since 5.16. */
enum watched { WATCHED_INODE, WATCHED_MOUNT, WATCHED_FILE_SYSTEM, WATCHED_MOUNTS };

enum fsnotify_obj_type {
	FSNOTIFY_OBJ_TYPE_VFSMOUNT = 1,
	FSNOTIFY_OBJ_TYPE_SB = 2,
	FSNOTIFY_OBJ_TYPE_MNTNS = 3,
};

static __always_inline u32 watched(u32 type)
{
	if (type == bpf_core_enum_value(enum fsnotify_obj_type, FSNOTIFY_OBJ_TYPE_VFSMOUNT))
		return WATCHED_MOUNT;
	if (type == bpf_core_enum_value(enum fsnotify_obj_type, FSNOTIFY_OBJ_TYPE_SB))
		return WATCHED_FILE_SYSTEM;
	if (bpf_core_enum_value_exists(enum fsnotify_obj_type, FSNOTIFY_OBJ_TYPE_MNTNS) &&
	    type == bpf_core_enum_value(enum fsnotify_obj_type, FSNOTIFY_OBJ_TYPE_MNTNS))
		return WATCHED_MOUNTS;
	return type;
}

HOOK3(EVENT_SECURITY_PATH_NOTIFY, path_notify, path_notify, security_path_notify,
      const struct path *, place, u64, mask, u32, type)
{
	struct buffer *buffer = get_buffer(path_notify_buffers);
	struct path_buffer *path = get_buffer(path_notify_paths);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_PATH_NOTIFY, task);
	struct inode *inode;

	if (!policies || !buffer || !path)
		return;
	inode = BPF_CORE_READ(place, dentry, d_inode);
	begin(buffer, task, current_call());
	resolve_place(path, BPF_CORE_READ(place, dentry), BPF_CORE_READ(place, mnt));
	put_path(buffer, path);
	put_u64(buffer, BPF_CORE_READ(inode, i_ino));
	put_u32(buffer, BPF_CORE_READ(inode, i_sb, s_dev));
	put_u64(buffer, mask);
	put_u32(buffer, watched(type));
	send(buffer, EVENT_SECURITY_PATH_NOTIFY, 0, policies);
}

static __always_inline u32 watched_by_fanotify(u32 flags)
{
	switch (flags & FAN_MARK_MNTNS) {
	case FAN_MARK_MOUNT:
		return WATCHED_MOUNT;
	case FAN_MARK_FILESYSTEM:
		return WATCHED_FILE_SYSTEM;
	case FAN_MARK_MNTNS:
		return WATCHED_MOUNTS;
	}
	return WATCHED_INODE;
}

FOLLOWER(path_notify)
{
	struct buffer *buffer = get_buffer(path_notify_buffers);
	struct path_buffer *path = get_buffer(path_notify_paths);
	u64 policies = told(returned, EVENT_SECURITY_PATH_NOTIFY), *args = returned->args;
	u32 inotify = returned->event == EVENT_INOTIFY_ADD_WATCH;

	if (!policies || !buffer || !path || returned->value < 0)
		return 0;
	if (!inotify && args[1] & FAN_MARK_FLUSH)
		return 0;
	begin_after(buffer, task, returned);
	put_given_path(buffer, path, task, inotify ? AT_FDCWD : args[3],
		       inotify ? args[1] : args[4]);
	put_nil(buffer);
	put_nil(buffer);
	put_u64(buffer, inotify ? args[2] & IN_ALL_EVENTS : args[2] & ~(u64)FAN_NO_EVENTS);
	put_u32(buffer, inotify ? WATCHED_INODE : watched_by_fanotify(args[1]));
	send(buffer, EVENT_SECURITY_PATH_NOTIFY, 0, policies);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Files whose length, times or permissions change, and where tasks are and look. */
#include "call.h"
#include "dentry.h"
#include "exit_hook.h"
#include "file.h"
#include "follower.h"
#include "given.h"

#define O_TRUNC 01000
#define UTIME_NOW 0x3fffffff
#define UTIME_OMIT 0x3ffffffe

BUFFERS(set_fs_pwd_buffers);
BUFFERS(chmod_buffers);
BUFFERS(utimes_buffers);
BUFFERS(truncate_buffers);
BUFFERS(inotify_buffers);
BUFFERS(changed_file_buffers);
PATH_BUFFERS(set_fs_pwd_paths);
PATH_BUFFERS(chmod_paths);
PATH_BUFFERS(utimes_paths);
PATH_BUFFERS(truncate_paths);
PATH_BUFFERS(inotify_paths);
PATH_BUFFERS(changed_file_paths);

static __always_inline void put_place(struct buffer *buffer, struct path_buffer *path,
				      struct path *place)
{
	resolve_place(path, BPF_CORE_READ(place, dentry), BPF_CORE_READ(place, mnt));
	put_path(buffer, path);
}

/* Which file a call is about: an open one, or a path that begins at a directory. */
struct target {
	s32 fd;
	s32 directory;
	u64 given; /* address of the path; 0: it is the open file */
};

static __always_inline void put_target(struct buffer *buffer, struct path_buffer *path,
				       struct task_struct *task, struct target *target)
{
	struct file *file;

	if (target->given)
		return put_given_path(buffer, path, task, target->directory, target->given);
	file = open_file(task, target->fd);
	if (!file)
		return put_nil(buffer);
	resolve(path, file);
	put_path(buffer, path);
}

/* The inode is only known of an open file. */
static __always_inline struct inode *target_inode(struct task_struct *task, struct target *target)
{
	struct file *file = target->given ? 0 : open_file(task, target->fd);

	return file ? BPF_CORE_READ(file, f_inode) : 0;
}

static __always_inline void put_inode_or_nil(struct buffer *buffer, struct inode *inode)
{
	if (inode)
		return put_inode(buffer, inode);
	put_nil(buffer);
	put_nil(buffer);
}

/* Where a task is. */

PLACE2(set_fs_pwd, set_fs_pwd, struct fs_struct *, fs, struct path *, place)
{
	struct buffer *buffer = get_buffer(set_fs_pwd_buffers);
	struct path_buffer *path = get_buffer(set_fs_pwd_paths);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SET_FS_PWD, task);
	struct called called;

	if (!policies || !buffer || !path)
		return;
	find_called(&called);
	begin(buffer, task, current_call());
	if (called.event == EVENT_CHDIR)
		put_user_string(buffer, (const void *)called.args[0]);
	else
		put_nil(buffer);
	put_place(buffer, path, place);
	send(buffer, EVENT_SET_FS_PWD, 0, policies);
}

FOLLOWER(set_fs_pwd)
{
	struct buffer *buffer = get_buffer(changed_file_buffers);
	struct path_buffer *path = get_buffer(changed_file_paths);
	u64 policies = told(returned, EVENT_SET_FS_PWD);
	struct fs_struct *fs = BPF_CORE_READ(task, fs);

	if (!policies || !buffer || !path || returned->value)
		return 0;
	begin_after(buffer, task, returned);
	if (returned->event == EVENT_CHDIR)
		put_user_string(buffer, (const void *)returned->args[0]);
	else
		put_nil(buffer);
	put_place(buffer, path, &fs->pwd);
	send(buffer, EVENT_SET_FS_PWD, 0, policies);
	return 0;
}

/* Permissions. */

RETURN2(chmod_common, chmod_common, struct path *, place, u32, mode)
{
	struct buffer *buffer = get_buffer(chmod_buffers);
	struct path_buffer *path = get_buffer(chmod_paths);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_CHMOD_COMMON, task);

	if (!policies || !buffer || !path)
		return;
	begin(buffer, task, current_call());
	put_place(buffer, path, place);
	put_u32(buffer, (u16)mode);
	send(buffer, EVENT_CHMOD_COMMON, (s32)returned, policies);
}

FOLLOWER(chmod_common)
{
	struct buffer *buffer = get_buffer(changed_file_buffers);
	struct path_buffer *path = get_buffer(changed_file_paths);
	u64 policies = told(returned, EVENT_CHMOD_COMMON), mode = returned->args[1];
	struct target target = {returned->args[0], AT_FDCWD, 0};

	if (!policies || !buffer || !path)
		return 0;
	if (returned->event == EVENT_CHMOD) {
		target.given = returned->args[0];
	} else if (returned->event != EVENT_FCHMOD) {
		target.directory = returned->args[0];
		target.given = returned->args[1];
		mode = returned->args[2];
	}
	begin_after(buffer, task, returned);
	put_target(buffer, path, task, &target);
	put_u32(buffer, (u16)mode);
	send(buffer, EVENT_CHMOD_COMMON, returned->value, policies);
	return 0;
}

/* Times. */

struct times {
	s64 seconds[2];
	s64 nanoseconds[2];
	u32 given; /* 0: both are now */
};

static __always_inline void put_times(struct buffer *buffer, struct times *times)
{
	for (int i = 0; i < 2; i++) {
		if (!times->given || times->nanoseconds[i] == UTIME_NOW ||
		    times->nanoseconds[i] == UTIME_OMIT)
			put_nil(buffer);
		else
			put_u64(buffer, times->seconds[i] * 1000000000 + times->nanoseconds[i]);
	}
}

PLACE2(vfs_utimes, vfs_utimes, struct path *, place, struct timespec64 *, given)
{
	struct buffer *buffer = get_buffer(utimes_buffers);
	struct path_buffer *path = get_buffer(utimes_paths);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_VFS_UTIMES, task);
	struct times times = {};
	s64 words[4] = {};

	if (!policies || !buffer || !path)
		return;
	times.given = given != 0;
	bpf_probe_read_kernel(words, sizeof(words), given);
	times.seconds[0] = words[0];
	times.nanoseconds[0] = words[1];
	times.seconds[1] = words[2];
	times.nanoseconds[1] = words[3];
	begin(buffer, task, current_call());
	put_place(buffer, path, place);
	put_inode(buffer, BPF_CORE_READ(place, dentry, d_inode));
	put_times(buffer, &times);
	send(buffer, EVENT_VFS_UTIMES, 0, policies);
}

/* Two times of a call, each of one or two numbers of 4 or 8 bytes; the second number counts parts of
 * a second.
 */
static __always_inline void read_times(struct times *times, u64 from, u32 width, s64 part)
{
	u32 both = part ? 2 : 1;

	times->given = from != 0;
	for (u32 i = 0; i < 2; i++) {
		s64 seconds = 0, rest = 0;

		bpf_probe_read_user(&seconds, width, (const void *)(from + i * both * width));
		if (part)
			bpf_probe_read_user(&rest, width,
					    (const void *)(from + (i * both + 1) * width));
		if (width == 4)
			seconds = (s32)seconds;
		times->seconds[i] = seconds;
		times->nanoseconds[i] = rest * part;
	}
}

static __always_inline void called_times(struct times *times, struct returned *returned)
{
	u32 width = returned->key >= COMPAT_CALLS ? 4 : 8;

	if (returned->event == EVENT_UTIME)
		read_times(times, returned->args[1], width, 0);
	else if (returned->event == EVENT_UTIMES)
		read_times(times, returned->args[1], width, 1000);
	else if (returned->event == EVENT_FUTIMESAT)
		read_times(times, returned->args[2], width, 1000);
	else
		read_times(times, returned->args[2],
			   returned->event == EVENT_UTIMENSAT_TIME32 ? 4 : 8, 1);
}

FOLLOWER(vfs_utimes)
{
	struct buffer *buffer = get_buffer(changed_file_buffers);
	struct path_buffer *path = get_buffer(changed_file_paths);
	u64 policies = told(returned, EVENT_VFS_UTIMES);
	struct target target = {returned->args[0], AT_FDCWD, returned->args[0]};
	struct times times = {};

	if (!policies || !buffer || !path || returned->value)
		return 0;
	if (returned->event != EVENT_UTIME && returned->event != EVENT_UTIMES) {
		target.directory = returned->args[0];
		target.given = returned->args[1];
	}
	called_times(&times, returned);
	begin_after(buffer, task, returned);
	put_target(buffer, path, task, &target);
	put_inode_or_nil(buffer, target_inode(task, &target));
	put_times(buffer, &times);
	send(buffer, EVENT_VFS_UTIMES, 0, policies);
	return 0;
}

/* Lengths. */

/* Since 5.12 another argument is the first. */
static __always_inline int comes_after_mount(void)
{
	struct vfsmount___until_6_2 *until = 0;
	struct vfsmount___since_6_3 *since = 0;

	return bpf_core_field_exists(until->mnt_userns) || bpf_core_field_exists(since->mnt_idmap);
}

PLACE4(do_truncate, do_truncate, u64, first, u64, second, u64, third, u64, fourth)
{
	struct buffer *buffer = get_buffer(truncate_buffers);
	struct path_buffer *path = get_buffer(truncate_paths);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_DO_TRUNCATE, task);
	struct dentry *dentry = (struct dentry *)(comes_after_mount() ? second : first);

	if (!policies || !buffer || !path)
		return;
	begin(buffer, task, current_call());
	resolve_entry(path, dentry);
	put_path(buffer, path);
	put_u64(buffer, BPF_CORE_READ(dentry, d_inode, i_ino));
	put_u32(buffer, BPF_CORE_READ(dentry, d_inode, i_sb, s_dev));
	put_u64(buffer, comes_after_mount() ? third : second);
	send(buffer, EVENT_DO_TRUNCATE, 0, policies);
}

static __always_inline void send_truncated(struct task_struct *task, struct returned *returned,
					   struct target *target, u64 length, u64 policies)
{
	struct buffer *buffer = get_buffer(changed_file_buffers);
	struct path_buffer *path = get_buffer(changed_file_paths);
	struct inode *inode = target_inode(task, target);

	if (!policies || !buffer || !path)
		return;
	begin_after(buffer, task, returned);
	put_target(buffer, path, task, target);
	if (inode) {
		put_u64(buffer, BPF_CORE_READ(inode, i_ino));
		put_u32(buffer, BPF_CORE_READ(inode, i_sb, s_dev));
	} else {
		put_nil(buffer);
		put_nil(buffer);
	}
	put_u64(buffer, length);
	send(buffer, EVENT_DO_TRUNCATE, 0, policies);
}

static __always_inline int truncates(u32 call)
{
	return call == EVENT_TRUNCATE || call == EVENT_FTRUNCATE || call == EVENT_TRUNCATE64 ||
	       call == EVENT_FTRUNCATE64;
}

FOLLOWER(do_truncate)
{
	struct target target = {returned->args[0], AT_FDCWD, 0};

	if (returned->value || !truncates(returned->event))
		return 0;
	if (returned->event == EVENT_TRUNCATE || returned->event == EVENT_TRUNCATE64)
		target.given = returned->args[0];
	send_truncated(task, returned, &target, returned->args[1],
		       told(returned, EVENT_DO_TRUNCATE));
	return 0;
}

static __always_inline u64 opening_flags(struct returned *returned)
{
	u64 flags = 0;

	switch (returned->event) {
	case EVENT_CREAT:
		return O_TRUNC;
	case EVENT_OPEN:
		return returned->args[1];
	case EVENT_OPENAT:
		return returned->args[2];
	}
	bpf_probe_read_user(&flags, sizeof(flags), (const void *)returned->args[2]);
	return flags;
}

/* A file that is opened can be emptied by that. */
FOLLOWER(do_truncate_open)
{
	struct target target = {returned->value, AT_FDCWD, 0};

	if (returned->value < 0 || truncates(returned->event) ||
	    !(opening_flags(returned) & O_TRUNC))
		return 0;
	send_truncated(task, returned, &target, 0, told(returned, EVENT_DO_TRUNCATE));
	return 0;
}

/* Changes of what is in a file: the time of its last change moves. */

struct modified {
	u64 file, ctime;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, u64);
	__type(value, struct modified);
} old_change_times SEC(".maps");

LEADER(file_modification)
{
	struct file *file = open_file(task, entered->args[0]);
	struct modified modified = {(u64)file, 0};
	u64 owner = (u64)task;

	if (!file || !announced(entered, EVENT_FILE_MODIFICATION))
		return 0;
	modified.ctime = change_time(BPF_CORE_READ(file, f_inode));
	bpf_map_update_elem(&old_change_times, &owner, &modified, BPF_ANY);
	return 0;
}

FOLLOWER(file_modification)
{
	struct buffer *buffer = get_buffer(changed_file_buffers);
	struct path_buffer *path = get_buffer(changed_file_paths);
	u64 policies = told(returned, EVENT_FILE_MODIFICATION), owner = (u64)task, now;
	struct modified *old = bpf_map_lookup_elem(&old_change_times, &owner), before;
	struct file *file = open_file(task, returned->args[0]);

	if (!old)
		return 0;
	before = *old;
	bpf_map_delete_elem(&old_change_times, &owner);
	if (!policies || !buffer || !path || !file || before.file != (u64)file)
		return 0;
	now = change_time(BPF_CORE_READ(file, f_inode));
	if (now == before.ctime)
		return 0;
	begin_after(buffer, task, returned);
	put_file(buffer, path, file);
	put_u64(buffer, before.ctime);
	put_u64(buffer, now);
	send(buffer, EVENT_FILE_MODIFICATION, 0, policies);
	return 0;
}

/* Who looks at a file. */

RETURN4(inotify_watch, inotify_find_inode, const char *, name, struct path *, place, u32, flags, u64,
	mask)
{
	struct buffer *buffer = get_buffer(inotify_buffers);
	struct path_buffer *path = get_buffer(inotify_paths);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_INOTIFY_WATCH, task);
	struct inode *inode = BPF_CORE_READ(place, dentry, d_inode);

	if (!policies || !buffer || !path || (s32)returned)
		return;
	begin(buffer, task, current_call());
	put_place(buffer, path, place);
	put_u64(buffer, BPF_CORE_READ(inode, i_ino));
	put_u32(buffer, BPF_CORE_READ(inode, i_sb, s_dev));
	send(buffer, EVENT_INOTIFY_WATCH, 0, policies);
}

FOLLOWER(inotify_watch)
{
	struct buffer *buffer = get_buffer(changed_file_buffers);
	struct path_buffer *path = get_buffer(changed_file_paths);
	u64 policies = told(returned, EVENT_INOTIFY_WATCH);

	if (!policies || !buffer || !path || returned->value < 0)
		return 0;
	begin_after(buffer, task, returned);
	put_given_path(buffer, path, task, AT_FDCWD, returned->args[1]);
	put_nil(buffer);
	put_nil(buffer);
	send(buffer, EVENT_INOTIFY_WATCH, 0, policies);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading and writing of open files. */
#include "exit_hook.h"
#include "file.h"
#include "follower.h"

#define HEADER_MAX 32 /* bytes of a file's beginning that magic_write shows */
#define HEADER_MIN 4  /* shorter beginnings are not shown */
#define VECTOR_MAX 4  /* buffers of a call that the beginning is gathered from */
#define S_IFREG 0100000
#define O_APPEND 02000

BUFFERS(vfs_write_buffers);
BUFFERS(vfs_writev_buffers);
BUFFERS(vfs_read_buffers);
BUFFERS(vfs_readv_buffers);
BUFFERS(kernel_write_buffers);
BUFFERS(magic_buffers);
BUFFERS(magic_kernel_buffers);
BUFFERS(moved_buffers);
PATH_BUFFERS(vfs_write_paths);
PATH_BUFFERS(vfs_writev_paths);
PATH_BUFFERS(vfs_read_paths);
PATH_BUFFERS(vfs_readv_paths);
PATH_BUFFERS(kernel_write_paths);
PATH_BUFFERS(magic_paths);
PATH_BUFFERS(magic_kernel_paths);
PATH_BUFFERS(moved_paths);

/* How much was moved, of what was asked for, and where it began in the file. */
struct moved {
	u64 asked;
	s64 start;
	s64 returned;
};

static __always_inline void send_moved(struct buffer *buffer, struct path_buffer *path,
				       struct file *file, struct moved *moved, u32 event,
				       u64 policies)
{
	put_file(buffer, path, file);
	put_u64(buffer, moved->asked);
	put_i64(buffer, moved->start);
	send(buffer, event, moved->returned, policies);
}

/* Where it began, of the position after it; 0 for what has no position, as a pipe. */
static __always_inline s64 start_of(s64 *position, s64 returned)
{
	s64 after = 0;

	if (position)
		bpf_probe_read_kernel(&after, sizeof(after), position);
	return returned > 0 && after >= returned ? after - returned : after;
}

static __always_inline void moved_by(struct buffer *buffer, struct path_buffer *path,
				     struct file *file, u64 asked, s64 *position, s64 returned,
				     u32 event)
{
	struct moved moved = {asked, start_of(position, returned), returned};
	struct task_struct *task = current_task();
	u64 policies = wanted(event, task);

	if (!policies || !buffer || !path)
		return;
	begin(buffer, task, current_call());
	send_moved(buffer, path, file, &moved, event, policies);
}

RETURN4(vfs_write, vfs_write, struct file *, file, const void *, from, u64, size, s64 *, position)
{
	moved_by(get_buffer(vfs_write_buffers), get_buffer(vfs_write_paths), file, size, position,
		 returned, EVENT_VFS_WRITE);
}

RETURN5(vfs_writev, vfs_writev, struct file *, file, const void *, from, u64, size, s64 *, position,
	int, flags)
{
	moved_by(get_buffer(vfs_writev_buffers), get_buffer(vfs_writev_paths), file, size, position,
		 returned, EVENT_VFS_WRITEV);
}

RETURN4(vfs_read, vfs_read, struct file *, file, const void *, to, u64, size, s64 *, position)
{
	moved_by(get_buffer(vfs_read_buffers), get_buffer(vfs_read_paths), file, size, position,
		 returned, EVENT_VFS_READ);
}

RETURN5(vfs_readv, vfs_readv, struct file *, file, const void *, to, u64, size, s64 *, position,
	int, flags)
{
	moved_by(get_buffer(vfs_readv_buffers), get_buffer(vfs_readv_paths), file, size, position,
		 returned, EVENT_VFS_READV);
}

RETURN4(kernel_write, __kernel_write, struct file *, file, const void *, from, u64, size, s64 *,
	position)
{
	moved_by(get_buffer(kernel_write_buffers), get_buffer(kernel_write_paths), file, size,
		 position, returned, EVENT___KERNEL_WRITE);
}

/* The same, as calls tell it. */

static __always_inline int takes_position(u32 call)
{
	return call == EVENT_PREAD64 || call == EVENT_PWRITE64 || call == EVENT_PREADV ||
	       call == EVENT_PWRITEV || call == EVENT_PREADV2 || call == EVENT_PWRITEV2;
}

static __always_inline int writes(u32 call)
{
	return call == EVENT_WRITE || call == EVENT_PWRITE64 || call == EVENT_WRITEV ||
	       call == EVENT_PWRITEV || call == EVENT_PWRITEV2;
}

static __always_inline int has_vector(u32 call)
{
	return call != EVENT_READ && call != EVENT_WRITE && call != EVENT_PREAD64 &&
	       call != EVENT_PWRITE64;
}

/* The position that a call was given; -1 where it is the file's own. */
static __always_inline s64 given_position(struct returned *returned)
{
	if (!takes_position(returned->event))
		return -1;
	if (returned->key >= COMPAT_CALLS && has_vector(returned->event))
		return returned->args[3] | returned->args[4] << 32;
	return returned->args[3];
}

/* What is appended goes to the end, wherever the call would have it. */
static __always_inline s64 called_start(struct returned *returned, struct file *file)
{
	s64 given = given_position(returned), size, position;

	if (writes(returned->event) && BPF_CORE_READ(file, f_flags) & O_APPEND) {
		size = BPF_CORE_READ(file, f_inode, i_size);
		return returned->value > 0 ? size - returned->value : size;
	}
	if (given >= 0)
		return given;
	position = BPF_CORE_READ(file, f_pos);
	return returned->value > 0 && position >= returned->value ? position - returned->value
								    : position;
}

static __always_inline int moved_after(struct task_struct *task, struct returned *returned,
				       u32 event)
{
	struct buffer *buffer = get_buffer(moved_buffers);
	struct path_buffer *path = get_buffer(moved_paths);
	struct file *file = open_file(task, returned->args[0]);
	u64 policies = told(returned, event);
	struct moved moved;

	if (!policies || !buffer || !path || !file)
		return 0;
	moved.asked = returned->args[2];
	moved.start = called_start(returned, file);
	moved.returned = returned->value;
	begin_after(buffer, task, returned);
	send_moved(buffer, path, file, &moved, event, policies);
	return 0;
}

FOLLOWER(vfs_write)
{
	return moved_after(task, returned, EVENT_VFS_WRITE);
}

FOLLOWER(vfs_writev)
{
	return moved_after(task, returned, EVENT_VFS_WRITEV);
}

FOLLOWER(vfs_read)
{
	return moved_after(task, returned, EVENT_VFS_READ);
}

FOLLOWER(vfs_readv)
{
	return moved_after(task, returned, EVENT_VFS_READV);
}

/* The beginnings of files. */

static __always_inline int begins(struct file *file, s64 start, s64 returned)
{
	u32 mode = BPF_CORE_READ(file, f_inode, i_mode);

	return !start && returned >= HEADER_MIN && (mode & S_IFMT) == S_IFREG;
}

static __always_inline void send_header(struct buffer *buffer, struct path_buffer *path,
					struct file *file, u8 *header, u32 size, s64 returned,
					u64 policies)
{
	u8 *to;

	resolve(path, file);
	put_path(buffer, path);
	to = next(buffer, HEADER_MAX);
	if (size > HEADER_MAX)
		size = HEADER_MAX;
	bpf_probe_read_kernel(to + 3, size, header);
	put_bin_head(buffer, to, size);
	put_inode(buffer, BPF_CORE_READ(file, f_inode));
	send(buffer, EVENT_MAGIC_WRITE, returned, policies);
}

static __always_inline void magic_by(struct buffer *buffer, struct path_buffer *path,
				     struct file *file, const void *from, s64 *position,
				     s64 returned, int by_kernel)
{
	struct task_struct *task = current_task();
	u8 header[HEADER_MAX] = {};
	u64 policies, size = returned;

	if (!begins(file, start_of(position, returned), returned))
		return;
	policies = wanted(EVENT_MAGIC_WRITE, task);
	if (size > HEADER_MAX)
		size = HEADER_MAX;
	asm volatile("" : "+r"(size));
	if (!policies || !buffer || !path || size > HEADER_MAX)
		return;
	if (by_kernel)
		bpf_probe_read_kernel(header, size, from);
	else
		bpf_probe_read_user(header, size, from);
	begin(buffer, task, current_call());
	send_header(buffer, path, file, header, size, returned, policies);
}

RETURN4(magic, vfs_write, struct file *, file, const void *, from, u64, size, s64 *, position)
{
	magic_by(get_buffer(magic_buffers), get_buffer(magic_paths), file, from, position, returned,
		 0);
}

RETURN4(magic_kernel, __kernel_write, struct file *, file, const void *, from, u64, size, s64 *,
	position)
{
	magic_by(get_buffer(magic_kernel_buffers), get_buffer(magic_kernel_paths), file, from,
		 position, returned, 1);
}

/* Gather the first bytes of what lies in a call's buffers; returns how many. */
static __always_inline u32 gather(u8 *header, struct returned *returned)
{
	u32 width = returned->key >= COMPAT_CALLS ? 4 : 8, filled = 0;
	u64 vector = returned->args[1];

	REPEAT(i, VECTOR_MAX) {
		u64 from = 0, size = 0;

		if ((u64)i >= returned->args[2])
			break;
		bpf_probe_read_user(&from, width, (const void *)vector + 2 * i * width);
		bpf_probe_read_user(&size, width, (const void *)vector + (2 * i + 1) * width);
		if (filled > HEADER_MAX - 1)
			break;
		if (size > HEADER_MAX - filled)
			size = HEADER_MAX - filled;
		asm volatile("" : "+r"(size));
		if (size > HEADER_MAX || bpf_probe_read_user(header + filled, size, (void *)from))
			break;
		filled += size;
	}
	return filled;
}

FOLLOWER(magic)
{
	struct buffer *buffer = get_buffer(moved_buffers);
	struct path_buffer *path = get_buffer(moved_paths);
	struct file *file = open_file(task, returned->args[0]);
	u64 policies = told(returned, EVENT_MAGIC_WRITE), size = returned->value;
	u8 header[2 * HEADER_MAX] = {};

	if (!policies || !buffer || !path || !file ||
	    !begins(file, called_start(returned, file), returned->value))
		return 0;
	if (has_vector(returned->event)) {
		size = gather(header, returned);
	} else {
		if (size > HEADER_MAX)
			size = HEADER_MAX;
		bpf_probe_read_user(header, size, (const void *)returned->args[1]);
	}
	begin_after(buffer, task, returned);
	send_header(buffer, path, file, header, size, returned->value, policies);
	return 0;
}

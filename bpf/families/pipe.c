/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Pages of files that a writable pipe shares: the hole known as Dirty Pipe (CVE-2022-0847). */
#include "exit_hook.h"
#include "file.h"
#include "follower.h"

#define PIPE_BUF_FLAG_CAN_MERGE 0x10
#define S_IFIFO 0010000

BUFFERS(splice_buffers);
BUFFERS(called_splice_buffers);
PATH_BUFFERS(splice_paths);
PATH_BUFFERS(called_splice_paths);

struct exposed {
	struct file *file;
	s64 start;
	s64 size;
	u64 pipe; /* inode */
	u32 flags;
};

/* The flags of what was put into a pipe last; 0 where the file is no pipe. */
static __always_inline u32 last_flags(struct file *file)
{
	struct pipe_inode_info *pipe = BPF_CORE_READ(file, private_data);
	u32 mode = BPF_CORE_READ(file, f_inode, i_mode), last;
	struct pipe_buffer *buffers;

	if ((mode & S_IFMT) != S_IFIFO)
		return 0;
	last = (BPF_CORE_READ(pipe, head) - 1) & (BPF_CORE_READ(pipe, ring_size) - 1);
	buffers = (void *)BPF_CORE_READ(pipe, bufs) + last * bpf_core_type_size(struct pipe_buffer);
	return BPF_CORE_READ(buffers, flags);
}

static __always_inline int exposes(struct exposed *exposed, struct file *out)
{
	if (exposed->size <= 0 || !exposed->file)
		return 0;
	exposed->pipe = BPF_CORE_READ(out, f_inode, i_ino);
	exposed->flags = last_flags(out);
	return (exposed->flags & PIPE_BUF_FLAG_CAN_MERGE) != 0;
}

static __always_inline void send_exposed(struct buffer *buffer, struct path_buffer *path,
					 struct exposed *exposed, u64 policies)
{
	struct file *file = exposed->file;

	put_u64(buffer, BPF_CORE_READ(file, f_inode, i_ino));
	put_u32(buffer, BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT);
	resolve(path, file);
	put_path(buffer, path);
	put_i64(buffer, exposed->start);
	put_u64(buffer, exposed->size);
	put_u64(buffer, exposed->pipe);
	put_u32(buffer, exposed->flags);
	send(buffer, EVENT_DIRTY_PIPE_SPLICE, 0, policies);
}

/* The kernel has moved the offset on; until 5.12 it is in the task's memory. */
static __always_inline s64 start_in(struct file *file, s64 *offset, s64 size)
{
	s64 after = 0;

	if (!offset)
		after = BPF_CORE_READ(file, f_pos);
	else if (bpf_probe_read_kernel(&after, sizeof(after), offset))
		bpf_probe_read_user(&after, sizeof(after), offset);
	return after - size;
}

RETURN6(do_splice, do_splice, struct file *, in, s64 *, from, struct file *, out, s64 *, to, u64, size,
	u32, flags)
{
	struct exposed exposed = {in, 0, returned, 0, 0};
	struct buffer *buffer = get_buffer(splice_buffers);
	struct path_buffer *path = get_buffer(splice_paths);
	struct task_struct *task = current_task();
	u64 policies;

	if (!exposes(&exposed, out))
		return;
	policies = wanted(EVENT_DIRTY_PIPE_SPLICE, task);
	if (!policies || !buffer || !path)
		return;
	exposed.start = start_in(in, from, returned);
	begin(buffer, task, current_call());
	send_exposed(buffer, path, &exposed, policies);
}

FOLLOWER(do_splice)
{
	struct buffer *buffer = get_buffer(called_splice_buffers);
	struct path_buffer *path = get_buffer(called_splice_paths);
	u64 policies = told(returned, EVENT_DIRTY_PIPE_SPLICE);
	struct file *in = open_file(task, returned->args[0]), *out = open_file(task, returned->args[2]);
	struct exposed exposed = {in, 0, returned->value, 0, 0};

	if (!policies || !buffer || !path || !out || !exposes(&exposed, out))
		return 0;
	exposed.start = start_in(in, (s64 *)returned->args[1], returned->value);
	begin_after(buffer, task, returned);
	send_exposed(buffer, path, &exposed, policies);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Files that the kernel reads for itself: modules, firmware, another kernel to boot. */
#include "file.h"
#include "follower.h"
#include "hook.h"

BUFFERS(kernel_read_file_buffers);
PATH_BUFFERS(kernel_read_file_paths);
BUFFERS(kernel_post_read_file_buffers);
PATH_BUFFERS(kernel_post_read_file_paths);

#define EPERM 1
#define EINVAL 22
#define ENOSYS 38 /* this kernel has no such call */
#define KEXEC_FILE_UNLOAD 1
#define KEXEC_FILE_NO_INITRAMFS 4

/* What for: the numbers of enum kernel_read_file_id, as they were before one came in between. */
enum purpose { MODULE = 2, KEXEC_IMAGE = 3, KEXEC_INITRAMFS = 4, MODULE_COMPRESSED = 7 };

enum kernel_read_file_id { READING_MODULE_COMPRESSED = 3 };

static __always_inline u32 purpose(u32 id)
{
	u32 compressed;

	if (!bpf_core_enum_value_exists(enum kernel_read_file_id, READING_MODULE_COMPRESSED))
		return id;
	compressed = bpf_core_enum_value(enum kernel_read_file_id, READING_MODULE_COMPRESSED);
	if (id == compressed)
		return MODULE_COMPRESSED;
	return id > compressed ? id - 1 : id;
}

static __always_inline void send_read(struct buffer *buffer, struct file *file, u32 type,
				      u64 policies)
{
	struct path_buffer *path = get_buffer(kernel_read_file_paths);

	if (!path)
		return;
	put_file(buffer, path, file);
	put_i32(buffer, type);
	put_u64(buffer, change_time(BPF_CORE_READ(file, f_inode)));
	send(buffer, EVENT_SECURITY_KERNEL_READ_FILE, 0, policies);
}

HOOK2(EVENT_SECURITY_KERNEL_READ_FILE, kernel_read_file, kernel_read_file,
      security_kernel_read_file, struct file *, file, int, id)
{
	struct buffer *buffer = get_buffer(kernel_read_file_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_KERNEL_READ_FILE, task);

	if (!policies || !buffer)
		return;
	begin(buffer, task, current_call());
	send_read(buffer, file, purpose(id), policies);
}

static __always_inline void send_was_read(struct buffer *buffer, struct file *file, s64 size,
					  u32 type, u64 policies)
{
	struct path_buffer *path = get_buffer(kernel_post_read_file_paths);

	if (!path)
		return;
	resolve(path, file);
	put_path(buffer, path);
	put_i64(buffer, size);
	put_i32(buffer, type);
	send(buffer, EVENT_SECURITY_KERNEL_POST_READ_FILE, 0, policies);
}

HOOK4(EVENT_SECURITY_KERNEL_POST_READ_FILE, kernel_post_read_file, kernel_post_read_file,
      security_kernel_post_read_file, struct file *, file, char *, bytes, s64, size, int, id)
{
	struct buffer *buffer = get_buffer(kernel_post_read_file_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_KERNEL_POST_READ_FILE, task);

	if (!policies || !buffer)
		return;
	begin(buffer, task, current_call());
	send_was_read(buffer, file, size, purpose(id), policies);
}

/* The `turn`-th file that a call had the kernel read: the module, or the kernel to boot and its
 * initramfs. NULL where there is no other.
 */
static __always_inline struct file *file_read(struct task_struct *task, struct returned *returned,
					      int turn)
{
	u64 *args = returned->args;

	if (returned->event == EVENT_FINIT_MODULE)
		return turn ? 0 : open_file(task, args[0]);
	if (args[4] & KEXEC_FILE_UNLOAD || (turn && args[4] & KEXEC_FILE_NO_INITRAMFS))
		return 0;
	return open_file(task, turn ? args[1] : args[0]);
}

static __always_inline u32 purpose_of_call(struct returned *returned, int turn)
{
	if (returned->event == EVENT_FINIT_MODULE)
		return MODULE;
	return turn ? KEXEC_INITRAMFS : KEXEC_IMAGE;
}

/* Whether the call came as far as the hook: these two say that it was not allowed, or malformed. */
static __always_inline int read_began(struct returned *returned)
{
	return returned->value != -EPERM && returned->value != -EINVAL &&
	       returned->value != -ENOSYS;
}

FOLLOWER(kernel_read_file)
{
	struct buffer *buffer = get_buffer(kernel_read_file_buffers);
	u64 policies = told(returned, EVENT_SECURITY_KERNEL_READ_FILE);

	if (!policies || !buffer || !read_began(returned))
		return 0;
#pragma unroll
	for (int turn = 0; turn < 2; turn++) {
		struct file *file = file_read(task, returned, turn);

		if (!file)
			return 0;
		begin_after(buffer, task, returned);
		send_read(buffer, file, purpose_of_call(returned, turn), policies);
	}
	return 0;
}

FOLLOWER(kernel_post_read_file)
{
	struct buffer *buffer = get_buffer(kernel_post_read_file_buffers);
	u64 policies = told(returned, EVENT_SECURITY_KERNEL_POST_READ_FILE);

	if (!policies || !buffer || !read_began(returned))
		return 0;
#pragma unroll
	for (int turn = 0; turn < 2; turn++) {
		struct file *file = file_read(task, returned, turn);

		if (!file)
			return 0;
		begin_after(buffer, task, returned);
		send_was_read(buffer, file, BPF_CORE_READ(file, f_inode, i_size),
			      purpose_of_call(returned, turn), policies);
	}
	return 0;
}

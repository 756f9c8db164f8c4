/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What code in the kernel announces or asks for: files in /proc and debugfs, devices, kprobes,
 * programs to be run, addresses of symbols; and names that a directory gives without an inode.
 */
#include "exit_hook.h"
#include "follower.h"
#include "hook.h"
#include "repeat.h"

BUFFERS(proc_create_buffers);
BUFFERS(debugfs_file_buffers);
BUFFERS(debugfs_dir_buffers);
PATH_BUFFERS(debugfs_file_paths);
PATH_BUFFERS(debugfs_dir_paths);
BUFFERS(device_add_buffers);
BUFFERS(register_chrdev_buffers);
BUFFERS(kprobe_attach_buffers);
BUFFERS(usermodehelper_buffers);
BUFFERS(kallsyms_buffers);
BUFFERS(filldir_buffers);

#define KERNEL_STRINGS_MAX 32
#define KERNEL_STRING_MAX 512 /* bytes of each */

/* Begin the record of an event in the current task, if a policy asks for it: the policies. */
static __always_inline u64 begin_wanted(struct buffer *buffer, u32 event)
{
	struct task_struct *task = current_task();
	u64 policies = buffer ? wanted(event, task) : 0;

	if (policies)
		begin(buffer, task, current_call());
	return policies;
}

/* What all ways to make a file in /proc come to; the compiler may put one way into another. */
PLACE2(proc_create, proc_register, struct proc_dir_entry *, parent, struct proc_dir_entry *, entry)
{
	struct buffer *buffer = get_buffer(proc_create_buffers);
	u64 policies;

	if ((BPF_CORE_READ(entry, mode) & S_IFMT) != S_IFREG)
		return;
	policies = begin_wanted(buffer, EVENT_PROC_CREATE);
	if (!policies)
		return;
	put_kernel_string(buffer, BPF_CORE_READ(entry, name));
	put_u64(buffer, (u64)BPF_CORE_READ(entry, proc_ops));
	send(buffer, EVENT_PROC_CREATE, 0, policies);
}

/* A place in debugfs, from its own root. */
static __always_inline void put_debugfs_path(struct buffer *buffer, struct path_buffer *path,
					     struct dentry *dentry)
{
	if (!path)
		return put_nil(buffer);
	path->cut = 1;
	path->size = 1;
	*(volatile u32 *)&path->at = STRING_MAX;
	REPEAT(name, PATH_DEPTH) {
		struct dentry *parent = BPF_CORE_READ(dentry, d_parent);

		if (!dentry || parent == dentry) {
			path->cut = 0;
			break;
		}
		if (!prepend(path, dentry))
			break;
		dentry = parent;
	}
	path->size = STRING_MAX - *(volatile u32 *)&path->at;
	if (!path->size) {
		path->at = STRING_MAX - 1;
		path->size = 1;
		STORE8(path->bytes + STRING_MAX - 1, '/');
	}
	put_path(buffer, path);
}

static __always_inline void send_debugfs_file(const char *name, u32 mode, struct dentry *parent,
					      const void *operations)
{
	struct buffer *buffer = get_buffer(debugfs_file_buffers);
	u64 policies = begin_wanted(buffer, EVENT_DEBUGFS_CREATE_FILE);

	if (!policies)
		return;
	put_kernel_string(buffer, name);
	put_debugfs_path(buffer, get_buffer(debugfs_file_paths), parent);
	put_u32(buffer, (u16)mode);
	put_u64(buffer, (u64)operations);
	send(buffer, EVENT_DEBUGFS_CREATE_FILE, 0, policies);
}

PLACE5(debugfs_file, debugfs_create_file, const char *, name, u32, mode, struct dentry *, parent,
       void *, data, const void *, operations)
{
	send_debugfs_file(name, mode, parent, operations);
}

PLACE6(debugfs_file_full, debugfs_create_file_full, const char *, name, u32, mode,
       struct dentry *, parent, void *, data, const void *, more, const void *, operations)
{
	send_debugfs_file(name, mode, parent, operations);
}

PLACE2(debugfs_dir, debugfs_create_dir, const char *, name, struct dentry *, parent)
{
	struct buffer *buffer = get_buffer(debugfs_dir_buffers);
	u64 policies = begin_wanted(buffer, EVENT_DEBUGFS_CREATE_DIR);

	if (!policies)
		return;
	put_kernel_string(buffer, name);
	put_debugfs_path(buffer, get_buffer(debugfs_dir_paths), parent);
	send(buffer, EVENT_DEBUGFS_CREATE_DIR, 0, policies);
}

/* A device has its name from its driver until it is added, and then in its object. */
static __always_inline void put_device_name(struct buffer *buffer, struct device *device)
{
	const char *name = device ? BPF_CORE_READ(device, init_name) : 0;

	if (device && !name)
		name = BPF_CORE_READ(device, kobj.name);
	put_kernel_string(buffer, name ?: "");
}

PLACE1(device_add, device_add, struct device *, device)
{
	struct buffer *buffer = get_buffer(device_add_buffers);
	u64 policies = begin_wanted(buffer, EVENT_DEVICE_ADD);

	if (!policies)
		return;
	put_device_name(buffer, device);
	put_device_name(buffer, BPF_CORE_READ(device, parent));
	send(buffer, EVENT_DEVICE_ADD, 0, policies);
}

RETURN5(register_chrdev, __register_chrdev, u32, major, u32, minor, u32, count, const char *, name,
	const void *, operations)
{
	struct buffer *buffer = get_buffer(register_chrdev_buffers);
	u64 policies = begin_wanted(buffer, EVENT_REGISTER_CHRDEV);
	s32 granted = returned;

	if (!policies)
		return;
	put_u32(buffer, major);
	put_u32(buffer, granted < 0 ? 0 : granted ?: major);
	put_kernel_string(buffer, name);
	put_u64(buffer, (u64)operations);
	send(buffer, EVENT_REGISTER_CHRDEV, granted, policies);
}

RETURN1(kprobe_attach, register_kprobe, struct kprobe *, probe)
{
	struct buffer *buffer = get_buffer(kprobe_attach_buffers);
	const char *symbol = BPF_CORE_READ(probe, symbol_name);
	u64 policies = (s32)returned < 0 ? 0 : begin_wanted(buffer, EVENT_KPROBE_ATTACH);

	if (!policies)
		return;
	put_kernel_string(buffer, symbol ?: "");
	put_u64(buffer, (u64)BPF_CORE_READ(probe, pre_handler));
	put_u64(buffer, (u64)BPF_CORE_READ(probe, post_handler));
	put_u64(buffer, (u64)BPF_CORE_READ(probe, addr));
	send(buffer, EVENT_KPROBE_ATTACH, 0, policies);
}

/* A NULL-terminated list of strings of the kernel's memory, in one bin as put_user_strings. */
static __always_inline void put_kernel_strings(struct buffer *buffer, char **list)
{
	u32 begin = *(volatile u32 *)&buffer->at, at;

	*(volatile u32 *)&buffer->at = begin + 3;
	REPEAT(i, KERNEL_STRINGS_MAX) {
		const char *from = 0;
		long size;

		bpf_probe_read_kernel(&from, sizeof(from), list + i);
		if (!from)
			goto done;
		size = bpf_probe_read_kernel_str(next(buffer, KERNEL_STRING_MAX), KERNEL_STRING_MAX,
						 from);
		if (size < 1)
			break;
		*(volatile u32 *)&buffer->at += size;
	}
	cut_short(buffer);
done:
	at = *(volatile u32 *)&buffer->at;
	*(volatile u32 *)&buffer->at = begin;
	put_bin_head(buffer, next(buffer, 0), at - begin - 3);
}

PLACE2(usermodehelper, call_usermodehelper_exec, struct subprocess_info *, program, s32, wait)
{
	struct buffer *buffer = get_buffer(usermodehelper_buffers);
	u64 policies = begin_wanted(buffer, EVENT_CALL_USERMODEHELPER);

	if (!policies)
		return;
	put_kernel_string(buffer, BPF_CORE_READ(program, path));
	put_kernel_strings(buffer, BPF_CORE_READ(program, argv));
	put_kernel_strings(buffer, BPF_CORE_READ(program, envp));
	put_i32(buffer, wait);
	send(buffer, EVENT_CALL_USERMODEHELPER, 0, policies);
}

RETURN1(kallsyms, kallsyms_lookup_name, const char *, name)
{
	struct buffer *buffer = get_buffer(kallsyms_buffers);
	u64 policies = begin_wanted(buffer, EVENT_KALLSYMS_LOOKUP_NAME);

	if (!policies)
		return;
	put_kernel_string(buffer, name);
	put_u64(buffer, returned);
	send(buffer, EVENT_KALLSYMS_LOOKUP_NAME, 0, policies);
}

static __always_inline void send_hidden_name(struct buffer *buffer, u32 event, const char *name)
{
	u64 policies = begin_wanted(buffer, event);

	if (!policies)
		return;
	put_kernel_string(buffer, name);
	send(buffer, event, 0, policies);
}

/* Programs skip an entry without an inode: rootkits hide names so. */
PLACE5(filldir, filldir64, void *, context, const char *, name, s32, length, s64, offset, u64, inode)
{
	struct buffer *buffer = get_buffer(filldir_buffers);

	if (inode)
		return;
	send_hidden_name(buffer, EVENT_ZEROED_INODES, name);
	send_hidden_name(buffer, EVENT_HIDDEN_INODES, name);
}

#define LISTED_MAX 1400 /* as many as find room in what the C library asks for at once */
#define LISTED_NAME_AT 19
#define HIDDEN_MAX 64 /* that are noted; more are lost */
/* That are told: older verifiers walk the filters anew for each. */
#define HIDDEN_TOLD (ITERATES ? HIDDEN_MAX : 4)

/* The beginning of an entry that getdents64(2) gives: struct linux_dirent64. */
struct listed {
	u64 inode, offset;
	u16 size;
} __attribute__((packed));

/* Where entries without an inode are, and 0 after the last of them; the second half is for what
 * finds no room. `count` is here and not in a register, where verifiers follow it turn by turn.
 */
struct hidden {
	u64 count;
	u64 at[2 * HIDDEN_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* one per possible CPU, as BUFFERS */
	__type(key, u32);
	__type(value, struct hidden);
} hidden_buffers SEC(".maps");

/* Without a branch: older verifiers remember each that they have yet to go, and no more than 8192. */
static __always_inline u64 is_nonzero(u64 number)
{
	number |= -number;
	asm volatile("" : "+r"(number));
	return number >> 63;
}

static __always_inline void note_hidden(struct hidden *hidden, u64 from)
{
	u64 count = *(volatile u64 *)&hidden->count;
	u64 at = (count & (HIDDEN_MAX - 1)) | is_nonzero(count / HIDDEN_MAX) * HIDDEN_MAX;

	asm volatile("" : "+r"(at)); /* or clang proves the mask away for itself, not the verifier */
	hidden->at[at & (2 * HIDDEN_MAX - 1)] = from;
}

static __noinline void find_hidden(struct hidden *hidden, u64 from, u64 end)
{
	hidden->count = 0;
	REPEAT(entry, LISTED_MAX) {
		struct listed listed = {};
		u64 is_there;

		if (from >= end)
			break;
		bpf_probe_read_user(&listed, sizeof(listed), (void *)from);
		note_hidden(hidden, from);
		is_there = is_nonzero(listed.size);
		hidden->count += is_there & ~is_nonzero(listed.inode);
		from += listed.size;
		end *= is_there;
	}
	note_hidden(hidden, 0);
}

static __noinline void send_listed(struct buffer *buffer, struct task_struct *task,
				   struct returned *returned, u32 event, u64 name)
{
	u64 policies = told(returned, event);

	if (!policies)
		return;
	begin_after(buffer, task, returned);
	put_user_string(buffer, (const void *)name);
	send(buffer, event, 0, policies);
}

static __always_inline void lose_listed(struct returned *returned, u32 event, u32 records)
{
	u64 *counted = bpf_map_lookup_elem(&lost, &event);

	if (counted && told(returned, event))
		__sync_fetch_and_add(counted, records);
}

/* The same, by what the program was given. */
FOLLOWER(listed)
{
	struct buffer *buffer = get_buffer(filldir_buffers);
	struct hidden *hidden = get_buffer(hidden_buffers);
	u64 from = returned->args[1];

	if (!buffer || !hidden || returned->value <= 0)
		return 0;
	find_hidden(hidden, from, from + returned->value);
	REPEAT(turn, HIDDEN_TOLD) {
		u64 at = hidden->at[turn & (HIDDEN_MAX - 1)];

		if (!at)
			return 0;
		send_listed(buffer, task, returned, EVENT_ZEROED_INODES, at + LISTED_NAME_AT);
		send_listed(buffer, task, returned, EVENT_HIDDEN_INODES, at + LISTED_NAME_AT);
	}
	if (hidden->count > HIDDEN_TOLD) {
		lose_listed(returned, EVENT_ZEROED_INODES, hidden->count - HIDDEN_TOLD);
		lose_listed(returned, EVENT_HIDDEN_INODES, hidden->count - HIDDEN_TOLD);
	}
	return 0;
}

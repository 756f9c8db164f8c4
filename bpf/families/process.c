/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The life of processes: events for who asked for them, and context for all. */
#include "control.h"
#include "descent.h"
#include "entry.h"
#include "file.h"
#include "hook.h"
#include "invoked.h"
#include "loader.h"

BUFFERS(fork_buffers);
BUFFERS(exec_buffers);
BUFFERS(exit_buffers);
BUFFERS(elf_buffers);
BUFFERS(elf_loaded_buffers);
PATH_BUFFERS(exec_paths);
PATH_BUFFERS(elf_paths);
PATH_BUFFERS(elf_loaded_paths);

/* The name that a task had before it got another one, as it does when it runs a program. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, u64);
	__type(value, struct comm);
} old_names SEC(".maps");

SEC("tp_btf/task_rename")
int BPF_PROG(on_rename, struct task_struct *renamed, const char *name)
{
	u64 owner = (u64)renamed;
	struct comm old = {};

	bpf_core_read(&old, sizeof(old), &renamed->comm);
	bpf_map_update_elem(&old_names, &owner, &old, BPF_ANY);
	return 0;
}

static __always_inline void put_old_name(struct buffer *buffer, struct task_struct *task)
{
	u64 owner = (u64)task;
	struct comm *old = bpf_map_lookup_elem(&old_names, &owner);

	if (!old)
		return put_nil(buffer);
	put_kernel_string(buffer, old->bytes);
	bpf_map_delete_elem(&old_names, &owner);
}

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* one per possible CPU, as BUFFERS */
	__type(key, u32);
	__type(value, struct control);
} process_control_buffers SEC(".maps");

static __always_inline void put_task(struct buffer *buffer, struct task_struct *task)
{
	struct task_struct *leader = LOAD(task, group_leader);

	put_i32(buffer, LOAD(task, pid));
	put_i32(buffer, own_tid(task));
	put_i32(buffer, LOAD(task, tgid));
	put_i32(buffer, own_tid(leader));
	put_u64(buffer, LOAD(task, start_boottime));
}

/* A new process of the pipeline's own is the pipeline's own too; another one is not, though a process
 * that had its number may have been marked when it had ended already.
 */
static __always_inline void inherit_own(struct task_struct *parent, struct task_struct *child)
{
	u32 pid = LOAD(parent, tgid), new = LOAD(child, tgid);
	u8 *mark = bpf_map_lookup_elem(&own, &pid);

	if (pid == new)
		return;
	if (mark)
		bpf_map_update_elem(&own, &new, mark, BPF_ANY);
	else
		bpf_map_delete_elem(&own, &new);
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *forks, struct task_struct *forked)
{
	struct task_struct *parent = typed(forks, struct task_struct);
	struct task_struct *child = typed(forked, struct task_struct);
	u64 policies = wanted(EVENT_SCHED_PROCESS_FORK, parent);
	struct control *control = get_buffer(process_control_buffers);
	struct buffer *buffer = get_buffer(fork_buffers);
	struct task_struct *leader, *above;

	inherit_own(parent, child);
	inherit_descent(parent, child);
	if (control && LOAD(child, pid) == LOAD(child, tgid)) {
		put_process(control, child);
		leader = LOAD(parent, group_leader);
		control->maker = LOAD(parent, tgid);
		control->maker_start = LOAD(leader, start_boottime);
		send_control(control, CONTROL_FORK);
	}
	if (!policies || !buffer)
		return 0;
	begin(buffer, parent, current_call());
	leader = LOAD(child, group_leader);
	above = LOAD(leader, real_parent);
	put_task(buffer, parent);
	put_task(buffer, child);
	put_task(buffer, LOAD(above, group_leader));
	put_task(buffer, leader);
	send(buffer, EVENT_SCHED_PROCESS_FORK, 0, policies);
	return 0;
}

static __always_inline void send_exec_context(struct task_struct *task, struct path_buffer *path,
					      u32 inside)
{
	struct control *control = get_buffer(process_control_buffers);

	if (!control)
		return;
	put_process(control, task);
	control->since = bpf_ktime_get_boot_ns();
	control->inside = inside;
	*(volatile u32 *)&control->size = copy_path(control->text, path);
	send_control(control, CONTROL_EXEC);
}

static __always_inline void put_loader(struct buffer *buffer, struct path_buffer *path,
				       struct file *loader)
{
	put_file(buffer, path, loader);
	if (loader)
		put_u64(buffer, change_time(BPF_CORE_READ(loader, f_inode)));
	else
		put_nil(buffer);
}

static __always_inline void send_exec(struct buffer *buffer, struct path_buffer *path,
				      struct task_struct *task, struct linux_binprm *bprm,
				      u64 policies)
{
	struct file *file = LOAD(bprm, file);
	struct inode *inode = LOAD(file, f_inode);
	struct mm_struct *mm = LOAD(task, mm);

	begin(buffer, task, current_call());
	if (from_kernel(task))
		buffer->flags |= FLAG_FROM_KERNEL;
	put_kernel_string(buffer, LOAD(bprm, filename));
	put_path(buffer, path);
	put_user_area(buffer, LOAD(mm, arg_start), LOAD(mm, arg_end), ARGV_MAX);
	put_user_area(buffer, LOAD(mm, env_start), LOAD(mm, env_end), ENV_MAX);
	put_inode(buffer, inode);
	put_u64(buffer, change_time(inode));
	put_u32(buffer, BPF_CORE_READ(inode, i_mode));
	put_kernel_string(buffer, LOAD(bprm, interp));
	put_u32(buffer, stdin_type(task));
	put_bool(buffer, from_kernel(task));
	put_loader(buffer, path, loader_of(task));
	put_stdin_path(buffer, path, task);
	put_old_name(buffer, task);
	resolve_place(path, BPF_CORE_READ(task, fs, pwd.dentry), BPF_CORE_READ(task, fs, pwd.mnt));
	put_path(buffer, path);
	put_nil(buffer); /* the hash: the collector's, where it was asked for */
	send(buffer, EVENT_SCHED_PROCESS_EXEC, 0, policies);
}

static __always_inline u32 has_own_mounts(struct task_struct *task)
{
	struct config *config = get_config();

	return config && mnt_ns_of(task) != config->host_mnt_ns;
}

/* A container has begun its own program when something is run in its control group with another
 * mount namespace than the host's: the runtime's own set-up still has the host's. Where nobody knows
 * yet that the group is a container's, the collector marks it.
 */
static __always_inline void mark_started(struct task_struct *task)
{
	u64 cgroup = cgroup_of(task);
	struct container *container = bpf_map_lookup_elem(&containers, &cgroup);

	if (container && container->state == CONTAINER_CREATED)
		container->state = CONTAINER_STARTED;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *current, int old_pid, struct linux_binprm *loaded)
{
	struct task_struct *task = typed(current, struct task_struct);
	struct linux_binprm *bprm = typed(loaded, struct linux_binprm);
	struct buffer *buffer = get_buffer(exec_buffers);
	struct path_buffer *path = get_buffer(exec_paths);
	u64 policies;
	u32 inside;

	if (!buffer || !path)
		return 0;
	inside = has_own_mounts(task);
	if (inside)
		mark_started(task);
	resolve(path, LOAD(bprm, file)); /* once, for all three */
	send_exec_context(task, path, inside);
	change_program(task, &buffer->scratch, path);
	policies = wanted(EVENT_SCHED_PROCESS_EXEC, task);
	if (policies)
		send_exec(buffer, path, task, bprm, policies);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *ends)
{
	struct task_struct *task = typed(ends, struct task_struct);
	u64 policies = wanted(EVENT_SCHED_PROCESS_EXIT, task);
	struct control *control = get_buffer(process_control_buffers);
	struct buffer *buffer = get_buffer(exit_buffers);
	struct signal_struct *signal = LOAD(task, signal);
	u32 last = LOAD(signal, live.counter) == 0;
	u32 code = LOAD(task, exit_code), pid = LOAD(task, tgid);

	drop_entry(task); /* of an execve that killed it */
	in_scope(task);	  /* found once more, and kept for what it does while it ends */
	if (control && last) {
		put_process(control, task);
		send_control(control, CONTROL_EXIT);
		bpf_map_delete_elem(&own, &pid);
		forget_descent(pid);
	}
	if (!policies || !buffer)
		return 0;
	begin(buffer, task, current_call());
	put_i64(buffer, code >> 8 & 0xff);
	put_i32(buffer, code & 0x7f);
	put_bool(buffer, last);
	send(buffer, EVENT_SCHED_PROCESS_EXIT, 0, policies);
	return 0;
}

static __always_inline void send_elf(struct buffer *buffer, struct path_buffer *path,
				     struct file *file)
{
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_LOAD_ELF_PHDRS, task);

	if (!policies || !buffer || !path || !file)
		return;
	begin(buffer, task, current_call());
	put_file(buffer, path, file);
	send(buffer, EVENT_LOAD_ELF_PHDRS, 0, policies);
}

PLACE2(load_elf_phdrs, load_elf_phdrs, const void *, header, struct file *, file)
{
	send_elf(get_buffer(elf_buffers), get_buffer(elf_paths), file);
}

/* The program and its loader, when both are in place. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_elf_loaded, struct task_struct *current, int old_pid, struct linux_binprm *loaded)
{
	struct buffer *buffer = get_buffer(elf_loaded_buffers);
	struct path_buffer *path = get_buffer(elf_loaded_paths);

	send_elf(buffer, path, BPF_CORE_READ(loaded, file));
	send_elf(buffer, path, loader_of(typed(current, struct task_struct)));
	return 0;
}

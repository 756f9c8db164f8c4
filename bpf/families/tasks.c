/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The processes that run already when the collector starts, as exec records of the control ring.
 *
 * From an iterator and not from /proc, whose start times are rounded to 10 ms: a process is named
 * by (pid, start), and the same one must have the same name here and in its events.
 */
#include "control.h"

PATH_BUFFERS(tasks_paths);

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* one per possible CPU, as BUFFERS */
	__type(key, u32);
	__type(value, struct control);
} tasks_control_buffers SEC(".maps");

static __always_inline void put_executable(struct control *control, struct task_struct *task)
{
	struct path_buffer *path = get_buffer(tasks_paths);
	struct file *file = BPF_CORE_READ(task, mm, exe_file);

	if (!path || !file)
		return; /* a kernel thread */
	resolve(path, file);
	*(volatile u32 *)&control->size = copy_path(control->text, path);
}

/* The host's mount namespace is that of process 1; the collector itself may not be allowed to look
 * into /proc/1/ns. Where the kernel hides process 1, its own first thread comes next.
 */
static __always_inline void note_host(struct task_struct *task)
{
	struct config *config = get_config();

	if (config && !config->host_mnt_ns)
		config->host_mnt_ns = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
}

SEC("iter/task")
int on_task(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct control *control = get_buffer(tasks_control_buffers);
	u32 size;

	if (!task || !control || task->pid != task->tgid)
		return 0;
	if (task->pid == 1 || task->pid == 2)
		note_host(task);
	put_process(control, task);
	put_executable(control, task);
	control->kind = CONTROL_EXEC;
	size = *(volatile u32 *)&control->size;
	asm volatile("" : "+r"(size));
	if (size > STRING_MAX)
		size = STRING_MAX;
	bpf_seq_write(context->meta->seq, control, __builtin_offsetof(struct control, text) + size);
	return 0;
}

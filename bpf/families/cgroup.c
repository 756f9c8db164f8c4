/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Control groups made and removed: containers come and go with them. */
#include "control.h"

BUFFERS(cgroup_buffers);

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* one per possible CPU, as BUFFERS */
	__type(key, u32);
	__type(value, struct control);
} cgroup_control_buffers SEC(".maps");

static __always_inline void send_group_context(u64 id, const char *path, u32 kind)
{
	struct control *control = get_buffer(cgroup_control_buffers);
	long size;

	if (!control)
		return;
	control->pid = 0;
	control->cgroup = id;
	size = bpf_probe_read_kernel_str(control->text, STRING_MAX, path);
	*(volatile u32 *)&control->size = size > 0 ? size - 1 : 0;
	send_control(control, kind);
}

static __always_inline int group_changed(struct cgroup *group, const char *path, u32 event, u32 kind)
{
	struct task_struct *task = current_task();
	struct buffer *buffer = get_buffer(cgroup_buffers);
	struct kernfs_node *node = LOAD(group, kn);
	struct cgroup_root *root = LOAD(group, root);
	u64 id = LOAD(node, id), policies = policies_of(event);

	if (LOAD(root, hierarchy_id))
		return 0; /* of a version 1 hierarchy */
	send_group_context(id, path, kind);
	policies &= policies ? in_scope(task) : 0;
	if (!policies || !buffer)
		return 0;
	begin(buffer, task, current_call());
	put_u64(buffer, id);
	put_kernel_string(buffer, path);
	put_u32(buffer, 0);
	send(buffer, event, 0, policies);
	return 0;
}

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(on_cgroup_mkdir, struct cgroup *group, const char *path)
{
	return group_changed(group, path, EVENT_CGROUP_MKDIR, CONTROL_CGROUP_MADE);
}

SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(on_cgroup_rmdir, struct cgroup *group, const char *path)
{
	return group_changed(group, path, EVENT_CGROUP_RMDIR, CONTROL_CGROUP_REMOVED);
}

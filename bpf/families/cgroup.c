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

/* Whether it is a container's only the collector can tell, which takes it a moment. */
static __always_inline void expect_container(u64 id)
{
	struct config *config = get_config();
	struct container unknown = {.policies = {~0ull, ~0ull}, .unresolved = 1};

	if (config && (USES(&config->plans[0], KIND_CONTAINER) ||
		       USES(&config->plans[1], KIND_CONTAINER)))
		bpf_map_update_elem(&containers, &id, &unknown, BPF_NOEXIST);
}

static __always_inline int group_changed(struct cgroup *group, const char *path, u32 event, u32 kind)
{
	struct task_struct *task = current_task();
	struct buffer *buffer = get_buffer(cgroup_buffers);
	struct kernfs_node *node = LOAD(group, kn);
	struct cgroup_root *root = LOAD(group, root);
	u64 id = LOAD(node, id), policies;

	if (LOAD(root, hierarchy_id))
		return 0; /* of a version 1 hierarchy */
	if (kind == CONTROL_CGROUP_MADE)
		expect_container(id);
	send_group_context(id, path, kind);
	policies = wanted(event, task);
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

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a task may do, and where: its credentials and its namespaces. */
#include "follower.h"
#include "hook.h"

BUFFERS(commit_creds_buffers);
BUFFERS(switch_task_ns_buffers);
BUFFERS(changed_task_buffers);

/* schemas/stream/values.py reads it. */
struct credentials {
	u32 uid, gid, suid, sgid, euid, egid, fsuid, fsgid, user_namespace, secure_bits;
	u64 inheritable, permitted, effective, bounding, ambient;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, u64);
	__type(value, struct credentials);
} old_credentials SEC(".maps");

static __always_inline void read_credentials(struct credentials *to, struct cred *cred)
{
	to->uid = BPF_CORE_READ(cred, uid.val);
	to->gid = BPF_CORE_READ(cred, gid.val);
	to->suid = BPF_CORE_READ(cred, suid.val);
	to->sgid = BPF_CORE_READ(cred, sgid.val);
	to->euid = BPF_CORE_READ(cred, euid.val);
	to->egid = BPF_CORE_READ(cred, egid.val);
	to->fsuid = BPF_CORE_READ(cred, fsuid.val);
	to->fsgid = BPF_CORE_READ(cred, fsgid.val);
	to->user_namespace = BPF_CORE_READ(cred, user_ns, ns.inum);
	to->secure_bits = BPF_CORE_READ(cred, securebits);
	bpf_core_read(&to->inheritable, 8, &cred->cap_inheritable);
	bpf_core_read(&to->permitted, 8, &cred->cap_permitted);
	bpf_core_read(&to->effective, 8, &cred->cap_effective);
	bpf_core_read(&to->bounding, 8, &cred->cap_bset);
	bpf_core_read(&to->ambient, 8, &cred->cap_ambient);
}

static __always_inline int differ(struct credentials *one, struct credentials *other)
{
	u64 *left = (u64 *)one, *right = (u64 *)other, different = 0;

	for (u32 i = 0; i < sizeof(*one) / sizeof(u64); i++)
		different |= left[i] ^ right[i];
	return different != 0;
}

static __always_inline void put_credentials(struct buffer *buffer, struct credentials *from)
{
	u8 *to = next(buffer, sizeof(*from));

	bpf_probe_read_kernel(to + 3, sizeof(*from), from);
	put_bin_head(buffer, to, sizeof(*from));
}

static __always_inline void send_credentials(struct buffer *buffer, struct credentials *old,
					     struct credentials *new, u64 policies)
{
	put_credentials(buffer, old);
	put_credentials(buffer, new);
	send(buffer, EVENT_COMMIT_CREDS, 0, policies);
}

PLACE1(commit_creds, commit_creds, struct cred *, cred)
{
	struct buffer *buffer = get_buffer(commit_creds_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_COMMIT_CREDS, task);
	struct credentials old, new;

	if (!policies || !buffer)
		return;
	read_credentials(&old, BPF_CORE_READ(task, real_cred));
	read_credentials(&new, cred);
	if (!differ(&old, &new))
		return;
	begin(buffer, task, current_call());
	send_credentials(buffer, &old, &new, policies);
}

LEADER(commit_creds)
{
	struct credentials old;
	u64 owner = (u64)task;

	if (!announced(entered, EVENT_COMMIT_CREDS))
		return 0;
	read_credentials(&old, BPF_CORE_READ(task, real_cred));
	bpf_map_update_elem(&old_credentials, &owner, &old, BPF_ANY);
	return 0;
}

FOLLOWER(commit_creds)
{
	struct buffer *buffer = get_buffer(changed_task_buffers);
	u64 policies = told(returned, EVENT_COMMIT_CREDS), owner = (u64)task;
	struct credentials *old = bpf_map_lookup_elem(&old_credentials, &owner);
	struct credentials new, before;

	if (!old)
		return 0;
	before = *old;
	bpf_map_delete_elem(&old_credentials, &owner);
	read_credentials(&new, BPF_CORE_READ(task, real_cred));
	if (!policies || !buffer || !differ(&before, &new))
		return 0;
	begin_after(buffer, task, returned);
	send_credentials(buffer, &before, &new, policies);
	return 0;
}

/* The numbers of a task's namespaces. */
struct spaces {
	u64 proxy; /* the kernel's struct, to tell one from another */
	u32 mounts, pids, names, ipc, network, groups;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, u64);
	__type(value, struct spaces);
} old_spaces SEC(".maps");

static __always_inline void read_spaces(struct spaces *to, struct nsproxy *proxy)
{
	to->proxy = (u64)proxy;
	to->mounts = BPF_CORE_READ(proxy, mnt_ns, ns.inum);
	to->pids = BPF_CORE_READ(proxy, pid_ns_for_children, ns.inum);
	to->names = BPF_CORE_READ(proxy, uts_ns, ns.inum);
	to->ipc = BPF_CORE_READ(proxy, ipc_ns, ns.inum);
	to->network = BPF_CORE_READ(proxy, net_ns, ns.inum);
	to->groups = BPF_CORE_READ(proxy, cgroup_ns, ns.inum);
}

static __always_inline void put_changed(struct buffer *buffer, u32 old, u32 new)
{
	if (old == new)
		put_nil(buffer);
	else
		put_u32(buffer, new);
}

/* The event is the task's as it was before. */
static __always_inline void send_spaces(struct buffer *buffer, struct task_struct *task,
					struct spaces *old, struct spaces *new, u64 policies)
{
	context_in(buffer)->mnt_ns = old->mounts;
	put_i32(buffer, BPF_CORE_READ(task, pid));
	put_changed(buffer, old->mounts, new->mounts);
	put_changed(buffer, old->pids, new->pids);
	put_changed(buffer, old->names, new->names);
	put_changed(buffer, old->ipc, new->ipc);
	put_changed(buffer, old->network, new->network);
	put_changed(buffer, old->groups, new->groups);
	send(buffer, EVENT_SWITCH_TASK_NS, 0, policies);
}

PLACE2(switch_task_ns, switch_task_namespaces, struct task_struct *, changed, struct nsproxy *, proxy)
{
	struct buffer *buffer = get_buffer(switch_task_ns_buffers);
	struct task_struct *task = current_task();
	struct spaces old, new;
	u64 policies;

	if (!proxy)
		return; /* the task ends */
	policies = wanted(EVENT_SWITCH_TASK_NS, task);
	if (!policies || !buffer)
		return;
	read_spaces(&old, BPF_CORE_READ(changed, nsproxy));
	read_spaces(&new, proxy);
	begin(buffer, task, current_call());
	send_spaces(buffer, changed, &old, &new, policies);
}

LEADER(switch_task_ns)
{
	struct spaces old = {};
	u64 owner = (u64)task;

	if (!announced(entered, EVENT_SWITCH_TASK_NS))
		return 0;
	read_spaces(&old, BPF_CORE_READ(task, nsproxy));
	bpf_map_update_elem(&old_spaces, &owner, &old, BPF_ANY);
	return 0;
}

FOLLOWER(switch_task_ns)
{
	struct buffer *buffer = get_buffer(changed_task_buffers);
	u64 policies = told(returned, EVENT_SWITCH_TASK_NS), owner = (u64)task;
	struct spaces *old = bpf_map_lookup_elem(&old_spaces, &owner);
	struct spaces new = {}, before;

	if (!old)
		return 0;
	before = *old;
	bpf_map_delete_elem(&old_spaces, &owner);
	read_spaces(&new, BPF_CORE_READ(task, nsproxy));
	if (!policies || !buffer || before.proxy == new.proxy)
		return 0;
	begin_after(buffer, task, returned);
	send_spaces(buffer, task, &before, &new, policies);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The policies in whose scope a task is, by looking up everything that scopes ask about. */
#pragma once
#include "namespaces.h"
#include "record.h"

#define KEY_SIZE 64

struct scope_key {
	u32 bits; /* of what follows */
	u32 list; /* enum list, and the half in the lowest bit */
	u8 bytes[KEY_SIZE];
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 17);
	__type(key, struct scope_key);
	__type(value, struct named);
} scope_values SEC(".maps");

/* What a plan asks of a process's ancestors and its program. Kept by on_fork, on_exec and on_exit,
 * and filled by the collector when a plan begins.
 */
struct descent {
	u64 tree_wanted, tree_barred; /* what any of its ancestors is named as */
	u64 executable;		      /* policies in scope, as far as that goes */
	u64 followed;		      /* policies that follow it */
};

struct process_key {
	u32 pid; /* the host's */
	u32 half;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, HALVES * 65536);
	__type(key, struct process_key);
	__type(value, struct descent);
} descents SEC(".maps");

static __always_inline void look_up(struct named *found, struct scope_key *key, u32 list, u32 half)
{
	struct named *entry;

	key->bits = 8 * (sizeof(key->list) + sizeof(key->bytes));
	key->list = list << 1 | half;
	entry = bpf_map_lookup_elem(&scope_values, key);
	if (!entry)
		return;
	found->wanted |= entry->wanted;
	found->barred |= entry->barred;
}

static __always_inline u64 policies_for(struct named *found)
{
	return found->wanted & ~found->barred;
}

static __always_inline u64 judge_number(struct plan *plan, u32 half, u32 list, u64 number)
{
	struct named found = {.wanted = plan->unnamed[list]};
	struct scope_key key = {};

	STORE64(key.bytes, number);
	look_up(&found, &key, list, half);
	return policies_for(&found);
}

static __always_inline u64 judge_comm(struct plan *plan, u32 half, struct task_struct *task)
{
	struct named found = {.wanted = plan->unnamed[LIST_COMM]};
	struct scope_key key = {};
	u64 words[2];

	copy_comm(words, task);
	__builtin_memcpy(key.bytes, words, sizeof(words));
	look_up(&found, &key, LIST_COMM, half);
	if (!USES(plan, LIST_COMM_END))
		return policies_for(&found);
	/* Turned round, without the NULs that then come first: as numbers, words are round already. */
	if (!words[1]) {
		words[1] = words[0];
		words[0] = 0;
	}
#pragma unroll
	for (int i = 0; i < 8; i++) {
		if (words[1] >> 56 || !words[1])
			break;
		words[1] = words[1] << 8 | words[0] >> 56;
		words[0] <<= 8;
	}
	STORE64(key.bytes, words[1]);
	STORE64(key.bytes + 8, words[0]);
	look_up(&found, &key, LIST_COMM_END, half);
	return policies_for(&found);
}

static __always_inline u64 judge_host_name(struct plan *plan, u32 half, struct task_struct *task)
{
	struct named found = {.wanted = plan->unnamed[LIST_UTS]};
	struct nsproxy *spaces = LOAD(task, nsproxy);
	struct uts_namespace *uts = LOAD(spaces, uts_ns);
	struct scope_key key = {};

	bpf_probe_read_kernel(key.bytes, sizeof(key.bytes),
			      __builtin_preserve_access_index(&uts->name.nodename));
	look_up(&found, &key, LIST_UTS, half);
	return policies_for(&found);
}

static __always_inline struct descent *descent_of(struct task_struct *task, u32 half)
{
	struct process_key key = {LOAD(task, tgid), half & 1};

	return bpf_map_lookup_elem(&descents, &key);
}

/* Whether the policies are not all known that a container is in the scope of. */
static __always_inline u32 unresolved_container(struct plan *plan, u64 cgroup)
{
	struct container *container;

	if (!USES(plan, KIND_CONTAINER))
		return 0;
	container = bpf_map_lookup_elem(&containers, &cgroup);
	return container && container->unresolved;
}

static __always_inline u64 judge_container(struct plan *plan, u32 half, u64 cgroup)
{
	struct container *container = bpf_map_lookup_elem(&containers, &cgroup);

	return container ? container->policies[half & 1] : plan->outside;
}

static __always_inline u64 judge_age(struct config *config, struct plan *plan,
				     struct task_struct *task)
{
	struct task_struct *leader = LOAD(task, group_leader);

	return LOAD(leader, start_boottime) > config->began ? plan->young : plan->old;
}

static __always_inline u64 judge_descent(struct plan *plan, u32 half, struct task_struct *task)
{
	struct descent *descent = descent_of(task, half);
	u64 policies = ~0ull, wanted = plan->unnamed[LIST_TREE];

	if (USES(plan, LIST_EXECUTABLE))
		policies &= descent ? descent->executable : plan->unnamed[LIST_EXECUTABLE];
	if (USES(plan, LIST_TREE))
		policies &= descent ? (wanted | descent->tree_wanted) & ~descent->tree_barred
				    : wanted;
	return policies;
}

static __always_inline u64 followed(u32 half, struct task_struct *task)
{
	struct descent *descent = descent_of(task, half);

	return descent ? descent->followed : 0;
}

static __always_inline u64 judge_numbers(struct plan *plan, u32 half, struct task_struct *task)
{
	u64 policies = ~0ull;

	if (USES(plan, LIST_PID))
		policies &= judge_number(plan, half, LIST_PID, LOAD(task, tgid));
	if (USES(plan, LIST_TID))
		policies &= judge_number(plan, half, LIST_TID, LOAD(task, pid));
	if (USES(plan, LIST_UID))
		policies &= judge_number(plan, half, LIST_UID, uid_of(task));
	if (USES(plan, LIST_MNT_NS))
		policies &= judge_number(plan, half, LIST_MNT_NS, mnt_ns_of(task));
	if (USES(plan, LIST_PID_NS))
		policies &= judge_number(plan, half, LIST_PID_NS,
					 pid_ns_of(task, LOAD(task, nsproxy)));
	return policies;
}

/* The policies in whose scope a task is; 0 for the pipeline's own processes. */
static __always_inline u64 judge(struct config *config, u32 half, struct task_struct *task)
{
	struct plan *plan = &config->plans[half & 1];
	u32 pid = LOAD(task, tgid);
	u64 policies;

	if (bpf_map_lookup_elem(&own, &pid))
		return 0;
	half &= 1;
	policies = judge_numbers(plan, half, task);
	if (USES(plan, LIST_COMM))
		policies &= judge_comm(plan, half, task);
	if (USES(plan, LIST_UTS))
		policies &= judge_host_name(plan, half, task);
	if (USES(plan, LIST_EXECUTABLE) || USES(plan, LIST_TREE))
		policies &= judge_descent(plan, half, task);
	if (USES(plan, KIND_CONTAINER))
		policies &= judge_container(plan, half, cgroup_of(task));
	if (USES(plan, KIND_AGE))
		policies &= judge_age(config, plan, task);
	if (USES(plan, KIND_FOLLOW))
		policies |= followed(half, task);
	return policies;
}

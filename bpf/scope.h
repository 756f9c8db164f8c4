/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whose activity: the first statements of every program. */
#pragma once
#include "maps.h"

static __always_inline u64 policies_of(u32 event)
{
	u64 *policies = bpf_map_lookup_elem(&selected, &event);

	return policies ? *policies : 0;
}

/* The policies whose scope this task is in; 0 for the pipeline's own processes. */
static __always_inline u64 in_scope(struct task_struct *task)
{
	struct config *config = get_config();
	u32 pid = LOAD(task, tgid);
	u64 policies = ~0ull;
	u64 *listed;

	if (!config || bpf_map_lookup_elem(&own, &pid))
		return 0;
	if (config->scopes & 1 << SCOPE_PID) {
		listed = bpf_map_lookup_elem(&scope_pid, &pid);
		policies &= listed ? *listed : config->otherwise[SCOPE_PID];
	}
	if (config->scopes & 1 << SCOPE_UID) {
		struct cred *cred = LOAD(task, cred);
		u32 uid = LOAD(cred, uid.val);

		listed = bpf_map_lookup_elem(&scope_uid, &uid);
		policies &= listed ? *listed : config->otherwise[SCOPE_UID];
	}
	if (config->scopes & 1 << SCOPE_COMM) {
		struct comm comm = {};

		copy_comm(&comm, task);
		listed = bpf_map_lookup_elem(&scope_comm, &comm);
		policies &= listed ? *listed : config->otherwise[SCOPE_COMM];
	}
	return policies;
}

/* The policies that ask for an event of this task. */
static __always_inline u64 wanted(u32 event, struct task_struct *task)
{
	u64 policies = policies_of(event);

	return policies ? policies & in_scope(task) : 0;
}

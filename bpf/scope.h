/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whose activity: the first statements of every program.
 *
 * What scopes ask about is looked up once for a task, and again when one of the few things changes
 * that the answer depends on: a plain load each, where a look-up costs twenty times that.
 */
#pragma once
#include "judge.h"

/* What was found of a task, and what it was found by. */
struct verdict {
	u32 in_force; /* of the config; 0: nothing was found yet */
	u32 tid;      /* an exec can change it */
	u32 uid;
	u32 mnt_ns;
	u64 cgroup;
	u64 comm[2];
	u64 policies;
	u32 unresolved; /* `policies` is too many: the collector decides */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE); /* left out by the loader where there is none */
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct verdict);
} verdicts SEC(".maps");

/* Where no kernel keeps anything with a task: of the one that was judged last on a CPU, which is the
 * one that a record is sent of. By the time that it is judged again it may be another's.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* one per possible CPU, as BUFFERS */
	__type(key, u32);
	__type(value, struct verdict);
} verdict_buffers SEC(".maps");

/* Tracing programs may use a task's storage since 5.12; a helper of 5.13 is what can be asked for. */
#define KEEPS_VERDICTS bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_snprintf)

static __always_inline u32 in_force(struct config *config)
{
	return *(volatile u32 *)&config->in_force;
}

/* Of the current task; NULL where the kernel is at work on it. */
static __always_inline struct verdict *get_verdict(u64 flags)
{
	if (!KEEPS_VERDICTS)
		return get_buffer(verdict_buffers);
	return bpf_task_storage_get(&verdicts, bpf_get_current_task_btf(), 0, flags);
}

static __always_inline int still_holds(struct verdict *verdict, struct plan *plan, u32 force,
				       struct task_struct *task)
{
	if (!KEEPS_VERDICTS || verdict->in_force != force || verdict->tid != (u32)LOAD(task, pid))
		return 0;
	if (USES(plan, LIST_UTS)) /* a host's name changes without a trace in its tasks */
		return 0;
	if (USES(plan, LIST_UID) && verdict->uid != uid_of(task))
		return 0;
	if (USES(plan, LIST_COMM) && (verdict->comm[0] != comm_word(task, 0) ||
				      verdict->comm[1] != comm_word(task, 1)))
		return 0;
	if (USES(plan, LIST_MNT_NS) && verdict->mnt_ns != mnt_ns_of(task))
		return 0;
	return !USES(plan, KIND_CONTAINER) || verdict->cgroup == cgroup_of(task);
}

/* What the verdict will hold for. */
static __always_inline void note_task(struct verdict *verdict, struct task_struct *task)
{
	verdict->tid = LOAD(task, pid);
	verdict->uid = uid_of(task);
	verdict->mnt_ns = mnt_ns_of(task);
	verdict->cgroup = cgroup_of(task);
	verdict->comm[0] = comm_word(task, 0);
	verdict->comm[1] = comm_word(task, 1);
}

/* Judge the current task, and keep what was found.
 *
 * A global function: the verifier walks it once for a program, and not at each place.
 */
__noinline u64 judge_anew(u32 force)
{
	struct config *config = get_config();
	struct task_struct *task = current_task();
	struct verdict *verdict = get_verdict(0);
	u32 half = force & 1;
	u64 policies;

	if (!config)
		return 0;
	if (verdict) { /* before it is judged: what changes meanwhile is then found to have changed */
		verdict->in_force = 0;
		verdict->unresolved = unresolved_container(&config->plans[half], cgroup_of(task));
		if (KEEPS_VERDICTS)
			note_task(verdict, task);
	}
	policies = judge(config, half, task);
	if (verdict) {
		verdict->policies = policies;
		verdict->in_force = force;
	}
	return policies;
}

/* Whether what was found of the current task is too much, as nobody knew yet what its group is;
 * `verdict`: its own.
 */
static __always_inline u32 is_unresolved(struct verdict *verdict, struct plan *plan, u64 cgroup)
{
	return verdict ? verdict->unresolved : unresolved_container(plan, cgroup);
}

/* The policies whose scope the current task is in; 0 for the pipeline's own processes. */
static __always_inline u64 scope_in(struct config *config, u32 force, struct task_struct *task)
{
	struct verdict *verdict = get_verdict(BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (verdict && still_holds(verdict, &config->plans[force & 1], force, task))
		return verdict->policies;
	return judge_anew(force);
}

static __always_inline u64 in_scope(struct task_struct *task)
{
	struct config *config = get_config();

	return config ? scope_in(config, in_force(config), task) : 0;
}

/* The policies that ask for an event of the current task. */
static __always_inline u64 wanted(u32 event, struct task_struct *task)
{
	struct config *config = get_config();
	u32 force = config ? in_force(config) : 0;
	struct selection *selection = get_selection(event, force);

	if (!config || !selection || !selection->policies)
		return 0;
	return selection->policies & scope_in(config, force, task);
}

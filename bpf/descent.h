/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Keeping what scopes ask about a process's ancestors and its program, as it forks, execs, exits. */
#pragma once
#include "context.h"
#include "path.h"

#define KINDS_OF_DESCENT (1u << LIST_TREE | 1u << LIST_EXECUTABLE | 1u << KIND_FOLLOW)

static __always_inline u32 asks_for_descent(struct plan *plan)
{
	return plan->kinds & KINDS_OF_DESCENT;
}

/* A process that a tree grows from is named by its number, which it may get only now. */
static __always_inline void join_tree(struct descent *descent, struct config *config, u32 half,
				      u32 pid)
{
	struct named found = {};
	struct scope_key key = {};

	if (!USES(&config->plans[half], LIST_TREE))
		return;
	STORE64(key.bytes, pid);
	look_up(&found, &key, LIST_TREE, half);
	descent->tree_wanted |= found.wanted;
	descent->tree_barred |= found.barred;
}

/* The policies that follow a child of the current task. Where nobody knows yet whether that is in a
 * container, it is not: a child would be followed for good by those who ask for containers.
 */
static __always_inline u64 follows_from(struct config *config, u32 force, struct task_struct *parent)
{
	struct plan *plan = &config->plans[force & 1];
	u64 policies = scope_in(config, force, parent) & plan->follows;
	u32 unresolved = is_unresolved(get_verdict(0), plan, cgroup_of(parent));

	return unresolved ? policies & plan->outside : policies;
}

static __always_inline void inherit_in(struct config *config, u32 half, struct task_struct *parent,
				       struct task_struct *child)
{
	struct plan *plan = &config->plans[half];
	struct process_key key = {LOAD(child, tgid), half};
	struct descent descent = {.executable = plan->unnamed[LIST_EXECUTABLE]};
	struct descent *known = descent_of(parent, half);
	u32 force = in_force(config);

	if (!asks_for_descent(plan))
		return;
	if (known)
		__builtin_memcpy(&descent, known, sizeof(descent));
	join_tree(&descent, config, half, key.pid);
	if (half == (force & 1) && USES(plan, KIND_FOLLOW))
		descent.followed |= follows_from(config, force, parent);
	bpf_map_update_elem(&descents, &key, &descent, BPF_ANY);
}

static __always_inline void inherit_descent(struct task_struct *parent, struct task_struct *child)
{
	struct config *config = get_config();

	if (!config || LOAD(child, tgid) == LOAD(parent, tgid))
		return;
	inherit_in(config, 0, parent, child);
	inherit_in(config, 1, parent, child);
}

static __always_inline void judge_program(struct descent *descent, struct config *config, u32 half,
					  struct text_scratch *scratch, struct path_buffer *path)
{
	struct plan *plan = &config->plans[half];
	struct named found = {.wanted = plan->unnamed[LIST_EXECUTABLE]};
	u32 at = *(volatile u32 *)&path->at, size = *(volatile u32 *)&path->size;

	if (!USES(plan, LIST_EXECUTABLE))
		return;
	asm volatile("" : "+r"(at));
	asm volatile("" : "+r"(size));
	if (at > STRING_MAX - 1 || size > STRING_MAX || at + size > STRING_MAX)
		return;
	find_beginning(&found, scratch, LIST_EXECUTABLE, half, path->bytes + at, size);
	if (USES(plan, LIST_EXECUTABLE_END))
		find_end(&found, scratch, LIST_EXECUTABLE_END, half, path->bytes + at, size,
			 TEXT_MAX);
	descent->executable = policies_for(&found);
}

static __always_inline void change_program_in(struct config *config, u32 half,
					      struct task_struct *task,
					      struct text_scratch *scratch,
					      struct path_buffer *path)
{
	struct process_key key = {LOAD(task, tgid), half};
	struct descent none = {};
	struct descent *descent;

	if (!asks_for_descent(&config->plans[half]))
		return;
	if (!descent_of(task, half))
		bpf_map_update_elem(&descents, &key, &none, BPF_NOEXIST);
	descent = descent_of(task, half);
	if (descent)
		judge_program(descent, config, half, scratch, path);
}

/* The current task runs another program. */
static __always_inline void change_program(struct task_struct *task, struct text_scratch *scratch,
					   struct path_buffer *path)
{
	struct config *config = get_config();
	struct verdict *verdict = get_verdict(0);

	if (!config)
		return;
	if (verdict)
		verdict->in_force = 0;
	change_program_in(config, 0, task, scratch, path);
	change_program_in(config, 1, task, scratch, path);
}

static __always_inline void forget_descent(u32 pid)
{
	struct process_key keys[HALVES] = {{pid, 0}, {pid, 1}};

	bpf_map_delete_elem(&descents, &keys[0]);
	bpf_map_delete_elem(&descents, &keys[1]);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a call was entered with, kept until it returns: execve replaces the memory that its
 * arguments lie in, and the name of its caller.
 *
 * A few big entries in an array, used in turn, and a small map that says which task has which.
 * Task storage would need 5.13, and one value per exec of a hash map would be copied whole. More
 * calls at the same time than entries: the oldest entry is used again, and its record is lost.
 */
#pragma once
#include "context.h"
#include "repeat.h"

#define ENTRIES 16 /* of each CPU; a power of two */
#define STRINGS_MAX 512	/* elements of an argument or environment list */

struct entry {
	u64 task;     /* whose it is; 0: nobody's */
	u64 policies; /* whose scope the caller is in */
	u32 key;      /* of the call, in `calls` */
	u32 half;     /* by which they were judged */
	u32 generation; /* of the plan that was there then */
	u32 unresolved; /* `policies` is too many */
	u32 index;    /* its own, in `entry_buffers` */
	char comm[16];
	struct buffer buffer; /* the arguments, in their place in the record */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ENTRIES); /* the loader makes it that per possible CPU */
	__type(key, u32);
	__type(value, struct entry);
} entry_buffers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, u64);
	__type(value, u32);
} entry_of_task SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u32);
} entry_turn SEC(".maps");

static __always_inline void note_scope(struct entry *entry, struct config *config, u32 half,
				       u64 policies, struct task_struct *task)
{
	struct plan *plan = &config->plans[half & 1];

	entry->policies = policies;
	entry->half = half & 1;
	entry->generation = plan->generation;
	entry->unresolved = is_unresolved(get_verdict(0), plan, cgroup_of(task));
}

/* Two plans can come while a call lasts, and then the one that it was judged by is gone. */
static __always_inline void renew(struct entry *entry, struct task_struct *task)
{
	struct config *config = get_config();
	u32 force;

	if (!config || entry->generation == config->plans[entry->half & 1].generation)
		return;
	force = in_force(config);
	note_scope(entry, config, force, scope_in(config, force, task), task);
}

static __always_inline u64 mark_of(struct entry *entry)
{
	return entry->unresolved ? FLAG_UNRESOLVED : 0;
}

/* The call that an entry was for will have no record. */
static __always_inline void lose_entry(struct entry *entry)
{
	struct call *call = get_call(entry->key, entry->half);

	if (call && call->policies & entry->policies)
		count_lost(call->event);
}

static __always_inline struct entry *new_entry(struct task_struct *task)
{
	u32 zero = 0;
	u32 *turn = bpf_map_lookup_elem(&entry_turn, &zero);
	u64 owner = (u64)task;
	struct entry *entry;
	u32 at;

	if (!turn)
		return 0;
	*turn += 1;
	at = bpf_get_smp_processor_id() * ENTRIES + (*turn & (ENTRIES - 1));
	entry = bpf_map_lookup_elem(&entry_buffers, &at);
	if (!entry || bpf_map_update_elem(&entry_of_task, &owner, &at, BPF_ANY))
		return 0;
	if (entry->task)
		lose_entry(entry);
	entry->task = owner;
	entry->index = at;
	return entry;
}

static __always_inline struct entry *find_entry(struct task_struct *task)
{
	u64 owner = (u64)task;
	u32 *at = bpf_map_lookup_elem(&entry_of_task, &owner);
	struct entry *entry = at ? bpf_map_lookup_elem(&entry_buffers, at) : 0;

	return entry && entry->task == owner ? entry : 0;
}

static __always_inline void drop_entry(struct task_struct *task)
{
	struct entry *entry = find_entry(task);
	u64 owner = (u64)task;

	if (entry)
		entry->task = 0;
	bpf_map_delete_elem(&entry_of_task, &owner);
}

/* A NULL-terminated list of strings of the task's memory, as one bin: string, NUL, string, NUL.
 Only
 * for global functions: the verifier walks their loop once, and not once for each argument of each
 * call.
 */
static __always_inline int put_strings(struct buffer *buffer, u64 list, u32 compat)
{
	u32 width = compat ? 4 : 8, begin, at;

	begin = *(volatile u32 *)&buffer->at;
	*(volatile u32 *)&buffer->at = begin + 3;
	REPEAT(i, STRINGS_MAX) {
		u64 from = 0;
		long size;

		if (bpf_probe_read_user(&from, width, (const void *)(list + i * width)))
			break;
		if (!from)
			goto done;
		at = *(volatile u32 *)&buffer->at;
		if (at - begin > ENV_MAX - STRING_MAX)
			break;
		size = read_user_string(next(buffer, STRING_MAX), (const void *)from);
		if (size < 1)
			break;
		if (size == STRING_MAX && goes_on((const void *)from))
			cut_short(buffer);
		*(volatile u32 *)&buffer->at = at + size;
	}
	cut_short(buffer);
done:
	at = *(volatile u32 *)&buffer->at;
	*(volatile u32 *)&buffer->at = begin;
	put_bin_head(buffer, next(buffer, 0), at - begin - 3);
	return 0;
}

/* A global function gets numbers only, and so it finds the entry by its index. */
__noinline int put_user_strings(u32 index, u64 list, u32 compat)
{
	struct entry *entry = bpf_map_lookup_elem(&entry_buffers, &index);

	return entry ? put_strings(&entry->buffer, list, compat) : 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A place in the kernel that is looked at when its work is done: RESULTn(name, function, types and
 * names of n arguments) { … } makes the program on_NAME_fexit, and for kernels without trampolines
 * the pair on_NAME_kprobe and on_NAME_kretprobe, which keeps the arguments until then. The body has
 * the arguments, and `returned`.
 */
#pragma once
#include "context.h"

#define KEPT_ARGS 5

struct kept_key {
	u64 task;
	u64 place; /* one function may call another that is looked at too */
};

struct kept {
	u64 args[KEPT_ARGS];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct kept_key);
	__type(value, struct kept);
} kept_arguments SEC(".maps");

static __always_inline void keep_entered(u64 place, struct kept *kept)
{
	struct kept_key key = {(u64)current_task(), place};

	bpf_map_update_elem(&kept_arguments, &key, kept, BPF_ANY);
}

/* Returns 0 where there is nothing: it was entered before we were there. */
static __always_inline int take_entered(u64 place, struct kept *kept)
{
	struct kept_key key = {(u64)current_task(), place};
	struct kept *found = bpf_map_lookup_elem(&kept_arguments, &key);

	if (!found)
		return 0;
	*kept = *found;
	bpf_map_delete_elem(&kept_arguments, &key);
	return 1;
}

#define RESULT1(name, place, function, A, a)                                                       \
	static __always_inline void name(A a, long returned);                                      \
	SEC("fexit/" #function)                                                                    \
	int BPF_PROG(on_##name##_fexit, A a, long returned)                                        \
	{                                                                                          \
		name(a, returned);                                                                 \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kprobe/" #function)                                                                   \
	int BPF_KPROBE(on_##name##_kprobe, A a)                                                    \
	{                                                                                          \
		struct kept kept = {{(u64)a}};                                                     \
                                                                                                   \
		keep_entered(place, &kept);                                                        \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kretprobe/" #function)                                                                \
	int BPF_KRETPROBE(on_##name##_kretprobe, long returned)                                    \
	{                                                                                          \
		struct kept kept;                                                                  \
                                                                                                   \
		if (take_entered(place, &kept))                                                    \
			name((A)kept.args[0], returned);                                           \
		return 0;                                                                          \
	}                                                                                          \
	static __always_inline void name(A a, long returned)

#define RESULT5(name, place, function, A, a, B, b, C, c, D, d, E, e)                               \
	static __always_inline void name(A a, B b, C c, D d, E e, long returned);                  \
	SEC("fexit/" #function)                                                                    \
	int BPF_PROG(on_##name##_fexit, A a, B b, C c, D d, E e, long returned)                    \
	{                                                                                          \
		name(a, b, c, d, e, returned);                                                     \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kprobe/" #function)                                                                   \
	int BPF_KPROBE(on_##name##_kprobe, A a, B b, C c, D d, E e)                                \
	{                                                                                          \
		struct kept kept = {{(u64)a, (u64)b, (u64)c, (u64)d, (u64)e}};                     \
                                                                                                   \
		keep_entered(place, &kept);                                                        \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kretprobe/" #function)                                                                \
	int BPF_KRETPROBE(on_##name##_kretprobe, long returned)                                    \
	{                                                                                          \
		struct kept kept;                                                                  \
                                                                                                   \
		if (take_entered(place, &kept))                                                    \
			name((A)kept.args[0], (B)kept.args[1], (C)kept.args[2], (D)kept.args[3],   \
			     (E)kept.args[4], returned);                                           \
		return 0;                                                                          \
	}                                                                                          \
	static __always_inline void name(A a, B b, C c, D d, E e, long returned)

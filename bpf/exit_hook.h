/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A kernel function seen as it returns. RETURNn(name, function, types and names of n arguments) { … }
 * makes the programs on_NAME_fexit, or on_NAME_kprobe and on_NAME_kretprobe, with that body, which
 * has `returned` at hand beside the arguments. Otherwise as bpf/hook.h.
 */
#pragma once
#include "hook.h"

#define KEPT_ARGUMENTS 6

/* Which call of which function arguments are kept for, until it returns. */
struct kept_key {
	u64 task;
	u64 place;
};

struct kept_arguments {
	u64 values[KEPT_ARGUMENTS];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct kept_key);
	__type(value, struct kept_arguments);
} kept_arguments SEC(".maps");

#if defined(__TARGET_ARCH_x86)
#define SIXTH(regs) ((regs)->r9)
#else
#define SIXTH(regs) (((struct user_pt_regs *)(regs))->regs[5])
#endif

static __always_inline int keep_arguments(u64 place, struct pt_regs *regs)
{
	struct kept_key key = {(u64)current_task(), place};
	struct kept_arguments kept = {
		{PT_REGS_PARM1(regs), PT_REGS_PARM2(regs), PT_REGS_PARM3(regs), PT_REGS_PARM4(regs),
		 PT_REGS_PARM5(regs), SIXTH(regs)}};

	return bpf_map_update_elem(&kept_arguments, &key, &kept, BPF_ANY);
}

/* Returns 0 where none are kept: the function was called before we looked. */
static __always_inline int take_kept(u64 place, struct kept_arguments *kept)
{
	struct kept_key key = {(u64)current_task(), place};
	struct kept_arguments *found = bpf_map_lookup_elem(&kept_arguments, &key);

	if (!found)
		return 0;
	*kept = *found;
	bpf_map_delete_elem(&kept_arguments, &key);
	return 1;
}

/* The arguments that fexit was given, read as memory: which of them can be loaded depends on their
 * types, and older verifiers let nobody load an `s64 *` or a `const void *`.
 */
static __always_inline struct kept_arguments copied(const u64 *ctx, const u32 count)
{
	struct kept_arguments copy = {};

	bpf_probe_read_kernel(&copy, count * sizeof(*ctx), ctx);
	return copy;
}

#define KEPT(type, at) ((type)kept.values[at])

#define RETURN1(name, function, A, a)                                                              \
	static __always_inline void name(A a, long returned);                                      \
	enum { place_##name = __COUNTER__ };                                                       \
	SEC("fexit/" #function)                                                                    \
	int on_##name##_fexit(u64 *ctx)                                                            \
	{                                                                                          \
		struct kept_arguments kept = copied(ctx, 1);                                       \
                                                                                                   \
		name(KEPT(A, 0), ctx[1]);                                                          \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kprobe/" #function)                                                                   \
	int on_##name##_kprobe(struct pt_regs *ctx)                                                \
	{                                                                                          \
		keep_arguments(place_##name, ctx);                                                 \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kretprobe/" #function)                                                                \
	int BPF_KRETPROBE(on_##name##_kretprobe, long returned)                                    \
	{                                                                                          \
		struct kept_arguments kept;                                                        \
                                                                                                   \
		if (take_kept(place_##name, &kept))                                                \
			name(KEPT(A, 0), returned);                                                \
		return 0;                                                                          \
	}                                                                                          \
	static __always_inline void name(A a, long returned)

#define RETURN2(name, function, A, a, B, b)                                                        \
	static __always_inline void name(A a, B b, long returned);                                 \
	enum { place_##name = __COUNTER__ };                                                       \
	SEC("fexit/" #function)                                                                    \
	int on_##name##_fexit(u64 *ctx)                                                            \
	{                                                                                          \
		struct kept_arguments kept = copied(ctx, 2);                                       \
                                                                                                   \
		name(KEPT(A, 0), KEPT(B, 1), ctx[2]);                                              \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kprobe/" #function)                                                                   \
	int on_##name##_kprobe(struct pt_regs *ctx)                                                \
	{                                                                                          \
		keep_arguments(place_##name, ctx);                                                 \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kretprobe/" #function)                                                                \
	int BPF_KRETPROBE(on_##name##_kretprobe, long returned)                                    \
	{                                                                                          \
		struct kept_arguments kept;                                                        \
                                                                                                   \
		if (take_kept(place_##name, &kept))                                                \
			name(KEPT(A, 0), KEPT(B, 1), returned);                                    \
		return 0;                                                                          \
	}                                                                                          \
	static __always_inline void name(A a, B b, long returned)

#define RETURN4(name, function, A, a, B, b, C, c, D, d)                                            \
	static __always_inline void name(A a, B b, C c, D d, long returned);                       \
	enum { place_##name = __COUNTER__ };                                                       \
	SEC("fexit/" #function)                                                                    \
	int on_##name##_fexit(u64 *ctx)                                                            \
	{                                                                                          \
		struct kept_arguments kept = copied(ctx, 4);                                       \
                                                                                                   \
		name(KEPT(A, 0), KEPT(B, 1), KEPT(C, 2), KEPT(D, 3), ctx[4]);                      \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kprobe/" #function)                                                                   \
	int on_##name##_kprobe(struct pt_regs *ctx)                                                \
	{                                                                                          \
		keep_arguments(place_##name, ctx);                                                 \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kretprobe/" #function)                                                                \
	int BPF_KRETPROBE(on_##name##_kretprobe, long returned)                                    \
	{                                                                                          \
		struct kept_arguments kept;                                                        \
                                                                                                   \
		if (take_kept(place_##name, &kept))                                                \
			name(KEPT(A, 0), KEPT(B, 1), KEPT(C, 2), KEPT(D, 3), returned);            \
		return 0;                                                                          \
	}                                                                                          \
	static __always_inline void name(A a, B b, C c, D d, long returned)

#define RETURN5(name, function, A, a, B, b, C, c, D, d, E, e)                                      \
	static __always_inline void name(A a, B b, C c, D d, E e, long returned);                  \
	enum { place_##name = __COUNTER__ };                                                       \
	SEC("fexit/" #function)                                                                    \
	int on_##name##_fexit(u64 *ctx)                                                            \
	{                                                                                          \
		struct kept_arguments kept = copied(ctx, 5);                                       \
                                                                                                   \
		name(KEPT(A, 0), KEPT(B, 1), KEPT(C, 2), KEPT(D, 3), KEPT(E, 4), ctx[5]);          \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kprobe/" #function)                                                                   \
	int on_##name##_kprobe(struct pt_regs *ctx)                                                \
	{                                                                                          \
		keep_arguments(place_##name, ctx);                                                 \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kretprobe/" #function)                                                                \
	int BPF_KRETPROBE(on_##name##_kretprobe, long returned)                                    \
	{                                                                                          \
		struct kept_arguments kept;                                                        \
                                                                                                   \
		if (take_kept(place_##name, &kept))                                                \
			name(KEPT(A, 0), KEPT(B, 1), KEPT(C, 2), KEPT(D, 3), KEPT(E, 4), returned);     \
		return 0;                                                                          \
	}                                                                                          \
	static __always_inline void name(A a, B b, C c, D d, E e, long returned)

#define RETURN6(name, function, A, a, B, b, C, c, D, d, E, e, F, f)                                \
	static __always_inline void name(A a, B b, C c, D d, E e, F f, long returned);             \
	enum { place_##name = __COUNTER__ };                                                       \
	SEC("fexit/" #function)                                                                    \
	int on_##name##_fexit(u64 *ctx)                                                            \
	{                                                                                          \
		struct kept_arguments kept = copied(ctx, 6);                                       \
                                                                                                   \
		name(KEPT(A, 0), KEPT(B, 1), KEPT(C, 2), KEPT(D, 3), KEPT(E, 4),                   \
		     KEPT(F, 5), ctx[6]);                                                          \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kprobe/" #function)                                                                   \
	int on_##name##_kprobe(struct pt_regs *ctx)                                                \
	{                                                                                          \
		keep_arguments(place_##name, ctx);                                                 \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kretprobe/" #function)                                                                \
	int BPF_KRETPROBE(on_##name##_kretprobe, long returned)                                    \
	{                                                                                          \
		struct kept_arguments kept;                                                        \
                                                                                                   \
		if (take_kept(place_##name, &kept))                                                \
			name(KEPT(A, 0), KEPT(B, 1), KEPT(C, 2), KEPT(D, 3), KEPT(E, 4), KEPT(F, 5),   \
			     returned);                                                            \
		return 0;                                                                          \
	}                                                                                          \
	static __always_inline void name(A a, B b, C c, D d, E e, F f, long returned)

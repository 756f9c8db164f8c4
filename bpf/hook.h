/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One place in the kernel, by whatever way this kernel offers to look there. HOOKn(name, lsm,
 * function, types and names of n arguments) { … } makes the programs on_NAME_lsm, on_NAME_fentry and
 * on_NAME_kprobe with that body; the collector loads one. PLACEn is for functions without an LSM
 * hook.
 *
 * The three see the same: the arguments as the function gets them, before it decides. Their pointers
 * have no type that an older verifier knows in all three, so they are read with BPF_CORE_READ.
 *
 * Each body has buffers of its own, one for each processor, and so it must be at work on a processor
 * only once at a time. Programs at trampolines (lsm, fentry) can be preempted in the middle, by a
 * task that comes to the same place. Of fentry and kprobe the kernel leaves out the second one then,
 * and counts it, which the collector reads. Of lsm it runs both: so those are guarded here, and who is
 * turned away is counted as lost.
 */
#pragma once
#include "context.h"
#include "path.h"

#define BODIES_MAX 256 /* that count how many they are, with what __COUNTER__ is used for besides */

/* How many are at work on a body on a processor, or have come and not yet found that they must go. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BODIES_MAX); /* one group per possible CPU, as BUFFERS */
	__type(key, u32);
	__type(value, u64);
} hook_guards SEC(".maps");

/* Come in, as the only one, or NULL. Who finds itself alone is in: all others that come until it has
 * left find two or more. Adding is all that is needed, and all that kernels before 5.12 do at once.
 */
static __always_inline u64 *enter(u32 body)
{
	u32 at = bpf_get_smp_processor_id() * BODIES_MAX + body;
	u64 *inside = bpf_map_lookup_elem(&hook_guards, &at);

	if (!inside)
		return 0;
	__sync_fetch_and_add(inside, 1);
	if (*(volatile u64 *)inside == 1)
		return inside;
	__sync_fetch_and_add(inside, -1);
	return 0;
}

static __always_inline void leave(u64 *inside)
{
	__sync_fetch_and_add(inside, -1);
}

static __always_inline int turned_away(u32 event)
{
	if (wanted(event, current_task()))
		count_lost(event);
	return 0;
}

/* libbpf's header stops at five arguments */
#if !defined(___bpf_kprobe_args6) && defined(__TARGET_ARCH_x86)
#define ___bpf_kprobe_args6(x, args...)                                                            \
	___bpf_kprobe_args5(args), (void *)((struct pt_regs *)ctx)->r9
#elif !defined(___bpf_kprobe_args6)
#define ___bpf_kprobe_args6(x, args...)                                                            \
	___bpf_kprobe_args5(args), (void *)((struct pt_regs *)ctx)->regs[5]
#endif

#define PLACE1(name, function, A, a)                                                               \
	static __noinline void name(A a);                                                          \
	SEC("fentry/" #function)                                                                   \
	int BPF_PROG(on_##name##_fentry, A a)                                                      \
	{                                                                                          \
		name(a);                                                                           \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kprobe/" #function)                                                                   \
	int BPF_KPROBE(on_##name##_kprobe, A a)                                                    \
	{                                                                                          \
		name(a);                                                                           \
		return 0;                                                                          \
	}                                                                                          \
	static __noinline void name(A a)

#define HOOK1(event, name, lsm, function, A, a)                                                    \
	static __noinline void name(A a);                                                          \
	enum { body_##name = __COUNTER__ };                                                        \
	SEC("lsm/" #lsm)                                                                           \
	int BPF_PROG(on_##name##_lsm, A a)                                                         \
	{                                                                                          \
		u64 *inside = enter(body_##name);                                                  \
                                                                                                   \
		if (!inside)                                                                       \
			return turned_away(event);                                                 \
		name(a);                                                                           \
		leave(inside);                                                                     \
		return 0;                                                                          \
	}                                                                                          \
	PLACE1(name, function, A, a)

#define PLACE2(name, function, A, a, B, b)                                                         \
	static __noinline void name(A a, B b);                                                     \
	SEC("fentry/" #function)                                                                   \
	int BPF_PROG(on_##name##_fentry, A a, B b)                                                 \
	{                                                                                          \
		name(a, b);                                                                        \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kprobe/" #function)                                                                   \
	int BPF_KPROBE(on_##name##_kprobe, A a, B b)                                               \
	{                                                                                          \
		name(a, b);                                                                        \
		return 0;                                                                          \
	}                                                                                          \
	static __noinline void name(A a, B b)

#define HOOK2(event, name, lsm, function, A, a, B, b)                                              \
	static __noinline void name(A a, B b);                                                     \
	enum { body_##name = __COUNTER__ };                                                        \
	SEC("lsm/" #lsm)                                                                           \
	int BPF_PROG(on_##name##_lsm, A a, B b)                                                    \
	{                                                                                          \
		u64 *inside = enter(body_##name);                                                  \
                                                                                                   \
		if (!inside)                                                                       \
			return turned_away(event);                                                 \
		name(a, b);                                                                        \
		leave(inside);                                                                     \
		return 0;                                                                          \
	}                                                                                          \
	PLACE2(name, function, A, a, B, b)

#define PLACE3(name, function, A, a, B, b, C, c)                                                   \
	static __noinline void name(A a, B b, C c);                                                \
	SEC("fentry/" #function)                                                                   \
	int BPF_PROG(on_##name##_fentry, A a, B b, C c)                                            \
	{                                                                                          \
		name(a, b, c);                                                                     \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kprobe/" #function)                                                                   \
	int BPF_KPROBE(on_##name##_kprobe, A a, B b, C c)                                          \
	{                                                                                          \
		name(a, b, c);                                                                     \
		return 0;                                                                          \
	}                                                                                          \
	static __noinline void name(A a, B b, C c)

#define HOOK3(event, name, lsm, function, A, a, B, b, C, c)                                        \
	static __noinline void name(A a, B b, C c);                                                \
	enum { body_##name = __COUNTER__ };                                                        \
	SEC("lsm/" #lsm)                                                                           \
	int BPF_PROG(on_##name##_lsm, A a, B b, C c)                                               \
	{                                                                                          \
		u64 *inside = enter(body_##name);                                                  \
                                                                                                   \
		if (!inside)                                                                       \
			return turned_away(event);                                                 \
		name(a, b, c);                                                                     \
		leave(inside);                                                                     \
		return 0;                                                                          \
	}                                                                                          \
	PLACE3(name, function, A, a, B, b, C, c)

#define PLACE4(name, function, A, a, B, b, C, c, D, d)                                             \
	static __noinline void name(A a, B b, C c, D d);                                           \
	SEC("fentry/" #function)                                                                   \
	int BPF_PROG(on_##name##_fentry, A a, B b, C c, D d)                                       \
	{                                                                                          \
		name(a, b, c, d);                                                                  \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kprobe/" #function)                                                                   \
	int BPF_KPROBE(on_##name##_kprobe, A a, B b, C c, D d)                                     \
	{                                                                                          \
		name(a, b, c, d);                                                                  \
		return 0;                                                                          \
	}                                                                                          \
	static __noinline void name(A a, B b, C c, D d)

#define HOOK4(event, name, lsm, function, A, a, B, b, C, c, D, d)                                  \
	static __noinline void name(A a, B b, C c, D d);                                           \
	enum { body_##name = __COUNTER__ };                                                        \
	SEC("lsm/" #lsm)                                                                           \
	int BPF_PROG(on_##name##_lsm, A a, B b, C c, D d)                                          \
	{                                                                                          \
		u64 *inside = enter(body_##name);                                                  \
                                                                                                   \
		if (!inside)                                                                       \
			return turned_away(event);                                                 \
		name(a, b, c, d);                                                                  \
		leave(inside);                                                                     \
		return 0;                                                                          \
	}                                                                                          \
	PLACE4(name, function, A, a, B, b, C, c, D, d)

#define PLACE5(name, function, A, a, B, b, C, c, D, d, E, e)                                       \
	static __noinline void name(A a, B b, C c, D d, E e);                                      \
	SEC("fentry/" #function)                                                                   \
	int BPF_PROG(on_##name##_fentry, A a, B b, C c, D d, E e)                                  \
	{                                                                                          \
		name(a, b, c, d, e);                                                               \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kprobe/" #function)                                                                   \
	int BPF_KPROBE(on_##name##_kprobe, A a, B b, C c, D d, E e)                                \
	{                                                                                          \
		name(a, b, c, d, e);                                                               \
		return 0;                                                                          \
	}                                                                                          \
	static __noinline void name(A a, B b, C c, D d, E e)

#define HOOK5(event, name, lsm, function, A, a, B, b, C, c, D, d, E, e)                            \
	static __noinline void name(A a, B b, C c, D d, E e);                                      \
	enum { body_##name = __COUNTER__ };                                                        \
	SEC("lsm/" #lsm)                                                                           \
	int BPF_PROG(on_##name##_lsm, A a, B b, C c, D d, E e)                                     \
	{                                                                                          \
		u64 *inside = enter(body_##name);                                                  \
                                                                                                   \
		if (!inside)                                                                       \
			return turned_away(event);                                                 \
		name(a, b, c, d, e);                                                               \
		leave(inside);                                                                     \
		return 0;                                                                          \
	}                                                                                          \
	PLACE5(name, function, A, a, B, b, C, c, D, d, E, e)

/* A function of a program takes five arguments; this body becomes part of each program. */
#define PLACE6(name, function, A, a, B, b, C, c, D, d, E, e, F, f)                                 \
	static __always_inline void name(A a, B b, C c, D d, E e, F f);                            \
	SEC("fentry/" #function)                                                                   \
	int BPF_PROG(on_##name##_fentry, A a, B b, C c, D d, E e, F f)                             \
	{                                                                                          \
		name(a, b, c, d, e, f);                                                            \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kprobe/" #function)                                                                   \
	int BPF_KPROBE(on_##name##_kprobe, A a, B b, C c, D d, E e, F f)                           \
	{                                                                                          \
		name(a, b, c, d, e, f);                                                            \
		return 0;                                                                          \
	}                                                                                          \
	static __always_inline void name(A a, B b, C c, D d, E e, F f)

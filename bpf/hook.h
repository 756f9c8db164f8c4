/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One place in the kernel, by whatever way this kernel offers to look there. HOOKn(name, lsm,
 * function, types and names of n arguments) { … } makes the programs on_NAME_lsm, on_NAME_fentry and
 * on_NAME_kprobe with that body; the collector loads one. PLACEn is for functions without an LSM
 * hook.
 *
 * The three see the same: the arguments as the function gets them, before it decides. Their pointers
 * have no type that an older verifier knows in all three, so they are read with BPF_CORE_READ.
 *
 * Programs at trampolines (lsm, fentry) can be preempted, and another one run meanwhile: each body
 * has buffers of its own, and the kernel keeps a program from interrupting itself.
 */
#pragma once
#include "context.h"
#include "path.h"

/* libbpf's header stops at five arguments */
#if !defined(___bpf_kprobe_args6) && defined(__TARGET_ARCH_x86)
#define ___bpf_kprobe_args6(x, args...)                                                            \
	___bpf_kprobe_args5(args), (void *)((struct pt_regs *)ctx)->r9
#elif !defined(___bpf_kprobe_args6)
#define ___bpf_kprobe_args6(x, args...)                                                            \
	___bpf_kprobe_args5(args), (void *)((struct pt_regs *)ctx)->regs[5]
#endif

#define PLACE1(name, function, A, a)                                                               \
	static __noinline void name(A a);                                                     \
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

#define HOOK1(name, lsm, function, A, a)                                                           \
	static __noinline void name(A a);                                                     \
	SEC("lsm/" #lsm)                                                                           \
	int BPF_PROG(on_##name##_lsm, A a)                                                         \
	{                                                                                          \
		name(a);                                                                           \
		return 0;                                                                          \
	}                                                                                          \
	PLACE1(name, function, A, a)

#define PLACE2(name, function, A, a, B, b)                                                         \
	static __noinline void name(A a, B b);                                                \
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

#define HOOK2(name, lsm, function, A, a, B, b)                                                     \
	static __noinline void name(A a, B b);                                                \
	SEC("lsm/" #lsm)                                                                           \
	int BPF_PROG(on_##name##_lsm, A a, B b)                                                    \
	{                                                                                          \
		name(a, b);                                                                        \
		return 0;                                                                          \
	}                                                                                          \
	PLACE2(name, function, A, a, B, b)

#define PLACE3(name, function, A, a, B, b, C, c)                                                   \
	static __noinline void name(A a, B b, C c);                                           \
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

#define HOOK3(name, lsm, function, A, a, B, b, C, c)                                               \
	static __noinline void name(A a, B b, C c);                                           \
	SEC("lsm/" #lsm)                                                                           \
	int BPF_PROG(on_##name##_lsm, A a, B b, C c)                                               \
	{                                                                                          \
		name(a, b, c);                                                                     \
		return 0;                                                                          \
	}                                                                                          \
	PLACE3(name, function, A, a, B, b, C, c)

#define PLACE4(name, function, A, a, B, b, C, c, D, d)                                             \
	static __noinline void name(A a, B b, C c, D d);                                      \
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

#define HOOK4(name, lsm, function, A, a, B, b, C, c, D, d)                                         \
	static __noinline void name(A a, B b, C c, D d);                                      \
	SEC("lsm/" #lsm)                                                                           \
	int BPF_PROG(on_##name##_lsm, A a, B b, C c, D d)                                          \
	{                                                                                          \
		name(a, b, c, d);                                                                  \
		return 0;                                                                          \
	}                                                                                          \
	PLACE4(name, function, A, a, B, b, C, c, D, d)

#define PLACE5(name, function, A, a, B, b, C, c, D, d, E, e)                                       \
	static __noinline void name(A a, B b, C c, D d, E e);                                 \
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

#define HOOK5(name, lsm, function, A, a, B, b, C, c, D, d, E, e)                                   \
	static __noinline void name(A a, B b, C c, D d, E e);                                 \
	SEC("lsm/" #lsm)                                                                           \
	int BPF_PROG(on_##name##_lsm, A a, B b, C c, D d, E e)                                     \
	{                                                                                          \
		name(a, b, c, d, e);                                                               \
		return 0;                                                                          \
	}                                                                                          \
	PLACE5(name, function, A, a, B, b, C, c, D, d, E, e)

/* A function of a program takes five arguments; this body becomes part of each program. */
#define PLACE6(name, function, A, a, B, b, C, c, D, d, E, e, F, f)                                 \
	static __always_inline void name(A a, B b, C c, D d, E e, F f);                           \
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

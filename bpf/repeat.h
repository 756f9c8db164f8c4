/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loops that every verifier ends soon. One that knows the kernel's number iterator (6.4) walks the
 * body until nothing new happens in it, which is twice or so; an older one walks each turn, and so
 * the number of turns is small or the body short.
 */
#pragma once
#include "kernel.h"

struct bpf_iter_num {
	u64 opaque;
};

extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __ksym __weak;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __ksym __weak;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __ksym __weak;

#define ITERATES ((void *)bpf_iter_num_new != (void *)0)

static __always_inline void begin_turns(struct bpf_iter_num *turns, int count)
{
	if (ITERATES)
		bpf_iter_num_new(turns, 0, count);
}

static __always_inline int next_turn(struct bpf_iter_num *turns, int *done, int *turn, int count)
{
	int *found;

	if (!ITERATES) {
		*turn = *done;
		*done += 1;
		return *turn < count;
	}
	found = bpf_iter_num_next(turns);
	if (found)
		*turn = *found;
	return found != 0;
}

static __always_inline void end_turns(struct bpf_iter_num *turns)
{
	if (ITERATES)
		bpf_iter_num_destroy(turns);
}

/* The statement after it runs for turn = 0 … count - 1; break and return are allowed. */
#define REPEAT(turn, count)                                                                        \
	for (struct bpf_iter_num turns_ __attribute__((cleanup(end_turns))), *once_ = &turns_;     \
	     once_; once_ = 0)                                                                     \
		for (int turn = 0, done_ = (begin_turns(&turns_, count), 0);                       \
		     next_turn(&turns_, &done_, &turn, count);)

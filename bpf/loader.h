/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The dynamic loader of the program that a task runs. */
#pragma once
#include "memory_area.h"

#define AT_BASE 7 /* auxiliary vector: where the loader is mapped (man 3 getauxval) */
#define AUXV_MAX 24

/* NULL where the program has none, or is no ELF file. */
static __always_inline struct file *loader_of(struct task_struct *task)
{
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	u64 vector = (u64)mm + bpf_core_field_offset(struct mm_struct, saved_auxv), base = 0;
	struct area area = {};

	REPEAT(turn, AUXV_MAX) {
		u64 pair[2] = {};

		bpf_probe_read_kernel(pair, sizeof(pair), (void *)(vector + turn * sizeof(pair)));
		if (!pair[0])
			break;
		if (pair[0] == AT_BASE) {
			base = pair[1];
			break;
		}
	}
	return base && find_area(base, &area) ? area.file : 0;
}

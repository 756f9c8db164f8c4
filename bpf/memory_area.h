/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The area of a task's memory that an address lies in. */
#pragma once
#include "kernel.h"

#define VM_WRITE 0x2
#define VM_EXEC 0x4
#define VM_ACCESS 0x7 /* with VM_READ; these are as PROT_READ, PROT_WRITE, PROT_EXEC */
#define MAP_ANONYMOUS 0x20

struct area {
	u64 start, size, flags;
	struct file *file; /* that is mapped there, or NULL */
};

static long note_area(struct task_struct *task, struct vm_area_struct *found, struct area *area)
{
	area->start = BPF_CORE_READ(found, vm_start);
	area->size = BPF_CORE_READ(found, vm_end) - area->start;
	area->flags = BPF_CORE_READ(found, vm_flags);
	area->file = BPF_CORE_READ(found, vm_file);
	return 0;
}

/* Returns 0 where there is none, or where somebody else is changing the task's memory. Needs 5.17. */
static __always_inline int find_area(struct task_struct *task, u64 address, struct area *area)
{
	return bpf_find_vma(bpf_get_current_task_btf(), address, note_area, area, 0) == 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The area of a task's memory that an address lies in. There is a helper for it, which takes a lock
 * that it may not get, and needs 5.17; this reads the kernel's tree without one, so that what is
 * found is checked, and a change at the same time can hide an area.
 */
#pragma once
#include "maps.h"
#include "repeat.h"

#define VM_WRITE 0x2
#define VM_EXEC 0x4
#define VM_ACCESS 0x7 /* with VM_READ; these are as PROT_READ, PROT_WRITE, PROT_EXEC */
#define VM_GROWSDOWN 0x100
#define MAP_ANONYMOUS 0x20
#define MAX_ERRNO 4095 /* a mapping's address is never so near to the end */

#define MAPLE_DEPTH 8	    /* levels of a maple tree; more than there are */
#define MAPLE_RANGE 2	    /* enum maple_type: inner nodes from here on, … */
#define MAPLE_ARANGE 3	    /* … and those that note gaps too */
#define MAPLE_PIVOTS 15	    /* of a leaf or a range node */
#define MAPLE_ARANGE_PIVOTS 9
#define TREE_DEPTH 32 /* of a red-black tree, half of which are red at the most */

struct area {
	u64 start, size, flags;
	struct file *file; /* that is mapped there, or NULL */
};

/* The entry of one node of a maple tree (since 6.1) for the address: a pivot is the last address of
 * its entry, and 0 where the node has no more.
 */
static __always_inline u64 maple_entry(u64 node, u32 type, u64 address)
{
	u32 pivots = type == MAPLE_ARANGE ? MAPLE_ARANGE_PIVOTS : MAPLE_PIVOTS, at = 0;
	u64 first = type == MAPLE_ARANGE ? bpf_core_field_offset(struct maple_arange_64, pivot)
					 : bpf_core_field_offset(struct maple_range_64, pivot);
	u64 slots = type == MAPLE_ARANGE ? bpf_core_field_offset(struct maple_arange_64, slot)
					 : bpf_core_field_offset(struct maple_range_64, slot);
	u64 entry = 0;

	REPEAT(turn, MAPLE_PIVOTS) {
		u64 pivot = 0;

		if (turn >= (int)pivots)
			break;
		bpf_probe_read_kernel(&pivot, sizeof(pivot), (void *)(node + first + turn * 8));
		if (pivot >= address || (!pivot && turn))
			break;
		at = turn + 1;
	}
	bpf_probe_read_kernel(&entry, sizeof(entry), (void *)(node + slots + at * 8));
	return entry;
}

/* A pointer to a node has its type in bits 3 to 6; that to the root has bit 1 set, or it is no node. */
static __always_inline u64 walk_maple(u64 entry, u64 address)
{
	if (!(entry & 2))
		return 0;
	REPEAT(level, MAPLE_DEPTH) {
		u32 type = entry >> 3 & 0xf;

		if (entry < 4096)
			return 0;
		entry = maple_entry(entry & ~0xffull, type, address);
		if (type < MAPLE_RANGE)
			return entry;
	}
	return 0;
}

static __always_inline u64 walk_red_black(struct mm_struct___until_6_0 *mm, u64 address)
{
	struct rb_node *node = BPF_CORE_READ(mm, mm_rb.rb_node);
	u64 at = bpf_core_field_offset(struct vm_area_struct___until_6_0, vm_rb);

	REPEAT(level, TREE_DEPTH) {
		struct vm_area_struct *area = (void *)node - at;

		if (!node)
			return 0;
		if (address >= BPF_CORE_READ(area, vm_end))
			node = BPF_CORE_READ(node, rb_right);
		else if (address < BPF_CORE_READ(area, vm_start))
			node = BPF_CORE_READ(node, rb_left);
		else
			return (u64)area;
	}
	return 0;
}

/* A global function: the verifier walks its loops once. */
__noinline u64 area_at(u64 address)
{
	struct mm_struct *mm = BPF_CORE_READ(current_task(), mm);

	if (!mm)
		return 0;
	if (bpf_core_field_exists(mm->mm_mt))
		return walk_maple((u64)BPF_CORE_READ(mm, mm_mt.ma_root), address);
	return walk_red_black((void *)mm, address);
}

/* Find the area of the current task's memory. Returns 0 where there is none. */
static __always_inline int find_area(u64 address, struct area *area)
{
	struct vm_area_struct *found = (struct vm_area_struct *)area_at(address);

	if (!found)
		return 0;
	area->start = BPF_CORE_READ(found, vm_start);
	area->size = BPF_CORE_READ(found, vm_end) - area->start;
	area->flags = BPF_CORE_READ(found, vm_flags);
	area->file = BPF_CORE_READ(found, vm_file);
	return address - area->start < area->size;
}

static __always_inline int changes_protection(u32 call)
{
	return call == EVENT_MPROTECT || call == EVENT_PKEY_MPROTECT;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Long texts against the values that policies name: what they are, begin with, and end with. */
#pragma once
#include "maps.h"
#include "repeat.h"

#define TEXT_MAX 248 /* bytes of a text, its NUL among them, that a key has; of a longer one the end
		      * and the beginning */

struct text_key {
	u32 bits; /* of what follows */
	u32 list; /* which values, and the half in the lowest bit */
	u8 bytes[TEXT_MAX];
};

/* Where a key is made. */
struct text_scratch {
	struct text_key key;
	u8 slack[8]; /* for the verifier, to whom indices are below 256 */
	u8 end[256];
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 16);
	__type(key, struct text_key);
	__type(value, struct named);
} text_values SEC(".maps");

/* Below 256 for the verifier, in whatever register or stack slot it is from here on: older ones
 * forget what a comparison said of a value that was spilled.
 */
#define bound_byte(value) asm volatile("%0 &= 255" : "+r"(value))

static __always_inline void find_text(struct named *found, struct text_scratch *scratch, u32 list,
				      u32 half, u32 size)
{
	struct named *entry;

	scratch->key.bits = 8 * (sizeof(scratch->key.list) + size);
	scratch->key.list = list << 1 | half;
	entry = bpf_map_lookup_elem(&text_values, &scratch->key);
	if (!entry)
		return;
	found->wanted |= entry->wanted;
	found->barred |= entry->barred;
}

/* By what it is and what it begins with. */
static __always_inline void find_beginning(struct named *found, struct text_scratch *scratch,
					   u32 list, u32 half, const void *text, u32 size)
{
	u64 most = size < TEXT_MAX ? size : TEXT_MAX;

	bound_byte(most);
	if (bpf_probe_read_kernel(scratch->key.bytes, most, text))
		return;
	if (most < TEXT_MAX)
		*(volatile u8 *)&scratch->key.bytes[most++] = 0;
	find_text(found, scratch, list, half, most);
}

/* By what it ends with, of which the longest is `longest` bytes long. */
static __always_inline void find_end(struct named *found, struct text_scratch *scratch, u32 list,
				     u32 half, const void *text, u32 size, u32 longest)
{
	u64 most = size < longest ? size : longest;

	bound_byte(most);
	if (bpf_probe_read_kernel(scratch->end, most, text + size - most))
		return;
	REPEAT(at, TEXT_MAX) {
		if ((u32)at >= most)
			break;
		scratch->key.bytes[at & 255] = scratch->end[(most - 1 - at) & 255];
	}
	find_text(found, scratch, list, half, most);
}

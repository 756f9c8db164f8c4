/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which helpers a program of BPF calls, by its instructions as bpf(2) was given them. */
#pragma once
#include "record.h"

#define INSTRUCTIONS_MAX 4096 /* of a program, that are looked at */
#define HELPER_WORDS 4
#define CALL_CODE 0x85 /* BPF_JMP | BPF_CALL */

struct instruction {
	u8 code;
	u8 registers; /* of a call, the upper half is 0 where it is one of a helper */
	u16 offset;
	u32 value;
};

/* The bit of the helper that an instruction calls; 0 where it calls none. Without a branch: older
 * verifiers remember each one of each turn, and give up after 8192.
 */
static __always_inline u64 helper_bit(struct instruction *instruction, u64 turn, u64 count)
{
	u64 other = (instruction->code ^ CALL_CODE) | (instruction->registers >> 4) |
		    (instruction->value >> 8);
	u64 yes = (other - 1) >> 63 & (turn - count) >> 63;

	asm volatile("" : "+r"(yes));
	return yes << (instruction->value & 63);
}

/* Which helpers a program calls that bpf(2) was given: a bit each. */
static __always_inline void put_helpers(struct buffer *buffer, u64 attributes)
{
	u8 *to = next(buffer, 64 + INSTRUCTIONS_MAX * sizeof(struct instruction));
	struct instruction *listed = (void *)to + 64;
	volatile u64 *words = (void *)to + 3;
	u64 count = 0, from = 0;

	bpf_probe_read_user(&count, 4, (const void *)attributes + 4);
	bpf_probe_read_user(&from, 8, (const void *)attributes + 8);
	if (count > INSTRUCTIONS_MAX) {
		count = INSTRUCTIONS_MAX;
		cut_short(buffer);
	}
	asm volatile("" : "+r"(count));
	if (count > INSTRUCTIONS_MAX ||
	    bpf_probe_read_user(listed, count * sizeof(*listed), (const void *)from))
		return put_nil(buffer);
	for (int i = 0; i < HELPER_WORDS; i++)
		words[i] = 0;
	REPEAT(turn, INSTRUCTIONS_MAX) {
		u32 at = turn & (INSTRUCTIONS_MAX - 1);

		words[listed[at].value >> 6 & (HELPER_WORDS - 1)] |=
			helper_bit(&listed[at], at, count);
	}
	put_bin_head(buffer, to, HELPER_WORDS * sizeof(u64));
}

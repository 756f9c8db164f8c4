/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Writing a record: a msgpack array of fixed-width values, built in a buffer of a map.
 *
 *   dc nn nn | cd id | cf time | d3 return | cf policies | cd generation | cf flags |
 *   c4 context | arguments… | c4 pad
 *
 * The pad is what makes the ring's memory a legal msgpack stream: its payload is the padding to 8
 * bytes and the 8-byte header of the next record, so that the collector copies ring memory to its
 * output without looking into it. Where it was asked for, the task's stack stands before that.
 *
 * The write position lives in the buffer, not in a register. The verifier then meets the same
 * state after every argument and every turn of a loop, and stops there; with the position in a
 * register it walks each combination of lengths and gives up.
 */
#pragma once
#include "text.h"

#define BUFFER_SIZE (1 << 16)
#define STRING_MAX 4096 /* bytes of one string, with its NUL */
#define ARGV_MAX (16 << 10)
#define ENV_MAX (24 << 10)
#define STACK_SIZE 160 /* bytes of a task's stack: 20 addresses */
#define TAG_MAX 16 /* bytes of a number, or of what stands around a text */

struct buffer {
	u8 bytes[BUFFER_SIZE];
	u32 at;	      /* write position */
	u32 argument; /* how many are written */
	u64 flags;    /* of the record: bit i, argument i was cut short */
	u16 offsets[32]; /* where each argument begins */
	/* for filters */
	u64 kept; /* policies */
	struct named found;
	struct text_scratch scratch;
};

/* flags, besides the bits of the arguments */
#define FLAG_COMPAT (1ull << 63)
#define FLAG_CONTAINER_STARTED (1ull << 62)
#define FLAG_FROM_KERNEL (1ull << 61)
#define FLAG_UNDECIDED (1ull << 60)  /* more policies than it may match: the collector decides */
#define FLAG_UNRESOLVED (1ull << 59) /* because its container was not known */
#define FLAG_BEFORE_EXEC (1ull << 58) /* the task is as it was before the exec that the call did */

#define CONTEXT_AT 47
#define ARGUMENTS_AT (CONTEXT_AT + sizeof(struct context))

/* volatile: clang would split an unaligned store into bytes */
#define STORE8(to, value) (*(volatile u8 *)(to) = (u8)(value))
#define STORE16(to, value) (*(volatile u16 *)(to) = bpf_htons((u16)(value)))
#define STORE32(to, value) (*(volatile u32 *)(to) = bpf_htonl((u32)(value)))
#define STORE64(to, value) (*(volatile u64 *)(to) = bpf_cpu_to_be64((u64)(value)))

/* A buffer per CPU and program: programs do not migrate, and none interrupts itself. */
#define BUFFERS(name)                                                                              \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                  \
		__uint(max_entries, 1); /* the loader makes it one per possible CPU */             \
		__type(key, u32);                                                                  \
		__type(value, struct buffer);                                                      \
	} name SEC(".maps")

#define get_buffer(name)                                                                           \
	({                                                                                         \
		u32 cpu_ = bpf_get_smp_processor_id();                                             \
		bpf_map_lookup_elem(&name, &cpu_);                                                 \
	})

/* Arguments come first: what stands before them is written when they are all there. */
static __always_inline void empty(struct buffer *buffer)
{
	buffer->flags = 0;
	buffer->argument = 0;
	*(volatile u32 *)&buffer->at = ARGUMENTS_AT;
}

/* Where the next value goes, in bounds for the verifier: `room` bytes and a tag fit there. The
 * longest record of all fits the buffer too, so the test never strikes; each caller asks for no
 * more room than it needs, or it would strike within that.
 */
static __always_inline u8 *next(struct buffer *buffer, const u32 room)
{
	u32 at = *(volatile u32 *)&buffer->at;

	asm volatile("" : "+r"(at)); /* or clang proves the test away for itself, not the verifier */
	if (at > BUFFER_SIZE - TAG_MAX - room)
		at = BUFFER_SIZE - TAG_MAX - room;
	return buffer->bytes + at;
}

static __always_inline void advance(struct buffer *buffer, u32 size)
{
	u32 at = *(volatile u32 *)&buffer->at;

	*(volatile u16 *)&buffer->offsets[buffer->argument & 31] = at;
	*(volatile u32 *)&buffer->at = at + size;
	*(volatile u32 *)&buffer->argument += 1;
}

static __always_inline void cut_short(struct buffer *buffer)
{
	buffer->flags |= 1ull << (buffer->argument & 63);
}

static __always_inline void put_nil(struct buffer *buffer)
{
	STORE8(next(buffer, 0), 0xc0);
	advance(buffer, 1);
}

static __always_inline void put_bool(struct buffer *buffer, int value)
{
	STORE8(next(buffer, 0), value ? 0xc3 : 0xc2);
	advance(buffer, 1);
}

static __always_inline void put32(struct buffer *buffer, u8 tag, u32 value)
{
	u8 *to = next(buffer, 0);

	STORE8(to, tag);
	STORE32(to + 1, value);
	advance(buffer, 5);
}

static __always_inline void put64(struct buffer *buffer, u8 tag, u64 value)
{
	u8 *to = next(buffer, 0);

	STORE8(to, tag);
	STORE64(to + 1, value);
	advance(buffer, 9);
}

#define put_i32(buffer, value) put32(buffer, 0xd2, value)
#define put_u32(buffer, value) put32(buffer, 0xce, value)
#define put_i64(buffer, value) put64(buffer, 0xd3, value)
#define put_u64(buffer, value) put64(buffer, 0xcf, value)

/* The bytes of one bin are at to + 3 already; give them their tag. */
static __always_inline void put_bin_head(struct buffer *buffer, u8 *to, u32 size)
{
	STORE8(to, 0xc5);
	STORE16(to + 1, size);
	advance(buffer, 3 + size);
}

/* Whether a string is longer than STRING_MAX: the helper that copies it ends a longer one with a
 * NUL of its own and does not say so.
 */
static __always_inline int goes_on(const void *from)
{
	u8 last = 0;

	bpf_probe_read_user(&last, 1, from + STRING_MAX - 1);
	return last != 0;
}

/* Copy a string of the task's memory to `to`, which has room for STRING_MAX bytes. Returns its size
 * with the NUL, or a negative number. Kernels up to 6.12 at least call an empty string 0 bytes.
 */
static __always_inline long read_user_string(u8 *to, const void *from)
{
	long size = bpf_probe_read_user_str(to, STRING_MAX, from);

	if (size)
		return size;
	STORE8(to, 0);
	return 1;
}

/* A string of the task's memory; nil where it cannot be read. */
static __noinline void put_user_string(struct buffer *buffer, const void *from)
{
	u8 *to = next(buffer, STRING_MAX);
	long size = read_user_string(to + 3, from);

	if (size < 1 || size > STRING_MAX)
		return put_nil(buffer);
	if (size == STRING_MAX && goes_on(from))
		cut_short(buffer);
	put_bin_head(buffer, to, size - 1);
}

static __noinline void put_kernel_string(struct buffer *buffer, const void *from)
{
	u8 *to = next(buffer, STRING_MAX);
	long size = bpf_probe_read_kernel_str(to + 3, STRING_MAX, from);

	if (size < 1 || size > STRING_MAX)
		return put_nil(buffer);
	put_bin_head(buffer, to, size - 1);
}

/* The bytes from `from` to `end` of the task's memory, at most `most` of them. */
static __noinline void put_user_area(struct buffer *buffer, u64 from, u64 end, const u32 most)
{
	u8 *to = next(buffer, most);
	u64 size = end - from;

	if (end < from || !from)
		return put_nil(buffer);
	if (size > most) {
		size = most;
		cut_short(buffer);
	}
	asm volatile("" : "+r"(size));
	if (size > most || bpf_probe_read_user(to + 3, size, (const void *)from))
		return put_nil(buffer);
	put_bin_head(buffer, to, size);
}

/* The same of the kernel's memory. */
static __always_inline void put_kernel_area(struct buffer *buffer, const void *from, u32 size,
					    const u32 most)
{
	u8 *to = next(buffer, most);

	if (size > most) {
		size = most;
		cut_short(buffer);
	}
	asm volatile("" : "+r"(size));
	if (size > most || bpf_probe_read_kernel(to + 3, size, from))
		return put_nil(buffer);
	put_bin_head(buffer, to, size);
}

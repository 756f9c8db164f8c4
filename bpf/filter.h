/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a record has in it what policies' filters ask for, decided before it is sent.
 *
 * An event's tests are rows of a table. Those of one value are in a row, and the last of them has the
 * policies that name no such value. What is found stands in the buffer: the verifier then meets the
 * same state after each test. For the same reason a row says how its value is written, and no
 * program asks.
 */
#pragma once
#include "record.h"
#include "scope.h"

#define EVENT_TESTS 16 /* of one event */
#define TESTS_MAX 16384 /* of all, in either half */

enum form { FORM_NUMBER, FORM_BITS, FORM_BEGINNING, FORM_END, FORM_CONTAINER };

/* `where` of a value that is no argument: `offset` says where it is. */
#define AT_OFFSET 32

struct test {
	u64 flip; /* bits that put numbers with a sign in the order of those without */
	u64 mask, want;
	u64 wanted, barred; /* policies that name, and that bar, a number of these bits */
	u64 unnamed;	    /* policies that name no value here, so that any will do */
	u32 list;	    /* of values: beyond enum list */
	u16 offset;
	u8 where;   /* which argument */
	u8 form;
	u8 tag;	    /* that the value has if it could be read; 0: it has none */
	u8 size;    /* bytes of a number, of a text without a tag, of the longest end */
	u8 last;    /* of its value */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, HALVES *TESTS_MAX);
	__type(key, u32);
	__type(value, struct test);
} tests SEC(".maps");

/* What the loader says before the verifier reads on, so that what nobody asks for costs nothing. The
 * verifier takes as long for the filters as for most programs.
 */
const volatile struct {
	u32 filters; /* whether there are any */
	u32 stacks;  /* whether records have the task's stack */
} wishes = {};

static __always_inline void find_bits(struct buffer *buffer, struct test *test, u64 number)
{
	if ((number & test->mask) != test->want)
		return;
	buffer->found.wanted |= test->wanted;
	buffer->found.barred |= test->barred;
}

/* Not inlined, nor are those after it: what a test leaves behind in registers and on the stack is
 * then gone, and the verifier meets the same state after each form of test instead of walking on from
 * every combination of them.
 */
static __noinline void test_number(struct buffer *buffer, struct test *test, u32 half,
				   const u8 *value)
{
	struct scope_key key = {};
	u64 number = 0;

	if (test->size == 8)
		number = bpf_be64_to_cpu(*(u64 *)value);
	else if (test->tag)
		number = bpf_ntohl(*(u32 *)value);
	else
		number = *(u32 *)value;
	if (test->form == FORM_BITS)
		return find_bits(buffer, test, number);
	STORE64(key.bytes, number ^ test->flip);
	look_up(&buffer->found, &key, test->list, half);
}

static __noinline void test_text(struct buffer *buffer, struct test *test, u32 half,
				 const u8 *value)
{
	u32 size = test->size;

	if (test->tag) {
		size = bpf_ntohs(*(u16 *)value);
		value += 2;
	}
	asm volatile("" : "+r"(size));
	if (size > STRING_MAX)
		return;
	if (test->form == FORM_BEGINNING)
		find_beginning(&buffer->found, &buffer->scratch, test->list, half, value, size);
	else
		find_end(&buffer->found, &buffer->scratch, test->list, half, value, size,
			 test->size);
}

static __noinline void test_container(struct buffer *buffer, struct test *test)
{
	u64 cgroup = ((struct context *)(buffer->bytes + CONTEXT_AT))->cgroup_id;
	struct container *container = bpf_map_lookup_elem(&containers, &cgroup);

	if (container && container->state == CONTAINER_NONE)
		buffer->found.wanted |= test->wanted; /* the record is marked: the collector decides */
	else
		find_bits(buffer, test, !!container);
}

static __always_inline void test_one(struct buffer *buffer, struct test *test, u32 half)
{
	u32 at = test->offset;
	u8 *value;

	if (test->where < AT_OFFSET)
		at = *(volatile u16 *)&buffer->offsets[test->where & 31];
	asm volatile("" : "+r"(at));
	if (at > BUFFER_SIZE - TAG_MAX - STRING_MAX)
		return;
	value = buffer->bytes + at;
	if (test->form == FORM_CONTAINER)
		return test_container(buffer, test);
	if (test->tag) {
		if (*value != test->tag)
			return;
		value++;
	}
	if (test->form < FORM_BEGINNING)
		test_number(buffer, test, half, value);
	else
		test_text(buffer, test, half, value);
}

/* Those of the policies whose filters the record passes. Not inlined: many programs send. */
static __noinline u64 filter(struct buffer *buffer, struct selection *selection, u32 half,
			     u64 policies)
{
	u32 first = selection->first + (half & 1) * TESTS_MAX, count = selection->tests;

	buffer->kept = policies;
	REPEAT(turn, EVENT_TESTS) {
		u32 at = first + turn;
		struct test *test = bpf_map_lookup_elem(&tests, &at);

		if ((u32)turn >= count || !test)
			break;
		test_one(buffer, test, half);
		if (!test->last)
			continue;
		buffer->kept &= (buffer->found.wanted | test->unnamed) & ~buffer->found.barred;
		buffer->found.wanted = buffer->found.barred = 0;
	}
	return buffer->kept;
}

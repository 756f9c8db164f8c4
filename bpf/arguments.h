/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The arguments of a system call: out of its registers, into the record. */
#pragma once
#include "context.h"
#include "call.h"
#include "entry.h"
#include "socket.h"

BUFFERS(syscalls_buffers);

/* The arguments in the catalogue's order, each whole. */
static __always_inline void arrange(struct call *call, u64 *args)
{
	if (call->swapped) {
		u64 third = args[3];

		args[3] = args[4];
		args[4] = third;
	}
	if (!call->wide)
		return;
	for (int i = 0; i < CALL_ARGS - 1; i++) {
		if (!(call->wide & 1 << i))
			continue;
		args[i] |= args[i + 1] << 32;
		for (int at = i + 1; at < CALL_ARGS - 1; at++)
			args[at] = args[at + 1];
	}
}

/* A text that a call wrote, as long as the call says, which may count a NUL at its end. */
static __always_inline void put_result(struct buffer *buffer, u64 from, u64 size)
{
	u8 last = 1;

	if (size)
		bpf_probe_read_user(&last, 1, (const void *)(from + size - 1));
	put_user_area(buffer, from, from + size - !last, STRING_MAX);
}

#define WRITTEN 0x100 /* with a kind: the call writes there, if it works */

/* An argument that is an address, by what lies there; `following` is the next one, which is the
 * size of a socket address, or where its size is.
 *
 * A global function: the verifier walks it once, and not once for each argument. So it gets
 * numbers only, and finds the buffer by its index.
 */
__noinline int put_memory(u32 index, u32 kind, u64 from, u64 following, s64 returned)
{
	struct buffer *buffer = bpf_map_lookup_elem(&syscalls_buffers, &index);
	u32 size = 0;

	if (!buffer)
		return 0;
	if (kind & WRITTEN && returned < 0) {
		put_nil(buffer);
		return 0;
	}
	switch (kind) {
	case KIND_STRING:
		put_user_string(buffer, (const void *)from);
		break;
	case KIND_STRING | WRITTEN:
		put_result(buffer, from, returned);
		break;
	case KIND_SOCKADDR:
		put_user_address(buffer, from, following);
		break;
	case KIND_SOCKADDR | WRITTEN:
		bpf_probe_read_user(&size, sizeof(size), (const void *)following);
		put_user_address(buffer, from, size);
		break;
	case KIND_TIMESPEC:
		put_user_area(buffer, from, from + 16, 16);
		break;
	case KIND_TIMESPEC32:
	case KIND_PAIR | WRITTEN:
		put_user_area(buffer, from, from + 8, 8);
		break;
	default:
		put_nil(buffer);
	}
	return 0;
}

static __always_inline void put_arguments(struct buffer *buffer, struct call *call, u64 *args,
					  u32 compat, s64 returned)
{
	u32 index = bpf_get_smp_processor_id();

	for (int i = 0; i < CALL_ARGS; i++) {
		u32 kind = call->kinds[i];
		u64 value = args[i];

		if (i >= call->args)
			break;
		switch (kind) {
		case KIND_I32:
			put_i32(buffer, value);
			break;
		case KIND_U32:
			put_u32(buffer, value);
			break;
		case KIND_I64:
			if (compat && !(call->wide & 1 << i))
				value = (s64)(s32)value;
			put_i64(buffer, value);
			break;
		case KIND_U64:
		case KIND_POINTER:
			put_u64(buffer, value);
			break;
		default:
			put_memory(index, kind | (call->results & 1 << i ? WRITTEN : 0), value,
				   i < CALL_ARGS - 1 ? args[i + 1] : 0, returned);
		}
	}
}

/* The arguments of execve and execveat. */
static __always_inline void put_entry_arguments(struct entry *entry, struct call *call, u64 *args,
						u32 compat)
{
	struct buffer *buffer = &entry->buffer;

	for (int i = 0; i < CALL_ARGS; i++) {
		if (i >= call->args)
			break;
		if (call->kinds[i] == KIND_STRINGS && args[i])
			put_user_strings(entry->index, args[i], compat);
		else if (call->kinds[i] == KIND_STRING)
			put_user_string(buffer, (const void *)args[i]);
		else if (call->kinds[i] == KIND_I32)
			put_i32(buffer, args[i]);
		else
			put_nil(buffer);
	}
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Calls of sockets, of which i386 has had one for all: its number says which one is meant, and the
 * arguments lie in memory.
 */
#pragma once
#include "call.h"
#include "follower.h"
#include "socket.h"

#define EBADF 9
#define EFAULT 14
#define ENOTSOCK 88

static __always_inline u32 meant_by(u32 number)
{
	switch (number) {
	case 1:
		return EVENT_SOCKET;
	case 2:
		return EVENT_BIND;
	case 3:
		return EVENT_CONNECT;
	case 4:
		return EVENT_LISTEN;
	case 5:
		return EVENT_ACCEPT;
	case 8:
		return EVENT_SOCKETPAIR;
	case 14:
		return EVENT_SETSOCKOPT;
	case 18:
		return EVENT_ACCEPT4;
	}
	return 0;
}

static __always_inline void unpack(struct called *called)
{
	u32 from[CALL_ARGS] = {};

	if (called->event != EVENT_SOCKETCALL)
		return;
	called->event = meant_by(called->args[0]);
	bpf_probe_read_user(from, sizeof(from), (const void *)called->args[1]);
	for (int i = 0; i < CALL_ARGS; i++)
		called->args[i] = from[i];
}

/* The call that returns. */
static __always_inline void find_returned(struct called *called, struct returned *returned)
{
	called->event = returned->event;
	__builtin_memcpy(called->args, returned->args, sizeof(called->args));
	unpack(called);
}

/* Whether a call came as far as the hook: its descriptor and its address were in order. */
static __always_inline int asked(struct returned *returned)
{
	return returned->value != -EBADF && returned->value != -ENOTSOCK &&
	       returned->value != -EFAULT;
}

/* The descriptor that the current call was given, if it is this one or the other; nil as of
 * io_uring.
 */
static __always_inline void put_called_socket(struct buffer *buffer, u32 event, u32 other)
{
	struct called called;

	find_called(&called);
	unpack(&called);
	if (called.event == event || called.event == other)
		put_i32(buffer, called.args[0]);
	else
		put_nil(buffer);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sockets. */
#include "call.h"
#include "follower.h"
#include "hook.h"
#include "socket.h"

BUFFERS(socket_connect_buffers);
BUFFERS(socket_after_buffers);
BUFFERS(socket_dup_buffers);

#define EBADF 9
#define EFAULT 14
#define ENOTSOCK 88

/* i386 has had one call for all of sockets: its number says which, its arguments lie in memory. */
static __always_inline u32 unpack_socketcall(u64 *args)
{
	u32 number = args[0], from[CALL_ARGS] = {};

	bpf_probe_read_user(from, sizeof(from), (const void *)args[1]);
	for (int i = 0; i < CALL_ARGS; i++)
		args[i] = from[i];
	switch (number) {
	case 3:
		return EVENT_CONNECT;
	}
	return 0;
}

/* The descriptor that the current call was given, if it is this one. */
static __always_inline void put_called_socket(struct buffer *buffer, u32 event)
{
	struct called called;

	find_called(&called);
	if (called.event == EVENT_SOCKETCALL)
		called.event = unpack_socketcall(called.args);
	if (called.event == event)
		put_i32(buffer, called.args[0]);
	else
		put_nil(buffer); /* as of io_uring, or where no helper finds a task's registers */
}

HOOK3(socket_connect, socket_connect, security_socket_connect, struct socket *, socket,
      struct sockaddr *, address, int, size)
{
	struct buffer *buffer = get_buffer(socket_connect_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_SOCKET_CONNECT, task);

	if (!policies || !buffer)
		return;
	begin(buffer, task, current_call());
	put_called_socket(buffer, EVENT_CONNECT);
	put_i32(buffer, BPF_CORE_READ(socket, type));
	put_kernel_address(buffer, address, size);
	send(buffer, EVENT_SECURITY_SOCKET_CONNECT, 0, policies);
}

/* Whether a call came as far as the hook: its descriptor and its address were in order. */
static __always_inline int asked(struct returned *returned)
{
	return returned->value != -EBADF && returned->value != -ENOTSOCK &&
	       returned->value != -EFAULT;
}

static __always_inline void put_socket_type(struct buffer *buffer, struct task_struct *task, u32 fd)
{
	struct socket *socket = open_socket(task, fd);

	if (socket)
		put_i32(buffer, BPF_CORE_READ(socket, type));
	else
		put_nil(buffer); /* closed by another thread since */
}

static __always_inline void connect_returned(struct buffer *buffer, struct task_struct *task,
					     struct returned *returned)
{
	u64 *args = returned->args;

	if ((u32)args[2] > SOCKADDR_MAX)
		return;
	begin_after(buffer, task, returned);
	put_i32(buffer, args[0]);
	put_socket_type(buffer, task, args[0]);
	put_user_address(buffer, args[1], args[2]);
	send(buffer, EVENT_SECURITY_SOCKET_CONNECT, 0,
	     returned->policies & policies_of(EVENT_SECURITY_SOCKET_CONNECT));
}

FOLLOWER(socket)
{
	struct buffer *buffer = get_buffer(socket_after_buffers);

	if (!buffer || !asked(returned))
		return 0;
	if (returned->event == EVENT_SOCKETCALL)
		returned->event = unpack_socketcall(returned->args);
	if (returned->event == EVENT_CONNECT)
		connect_returned(buffer, task, returned);
	return 0;
}

#define F_DUPFD 0
#define F_DUPFD_CLOEXEC 1030

static __always_inline int duplicates(struct returned *returned)
{
	if (returned->value < 0)
		return 0;
	if (returned->event != EVENT_FCNTL && returned->event != EVENT_FCNTL64)
		return 1;
	return returned->args[1] == F_DUPFD || returned->args[1] == F_DUPFD_CLOEXEC;
}

/* A descriptor of a socket was duplicated. */
FOLLOWER(dup)
{
	struct buffer *buffer = get_buffer(socket_dup_buffers);
	struct socket *socket;
	u64 policies;

	if (!duplicates(returned) || !buffer)
		return 0;
	policies = returned->policies & policies_of(EVENT_SOCKET_DUP);
	socket = open_socket(task, returned->value);
	if (!socket || !policies)
		return 0;
	begin_after(buffer, task, returned);
	put_i32(buffer, returned->args[0]);
	put_i32(buffer, returned->value);
	put_remote_address(buffer, BPF_CORE_READ(socket, sk));
	send(buffer, EVENT_SOCKET_DUP, returned->value, policies);
	return 0;
}

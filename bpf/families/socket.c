/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sockets: made, named and connected, and what their descriptors become. */
#include "hook.h"
#include "socket_call.h"

BUFFERS(socket_create_buffers);
BUFFERS(socket_bind_buffers);
BUFFERS(socket_connect_buffers);
BUFFERS(socket_setsockopt_buffers);
BUFFERS(socket_dup_buffers);

#define SOCK_TYPE_MASK 0xf

static __always_inline void send_create(struct buffer *buffer, int family, int type, int protocol,
					int by_kernel, u64 policies)
{
	put_i32(buffer, family);
	put_i32(buffer, type);
	put_i32(buffer, protocol);
	put_i32(buffer, by_kernel);
	send(buffer, EVENT_SECURITY_SOCKET_CREATE, 0, policies);
}

HOOK4(EVENT_SECURITY_SOCKET_CREATE, socket_create, socket_create, security_socket_create, int,
      family, int, type, int, protocol, int, by_kernel)
{
	struct buffer *buffer = get_buffer(socket_create_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_SOCKET_CREATE, task);

	if (!policies || !buffer)
		return;
	begin(buffer, task, current_call());
	send_create(buffer, family, type, protocol, by_kernel, policies);
}

FOLLOWER(socket_create)
{
	struct buffer *buffer = get_buffer(socket_create_buffers);
	u64 policies = told(returned, EVENT_SECURITY_SOCKET_CREATE);
	struct called called;
	u64 *args = called.args;

	if (!policies || !buffer || returned->value < 0)
		return 0;
	find_returned(&called, returned);
	if (called.event != EVENT_SOCKET && called.event != EVENT_SOCKETPAIR)
		return 0;
	begin_after(buffer, task, returned);
	send_create(buffer, args[0], args[1] & SOCK_TYPE_MASK, args[2], 0, policies);
	return 0;
}

HOOK3(EVENT_SECURITY_SOCKET_BIND, socket_bind, socket_bind, security_socket_bind, struct socket *,
      socket, struct sockaddr *, address, int, size)
{
	struct buffer *buffer = get_buffer(socket_bind_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_SOCKET_BIND, task);

	if (!policies || !buffer)
		return;
	begin(buffer, task, current_call());
	put_called_socket(buffer, EVENT_BIND, 0);
	put_kernel_address(buffer, address, size);
	send(buffer, EVENT_SECURITY_SOCKET_BIND, 0, policies);
}

FOLLOWER(socket_bind)
{
	struct buffer *buffer = get_buffer(socket_bind_buffers);
	u64 policies = told(returned, EVENT_SECURITY_SOCKET_BIND);
	struct called called;

	if (!policies || !buffer || !asked(returned))
		return 0;
	find_returned(&called, returned);
	if (called.event != EVENT_BIND || (u32)called.args[2] > SOCKADDR_MAX)
		return 0;
	begin_after(buffer, task, returned);
	put_i32(buffer, called.args[0]);
	put_user_address(buffer, called.args[1], called.args[2]);
	send(buffer, EVENT_SECURITY_SOCKET_BIND, 0, policies);
	return 0;
}

HOOK3(EVENT_SECURITY_SOCKET_CONNECT, socket_connect, socket_connect, security_socket_connect,
      struct socket *, socket, struct sockaddr *, address, int, size)
{
	struct buffer *buffer = get_buffer(socket_connect_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_SOCKET_CONNECT, task);

	if (!policies || !buffer)
		return;
	begin(buffer, task, current_call());
	put_called_socket(buffer, EVENT_CONNECT, 0);
	put_i32(buffer, BPF_CORE_READ(socket, type));
	put_kernel_address(buffer, address, size);
	send(buffer, EVENT_SECURITY_SOCKET_CONNECT, 0, policies);
}

static __always_inline void put_socket_type(struct buffer *buffer, struct task_struct *task, u32 fd)
{
	struct socket *socket = open_socket(task, fd);

	if (socket)
		put_i32(buffer, BPF_CORE_READ(socket, type));
	else
		put_nil(buffer); /* closed by another thread since */
}

FOLLOWER(socket_connect)
{
	struct buffer *buffer = get_buffer(socket_connect_buffers);
	u64 policies = told(returned, EVENT_SECURITY_SOCKET_CONNECT);
	struct called called;

	if (!policies || !buffer || !asked(returned))
		return 0;
	find_returned(&called, returned);
	if (called.event != EVENT_CONNECT || (u32)called.args[2] > SOCKADDR_MAX)
		return 0;
	begin_after(buffer, task, returned);
	put_i32(buffer, called.args[0]);
	put_socket_type(buffer, task, called.args[0]);
	put_user_address(buffer, called.args[1], called.args[2]);
	send(buffer, EVENT_SECURITY_SOCKET_CONNECT, 0, policies);
	return 0;
}

HOOK3(EVENT_SECURITY_SOCKET_SETSOCKOPT, socket_setsockopt, socket_setsockopt,
      security_socket_setsockopt, struct socket *, socket, int, level, int, option)
{
	struct buffer *buffer = get_buffer(socket_setsockopt_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_SOCKET_SETSOCKOPT, task);

	if (!policies || !buffer)
		return;
	begin(buffer, task, current_call());
	put_called_socket(buffer, EVENT_SETSOCKOPT, 0);
	put_i32(buffer, level);
	put_i32(buffer, option);
	put_local_address(buffer, BPF_CORE_READ(socket, sk));
	send(buffer, EVENT_SECURITY_SOCKET_SETSOCKOPT, 0, policies);
}

FOLLOWER(socket_setsockopt)
{
	struct buffer *buffer = get_buffer(socket_setsockopt_buffers);
	u64 policies = told(returned, EVENT_SECURITY_SOCKET_SETSOCKOPT);
	struct socket *socket;
	struct called called;

	if (!policies || !buffer)
		return 0;
	find_returned(&called, returned);
	socket = open_socket(task, called.args[0]);
	if (called.event != EVENT_SETSOCKOPT || !socket || (s32)called.args[4] < 0)
		return 0;
	begin_after(buffer, task, returned);
	put_i32(buffer, called.args[0]);
	put_i32(buffer, called.args[1]);
	put_i32(buffer, called.args[2]);
	put_local_address(buffer, BPF_CORE_READ(socket, sk));
	send(buffer, EVENT_SECURITY_SOCKET_SETSOCKOPT, 0, policies);
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
FOLLOWER(socket_dup)
{
	struct buffer *buffer = get_buffer(socket_dup_buffers);
	u64 policies = told(returned, EVENT_SOCKET_DUP);
	struct socket *socket;

	if (!policies || !buffer || !duplicates(returned))
		return 0;
	socket = open_socket(task, returned->value);
	if (!socket)
		return 0;
	begin_after(buffer, task, returned);
	put_i32(buffer, returned->args[0]);
	put_i32(buffer, returned->value);
	put_remote_address(buffer, BPF_CORE_READ(socket, sk));
	send(buffer, EVENT_SOCKET_DUP, returned->value, policies);
	return 0;
}

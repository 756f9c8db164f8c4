/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sockets that wait for others to connect. */
#include "hook.h"
#include "socket_call.h"

BUFFERS(socket_listen_buffers);
BUFFERS(socket_accept_buffers);
BUFFERS(socket_accepted_buffers);

HOOK2(EVENT_SECURITY_SOCKET_LISTEN, socket_listen, socket_listen, security_socket_listen,
      struct socket *, socket, int, backlog)
{
	struct buffer *buffer = get_buffer(socket_listen_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_SOCKET_LISTEN, task);

	if (!policies || !buffer)
		return;
	begin(buffer, task, current_call());
	put_called_socket(buffer, EVENT_LISTEN, 0);
	put_local_address(buffer, BPF_CORE_READ(socket, sk));
	put_i32(buffer, backlog);
	send(buffer, EVENT_SECURITY_SOCKET_LISTEN, 0, policies);
}

FOLLOWER(socket_listen)
{
	struct buffer *buffer = get_buffer(socket_listen_buffers);
	u64 policies = told(returned, EVENT_SECURITY_SOCKET_LISTEN);
	struct socket *socket;
	struct called called;

	if (!policies || !buffer)
		return 0;
	find_returned(&called, returned);
	socket = open_socket(task, called.args[0]);
	if (called.event != EVENT_LISTEN || !socket)
		return 0;
	begin_after(buffer, task, returned);
	put_i32(buffer, called.args[0]);
	put_local_address(buffer, BPF_CORE_READ(socket, sk));
	put_i32(buffer, called.args[1]);
	send(buffer, EVENT_SECURITY_SOCKET_LISTEN, 0, policies);
	return 0;
}

HOOK2(EVENT_SECURITY_SOCKET_ACCEPT, socket_accept, socket_accept, security_socket_accept,
      struct socket *, socket, struct socket *, new)
{
	struct buffer *buffer = get_buffer(socket_accept_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_SOCKET_ACCEPT, task);

	if (!policies || !buffer)
		return;
	begin(buffer, task, current_call());
	put_called_socket(buffer, EVENT_ACCEPT, EVENT_ACCEPT4);
	put_local_address(buffer, BPF_CORE_READ(socket, sk));
	send(buffer, EVENT_SECURITY_SOCKET_ACCEPT, 0, policies);
}

static __always_inline int accepts(u32 call)
{
	return call == EVENT_ACCEPT || call == EVENT_ACCEPT4;
}

FOLLOWER(socket_accept)
{
	struct buffer *buffer = get_buffer(socket_accept_buffers);
	u64 policies = told(returned, EVENT_SECURITY_SOCKET_ACCEPT);
	struct socket *socket;
	struct called called;

	if (!policies || !buffer)
		return 0;
	find_returned(&called, returned);
	socket = open_socket(task, called.args[0]);
	if (!accepts(called.event) || !socket)
		return 0;
	begin_after(buffer, task, returned);
	put_i32(buffer, called.args[0]);
	put_local_address(buffer, BPF_CORE_READ(socket, sk));
	send(buffer, EVENT_SECURITY_SOCKET_ACCEPT, 0, policies);
	return 0;
}

/* The new socket, which is connected. */
FOLLOWER(socket_accepted)
{
	struct buffer *buffer = get_buffer(socket_accepted_buffers);
	u64 policies = told(returned, EVENT_SOCKET_ACCEPT);
	struct socket *socket;
	struct called called;

	if (!policies || !buffer || returned->value < 0)
		return 0;
	find_returned(&called, returned);
	socket = open_socket(task, returned->value);
	if (!accepts(called.event) || !socket)
		return 0;
	begin_after(buffer, task, returned);
	put_i32(buffer, called.args[0]);
	put_local_address(buffer, BPF_CORE_READ(socket, sk));
	put_remote_address(buffer, BPF_CORE_READ(socket, sk));
	put_i32(buffer, returned->value);
	send(buffer, EVENT_SOCKET_ACCEPT, returned->value, policies);
	return 0;
}

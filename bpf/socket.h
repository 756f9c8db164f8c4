/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sockets: which one a descriptor is, and the addresses at its two ends, as struct sockaddr. */
#pragma once
#include "path.h"

#define SOCKADDR_MAX 128 /* sizeof(struct sockaddr_storage) */

enum family { AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10 };

/* The socket behind a descriptor, or NULL. */
static __always_inline struct socket *open_socket(struct task_struct *task, u32 fd)
{
	struct file *file = open_file(task, fd);

	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	return BPF_CORE_READ(file, private_data); /* NULL: O_PATH opened a socket's name */
}

/* An address as a task gave it. */
static __always_inline void put_user_address(struct buffer *buffer, u64 from, u64 size)
{
	if ((s32)size < 0)
		return put_nil(buffer);
	put_user_area(buffer, from, from + (u32)size, SOCKADDR_MAX);
}

static __always_inline void put_kernel_address(struct buffer *buffer, const void *from, u32 size)
{
	put_kernel_area(buffer, from, size, SOCKADDR_MAX);
}

static __always_inline void put_inet(struct buffer *buffer, u32 address, u16 port)
{
	struct sockaddr_in found = {
		.sin_family = AF_INET,
		.sin_port = port,
		.sin_addr.s_addr = address,
	};

	put_kernel_address(buffer, &found, sizeof(found));
}

static __always_inline void put_inet6(struct buffer *buffer, struct sock *sock,
				      struct in6_addr address, u16 port)
{
	struct sockaddr_in6 found = {
		.sin6_family = AF_INET6,
		.sin6_port = port,
		.sin6_addr = address,
		.sin6_scope_id = BPF_CORE_READ(sock, __sk_common.skc_bound_dev_if),
	};

	put_kernel_address(buffer, &found, sizeof(found));
}

static __always_inline void put_family(struct buffer *buffer, u16 family)
{
	put_kernel_address(buffer, &family, sizeof(family));
}

/* The name of a unix socket; of one without a name, only the family. */
static __always_inline void put_unix(struct buffer *buffer, struct unix_sock *sock)
{
	struct unix_address *name = BPF_CORE_READ(sock, addr);

	if (name)
		put_kernel_address(buffer, (void *)name + bpf_core_field_offset(name->name),
				   BPF_CORE_READ(name, len));
	else
		put_family(buffer, AF_UNIX);
}

/* The address of our end of a socket; of a family other than these three, only the family. */
static __always_inline void put_local_address(struct buffer *buffer, struct sock *sock)
{
	u16 family = BPF_CORE_READ(sock, __sk_common.skc_family);
	u16 port = bpf_htons(BPF_CORE_READ(sock, __sk_common.skc_num));

	if (!sock)
		put_nil(buffer);
	else if (family == AF_INET)
		put_inet(buffer, BPF_CORE_READ(sock, __sk_common.skc_rcv_saddr), port);
	else if (family == AF_INET6)
		put_inet6(buffer, sock, BPF_CORE_READ(sock, __sk_common.skc_v6_rcv_saddr), port);
	else if (family == AF_UNIX)
		put_unix(buffer, (struct unix_sock *)sock);
	else
		put_family(buffer, family);
}

/* The address of the other end. */
static __always_inline void put_remote_address(struct buffer *buffer, struct sock *sock)
{
	u16 family = BPF_CORE_READ(sock, __sk_common.skc_family);
	u16 port = BPF_CORE_READ(sock, __sk_common.skc_dport);

	if (!sock)
		put_nil(buffer);
	else if (family == AF_INET)
		put_inet(buffer, BPF_CORE_READ(sock, __sk_common.skc_daddr), port);
	else if (family == AF_INET6)
		put_inet6(buffer, sock, BPF_CORE_READ(sock, __sk_common.skc_v6_daddr), port);
	else if (family == AF_UNIX)
		put_unix(buffer, (struct unix_sock *)BPF_CORE_READ((struct unix_sock *)sock, peer));
	else
		put_family(buffer, family);
}

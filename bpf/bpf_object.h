/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What bpf(2) gives descriptors of: maps, programs, links. */
#pragma once
#include "follower.h"

/* Commands of bpf(2). */
enum command {
	MAP_CREATE = 0,
	PROG_LOAD = 5,
	OBJ_GET = 7,
	PROG_ATTACH = 8,
	PROG_BY_ID = 13,
	MAP_BY_ID = 14,
	RAW_TRACEPOINT_OPEN = 17,
	LINK_CREATE = 28,
};

/* What the kernel calls the files behind descriptors, as a number. */
#define BPF_MAP_FILE 0x0070616d2d667062	 /* "bpf-map" */
#define BPF_PROG_FILE 0x676f72702d667062 /* "bpf-prog" */
#define BPF_LINK_FILE 0x6b6e696c5f667062 /* "bpf_link" */
#define PERF_FILE 0x76655f667265705b	 /* "[perf_ev" */

/* What is behind a descriptor of the task's whose file is called so, or NULL. */
static __noinline void *object_of(struct task_struct *task, u32 fd, u64 wanted_name)
{
	struct file *file = open_file(task, fd);
	u64 name = 0;

	if (!file)
		return 0;
	bpf_probe_read_kernel(&name, sizeof(name),
			      BPF_CORE_READ(file, f_path.dentry, d_name.name));
	return name == wanted_name ? BPF_CORE_READ(file, private_data) : 0;
}

/* The object whose descriptor a call gave, or NULL. */
static __always_inline void *given_object(struct task_struct *task, struct returned *returned,
					  u64 wanted_name)
{
	return returned->value < 0 ? 0 : object_of(task, returned->value, wanted_name);
}

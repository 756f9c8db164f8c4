/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* BPF, as other programs use it: the collector's own calls are out of scope. */
#include "bpf_object.h"
#include "call.h"
#include "follower.h"
#include "hook.h"
#include "instructions.h"

BUFFERS(bpf_buffers);
BUFFERS(bpf_map_buffers);
BUFFERS(bpf_prog_buffers);

HOOK1(EVENT_SECURITY_BPF, bpf, bpf, security_bpf, int, command)
{
	struct buffer *buffer = get_buffer(bpf_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_BPF, task);

	if (!policies || !buffer)
		return;
	begin(buffer, task, current_call());
	put_i32(buffer, command);
	send(buffer, EVENT_SECURITY_BPF, 0, policies);
}

FOLLOWER(bpf)
{
	struct buffer *buffer = get_buffer(bpf_buffers);
	u64 policies = told(returned, EVENT_SECURITY_BPF);

	if (!policies || !buffer)
		return 0;
	begin_after(buffer, task, returned);
	put_i32(buffer, returned->args[0]);
	send(buffer, EVENT_SECURITY_BPF, 0, policies);
	return 0;
}

static __always_inline void put_map(struct buffer *buffer, struct bpf_map *map)
{
	put_u32(buffer, BPF_CORE_READ(map, id));
	put_kernel_string(buffer, __builtin_preserve_access_index(&map->name));
}

HOOK1(EVENT_SECURITY_BPF_MAP, bpf_map, bpf_map, security_bpf_map, struct bpf_map *, map)
{
	struct buffer *buffer = get_buffer(bpf_map_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_BPF_MAP, task);

	if (!policies || !buffer)
		return;
	begin(buffer, task, current_call());
	put_map(buffer, map);
	send(buffer, EVENT_SECURITY_BPF_MAP, 0, policies);
}

FOLLOWER(bpf_map)
{
	struct buffer *buffer = get_buffer(bpf_map_buffers);
	u64 policies = told(returned, EVENT_SECURITY_BPF_MAP);
	u32 command = returned->args[0];
	struct bpf_map *map;

	if (command != MAP_CREATE && command != OBJ_GET && command != MAP_BY_ID)
		return 0;
	map = given_object(task, returned, BPF_MAP_FILE);
	if (!policies || !buffer || !map)
		return 0;
	begin_after(buffer, task, returned);
	put_map(buffer, map);
	send(buffer, EVENT_SECURITY_BPF_MAP, 0, policies);
	return 0;
}

static __always_inline void put_program(struct buffer *buffer, struct bpf_prog *program,
					int loaded, u64 attributes)
{
	struct bpf_prog_aux *more = BPF_CORE_READ(program, aux);

	put_i32(buffer, BPF_CORE_READ(program, type));
	put_kernel_string(buffer, __builtin_preserve_access_index(&more->name));
	if (loaded)
		put_helpers(buffer, attributes);
	else
		put_nil(buffer);
	put_u32(buffer, BPF_CORE_READ(more, id));
	put_bool(buffer, loaded);
}

HOOK1(EVENT_SECURITY_BPF_PROG, bpf_prog, bpf_prog, security_bpf_prog, struct bpf_prog *, program)
{
	struct buffer *buffer = get_buffer(bpf_prog_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_BPF_PROG, task);
	struct called called;

	if (!policies || !buffer)
		return;
	find_called(&called);
	begin(buffer, task, current_call());
	put_program(buffer, program,
		    called.event == EVENT_BPF && (u32)called.args[0] == PROG_LOAD, called.args[1]);
	send(buffer, EVENT_SECURITY_BPF_PROG, 0, policies);
}

FOLLOWER(bpf_prog)
{
	struct buffer *buffer = get_buffer(bpf_prog_buffers);
	u64 policies = told(returned, EVENT_SECURITY_BPF_PROG);
	u32 command = returned->args[0];
	struct bpf_prog *program;

	if (command != PROG_LOAD && command != OBJ_GET && command != PROG_BY_ID)
		return 0;
	program = given_object(task, returned, BPF_PROG_FILE);
	if (!policies || !buffer || !program)
		return 0;
	begin_after(buffer, task, returned);
	put_program(buffer, program, command == PROG_LOAD, returned->args[1]);
	send(buffer, EVENT_SECURITY_BPF_PROG, 0, policies);
	return 0;
}

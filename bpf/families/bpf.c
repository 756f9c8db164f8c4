/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* BPF, as other programs use it: the collector's own calls are out of scope. */
#include "call.h"
#include "follower.h"
#include "hook.h"

BUFFERS(bpf_buffers);
BUFFERS(bpf_map_buffers);
BUFFERS(bpf_prog_buffers);

HOOK1(bpf, bpf, security_bpf, int, command)
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

/* Commands that give a descriptor of a map or of a program. */
enum command { MAP_CREATE = 0, PROG_LOAD = 5, OBJ_GET = 7, PROG_BY_ID = 13, MAP_BY_ID = 14 };

/* What the kernel calls the files behind them, as a number. */
#define BPF_MAP_FILE 0x0070616d2d667062  /* "bpf-map" */
#define BPF_PROG_FILE 0x676f72702d667062 /* "bpf-prog" */

/* The map or the program whose descriptor a call gave, or NULL. */
static __always_inline void *given_object(struct task_struct *task, struct returned *returned,
					  u64 wanted_name)
{
	struct file *file = returned->value < 0 ? 0 : open_file(task, returned->value);
	u64 name = 0;

	if (!file)
		return 0;
	bpf_probe_read_kernel(&name, sizeof(name),
			      BPF_CORE_READ(file, f_path.dentry, d_name.name));
	return name == wanted_name ? BPF_CORE_READ(file, private_data) : 0;
}

static __always_inline void put_map(struct buffer *buffer, struct bpf_map *map)
{
	put_u32(buffer, BPF_CORE_READ(map, id));
	put_kernel_string(buffer, __builtin_preserve_access_index(&map->name));
}

HOOK1(bpf_map, bpf_map, security_bpf_map, struct bpf_map *, map)
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

#define INSTRUCTIONS_MAX 4096 /* of a program, that are looked at */
#define HELPER_WORDS 4
#define CALL_CODE 0x85 /* BPF_JMP | BPF_CALL */

struct instruction {
	u8 code;
	u8 registers; /* of a call, the upper half is 0 where it is one of a helper */
	u16 offset;
	u32 value;
};

/* The bit of the helper that an instruction calls; 0 where it calls none. Without a branch: older
 * verifiers remember each one of each turn, and give up after 8192.
 */
static __always_inline u64 helper_bit(struct instruction *instruction, u64 turn, u64 count)
{
	u64 other = (instruction->code ^ CALL_CODE) | (instruction->registers >> 4) |
		    (instruction->value >> 8);
	u64 yes = (other - 1) >> 63 & (turn - count) >> 63;

	asm volatile("" : "+r"(yes));
	return yes << (instruction->value & 63);
}

/* Which helpers a program calls that bpf(2) was given: a bit each. */
static __always_inline void put_helpers(struct buffer *buffer, u64 attributes)
{
	u8 *to = next(buffer, 64 + INSTRUCTIONS_MAX * sizeof(struct instruction));
	struct instruction *listed = (void *)to + 64;
	volatile u64 *words = (void *)to + 3;
	u64 count = 0, from = 0;

	bpf_probe_read_user(&count, 4, (const void *)attributes + 4);
	bpf_probe_read_user(&from, 8, (const void *)attributes + 8);
	if (count > INSTRUCTIONS_MAX) {
		count = INSTRUCTIONS_MAX;
		cut_short(buffer);
	}
	asm volatile("" : "+r"(count));
	if (count > INSTRUCTIONS_MAX ||
	    bpf_probe_read_user(listed, count * sizeof(*listed), (const void *)from))
		return put_nil(buffer);
	for (int i = 0; i < HELPER_WORDS; i++)
		words[i] = 0;
	REPEAT(turn, INSTRUCTIONS_MAX) {
		u32 at = turn & (INSTRUCTIONS_MAX - 1);

		words[listed[at].value >> 6 & (HELPER_WORDS - 1)] |=
			helper_bit(&listed[at], at, count);
	}
	put_bin_head(buffer, to, HELPER_WORDS * sizeof(u64));
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

HOOK1(bpf_prog, bpf_prog, security_bpf_prog, struct bpf_prog *, program)
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

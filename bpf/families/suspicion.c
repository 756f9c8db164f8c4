/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* System calls made from where programs do not make them. Leaders, told as the call begins. */
#include "follower.h"
#include "memory_area.h"

BUFFERS(suspicion_buffers);

/* An area from which a process has made a call already: it is told once. */
struct made {
	u64 memory; /* the process's, as the kernel knows it */
	u64 start;
	u64 call;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct made);
	__type(value, u8);
} made_calls SEC(".maps");

enum area_type { AREA_FILE, AREA_STACK, AREA_HEAP, AREA_VDSO, AREA_ANONYMOUS };

static __always_inline u32 type_of(struct mm_struct *mm, struct area *area)
{
	u64 end = area->start + area->size, stack = BPF_CORE_READ(mm, start_stack);

	if (area->file)
		return AREA_FILE;
	if (area->flags & VM_GROWSDOWN || (stack >= area->start && stack < end))
		return AREA_STACK;
	if (area->start < BPF_CORE_READ(mm, brk) && end > BPF_CORE_READ(mm, start_brk))
		return AREA_HEAP;
	if (area->start == (u64)BPF_CORE_READ(mm, context.vdso))
		return AREA_VDSO;
	return AREA_ANONYMOUS;
}

static __always_inline void put_type(struct buffer *buffer, u32 type)
{
	char names[5][10] = {"file", "stack", "heap", "vdso", "anonymous"};
	u32 sizes[5] = {4, 5, 4, 4, 9};
	u8 *to = next(buffer, 16);

	for (u32 i = 0; i < 5; i++) {
		if (i != type)
			continue;
		bpf_probe_read_kernel(to + 3, 9, names[i]);
		put_bin_head(buffer, to, sizes[i]);
	}
}

static __always_inline int made_before(struct mm_struct *mm, struct area *area, u32 call, u32 event)
{
	struct made made = {(u64)mm, area->start, (u64)event << 32 | call};
	u8 yes = 1;

	return bpf_map_update_elem(&made_calls, &made, &yes, BPF_NOEXIST) != 0;
}

static __always_inline void send_suspicion(struct task_struct *task, struct entered *entered,
					   u64 address, u32 type, struct area *area, u32 event,
					   u64 policies)
{
	struct buffer *buffer = get_buffer(suspicion_buffers);
	u32 number = entered->key & (COMPAT_CALLS - 1);

	if (!buffer || made_before(LOAD(task, mm), area, entered->event, event))
		return;
	begin(buffer, task, number);
	if (entered->key >= COMPAT_CALLS)
		buffer->flags |= FLAG_COMPAT;
	put_i32(buffer, number);
	put_u64(buffer, address);
	put_type(buffer, type);
	put_u64(buffer, area->start);
	put_u64(buffer, area->size);
	put_u64(buffer, area->flags);
	send(buffer, event, 0, policies);
}

LEADER(syscall_source)
{
	u64 policies = announced(entered, EVENT_SUSPICIOUS_SYSCALL_SOURCE);
	struct area area = {};
	u32 type;

	if (!policies || !find_area(entered->ip, &area))
		return 0;
	type = type_of(LOAD(task, mm), &area);
	if (type != AREA_FILE && type != AREA_VDSO)
		send_suspicion(task, entered, entered->ip, type, &area,
			       EVENT_SUSPICIOUS_SYSCALL_SOURCE, policies);
	return 0;
}

static __always_inline int on_signal_stack(struct task_struct *task, u64 address)
{
	return address - BPF_CORE_READ(task, sas_ss_sp) <= BPF_CORE_READ(task, sas_ss_size);
}

/* Threads have stacks in anonymous memory, so that a stack pointer there is nothing strange. */
LEADER(stack_pivot)
{
	u64 policies = announced(entered, EVENT_STACK_PIVOT);
	struct area area = {};
	u32 type;

	if (!policies || !find_area(entered->sp, &area))
		return 0;
	type = type_of(LOAD(task, mm), &area);
	if ((type == AREA_FILE || type == AREA_HEAP) && !on_signal_stack(task, entered->sp))
		send_suspicion(task, entered, entered->sp, type, &area, EVENT_STACK_PIVOT,
			       policies);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading kernel memory for the checks of its integrity, which are made in user space, now and then:
 * no system call pays for them, and no verifier must follow their lists and trees.
 *
 * Run on demand (BPF_PROG_TEST_RUN), by one process. It asks through the map, and finds the answer
 * there.
 */
#include "kernel.h"

#define READ_MAX (1 << 16)

struct memory_request {
	u64 address;
	u32 size; /* bytes, at most READ_MAX */
	s32 error;
	u64 task; /* the one who asks */
	u8 bytes[READ_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct memory_request);
} memory_requests SEC(".maps");

SEC("raw_tp")
int read_memory(void *context)
{
	u32 zero = 0, size;
	struct memory_request *request = bpf_map_lookup_elem(&memory_requests, &zero);

	if (!request)
		return 0;
	size = *(volatile u32 *)&request->size;
	asm volatile("" : "+r"(size));
	if (size > READ_MAX)
		size = READ_MAX;
	request->task = bpf_get_current_task();
	request->error = bpf_probe_read_kernel(request->bytes, size, (const void *)request->address);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs of BPF that are attached to something, by whichever call. */
#include "bpf_object.h"
#include "follower.h"
#include "instructions.h"

BUFFERS(bpf_attach_buffers);

#define PERF_EVENT_SET_BPF 0x40042408 /* ioctl PERF_EVENT_IOC_SET_BPF */

/* What the kernel calls probes, and their groups, as numbers. */
#define NAME_KPROBE 0x000065626f72706b	/* "kprobe" */
#define NAME_KPROBES 0x007365626f72706b /* "kprobes" */
#define NAME_UPROBE 0x000065626f727075	/* "uprobe" */
#define NAME_UPROBES 0x007365626f727075 /* "uprobes" */

/* How a program is attached; beyond, by the kernel's own enum bpf_attach_type. */
enum attachment {
	TO_RAW_TRACEPOINT,
	TO_TRACEPOINT,
	TO_KPROBE,
	TO_KRETPROBE,
	TO_UPROBE,
	TO_URETPROBE,
	TO_OTHER = 256,
};

struct attached {
	struct bpf_prog *program;
	const char *symbol; /* of the kernel's memory */
	u64 given_symbol;   /* of the task's */
	u64 address;
	s32 type;
};

struct called_helpers {
	u64 words[HELPER_WORDS];
	u64 cut; /* more instructions than were looked at */
};

/* What programs call that were seen as they were loaded: the kernel puts addresses into their
 * instructions. By number; left out by the loader where no program asks.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, u32);
	__type(value, struct called_helpers);
} attached_helpers SEC(".maps");

static __always_inline u32 program_id(struct bpf_prog *program)
{
	return BPF_CORE_READ(program, aux, id);
}

static __always_inline void keep_helpers(struct buffer *buffer, struct bpf_prog *program,
					 u64 attributes)
{
	struct called_helpers helpers = {};
	u32 id = program_id(program);

	empty(buffer);
	put_helpers(buffer, attributes);
	if (buffer->bytes[ARGUMENTS_AT] == 0xc0)
		return;
	bpf_probe_read_kernel(helpers.words, sizeof(helpers.words),
			      buffer->bytes + ARGUMENTS_AT + 3);
	helpers.cut = buffer->flags;
	bpf_map_update_elem(&attached_helpers, &id, &helpers, BPF_ANY);
}

/* The probe that trace_event_call is of; the list of its probes begins with it. */
static __always_inline void *first_probe(struct trace_event_call *call)
{
	struct trace_probe_event *event =
		(void *)call - bpf_core_field_offset(struct trace_probe_event, call);

	return (void *)BPF_CORE_READ(event, probes.next) -
	       bpf_core_field_offset(struct trace_probe, list);
}

static __always_inline void find_kprobe(struct attached *attached, struct trace_event_call *call)
{
	struct trace_kprobe *probe;

	if (!bpf_core_type_exists(struct trace_kprobe))
		return;
	probe = first_probe(call) - bpf_core_field_offset(struct trace_kprobe, tp);
	attached->type = BPF_CORE_READ(probe, rp.handler) ? TO_KRETPROBE : TO_KPROBE;
	attached->symbol = BPF_CORE_READ(probe, symbol);
	attached->address = (u64)BPF_CORE_READ(probe, rp.kp.addr);
}

static __always_inline void find_uprobe(struct attached *attached, struct trace_event_call *call)
{
	struct trace_uprobe *probe;

	if (!bpf_core_type_exists(struct trace_uprobe))
		return;
	probe = first_probe(call) - bpf_core_field_offset(struct trace_uprobe, tp);
	attached->type = BPF_CORE_READ(probe, consumer.ret_handler) ? TO_URETPROBE : TO_UPROBE;
	attached->symbol = BPF_CORE_READ(probe, filename);
	attached->address = BPF_CORE_READ(probe, offset);
}

/* Its name; of what has no tracepoint, but a name (system calls), the first word is text, and no
 * address of the kernel's.
 */
static __always_inline const char *tracepoint_name(struct trace_event_call *call)
{
	struct tracepoint *point = BPF_CORE_READ(call, tp);
	const char *name = BPF_CORE_READ(point, name);

	return (s64)name < 0 ? name : (const char *)point;
}

/* What a perf event is about. Whoever makes probes names their group, or leaves it at the kernel's
 * own names; the bits that would tell them apart move from version to version, and are in no type
 * with a name.
 */
static __always_inline void find_perf_event(struct attached *attached, struct perf_event *event)
{
	struct trace_event_call *call = BPF_CORE_READ(event, tp_event);
	u64 kind = 0, group = 0;

	attached->type = TO_OTHER + BPF_PERF_EVENT;
	if (!call)
		return;
	bpf_probe_read_kernel(&kind, 7, BPF_CORE_READ(event, pmu, name));
	bpf_probe_read_kernel(&group, 8, BPF_CORE_READ(call, class, system));
	if (kind == NAME_KPROBE || group == NAME_KPROBES) {
		find_kprobe(attached, call);
	} else if (kind == NAME_UPROBE || group == NAME_UPROBES) {
		find_uprobe(attached, call);
	} else {
		attached->type = TO_TRACEPOINT;
		attached->symbol = tracepoint_name(call);
	}
}

/* Programs of types that say of themselves what they are for. */
static __always_inline void find_function(struct attached *attached)
{
	struct bpf_prog *program = attached->program; /* CO-RE would look for `attached` too */
	s32 type = BPF_CORE_READ(program, expected_attach_type);

	attached->symbol = BPF_CORE_READ(program, aux, attach_func_name);
	attached->type = type == BPF_TRACE_RAW_TP ? TO_RAW_TRACEPOINT : TO_OTHER + type;
}

/* Of many functions, the first. */
static __always_inline void find_first_function(struct attached *attached, u64 attributes)
{
	u64 lists[2] = {};

	bpf_probe_read_user(lists, sizeof(lists), (const void *)attributes + 24);
	if (lists[0])
		bpf_probe_read_user(&attached->given_symbol, 8, (const void *)lists[0]);
	if (lists[1])
		bpf_probe_read_user(&attached->address, 8, (const void *)lists[1]);
}

static __always_inline void find_link(struct attached *attached, struct bpf_link *link,
				      u64 attributes, u32 type)
{
	struct bpf_raw_tp_link *raw = (void *)link;
	struct bpf_tracing_link *tracing = (void *)link;
	struct bpf_perf_link *perf = (void *)link;

	attached->program = BPF_CORE_READ(link, prog);
	attached->type = TO_OTHER + type;
	switch ((u32)BPF_CORE_READ(link, type)) {
	case BPF_LINK_TYPE_RAW_TRACEPOINT:
		attached->symbol = BPF_CORE_READ(raw, btp, tp, name);
		attached->type = TO_RAW_TRACEPOINT;
		break;
	case BPF_LINK_TYPE_TRACING:
		find_function(attached);
		attached->address = (u64)BPF_CORE_READ(tracing, trampoline, func.addr);
		break;
	case BPF_LINK_TYPE_PERF_EVENT:
		if (bpf_core_type_exists(struct bpf_perf_link)) /* since 5.15 */
			find_perf_event(attached, BPF_CORE_READ(perf, perf_file, private_data));
		break;
	case BPF_LINK_TYPE_KPROBE_MULTI:
		find_first_function(attached, attributes);
		break;
	}
}

static __always_inline void find_attached(struct attached *attached, struct task_struct *task,
					  struct returned *returned)
{
	u64 attributes = returned->args[1];
	u32 words[3] = {}; /* of bpf(2): target, program, type; or program, target, type */

	if (returned->event != EVENT_BPF) {
		if ((u32)returned->args[1] != PERF_EVENT_SET_BPF)
			return;
		attached->program = object_of(task, returned->args[2], BPF_PROG_FILE);
		find_perf_event(attached, object_of(task, returned->args[0], PERF_FILE));
		return;
	}
	bpf_probe_read_user(words, sizeof(words), (const void *)attributes);
	if ((u32)returned->args[0] == PROG_ATTACH) {
		attached->program = object_of(task, words[1], BPF_PROG_FILE);
		attached->type = TO_OTHER + words[2];
	} else if ((u32)returned->args[0] == RAW_TRACEPOINT_OPEN ||
		   (u32)returned->args[0] == LINK_CREATE) {
		struct bpf_link *link = given_object(task, returned, BPF_LINK_FILE);

		if (link)
			find_link(attached, link, attributes, words[2]);
	}
}

static __always_inline void put_known_helpers(struct buffer *buffer, u32 id)
{
	struct called_helpers *helpers = bpf_map_lookup_elem(&attached_helpers, &id);

	if (!helpers)
		return put_nil(buffer);
	if (helpers->cut)
		cut_short(buffer);
	put_kernel_area(buffer, helpers->words, sizeof(helpers->words), sizeof(helpers->words));
}

static __always_inline void put_attached(struct buffer *buffer, struct attached *attached)
{
	struct bpf_prog *program = attached->program;
	struct bpf_prog_aux *more = BPF_CORE_READ(program, aux);
	u32 id = program_id(program);

	put_i32(buffer, BPF_CORE_READ(program, type));
	put_kernel_string(buffer, __builtin_preserve_access_index(&more->name));
	put_u32(buffer, id);
	put_known_helpers(buffer, id);
	if (attached->given_symbol)
		put_user_string(buffer, (const void *)attached->given_symbol);
	else
		put_kernel_string(buffer, attached->symbol ?: "");
	put_u64(buffer, attached->address);
	put_i32(buffer, attached->type);
}

FOLLOWER(bpf_attach)
{
	struct buffer *buffer = get_buffer(bpf_attach_buffers);
	u64 policies = told(returned, EVENT_BPF_ATTACH);
	struct attached attached = {};

	if (!policies || !buffer || returned->value < 0)
		return 0;
	if (returned->event == EVENT_BPF && (u32)returned->args[0] == PROG_LOAD) {
		attached.program = given_object(task, returned, BPF_PROG_FILE);
		if (attached.program)
			keep_helpers(buffer, attached.program, returned->args[1]);
		return 0;
	}
	find_attached(&attached, task, returned);
	if (!attached.program)
		return 0;
	begin_after(buffer, task, returned);
	put_attached(buffer, &attached);
	send(buffer, EVENT_BPF_ATTACH, 0, policies);
	return 0;
}

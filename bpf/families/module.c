/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Kernel modules: loaded, initialized, freed. */
#include "call.h"
#include "context.h"
#include "path.h"

#define MODULE_TEXT 64 /* bytes of a module's name, version or the checksum of its source */

BUFFERS(module_load_buffers);
BUFFERS(module_free_buffers);
BUFFERS(module_init_buffers);
PATH_BUFFERS(module_load_paths);

struct module_texts {
	char name[MODULE_TEXT], version[MODULE_TEXT], source[MODULE_TEXT];
};

/* How often a module came or went: whoever checks the kernel's integrity looks again. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} module_changes SEC(".maps");

/* Modules that came and did not go since the collector is there: what hides itself has to be in
 * here, whatever lists it has left.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, u64);
	__type(value, u64);
} loaded_modules SEC(".maps");

/* What a module that failed to initialize was called is gone when it has. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 64);
	__type(key, u64);
	__type(value, struct module_texts);
} starting_modules SEC(".maps");

static __always_inline void read_texts(struct module_texts *texts, struct module *module)
{
	bpf_probe_read_kernel_str(texts->name, MODULE_TEXT,
				  __builtin_preserve_access_index(&module->name));
	bpf_probe_read_kernel_str(texts->version, MODULE_TEXT, BPF_CORE_READ(module, version));
	bpf_probe_read_kernel_str(texts->source, MODULE_TEXT, BPF_CORE_READ(module, srcversion));
}

static __always_inline void put_texts(struct buffer *buffer, struct module_texts *texts)
{
	put_kernel_string(buffer, texts->name);
	put_kernel_string(buffer, texts->version);
	put_kernel_string(buffer, texts->source);
}

/* Not inlined: what it has on the stack is then gone when the record is sent. */
static __noinline void put_module(struct buffer *buffer, struct module *module)
{
	struct module_texts texts = {};

	read_texts(&texts, module);
	put_texts(buffer, &texts);
}

static __always_inline void note_change(struct module *module, int loaded)
{
	u32 zero = 0;
	u64 key = (u64)module, now = bpf_ktime_get_boot_ns();
	u64 *changes = bpf_map_lookup_elem(&module_changes, &zero);

	if (loaded)
		bpf_map_update_elem(&loaded_modules, &key, &now, BPF_ANY);
	else
		bpf_map_delete_elem(&loaded_modules, &key);
	if (changes)
		__sync_fetch_and_add(changes, 1);
}

/* The file that a module is loaded from, if it is one: finit_module has its descriptor. */
static __always_inline void put_module_file(struct buffer *buffer, struct task_struct *task)
{
	struct path_buffer *path = get_buffer(module_load_paths);
	struct file *file = 0;
	struct inode *inode;
	struct called called;

	find_called(&called);
	if (called.event == EVENT_FINIT_MODULE)
		file = open_file(task, called.args[0]);
	if (!file || !path) {
		put_nil(buffer);
		put_nil(buffer);
		put_nil(buffer);
		return put_nil(buffer);
	}
	resolve(path, file);
	put_path(buffer, path);
	inode = BPF_CORE_READ(file, f_inode);
	put_u32(buffer, BPF_CORE_READ(inode, i_sb, s_dev));
	put_u64(buffer, BPF_CORE_READ(inode, i_ino));
	put_u64(buffer, change_time(inode));
}

SEC("tp_btf/module_load")
int BPF_PROG(on_module_load, struct module *module)
{
	struct buffer *buffer = get_buffer(module_load_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_MODULE_LOAD, task);

	note_change(module, 1);
	if (!policies || !buffer)
		return 0;
	begin(buffer, task, current_call());
	put_module(buffer, module);
	put_module_file(buffer, task);
	send(buffer, EVENT_MODULE_LOAD, 0, policies);
	return 0;
}

SEC("tp_btf/module_free")
int BPF_PROG(on_module_free, struct module *module)
{
	struct buffer *buffer = get_buffer(module_free_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_MODULE_FREE, task);

	note_change(module, 0);
	if (!policies || !buffer)
		return 0;
	begin(buffer, task, current_call());
	put_module(buffer, module);
	send(buffer, EVENT_MODULE_FREE, 0, policies);
	return 0;
}

static __always_inline void module_starts(struct module *module)
{
	struct module_texts texts = {};
	u64 task = (u64)current_task();

	read_texts(&texts, module);
	bpf_map_update_elem(&starting_modules, &task, &texts, BPF_ANY);
}

static __always_inline void module_started(long returned)
{
	struct buffer *buffer = get_buffer(module_init_buffers);
	struct task_struct *task = current_task();
	u64 key = (u64)task, policies = wanted(EVENT_DO_INIT_MODULE, task);
	struct module_texts *texts = bpf_map_lookup_elem(&starting_modules, &key);

	if (policies && buffer && texts) {
		begin(buffer, task, current_call());
		put_texts(buffer, texts);
		put_i64(buffer, (s32)returned);
		send(buffer, EVENT_DO_INIT_MODULE, (s32)returned, policies);
	}
	bpf_map_delete_elem(&starting_modules, &key);
}

SEC("fentry/do_init_module")
int BPF_PROG(on_module_init_fentry, struct module *module)
{
	module_starts(module);
	return 0;
}

SEC("fexit/do_init_module")
int BPF_PROG(on_module_init_fexit, struct module *module, long returned)
{
	module_started(returned);
	return 0;
}

SEC("kprobe/do_init_module")
int BPF_KPROBE(on_module_init_kprobe, struct module *module)
{
	module_starts(module);
	return 0;
}

SEC("kretprobe/do_init_module")
int BPF_KRETPROBE(on_module_init_kretprobe, long returned)
{
	module_started(returned);
	return 0;
}

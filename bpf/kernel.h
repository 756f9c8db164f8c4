/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's structures, reduced to the fields that are used.
 *
 * CO-RE finds a field by its name in the running kernel's BTF, so neither order nor size matters
 * here. A field that moved has a comment with the version that moved it.
 */
#pragma once
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/types.h>
#include <linux/un.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#define __VMLINUX_H__ /* registers by the kernel's names, as in struct pt_regs below */
#include <bpf/bpf_tracing.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#define PF_KTHREAD 0x00200000
#define PF_COMPAT_CALL 0x0002 /* x86: TS_COMPAT in thread_info.status */
#define S_IFMT 00170000
#define S_IFREG 0100000
#define S_IFSOCK 0140000
#define O_PATH 010000000

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct pid_namespace {
	unsigned int level;
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct new_utsname {
	char nodename[65];
};

struct uts_namespace {
	struct ns_common ns;
	struct new_utsname name;
};

struct ipc_namespace {
	struct ns_common ns;
};

struct net {
	struct ns_common ns;
};

struct cgroup_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct uts_namespace *uts_ns;
	struct mnt_namespace *mnt_ns;
	struct pid_namespace *pid_ns_for_children;
	struct ipc_namespace *ipc_ns;
	struct net *net_ns;
	struct cgroup_namespace *cgroup_ns;
};

typedef struct {
	unsigned int val;
} kuid_t;

typedef struct {
	unsigned int val;
} kgid_t;

typedef struct {
	u64 val; /* until 6.2 two u32, in the same place */
} kernel_cap_t;

struct user_namespace {
	struct ns_common ns;
};

struct cred {
	kuid_t uid, suid, euid, fsuid;
	kgid_t gid, sgid, egid, fsgid;
	unsigned int securebits;
	kernel_cap_t cap_inheritable, cap_permitted, cap_effective, cap_bset, cap_ambient;
	struct user_namespace *user_ns;
};

struct kernfs_node {
	u64 id;
};

struct cgroup_root {
	int hierarchy_id;
};

struct cgroup {
	struct kernfs_node *kn;
	struct cgroup_root *root;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct timespec64 {
	s64 tv_sec;
	long tv_nsec;
};

struct list_head {
	struct list_head *next, *prev;
};

struct file_system_type {
	const char *name;
};

struct super_block {
	u32 s_dev;
	struct file_system_type *s_type;
	struct dentry *s_root;
	struct list_head s_mounts; /* until 6.17 */
};

struct inode {
	u16 i_mode;
	struct super_block *i_sb;
	unsigned long i_ino;
	s64 i_size;
	struct timespec64 i_ctime; /* until 6.5 */
};

struct inode___since_6_6 {
	struct timespec64 __i_ctime;
};

struct inode___since_6_11 {
	s64 i_ctime_sec;
	u32 i_ctime_nsec;
};

struct qstr {
	u32 len;
	const unsigned char *name;
};

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	struct super_block *d_sb;
};

struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
};

struct vfsmount___until_6_2 {
	struct user_namespace *mnt_userns; /* since 5.12 */
};

struct vfsmount___since_6_3 {
	struct mnt_idmap *mnt_idmap;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct mnt_namespace *mnt_ns;
	struct list_head mnt_instance; /* in s_mounts, until 6.17 */
};

struct mount___since_6_18 {
	struct mount___since_6_18 *mnt_next_for_sb;
};

struct super_block___since_6_18 {
	struct mount___since_6_18 *s_mounts;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct fs_struct {
	struct path root, pwd;
};

struct bpf_map {
	u32 id;
	char name[16];
};

struct bpf_prog_aux {
	u32 id;
	char name[16];
	const char *attach_func_name;
};

struct bpf_prog {
	enum bpf_prog_type type;
	enum bpf_attach_type expected_attach_type;
	struct bpf_prog_aux *aux;
};

struct bpf_link {
	enum bpf_link_type type;
	struct bpf_prog *prog;
};

struct tracepoint {
	const char *name;
};

struct bpf_raw_event_map {
	struct tracepoint *tp;
};

struct bpf_raw_tp_link {
	struct bpf_raw_event_map *btp;
};

struct bpf_trampoline {
	struct {
		void *addr;
	} func;
};

struct bpf_tracing_link {
	struct bpf_trampoline *trampoline;
};

struct bpf_perf_link {
	struct file *perf_file;
};

struct timezone {
	int tz_minuteswest, tz_dsttime;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
	unsigned int f_flags;
	s64 f_pos;
	void *private_data;
};

struct sock_common {
	u32 skc_daddr, skc_rcv_saddr; /* big-endian, as is skc_dport; skc_num is not */
	u16 skc_dport, skc_num;
	u16 skc_family;
	int skc_bound_dev_if;
	struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
};

struct sock {
	struct sock_common __sk_common;
};

struct socket {
	short type;
	struct sock *sk;
};

struct unix_address {
	int len;
	struct sockaddr_un name[1];
};

struct unix_sock {
	struct unix_address *addr;
	struct sock *peer;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct maple_tree {
	void *ma_root;
};

struct maple_range_64 {
	unsigned long pivot[15];
	void *slot[16];
};

struct maple_arange_64 {
	unsigned long pivot[9];
	void *slot[10];
};

struct rb_node {
	struct rb_node *rb_right, *rb_left;
};

struct rb_root {
	struct rb_node *rb_node;
};

typedef struct {
	void *vdso;
} mm_context_t;

struct mm_struct {
	mm_context_t context;
	struct maple_tree mm_mt; /* since 6.1 */
	unsigned long start_code, end_code, start_data, end_data;
	unsigned long start_brk, brk, start_stack;
	unsigned long arg_start, arg_end, env_start, env_end;
	unsigned long saved_auxv[40];
	struct file *exe_file;
};

struct mm_struct___until_6_0 {
	struct rb_root mm_rb;
};

struct vm_area_struct___until_6_0 {
	struct rb_node vm_rb;
};

typedef struct {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live;
};

typedef struct {
	unsigned long sig[1];
} kernel_sigset_t;

struct sigaction {
	void *sa_handler;
	unsigned long sa_flags;
	kernel_sigset_t sa_mask;
};

struct k_sigaction {
	struct sigaction sa;
};

struct sighand_struct {
	struct k_sigaction action[64];
};

struct pipe_buffer {
	unsigned int flags;
};

struct pipe_inode_info {
	unsigned int head, ring_size;
	struct pipe_buffer *bufs;
};

struct thread_info {
	u32 status;
};

struct task_struct {
	struct thread_info thread_info;
	void *stack;
	unsigned int flags;
	struct mm_struct *mm;
	int exit_code;
	int pid, tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	u64 start_boottime;
	struct cred *real_cred, *cred;
	char comm[16];
	struct fs_struct *fs;
	struct files_struct *files;
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
	struct sighand_struct *sighand;
	unsigned long sas_ss_sp, sas_ss_size;
	struct css_set *cgroups;
};

struct vm_area_struct {
	unsigned long vm_start, vm_end;
	unsigned long vm_flags;
	struct file *vm_file;
};

struct linux_binprm {
	struct file *file;
	const char *filename;
	const char *interp;
};

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long r10, r9, r8, bp, bx, ax, cx, dx, si, di, orig_ax, ip, sp;
};
#elif defined(__TARGET_ARCH_arm64)
struct user_pt_regs {
	u64 regs[31];
};
struct pt_regs {
	u64 regs[31];
	u64 sp, pc;
	u64 orig_x0;
	s32 syscallno;
};
#else
#error "this architecture has no description of its registers yet"
#endif

struct proc_dir_entry {
	const char *name;
	u16 mode;
	const void *proc_ops;
};

struct module {
	char name[56];
	const char *version, *srcversion;
};

struct kobject {
	const char *name;
};

struct device {
	struct kobject kobj;
	struct device *parent;
	const char *init_name;
};

struct kprobe {
	void *addr;
	const char *symbol_name;
	void *pre_handler, *post_handler;
};

struct kretprobe {
	struct kprobe kp;
	void *handler;
};

struct uprobe_consumer {
	void *ret_handler;
};

struct trace_event_class {
	const char *system;
};

struct trace_event_call {
	struct trace_event_class *class;
	struct tracepoint *tp; /* or its name, where it has none */
};

struct pmu {
	const char *name;
};

struct perf_event {
	struct pmu *pmu;
	struct trace_event_call *tp_event;
};

struct trace_probe {
	struct list_head list;
};

struct trace_probe_event {
	struct trace_event_call call;
	struct list_head probes;
};

struct trace_kprobe {
	struct kretprobe rp;
	const char *symbol;
	struct trace_probe tp;
};

struct trace_uprobe {
	struct uprobe_consumer consumer;
	const char *filename;
	unsigned long offset;
	struct trace_probe tp;
};

struct subprocess_info {
	const char *path;
	char **argv, **envp;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

/* A kernel pointer that the verifier knows the type of is read by a plain load, which costs a
 * nanosecond where the helper costs thirty. bpf_get_current_task_btf() gives such a pointer from
 * 5.11 on; before, the same code falls back to the helper. The test is a constant when the
 * program is loaded, so the other branch is gone.
 */
#define TYPED bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf)

#define LOAD(pointer, field)                                                                       \
	({                                                                                         \
		typeof((pointer)->field) value_;                                                   \
		if (TYPED)                                                                         \
			value_ = (pointer)->field;                                                 \
		else                                                                               \
			bpf_core_read(&value_, sizeof(value_), &(pointer)->field);                 \
		value_;                                                                            \
	})

struct comm {
	char bytes[16];
};

/* A task's name, with NULs behind it: all 16 bytes count where it is a key. The helper costs fifty
 * nanoseconds, sixteen plain loads cost a few.
 */
static __always_inline void copy_comm(void *to, struct task_struct *task)
{
	u64 words[2] = {};

	if (!TYPED) {
		bpf_get_current_comm(to, 16);
		return;
	}
#pragma unroll
	for (int i = 0; i < 16; i++) {
		u64 byte = (u8)task->comm[i];

		if (!byte)
			break;
		words[i / 8] |= byte << (i % 8 * 8);
	}
	((volatile u64 *)to)[0] = words[0];
	((volatile u64 *)to)[1] = words[1];
}

extern void *bpf_rdonly_cast(const void *pointer, u32 type) __ksym __weak;

/* A pointer for LOAD. From 6.2 on any kernel pointer can be given its type, for reading, which costs
 * nothing as the program runs. The verifier then spares itself the question, for each pointer loaded
 * from there, whether it can be trusted: it searches the kernel's types for the answer from end to
 * end, several times, and the programs would take seconds to load.
 */
#define typed(pointer, type)                                                                       \
	(((void *)bpf_rdonly_cast != (void *)0)                                                        \
		 ? (type *)bpf_rdonly_cast(pointer, bpf_core_type_id_kernel(type))                 \
		 : (type *)(pointer))

static __always_inline struct task_struct *current_task(void)
{
	if (TYPED)
		return typed(bpf_get_current_task_btf(), struct task_struct);
	return (struct task_struct *)bpf_get_current_task();
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The maps that all objects share: a map of the same name is one map (the loader sees to it).
 *
 * Counters and switches are mmapable, so that the collector reads and sets them without a system
 * call and without a privilege.
 */
#pragma once
#include "catalogue.h"
#include "kernel.h"

/* Which scope kinds are in use, one bit each, and what a task that no list names gets. */
enum scope_kind { SCOPE_PID, SCOPE_UID, SCOPE_COMM, SCOPE_KINDS };

struct config {
	u64 otherwise[SCOPE_KINDS];
	u32 scopes;	/* bit per scope_kind */
	u32 containers; /* how many are known: 0 spares every event a look-up */
	u32 generation; /* of the plan */
	u32 host_mnt_ns; /* of process 1, or kthreadd; on_task finds it */
};

/* A system call of the native table (number) or the 32-bit one (number + COMPAT_CALLS). */
#define COMPAT_CALLS 512
#define CALL_MAX (2 * COMPAT_CALLS)
#define CALL_ARGS 6

/* When arguments are taken: as the call returns, at entry for the event at its end, or at entry for
 * an event there, as the call does not return.
 */
enum taken { AT_EXIT, FROM_ENTRY, AT_ENTRY };

/* Programs that one call goes on with, one after the other, where events other than its own are told
 * by it. Place 0 of their tables is nobody's.
 */
#define CHAIN_MAX 8

struct call {
	u64 policies; /* that ask for this call's event */
	u64 before;   /* that ask for events which its leaders see to, as it begins */
	u64 after;    /* that ask for events which its followers tell, as it returns */
	u16 event;
	u8 args;
	u8 taken;
	u8 wide;    /* bit per argument: it is in two registers, the low half first */
	u8 results; /* bit per argument: the call writes there, if it works */
	u8 swapped; /* arguments 3 and 4 are in each other's register */
	u8 kinds[CALL_ARGS];
	u8 leaders[CHAIN_MAX];	 /* their places in `leaders`; 0 ends the list */
	u8 followers[CHAIN_MAX]; /* their places in `followers` */
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} events SEC(".maps");

/* What feeds context goes here, so that it can be written before the events that need it. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} control_ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct config);
} config SEC(".maps");

/* Event id → the policies that ask for it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, EVENT_MAX + 1);
	__type(key, u32);
	__type(value, u64);
} selected SEC(".maps");

/* Event id → records that found no room. Entry 0: records of the control ring. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, EVENT_MAX + 1);
	__type(key, u32);
	__type(value, u64);
} lost SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, CALL_MAX);
	__type(key, u32);
	__type(value, struct call);
} calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 64);
	__type(key, u32);
	__type(value, u32);
} leaders SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 128);
	__type(key, u32);
	__type(value, u32);
} followers SEC(".maps");

/* Processes of the pipeline itself (host pid), kept by on_fork and on_exit. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, u32);
	__type(value, u8);
} own SEC(".maps");

/* cgroup id → state of its container. */
enum container_state { CONTAINER_CREATED = 1, CONTAINER_STARTED = 2 };

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u64);
	__type(value, u8);
} containers SEC(".maps");

/* Scope lists: value → the policies that a task with this value is in, as far as this kind goes. */
struct comm {
	char bytes[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, u32);
	__type(value, u64);
} scope_pid SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, u32);
	__type(value, u64);
} scope_uid SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct comm);
	__type(value, u64);
} scope_comm SEC(".maps");

static __always_inline struct config *get_config(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&config, &zero);
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The maps that all objects share: a map of the same name is one map (the loader sees to it).
 *
 * Counters and switches are mmapable, so that the collector reads and sets them without a system
 * call and without a privilege.
 */
#pragma once
#include "catalogue.h"
#include "kernel.h"

/* Everything that a plan says is there twice, so that a new plan can be written while the old one is
 * in force: half 0 and half 1 of each table. Which of them counts a program asks once (see scope.h).
 */
#define HALVES 2

/* What a list of values is about: the beginning of its keys. Of texts there is a second list, of what
 * they end with.
 */
enum list {
	LIST_PID,
	LIST_TID,
	LIST_UID,
	LIST_MNT_NS,
	LIST_PID_NS,
	LIST_COMM,
	LIST_COMM_END,
	LIST_UTS,
	LIST_EXECUTABLE,
	LIST_EXECUTABLE_END,
	LIST_TREE,
	LISTS,
};

/* What else a scope can ask about; a bit of `kinds`, after those of the lists. */
enum kind_of_scope { KIND_CONTAINER = LISTS, KIND_AGE, KIND_FOLLOW };

#define USES(plan, kind) ((plan)->kinds & 1u << (kind))

/* Bitmaps of policies: those in scope as far as one kind goes. */
struct plan {
	u64 unnamed[LISTS]; /* that name no value of this kind, so that any will do */
	u64 outside;	    /* a task that is in no container */
	u64 young, old;	    /* a process that began after the collector did, and before */
	u64 follows;	    /* that want the children of what was in their scope */
	u32 kinds;	    /* in use */
	u32 generation;
};

struct config {
	u32 in_force;	 /* lowest bit: the half; the rest changes with all that decides scopes */
	u32 containers;	 /* how many are known: 0 spares every event a look-up */
	u64 began;	 /* when the collector did, ns since boot */
	u32 host_mnt_ns; /* of process 1, or kthreadd; on_task finds it */
	u64 undecided;	 /* records sent that the collector decides */
	struct plan plans[HALVES];
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

/* Event id, in either half → the policies that ask for it. */
struct selection {
	u64 policies;
	u64 undecided; /* those of them for which the collector decides */
	u32 first;     /* of its tests */
	u32 tests;     /* how many it has: see filter.h */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, HALVES *(EVENT_MAX + 1));
	__type(key, u32);
	__type(value, struct selection);
} selected SEC(".maps");

/* Event id → records that no policy wanted for what is in them. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, EVENT_MAX + 1);
	__type(key, u32);
	__type(value, u64);
} filtered SEC(".maps");

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
	__uint(max_entries, HALVES *CALL_MAX);
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

/* A value that policies name. The tries find the longest entry that a key begins with, and each
 * entry has what is due to the shorter ones too. A number is a key of 8 bytes, the highest first,
 * and a range of numbers a few beginnings of such keys; a text that is to be exactly that has its
 * NUL in its entry.
 */
struct named {
	u64 wanted; /* policies that name it */
	u64 barred; /* policies that want any but this */
};

/* Of a control group: the state of its container, and the policies in whose scope that is. A group
 * that was just made is nobody's until the collector has looked at its path.
 */
enum container_state { CONTAINER_NONE, CONTAINER_CREATED, CONTAINER_STARTED };

struct container {
	u64 policies[HALVES];
	u8 state;
	u8 unresolved; /* not all is known that its scope depends on: the collector decides */
};

/* By cgroup id. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u64);
	__type(value, struct container);
} containers SEC(".maps");

static __always_inline struct call *get_call(u32 key, u32 half)
{
	key += (half & 1) * CALL_MAX;
	return bpf_map_lookup_elem(&calls, &key);
}

static __always_inline struct selection *get_selection(u32 event, u32 half)
{
	event += (half & 1) * (EVENT_MAX + 1);
	return bpf_map_lookup_elem(&selected, &event);
}

static __always_inline struct config *get_config(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&config, &zero);
}

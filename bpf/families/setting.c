/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is set: limits of processes, the clock. */
#include "follower.h"
#include "hook.h"

BUFFERS(task_setrlimit_buffers);
BUFFERS(settime64_buffers);

#define EPERM 1
#define CLOCK_REALTIME 0

struct limit {
	u64 now, most;
};

static __always_inline void send_limit(struct buffer *buffer, u32 resource, struct limit *limit,
				       u64 policies)
{
	put_i32(buffer, resource);
	put_u64(buffer, limit->now);
	put_u64(buffer, limit->most);
	send(buffer, EVENT_SECURITY_TASK_SETRLIMIT, 0, policies);
}

HOOK3(EVENT_SECURITY_TASK_SETRLIMIT, task_setrlimit, task_setrlimit, security_task_setrlimit,
      struct task_struct *, target, u32, resource, const void *, new)
{
	struct buffer *buffer = get_buffer(task_setrlimit_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_TASK_SETRLIMIT, task);
	struct limit limit = {};

	if (!policies || !buffer)
		return;
	begin(buffer, task, current_call());
	bpf_probe_read_kernel(&limit, sizeof(limit), new);
	put_u32(buffer, BPF_CORE_READ(target, tgid));
	send_limit(buffer, resource, &limit, policies);
}

/* The limits that a call was given: those of a 32-bit setrlimit are of 32 bits, and ~0 is none. */
static __always_inline int read_limits(struct returned *returned, struct limit *limit)
{
	u32 narrow[2];

	if (returned->event == EVENT_PRLIMIT64)
		return !bpf_probe_read_user(limit, sizeof(*limit), (const void *)returned->args[2]);
	if (returned->key < COMPAT_CALLS)
		return !bpf_probe_read_user(limit, sizeof(*limit), (const void *)returned->args[1]);
	if (bpf_probe_read_user(narrow, sizeof(narrow), (const void *)returned->args[1]))
		return 0;
	limit->now = narrow[0] == ~0u ? ~0ull : narrow[0];
	limit->most = narrow[1] == ~0u ? ~0ull : narrow[1];
	return 1;
}

/* A process by its number in the caller's namespace, in the host's; nil: it cannot be told. */
static __always_inline void put_host_pid(struct buffer *buffer, struct task_struct *task, u32 pid)
{
	if (!pid)
		put_u32(buffer, LOAD(task, tgid));
	else if (!pid_level(task))
		put_u32(buffer, pid);
	else
		put_nil(buffer);
}

FOLLOWER(task_setrlimit)
{
	struct buffer *buffer = get_buffer(task_setrlimit_buffers);
	u64 policies = told(returned, EVENT_SECURITY_TASK_SETRLIMIT), *args = returned->args;
	struct limit limit = {};
	u32 any;

	if (!policies || !buffer || returned->value || !read_limits(returned, &limit))
		return 0;
	begin_after(buffer, task, returned);
	any = returned->event == EVENT_PRLIMIT64;
	put_host_pid(buffer, task, any ? args[0] : 0);
	send_limit(buffer, any ? args[1] : args[0], &limit, policies);
	return 0;
}

HOOK2(EVENT_SECURITY_SETTIME64, settime64, settime, security_settime64, const struct timespec64 *,
      time, const struct timezone *, zone)
{
	struct buffer *buffer = get_buffer(settime64_buffers);
	struct task_struct *task = current_task();
	u64 policies = wanted(EVENT_SECURITY_SETTIME64, task);
	s64 seconds;
	s32 west;

	if (!policies || !buffer)
		return;
	begin(buffer, task, current_call());
	/* Newer verifiers take an argument for never NULL, and leave the question out; reading tells. */
	if (!bpf_core_read(&seconds, sizeof(seconds), &time->tv_sec)) {
		put_i64(buffer, seconds);
		put_i64(buffer, BPF_CORE_READ(time, tv_nsec));
	} else {
		put_nil(buffer);
		put_nil(buffer);
	}
	if (!bpf_core_read(&west, sizeof(west), &zone->tz_minuteswest)) {
		put_i32(buffer, west);
		put_i32(buffer, BPF_CORE_READ(zone, tz_dsttime));
	} else {
		put_nil(buffer);
		put_nil(buffer);
	}
	send(buffer, EVENT_SECURITY_SETTIME64, 0, policies);
}

/* Where a call was given the time, how it is written there, and where the time zone. */
struct time_given {
	u64 time, zone;
	u32 narrow; /* 32 bits each */
	u32 whole;  /* seconds only */
	u32 scale;  /* ns of a unit of the second number */
};

/* Returns 0 for a clock that is not the system's. */
static __always_inline int find_time(struct returned *returned, struct time_given *given)
{
	u64 *args = returned->args;

	given->narrow = returned->key >= COMPAT_CALLS && returned->event != EVENT_CLOCK_SETTIME;
	given->time = args[0];
	if (returned->event == EVENT_SETTIMEOFDAY) {
		given->zone = args[1];
		given->scale = 1000;
		return 1;
	}
	if (returned->event == EVENT_STIME) {
		given->whole = 1;
		return 1;
	}
	given->time = args[1];
	given->scale = 1;
	return args[0] == CLOCK_REALTIME;
}

static __always_inline void put_time(struct buffer *buffer, struct time_given *given)
{
	s64 wide[2] = {};
	s32 narrow[2] = {};

	if (!given->time) {
		put_nil(buffer);
		put_nil(buffer);
		return;
	}
	if (given->whole)
		bpf_probe_read_user(narrow, 4, (const void *)given->time);
	else if (given->narrow)
		bpf_probe_read_user(narrow, 8, (const void *)given->time);
	else
		bpf_probe_read_user(wide, 16, (const void *)given->time);
	put_i64(buffer, wide[0] + narrow[0]);
	put_i64(buffer, (wide[1] + narrow[1]) * given->scale);
}

static __always_inline void put_zone(struct buffer *buffer, u64 from)
{
	s32 zone[2];

	if (bpf_probe_read_user(zone, sizeof(zone), (const void *)from)) {
		put_nil(buffer);
		put_nil(buffer);
		return;
	}
	put_i32(buffer, zone[0]);
	put_i32(buffer, zone[1]);
}

FOLLOWER(settime64)
{
	struct buffer *buffer = get_buffer(settime64_buffers);
	u64 policies = told(returned, EVENT_SECURITY_SETTIME64);
	struct time_given given = {};

	/* EPERM is what the hook itself says */
	if (!policies || !buffer || (returned->value && returned->value != -EPERM))
		return 0;
	if (!find_time(returned, &given))
		return 0;
	begin_after(buffer, task, returned);
	put_time(buffer, &given);
	put_zone(buffer, given.zone);
	send(buffer, EVENT_SECURITY_SETTIME64, 0, policies);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Does as its command line says, and prints what each system call was given and returned.
 *
 *   STEP [-- STEP]...
 *
 * A step is one of
 *   [WAY] [times N] NUMBER ARGUMENT...   make a call, by one of these ways
 *     compat    through int $0x80, as i386 does
 *     unfiled   by code that lies in memory and comes from no file
 *     pivoted   on a stack that lies in the heap
 *   fork      a child goes on with the rest; we wait for it, and end as it ended
 *   thread    another thread goes on with the rest; we wait for it
 *   wait      until a byte comes on standard input
 *   powerless give up all capabilities and become a user that owns nothing
 *   alarms    interrupt, from now on, what waits for long
 *
 * An ARGUMENT is
 *   iNUMBER   a number            sTEXT   the address of that text
 *   aCOUNT    the address of COUNT times "a"
 *   xHEX      the address of those bytes
 *   [ ... ]   the address of a list of arguments, with a NULL at its end
 *   r         what the previous call returned
 *   p         our own process id
 *
 * Memory for arguments lies below 4 GiB, where an i386 call can reach it. Each call is one line:
 *   TID RETURNED ARGUMENT0 ... ARGUMENT5     (a failed call returned -errno)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARENA (4 << 20)

static char **words;
static char *arena;
static size_t used;
static long previous;

static void *room(size_t size)
{
	void *found = arena + used;

	used += (size + 15) & ~15ul;
	if (used > ARENA)
		exit(99);
	return found;
}

static void *bytes(const char *hex)
{
	size_t size = strlen(hex) / 2;
	unsigned char *to = room(size + 1);

	for (size_t i = 0; i < size; i++)
		sscanf(hex + 2 * i, "%2hhx", to + i);
	return to;
}

static long argument(int compat);

static long list(int compat)
{
	long items[4096];
	size_t count = 0;
	char *to;

	while (strcmp(*words, "]"))
		items[count++] = argument(compat);
	words++;
	items[count++] = 0;
	to = room(count * 8);
	for (size_t i = 0; i < count; i++)
		memcpy(to + i * (compat ? 4 : 8), &items[i], compat ? 4 : 8);
	return (long)to;
}

static long argument(int compat)
{
	char *word = *words++;
	long count;

	switch (word[0]) {
	case 'i':
		return strtoull(word + 1, 0, 0);
	case 's':
		return (long)strcpy(room(strlen(word)), word + 1);
	case 'a':
		count = atol(word + 1);
		return (long)memset(room(count + 1), 'a', count);
	case 'x':
		return (long)bytes(word + 1);
	case '[':
		return list(compat);
	case 'r':
		return previous;
	case 'p':
		return getpid();
	}
	exit(98);
}

static long compat_call(long number, long *a)
{
	long result = number;

#if defined(__x86_64__)
	register long sixth asm("r12") = a[5];

	asm volatile("mov %%rbp, %%r13\n mov %%r12, %%rbp\n int $0x80\n mov %%r13, %%rbp"
		     : "+a"(result)
		     : "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4]), "r"(sixth)
		     : "r8", "r9", "r10", "r11", "r13", "memory");
#endif
	return (int)result;
}

/* Five arguments at most. */
static long unfiled_call(long number, long *a)
{
	long result = -ENOSYS;

#if defined(__x86_64__)
	static const unsigned char code[] = {
		0x48, 0x89, 0xf8, /* mov %rdi, %rax */
		0x48, 0x89, 0xf7, /* mov %rsi, %rdi */
		0x48, 0x89, 0xd6, /* mov %rdx, %rsi */
		0x48, 0x89, 0xca, /* mov %rcx, %rdx */
		0x4d, 0x89, 0xc2, /* mov %r8, %r10 */
		0x4d, 0x89, 0xc8, /* mov %r9, %r8 */
		0x0f, 0x05,	  /* syscall */
		0xc3,		  /* ret */
	};
	static long (*run)(long, long, long, long, long, long);

	if (!run)
		run = mmap(0, sizeof(code), PROT_READ | PROT_WRITE | PROT_EXEC,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy((void *)run, code, sizeof(code));
	result = run(number, a[0], a[1], a[2], a[3], a[4]);
#endif
	return result;
}

static long pivoted_call(long number, long *a)
{
	long result = number;

#if defined(__x86_64__)
	char *stack = malloc(4096); /* small enough for the heap itself */
	register long fourth asm("r10") = a[3];
	register long fifth asm("r8") = a[4];
	register char *top asm("r12") = stack + 4096;

	asm volatile("xchg %%rsp, %%r12\n syscall\n xchg %%rsp, %%r12"
		     : "+a"(result), "+r"(top)
		     : "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(fourth), "r"(fifth)
		     : "rcx", "r11", "memory");
	free(stack);
#endif
	return result;
}

static long native_call(long number, long *a)
{
	long result;

#if defined(SYS_vfork)
	if (number == SYS_vfork) { /* the child must not return into the parent's stack */
		result = vfork();
		if (!result)
			_exit(0);
		return result;
	}
#endif
	result = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);

	return result == -1 ? -errno : result;
}

static const struct {
	const char *word;
	long (*call)(long, long *);
} ways[] = {{"compat", compat_call}, {"unfiled", unfiled_call}, {"pivoted", pivoted_call}};

static void call(void)
{
	int compat = !strcmp(*words, "compat");
	long (*way)(long, long *) = native_call;
	long times = 1, number, a[6] = {};
	char line[200];

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		if (!strcmp(*words, ways[i].word)) {
			way = ways[i].call;
			words++;
			break;
		}
	}
	if (!strcmp(*words, "times")) {
		times = atol(words[1]);
		words += 2;
	}
	number = atol(*words++);
	for (int i = 0; *words && strcmp(*words, "--"); i++)
		a[i] = argument(compat);
	while (times--)
		previous = way(number, a);
	snprintf(line, sizeof(line), "%d %ld %lu %lu %lu %lu %lu %lu\n", (int)syscall(SYS_gettid),
		 previous, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (write(1, line, strlen(line)) < 0)
		exit(97);
}

static void *steps(void *ignored);

static void fork_on(void)
{
	pid_t child = fork();
	int status;

	if (!child)
		return;
	waitpid(child, &status, 0);
	if (WIFSIGNALED(status))
		raise(WTERMSIG(status));
	_exit(WEXITSTATUS(status));
}

static void thread_on(void)
{
	pthread_t thread;

	pthread_create(&thread, 0, steps, 0);
	pthread_join(thread, 0);
	_exit(0);
}

static void powerless(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {};

	if (syscall(SYS_setresgid, 65534, 65534, 65534) ||
	    syscall(SYS_setresuid, 65534, 65534, 65534) || syscall(SYS_capset, &head, none))
		exit(95);
}

static void interrupted(int number)
{
	(void)number;
}

static void alarms(void)
{
	struct itimerval often = {{0, 20000}, {0, 20000}};
	struct sigaction action = {.sa_handler = interrupted};

	if (sigaction(SIGALRM, &action, 0) || setitimer(ITIMER_REAL, &often, 0))
		exit(94);
}

static void *steps(void *ignored)
{
	char byte;

	for (; *words; words += *words ? 1 : 0) {
		if (!strcmp(*words, "fork")) {
			words++;
			fork_on();
		} else if (!strcmp(*words, "thread")) {
			words += 2;
			thread_on();
		} else if (!strcmp(*words, "powerless")) {
			words++;
			powerless();
		} else if (!strcmp(*words, "alarms")) {
			words++;
			alarms();
		} else if (!strcmp(*words, "wait")) {
			words++;
			if (read(0, &byte, 1) < 0)
				exit(96);
		} else {
			call();
		}
	}
	return ignored;
}

int main(int count, char **arguments)
{
	(void)count;
	words = arguments + 1;
	arena = mmap(0, ARENA, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS
#if defined(MAP_32BIT)
			     | MAP_32BIT
#endif
		     ,
		     -1, 0);
	steps(0);
	return 0;
}

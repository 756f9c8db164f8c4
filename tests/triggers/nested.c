/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a call (getppid) three functions deep, and prints where each of them returns to. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static __attribute__((noinline)) void inner(void)
{
	printf("%lu\n", (unsigned long)__builtin_return_address(0));
	syscall(SYS_getppid);
}

static __attribute__((noinline)) void outer(void)
{
	inner();
	printf("%lu\n", (unsigned long)__builtin_return_address(0));
}

int main(void)
{
	outer();
	printf("%d\n", (int)getpid());
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* load CPU COUNT: getppid COUNT times on one CPU; prints the ns of all calls and the median ns of
 * a call. The median is over slices, so that what interrupts a slice does not count.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SLICE 1000

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	long slices = argc == 3 ? atol(argv[2]) / SLICE : 0;
	long long *took, began, start;
	cpu_set_t cpus;

	if (slices < 1)
		return fprintf(stderr, "usage: load CPU COUNT (a multiple of %d)\n", SLICE), 2;
	CPU_ZERO(&cpus);
	CPU_SET(atoi(argv[1]), &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		return perror("sched_setaffinity"), 1;
	took = calloc(slices, sizeof(*took));
	began = now();
	for (long i = 0; i < slices; i++) {
		start = now();
		for (int call = 0; call < SLICE; call++)
			syscall(SYS_getppid);
		took[i] = now() - start;
	}
	began = now() - began;
	qsort(took, slices, sizeof(*took), compare);
	printf("%lld %.1f\n", began, (double)took[slices / 2] / SLICE);
	return 0;
}

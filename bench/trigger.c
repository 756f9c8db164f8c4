// SPDX-License-Identifier: Apache-2.0
/* trigger trace COUNT: COUNT times, 5 to 35 ms apart, a child asks to be traced; prints for each
 * its process id and the time of the call, ns since the epoch.
 * trigger open SECONDS: opens a file every millisecond.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void trace(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	printf("%d %lld\n", getpid(), t.tv_sec * 1000000000ll + t.tv_nsec);
	fflush(stdout);
	_exit(0);
}

int main(int argc, char **argv)
{
	long count = argc == 3 ? atol(argv[2]) : 0;

	if (count < 1)
		return fprintf(stderr, "usage: trigger trace COUNT | trigger open SECONDS\n"), 2;
	if (!strcmp(argv[1], "open")) {
		for (long i = 0; i < count * 1000; i++) {
			close(open("/dev/null", O_RDONLY | O_CLOEXEC));
			usleep(1000);
		}
		return 0;
	}
	srand(1);
	for (long i = 0; i < count; i++) {
		usleep(5000 + rand() % 30000);
		if (!fork())
			trace();
		wait(NULL);
	}
	return 0;
}

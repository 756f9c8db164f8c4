/* SPDX-License-Identifier: Apache-2.0 */
/* Many threads in execve(2) at the same time: each waits for the memory that its path lies in,
 * which userfaultfd(2) withholds until all have come. Prints how many calls were made; none works,
 * since the path turns out to be empty. Status 77: there is no userfaultfd.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define THREADS 200
#define PAGE 4096

static char *withheld;
static int tids[THREADS];

static void *call(void *at)
{
	char *argv[] = {"x", 0};

	__atomic_store_n((int *)at, syscall(SYS_gettid), __ATOMIC_SEQ_CST);
	syscall(SYS_execve, withheld, argv, argv + 1);
	return 0;
}

/* Whether a thread is in its execve: /proc/self/task/TID/syscall begins with the number. */
static int is_inside(int tid)
{
	char path[64], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", tid);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 1)
		exit(98);
	close(fd);
	return atoi(text) == SYS_execve;
}

int main(void)
{
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register area = {.range.len = PAGE, .mode = UFFDIO_REGISTER_MODE_MISSING};
	struct uffdio_zeropage zero = {.range.len = PAGE};
	pthread_t threads[THREADS];

	withheld = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	area.range.start = zero.range.start = (unsigned long)withheld;
	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &area))
		return 77;
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], 0, call, &tids[i]);
	for (int i = 0; i < THREADS; i++)
		while (!__atomic_load_n(&tids[i], __ATOMIC_SEQ_CST) || !is_inside(tids[i]))
			usleep(1000);
	if (ioctl(fd, UFFDIO_ZEROPAGE, &zero))
		return 97;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], 0);
	printf("%d\n", THREADS);
	return 0;
}

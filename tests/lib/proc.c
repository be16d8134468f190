// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "proc.h"

#define VI915_PAGEMAP_PRESENT (1ULL << 63)
#define VI915_PAGEMAP_PFN ((1ULL << 55) - 1)

uint64_t vi915_pfn_at(const char *at, const volatile void *ptr)
{
	off_t index = (uintptr_t)ptr / VI915_PAGE;
	uint64_t entry;
	int fd;

	fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		vi915_fail_at(at, "open /proc/self/pagemap: %s", vi915_errname(errno));
	if (pread(fd, &entry, sizeof(entry), index * sizeof(entry)) != sizeof(entry))
		vi915_fail_at(at, "/proc/self/pagemap has no entry for %p", (void *)ptr);
	close(fd);
	if (!(entry & VI915_PAGEMAP_PRESENT))
		return 0;
	if (!(entry & VI915_PAGEMAP_PFN))
		vi915_fail_at(at, "/proc/self/pagemap hides page frames: run as root");
	return entry & VI915_PAGEMAP_PFN;
}

static uint32_t vi915_pattern(size_t word, uint32_t seed)
{
	uint32_t x = word * 0x9e3779b9u + seed * 0x85ebca6bu + 1;

	return x ^ x >> 15;
}

void vi915_fill(void *ptr, size_t size, uint32_t seed)
{
	size_t i, n;
	uint32_t x;

	for (i = 0; i < size; i += n) {
		x = vi915_pattern(i / 4, seed);
		n = size - i < 4 ? size - i : 4;
		memcpy((char *)ptr + i, &x, n);
	}
}

ssize_t vi915_verify(const void *ptr, size_t size, uint32_t seed)
{
	size_t i, n;
	uint32_t x;

	for (i = 0; i < size; i += n) {
		x = vi915_pattern(i / 4, seed);
		n = size - i < 4 ? size - i : 4;
		if (memcmp((const char *)ptr + i, &x, n))
			return i;
	}
	return -1;
}

void vi915_same_at(const char *at, const void *ptr, size_t size, uint32_t seed)
{
	ssize_t off = vi915_verify(ptr, size, seed);

	if (off >= 0)
		vi915_fail_at(at, "byte %#zx of %#zx differs from pattern %u: %#x", off, size,
			      seed, ((const unsigned char *)ptr)[off]);
}

long vi915_meminfo_at(const char *at, const char *key)
{
	char line[256];
	size_t len = strlen(key);
	long value = -1;
	FILE *file;

	file = fopen("/proc/meminfo", "re");
	while (file && value < 0 && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, len) && line[len] == ':')
			value = atol(line + len + 1);
	if (file)
		fclose(file);
	if (value < 0)
		vi915_fail_at(at, "/proc/meminfo has no %s", key);
	return value;
}

/* Each thread's way out of a fault that it provokes. */
static __thread sigjmp_buf vi915_fault_env;
static __thread volatile sig_atomic_t vi915_fault_armed;

static void vi915_fault_handler(int sig)
{
	if (vi915_fault_armed)
		siglongjmp(vi915_fault_env, sig);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void vi915_fault_install(void)
{
	struct sigaction action = { .sa_handler = vi915_fault_handler };

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

static int vi915_touch(volatile char *ptr, bool write)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int sig;

	pthread_once(&once, vi915_fault_install);
	sig = sigsetjmp(vi915_fault_env, 1);
	if (!sig) {
		vi915_fault_armed = 1;
		if (write)
			*ptr = *ptr;
		else
			(void)*ptr;
	}
	vi915_fault_armed = 0;
	return sig;
}

int vi915_read_signal(const volatile void *ptr)
{
	return vi915_touch((volatile char *)ptr, false);
}

int vi915_write_signal(volatile void *ptr)
{
	return vi915_touch(ptr, true);
}

struct vi915_thread {
	pthread_t id;
	pthread_barrier_t *start;
	void (*fn)(void *arg, int index);
	void *arg;
	int index;
};

static void *vi915_thread_main(void *data)
{
	struct vi915_thread *thread = data;

	pthread_barrier_wait(thread->start);
	thread->fn(thread->arg, thread->index);
	return NULL;
}

void vi915_threads(int n, void (*fn)(void *arg, int index), void *arg)
{
	struct vi915_thread *threads = calloc(n, sizeof(*threads));
	pthread_barrier_t start;
	int i;

	if (!threads)
		vi915_fail("no memory for %d threads", n);
	pthread_barrier_init(&start, NULL, n);
	for (i = 0; i < n; i++) {
		threads[i] = (struct vi915_thread){
			.start = &start, .fn = fn, .arg = arg, .index = i,
		};
		if (pthread_create(&threads[i].id, NULL, vi915_thread_main, &threads[i]))
			vi915_fail("cannot start thread %d of %d", i, n);
	}
	for (i = 0; i < n; i++)
		pthread_join(threads[i].id, NULL);
	pthread_barrier_destroy(&start);
	free(threads);
}

pid_t vi915_child(void (*fn)(void *arg), void *arg)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		vi915_fail("fork: %s", vi915_errname(errno));
	if (!pid) {
		fn(arg);
		fflush(stdout);
		_exit(0);
	}
	return pid;
}

void vi915_child_join_at(const char *at, pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		vi915_fail_at(at, "waitpid %d: %s", pid, vi915_errname(errno));
	if (WIFSIGNALED(status))
		vi915_fail_at(at, "child was ended by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status))
		vi915_fail_at(at, "child failed with status %d", WEXITSTATUS(status));
}

int64_t vi915_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

struct vi915_later {
	int64_t ns;
	void (*fn)(void *arg);
	void *arg;
};

static void *vi915_later_main(void *data)
{
	struct vi915_later later = *(struct vi915_later *)data;
	struct timespec ts = { later.ns / 1000000000, later.ns % 1000000000 };

	free(data);
	while (nanosleep(&ts, &ts))
		;
	later.fn(later.arg);
	return NULL;
}

void vi915_after(int64_t ns, void (*fn)(void *arg), void *arg)
{
	struct vi915_later *later = malloc(sizeof(*later));
	pthread_t id;

	if (!later)
		vi915_fail("no memory for a thread");
	*later = (struct vi915_later){ ns, fn, arg };
	if (pthread_create(&id, NULL, vi915_later_main, later))
		vi915_fail("cannot start a thread");
	pthread_detach(id);
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "fuzz_run.h"
#include "prime.h"
#include "proc.h"

/* A step takes milliseconds, or longer with KASAN and four threads. */
#define HANG_SECONDS 300
/* Memory that may stay used: caches of the kernel, KASAN's quarantine. */
#define SLACK_KIB (64 * 1024)
/* Time for objects that hold each other to be freed one after the other. */
#define SETTLE_NS 5000000000LL
/* Interval of the signals. */
#define SIGNAL_NS 1500000

struct fuzz_options fuzz_options;

static uint64_t fuzz_number_from(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);
	uint64_t number;
	char *end;

	if (!text)
		return otherwise;
	number = strtoull(text, &end, 0);
	if (!*text || *end)
		vi915_fail("%s=%s: write a number", name, text);
	return number;
}

void fuzz_options_read(uint64_t seed, double seconds)
{
	struct fuzz_options *options = &fuzz_options;

	options->seed = fuzz_number_from("FUZZ_SEED", seed);
	options->seconds = fuzz_number_from("FUZZ_SECONDS", seconds);
	options->only = fuzz_number_from("FUZZ_STREAM", UINT64_MAX);
	options->stop = fuzz_number_from("FUZZ_STOP", UINT64_MAX);
	options->verbose = fuzz_number_from("FUZZ_VERBOSE", 0);
	options->progress = mmap(NULL, FUZZ_STREAMS * sizeof(*options->progress),
				 PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	vi915_require(options->progress != MAP_FAILED);
}

void fuzz_run_stream(struct fuzz_world *world, unsigned int stream, enum fuzz_mix mix,
		     int64_t until)
{
	volatile struct fuzz_progress *progress = &fuzz_options.progress[stream];
	struct fuzz *fuzz = malloc(sizeof(*fuzz));

	vi915_require(fuzz);
	fuzz_open(fuzz, world, stream);
	for (; fuzz->step < fuzz_options.stop && vi915_now() < until; fuzz->step++) {
		progress->steps = fuzz->step;
		fuzz_step(fuzz, mix);
		progress->done = fuzz->done;
		progress->refused = fuzz->refused;
	}
	fuzz_close(fuzz);
	free(fuzz);
}

static void fuzz_on_alarm(int sig)
{
	(void)sig;
}

void fuzz_interrupt_me(timer_t *timer)
{
	struct sigaction action = { .sa_handler = fuzz_on_alarm };
	struct itimerspec often = {
		.it_value.tv_nsec = SIGNAL_NS, .it_interval.tv_nsec = SIGNAL_NS,
	};
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM,
		._sigev_un._tid = syscall(SYS_gettid),
	};

	/* No SA_RESTART, so that interrupted calls return EINTR. */
	vi915_require(!sigaction(SIGALRM, &action, NULL));
	vi915_require(!timer_create(CLOCK_MONOTONIC, &event, timer));
	vi915_require(!timer_settime(*timer, 0, &often, NULL));
}

static void *fuzz_signal_main(void *arg)
{
	struct fuzz_signaller *signaller = arg;
	struct timespec pause = { .tv_nsec = 1000000 };
	sigset_t set;

	sigfillset(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	while (!signaller->over) {
		nanosleep(&pause, NULL);
		sw_signal(signaller->world->timeline, 8);
	}
	return NULL;
}

void fuzz_signal_fences(struct fuzz_signaller *signaller, struct fuzz_world *world)
{
	world->timeline = sw_timeline();
	signaller->world = world;
	signaller->over = false;
	vi915_require(!pthread_create(&signaller->thread, NULL, fuzz_signal_main, signaller));
}

void fuzz_signal_end(struct fuzz_signaller *signaller)
{
	signaller->over = true;
	pthread_join(signaller->thread, NULL);
	close(signaller->world->timeline);
	signaller->world->timeline = -1;
}

/* Values that should be the same before and after. */
struct fuzz_balance {
	long objects[FUZZ_FILES];
	unsigned int gpus;
	long available;
};

/* Free pages in per-CPU lists: up to an eighth of all memory. */
static long kept_free_kib(void)
{
	FILE *file = fopen("/proc/zoneinfo", "re");
	long pages, sum = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, " count: %ld", &pages) == 1)
			sum += pages;
	if (file)
		fclose(file);
	return sum * (long)(VI915_PAGE / 1024);
}

static void take_balance(struct fuzz_balance *balance)
{
	struct fuzz_world world;
	unsigned int i;

	memset(balance, 0, sizeof(*balance));
	fuzz_world_open(&world, 0);
	balance->gpus = world.num_files;
	for (i = 0; i < world.num_files; i++) {
		__vi915_drop_caches(world.files[i], DROP_ALL);
		balance->objects[i] = vi915_object_count(world.files[i]);
	}
	fuzz_world_close(&world);
	balance->available = vi915_meminfo("MemAvailable") + kept_free_kib();
}

/*
 * Wait until the objects are gone: freeing one GPU's object may release another
 * GPU's, since an import holds its exporter and a worker closes files later.
 */
static void settle(const struct fuzz_balance *before, struct fuzz_balance *after)
{
	int64_t until = vi915_now() + SETTLE_NS;

	do
		take_balance(after);
	while ((before->gpus != after->gpus ||
		memcmp(before->objects, after->objects, sizeof(after->objects))) &&
	       vi915_now() < until && !usleep(100000));
}

static bool same_balance(const struct fuzz_balance *before)
{
	struct fuzz_balance after;
	unsigned int i;
	bool same = true;

	settle(before, &after);
	if (after.gpus != before->gpus) {
		vi915_note("there are %u nodes of GPUs, there were %u", after.gpus, before->gpus);
		same = false;
	}
	for (i = 0; i < before->gpus; i++) {
		if (after.objects[i] == before->objects[i])
			continue;
		vi915_note("GPU of node %u has %ld objects, had %ld", i, after.objects[i],
			   before->objects[i]);
		same = false;
	}
	if (after.available < before->available - SLACK_KIB) {
		vi915_note("%ld KiB of memory are available, %ld were", after.available,
			   before->available);
		same = false;
	}
	return same;
}

static void print_progress(const struct fuzz_phase *phase, unsigned int stream, const char *why)
{
	volatile struct fuzz_progress *progress = fuzz_options.progress;
	unsigned int i;

	for (i = stream; i < stream + phase->streams; i++)
		vi915_note("seed %" PRIu64 " stream %u: %s step %" PRIu64 ", %" PRIu64
			   " calls done, %" PRIu64 " refused",
			   fuzz_options.seed, i, why, progress[i].steps, progress[i].done,
			   progress[i].refused);
}

static uint64_t steps_of(const struct fuzz_phase *phase, unsigned int stream)
{
	uint64_t steps = 0;
	unsigned int i;

	for (i = stream; i < stream + phase->streams; i++)
		steps += fuzz_options.progress[i].steps;
	return steps;
}

/* Waits for the process of a phase as long as it makes steps. */
static bool wait_for(const struct fuzz_phase *phase, unsigned int stream, pid_t pid)
{
	uint64_t steps, last = 0;
	int quiet = 0, status;

	while (!waitpid(pid, &status, WNOHANG)) {
		usleep(100000);
		steps = steps_of(phase, stream);
		quiet = steps == last ? quiet + 1 : 0;
		last = steps;
		if (quiet > HANG_SECONDS * 10) {
			print_progress(phase, stream, "hangs in");
			kill(-pid, SIGKILL);
			waitpid(pid, &status, 0);
			return false;
		}
	}
	if (status)
		print_progress(phase, stream, "was at");
	if (WIFSIGNALED(status))
		vi915_note("signal %d ended it", WTERMSIG(status));
	return !status;
}

static bool run_phase(const struct fuzz_phase *phase, unsigned int stream, double seconds)
{
	struct fuzz_balance before;
	pid_t pid;
	bool ok;

	take_balance(&before);
	fflush(stdout);
	pid = fork();
	vi915_require(pid >= 0);
	if (!pid) {
		setpgid(0, 0);
		phase->run(stream, vi915_now() + seconds * 1e9);
		_exit(0);
	}
	setpgid(pid, pid);
	ok = wait_for(phase, stream, pid);
	if (ok)
		print_progress(phase, stream, "ended at");
	return same_balance(&before) && ok;
}

int fuzz_run_phases(const struct fuzz_phase *phases, unsigned int num_phases)
{
	unsigned int stream = 0, failed = 0, i;
	bool ok;

	printf("TAP version 13\n1..%u\n# seed %" PRIu64 "\n", num_phases, fuzz_options.seed);
	for (i = 0; i < num_phases; stream += phases[i].streams, i++) {
		if (fuzz_options.only != UINT64_MAX &&
		    (fuzz_options.only < stream ||
		     fuzz_options.only >= stream + phases[i].streams)) {
			printf("ok %u %s # SKIP FUZZ_STREAM names another\n", i + 1,
			       phases[i].name);
			continue;
		}
		ok = run_phase(&phases[i], stream, fuzz_options.seconds / num_phases);
		failed += !ok;
		printf("%s %u %s\n", ok ? "ok" : "not ok", i + 1, phases[i].name);
		fflush(stdout);
	}
	return failed ? 1 : 0;
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0,outputs=2 --gpu b,vblank=off --gpu c,outputs=0 --gpu d,clock=lazy --peers vgem
/*
 * Any ioctl with any bytes: an error, nothing changed, nothing leaked.
 *
 * FUZZ_SEED=N	other calls than those of every day
 * FUZZ_SECONDS=N	how long in all (90)
 * FUZZ_STREAM=N	only the phase that has that stream
 * FUZZ_STOP=N	end each stream before that step
 * FUZZ_VERBOSE=1	print each step
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"
#include "fuzz.h"
#include "fuzz_kms.h"
#include "gem.h"
#include "gpu.h"
#include "prime.h"
#include "proc.h"

#define SEED 915
#define SECONDS 90
#define THREADS 4
#define STREAMS 32
/* A step takes milliseconds; a kernel under KASAN with four threads, more. */
#define HANG_SECONDS 30
/* What may stay behind: caches of the kernel, KASAN's quarantine. */
#define SLACK_KIB (64 * 1024)
/* Objects that hold each other go one after the other. */
#define SETTLE_NS 5000000000LL
/* Signals come this often where they come at all. */
#define SIGNAL_NS 1500000

static uint64_t seed = SEED;
static uint64_t stop = UINT64_MAX;
static bool verbose;

/* Written by the streams, read by the process that waits for them. */
static volatile struct progress {
	uint64_t steps;
	uint64_t done;
	uint64_t refused;
} *progress;

static void run_stream(struct fuzz_world *world, unsigned int stream, enum fuzz_mix mix,
		       int64_t until)
{
	struct fuzz *fuzz = malloc(sizeof(*fuzz));

	vi915_require(fuzz);
	fuzz_open(fuzz, world, stream);
	for (; fuzz->step < stop && vi915_now() < until; fuzz->step++) {
		progress[stream].steps = fuzz->step;
		fuzz_step(fuzz, mix);
		progress[stream].done = fuzz->done;
		progress[stream].refused = fuzz->refused;
	}
	fuzz_close(fuzz);
	free(fuzz);
}

static void run_alone(unsigned int stream, enum fuzz_mix mix, int64_t until)
{
	struct fuzz_world world;

	fuzz_world_open(&world, seed);
	world.verbose = verbose;
	run_stream(&world, stream, mix, until);
	fuzz_world_close(&world);
}

static void any_bytes(unsigned int stream, int64_t until)
{
	run_alone(stream, FUZZ_ANY_BYTES, until);
}

static void formed(unsigned int stream, int64_t until)
{
	run_alone(stream, FUZZ_FORMED, until);
}

static void lives(unsigned int stream, int64_t until)
{
	run_alone(stream, FUZZ_LIVES, until);
}

/* Bytes that no batch knows of, though their object is on the same GPU. */
static void batches(unsigned int stream, int64_t until)
{
	int bystander = vi915_open("gpu0");
	uint32_t handle = gem_create(bystander, 16 * VI915_PAGE);
	char *map = gem_mmap_wb(bystander, handle, 0, 16 * VI915_PAGE);

	vi915_fill(map, 16 * VI915_PAGE, stream);
	run_alone(stream, FUZZ_BATCHES, until);
	vi915_same(map, 16 * VI915_PAGE, stream);
	gem_munmap(map, 16 * VI915_PAGE);
	close(bystander);
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* Interrupts this thread, and no other, until it ends. */
static void interrupt_me(timer_t *timer)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerspec often = {
		.it_value.tv_nsec = SIGNAL_NS, .it_interval.tv_nsec = SIGNAL_NS,
	};
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM,
		._sigev_un._tid = syscall(SYS_gettid),
	};

	/* No SA_RESTART: what was interrupted says so. */
	vi915_require(!sigaction(SIGALRM, &action, NULL));
	vi915_require(!timer_create(CLOCK_MONOTONIC, &event, timer));
	vi915_require(!timer_settime(*timer, 0, &often, NULL));
}

struct threads {
	struct fuzz_world world;
	enum fuzz_mix mix;
	unsigned int stream;
	int64_t until;
	volatile bool over;
};

static void *signal_fences(void *arg)
{
	struct threads *threads = arg;
	struct timespec pause = { .tv_nsec = 1000000 };
	sigset_t set;

	sigfillset(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	while (!threads->over) {
		nanosleep(&pause, NULL);
		sw_signal(threads->world.timeline, 8);
	}
	return NULL;
}

static void run_thread(void *arg, int index)
{
	struct threads *threads = arg;
	timer_t timer;

	interrupt_me(&timer);
	run_stream(&threads->world, threads->stream + index, threads->mix, threads->until);
	timer_delete(timer);
}

static void run_threads(unsigned int stream, enum fuzz_mix mix, int64_t until)
{
	static struct threads threads;
	pthread_t signaller;

	fuzz_world_open(&threads.world, seed);
	if (mix == FUZZ_OUTPUTS)
		fuzz_kms_open(&threads.world);
	threads.world.concurrent = true;
	threads.world.verbose = verbose;
	threads.world.timeline = sw_timeline();
	threads.mix = mix;
	threads.stream = stream;
	threads.until = until;
	vi915_require(!pthread_create(&signaller, NULL, signal_fences, &threads));
	vi915_threads(THREADS, run_thread, &threads);
	threads.over = true;
	pthread_join(signaller, NULL);
	close(threads.world.timeline);
	fuzz_kms_close(&threads.world);
	fuzz_world_close(&threads.world);
}

static void threads_and_signals(unsigned int stream, int64_t until)
{
	run_threads(stream, FUZZ_LIVES, until);
}

static void outputs_and_signals(unsigned int stream, int64_t until)
{
	run_threads(stream, FUZZ_OUTPUTS, until);
}

/* Outputs need someone who signals the fences that pictures wait for. */
static void outputs(unsigned int stream, int64_t until)
{
	struct threads threads = { .until = until };
	struct fuzz_world *world = &threads.world;
	pthread_t signaller;

	fuzz_world_open(world, seed);
	fuzz_kms_open(world);
	world->verbose = verbose;
	world->timeline = sw_timeline();
	vi915_require(!pthread_create(&signaller, NULL, signal_fences, &threads));
	run_stream(world, stream, FUZZ_OUTPUTS, until);
	threads.over = true;
	pthread_join(signaller, NULL);
	close(world->timeline);
	fuzz_kms_close(world);
	fuzz_world_close(world);
}

struct other {
	uint32_t *names;
	int socket;
	enum fuzz_mix mix;
	unsigned int stream;
	int64_t until;
};

static void run_other(void *arg)
{
	struct other *other = arg;
	struct fuzz_world world;

	fuzz_world_open(&world, seed);
	munmap(world.names, VI915_PAGE);
	world.names = other->names;
	world.socket = other->socket;
	world.verbose = verbose;
	if (other->mix == FUZZ_OUTPUTS)
		fuzz_kms_open(&world);
	/* What comes from the other process comes at any time. */
	world.concurrent = true;
	run_stream(&world, other->stream, other->mix, other->until);
	fuzz_kms_close(&world);
}

static void run_processes(unsigned int stream, enum fuzz_mix mix, int64_t until)
{
	struct other other = { .mix = mix, .stream = stream, .until = until };
	int sockets[2];
	pid_t pid;

	other.names = mmap(NULL, VI915_PAGE, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	vi915_require(other.names != MAP_FAILED);
	vi915_require(!socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, sockets));
	other.socket = sockets[0];
	pid = vi915_child(run_other, &other);
	other.socket = sockets[1];
	other.stream++;
	run_other(&other);
	vi915_child_join(pid);
}

static void two_processes(unsigned int stream, int64_t until)
{
	run_processes(stream, FUZZ_LIVES, until);
}

static void two_desktops(unsigned int stream, int64_t until)
{
	run_processes(stream, FUZZ_OUTPUTS, until);
}

static const struct phase {
	const char *name;
	void (*run)(unsigned int stream, int64_t until);
	unsigned int streams;
} phases[] = {
	{ "any-bytes-in-any-ioctl-are-answered", any_bytes, 1 },
	{ "well-formed-ioctls-refuse-as-documented", formed, 1 },
	{ "objects-live-and-die-in-any-order", lives, 1 },
	{ "batches-of-any-commands-reach-nothing-else", batches, 1 },
	{ "threads-and-signals-disturb-nothing", threads_and_signals, THREADS },
	{ "processes-share-without-harm", two_processes, 2 },
	{ "outputs-refuse-and-show-anything", outputs, 1 },
	{ "threads-on-outputs-disturb-nothing", outputs_and_signals, THREADS },
	{ "processes-on-outputs-disturb-nothing", two_desktops, 2 },
};

#define PHASES (sizeof(phases) / sizeof(*phases))

/* What should be the same before and after. */
struct balance {
	long objects[FUZZ_FILES];
	unsigned int gpus;
	long available;
};

/* Pages that are free but kept at hand for a CPU: up to an eighth of all. */
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

static void take_balance(struct balance *balance)
{
	struct fuzz_world world;
	unsigned int i;

	memset(balance, 0, sizeof(*balance));
	fuzz_world_open(&world, seed);
	balance->gpus = world.num_files;
	for (i = 0; i < world.num_files; i++) {
		__vi915_drop_caches(world.files[i], DROP_ALL);
		balance->objects[i] = vi915_object_count(world.files[i]);
	}
	fuzz_world_close(&world);
	balance->available = vi915_meminfo("MemAvailable") + kept_free_kib();
}

/*
 * What one GPU gives up may hold what another has: a file that is closed by a
 * worker, an import, its exporter.
 */
static void settle(const struct balance *before, struct balance *after)
{
	int64_t until = vi915_now() + SETTLE_NS;

	do
		take_balance(after);
	while (memcmp(before->objects, after->objects, sizeof(after->objects)) &&
	       vi915_now() < until && !usleep(100000));
}

static bool same_balance(const struct balance *before)
{
	struct balance after;
	unsigned int i;
	bool same = true;

	settle(before, &after);
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

static void print_progress(const struct phase *phase, unsigned int stream, const char *why)
{
	unsigned int i;

	for (i = stream; i < stream + phase->streams; i++)
		vi915_note("seed %" PRIu64 " stream %u: %s step %" PRIu64 ", %" PRIu64
			   " calls done, %" PRIu64 " refused",
			   seed, i, why, progress[i].steps, progress[i].done,
			   progress[i].refused);
}

static uint64_t steps_of(const struct phase *phase, unsigned int stream)
{
	uint64_t steps = 0;
	unsigned int i;

	for (i = stream; i < stream + phase->streams; i++)
		steps += progress[i].steps;
	return steps;
}

/* Waits for a phase's process as long as it makes steps. */
static bool wait_for(const struct phase *phase, unsigned int stream, pid_t pid)
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

static bool run_phase(const struct phase *phase, unsigned int stream, double seconds)
{
	struct balance before;
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

static uint64_t number_from(const char *name, uint64_t otherwise)
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

int main(void)
{
	uint64_t only = number_from("FUZZ_STREAM", UINT64_MAX);
	double seconds = number_from("FUZZ_SECONDS", SECONDS);
	unsigned int stream = 0, failed = 0, i;
	bool ok;

	seed = number_from("FUZZ_SEED", seed);
	stop = number_from("FUZZ_STOP", stop);
	verbose = number_from("FUZZ_VERBOSE", 0);
	progress = mmap(NULL, STREAMS * sizeof(*progress), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	vi915_require(progress != MAP_FAILED);

	printf("TAP version 13\n1..%zu\n# seed %" PRIu64 "\n", PHASES, seed);
	for (i = 0; i < PHASES; stream += phases[i].streams, i++) {
		if (only != UINT64_MAX &&
		    (only < stream || only >= stream + phases[i].streams)) {
			printf("ok %u %s # SKIP FUZZ_STREAM names another\n", i + 1,
			       phases[i].name);
			continue;
		}
		ok = run_phase(&phases[i], stream, seconds / PHASES);
		failed += !ok;
		printf("%s %u %s\n", ok ? "ok" : "not ok", i + 1, phases[i].name);
		fflush(stdout);
	}
	return failed ? 1 : 0;
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0,outputs=2 --gpu b,vblank=off --gpu c,outputs=0 --gpu d,clock=lazy --peers vgem
/*
 * Any ioctl with any bytes: an error, nothing changed, nothing leaked.
 *
 * FUZZ_SEED=N	make other calls than the default ones
 * FUZZ_SECONDS=N	total duration (90)
 * FUZZ_STREAM=N	run only the phase that has this stream
 * FUZZ_STOP=N	end each stream before this step
 * FUZZ_VERBOSE=1	print each step
 */
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"
#include "fuzz.h"
#include "fuzz_kms.h"
#include "fuzz_run.h"
#include "gem.h"
#include "gpu.h"
#include "proc.h"

#define SEED 915
#define SECONDS 90
#define THREADS 4

static void run_alone(unsigned int stream, enum fuzz_mix mix, int64_t until)
{
	struct fuzz_world world;

	fuzz_world_open(&world, fuzz_options.seed);
	world.verbose = fuzz_options.verbose;
	fuzz_run_stream(&world, stream, mix, until);
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

/* Batches must not change an object on the same GPU that they do not use. */
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

struct threads {
	struct fuzz_world world;
	enum fuzz_mix mix;
	unsigned int stream;
	int64_t until;
};

static void run_thread(void *arg, int index)
{
	struct threads *threads = arg;
	timer_t timer;

	fuzz_interrupt_me(&timer);
	fuzz_run_stream(&threads->world, threads->stream + index, threads->mix, threads->until);
	timer_delete(timer);
}

static void run_threads(unsigned int stream, enum fuzz_mix mix, int64_t until)
{
	static struct fuzz_signaller signaller;
	static struct threads threads;

	fuzz_world_open(&threads.world, fuzz_options.seed);
	if (mix == FUZZ_OUTPUTS)
		fuzz_kms_open(&threads.world);
	threads.world.concurrent = true;
	threads.world.verbose = fuzz_options.verbose;
	threads.mix = mix;
	threads.stream = stream;
	threads.until = until;
	fuzz_signal_fences(&signaller, &threads.world);
	vi915_threads(THREADS, run_thread, &threads);
	fuzz_signal_end(&signaller);
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

/* A thread signals the fences that commits wait for. */
static void outputs(unsigned int stream, int64_t until)
{
	struct fuzz_signaller signaller;
	struct fuzz_world world;

	fuzz_world_open(&world, fuzz_options.seed);
	fuzz_kms_open(&world);
	world.verbose = fuzz_options.verbose;
	fuzz_signal_fences(&signaller, &world);
	fuzz_run_stream(&world, stream, FUZZ_OUTPUTS, until);
	fuzz_signal_end(&signaller);
	fuzz_kms_close(&world);
	fuzz_world_close(&world);
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

	fuzz_world_open(&world, fuzz_options.seed);
	munmap(world.names, VI915_PAGE);
	world.names = other->names;
	world.socket = other->socket;
	world.verbose = fuzz_options.verbose;
	if (other->mix == FUZZ_OUTPUTS)
		fuzz_kms_open(&world);
	/* Descriptors may arrive from the other process at any time. */
	world.concurrent = true;
	fuzz_run_stream(&world, other->stream, other->mix, other->until);
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

static const struct fuzz_phase phases[] = {
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

int main(void)
{
	fuzz_options_read(SEED, SECONDS);
	return fuzz_run_phases(phases, sizeof(phases) / sizeof(*phases));
}

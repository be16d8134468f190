// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0 --gpu b,outputs=2 --gpu c,imports=cpu --gpu d,clock=lazy --peers vgem
/*
 * Several processes on several GPUs make every kind of step at once, including
 * games with their address space, while GPUs and screens are plugged and
 * unplugged. An innocent client beside them must keep its pixels.
 *
 * The variables are those of uapi/fuzz; FUZZ_SECONDS is 30.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack.h"
#include "config.h"
#include "fail.h"
#include "fuzz.h"
#include "fuzz_kms.h"
#include "fuzz_run.h"
#include "gpu.h"
#include "innocent.h"
#include "proc.h"

#define SEED 915
#define SECONDS 30
#define PROCESSES 5
/* Files of a process: few, so that steps use what earlier steps made. */
#define FILES 4

/**
 * struct crowd - the processes of a phase
 * @world: nodes, outputs and shared files, all opened by the parent
 * @sockets: connect the processes
 * @own_files: each process opens the nodes itself
 * @user: each process is a plain user
 * @stream: stream of the first process
 * @until: time at which the processes stop
 */
struct crowd {
	struct fuzz_world world;
	int sockets[2];
	bool own_files;
	bool user;
	unsigned int stream;
	int64_t until;
};

/* Some of the parent's files, different ones in each process. */
static void choose_files(struct fuzz_world *world, unsigned int index)
{
	static struct fuzz_world all;
	unsigned int i, from;

	all = *world;
	world->num_files = all.num_files < FILES ? all.num_files : FILES;
	world->kms = calloc(FILES, sizeof(*world->kms));
	vi915_require(world->kms);
	for (i = 0; i < world->num_files; i++) {
		from = (index + 3 * i) % all.num_files;
		world->files[i] = all.files[from];
		world->kms[i] = all.kms[from];
		memcpy(world->nodes[i], all.nodes[from], sizeof(world->nodes[i]));
	}
}

/* If a file cannot be opened now, the parent's file is used. */
static void open_own_files(struct fuzz_world *world)
{
	unsigned int i;
	int fd;

	for (i = 0; i < world->num_files; i++) {
		fd = open(world->nodes[i], O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		close(world->files[i]);
		world->files[i] = fd;
		fuzz_kms_caps(fd);
	}
}

static void run_one(struct crowd *crowd, unsigned int index)
{
	struct fuzz_world *world = &crowd->world;
	struct fuzz_signaller signaller;
	timer_t timer;

	world->socket = crowd->sockets[index % 2];
	fuzz_signal_fences(&signaller, world);
	if (crowd->user)
		attack_become_user();
	if (crowd->own_files) {
		choose_files(world, index);
		open_own_files(world);
	}
	/* Every second process is interrupted all the time. */
	if (index % 2)
		fuzz_interrupt_me(&timer);
	fuzz_run_stream(world, crowd->stream + index, FUZZ_MANY, crowd->until);
	_exit(0);
}

/* Returns: whether any process still runs. A failed one fails this process. */
static bool crowd_goes_on(pid_t *pids)
{
	bool goes_on = false;
	unsigned int i;
	int status;

	for (i = 0; i < PROCESSES; i++) {
		if (!pids[i])
			continue;
		if (waitpid(pids[i], &status, WNOHANG) != pids[i]) {
			goes_on = true;
			continue;
		}
		pids[i] = 0;
		if (status)
			vi915_fail("process %u of the crowd ended with status %#x", i, status);
	}
	return goes_on;
}

/* Turns all outputs off and plugs every GPU. */
static void clean_up(struct crowd *crowd)
{
	fuzz_kms_close(&crowd->world);
	fuzz_world_close(&crowd->world);
	close(crowd->sockets[0]);
	close(crowd->sockets[1]);
	fuzz_plug_restore();
	fuzz_world_open(&crowd->world, 0);
	fuzz_kms_open(&crowd->world);
	fuzz_kms_close(&crowd->world);
	fuzz_world_close(&crowd->world);
}

static void run_crowd(struct crowd *crowd)
{
	struct fuzz_world *world = &crowd->world;
	struct innocent innocent;
	pid_t pids[PROCESSES];
	unsigned int i;

	fuzz_world_open(world, fuzz_options.seed);
	fuzz_kms_open(world);
	world->num_files = crowd->own_files ? world->num_files : FILES;
	world->spared = config_card("gpu0");
	world->root = !crowd->user;
	world->verbose = fuzz_options.verbose;
	world->concurrent = true;
	world->unplugs = true;
	vi915_require(!socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, crowd->sockets));
	for (i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		vi915_require(pids[i] >= 0);
		if (!pids[i])
			run_one(crowd, i);
	}
	innocent_open(&innocent, "gpu0");
	while (crowd_goes_on(pids))
		innocent_round(&innocent);
	innocent_round(&innocent);
	vi915_note("the innocent client drew %u times", innocent.rounds);
	innocent_close(&innocent);
	clean_up(crowd);
}

static void own_files(unsigned int stream, int64_t until)
{
	static struct crowd crowd;

	crowd = (struct crowd){ .own_files = true, .stream = stream, .until = until };
	run_crowd(&crowd);
}

/* All processes share the files, so they close and use each other's objects. */
static void shared_files(unsigned int stream, int64_t until)
{
	static struct crowd crowd;

	crowd = (struct crowd){ .stream = stream, .until = until };
	run_crowd(&crowd);
}

static void plain_users(unsigned int stream, int64_t until)
{
	static struct crowd crowd;

	crowd = (struct crowd){
		.own_files = true, .user = true, .stream = stream, .until = until,
	};
	run_crowd(&crowd);
}

static const struct fuzz_phase phases[] = {
	{ "processes-and-gpus-that-come-and-go-harm-nobody", own_files, PROCESSES },
	{ "processes-with-the-same-files-harm-nobody", shared_files, PROCESSES },
	{ "plain-users-harm-nobody", plain_users, PROCESSES },
};

int main(void)
{
	fuzz_options_read(SEED, SECONDS);
	return fuzz_run_phases(phases, sizeof(phases) / sizeof(*phases));
}

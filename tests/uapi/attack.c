// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The calls that a plain user makes on his own files harm no other client: an
 * innocent client is served and keeps its pixels.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "gpu_fixture.h"

#include "attack.h"
#include "config.h"
#include "ctx.h"
#include "exec.h"

/* Rounds of the innocent client in each attack. */
#define ROUNDS 12
#define GUESSES 64
#define DEATHS 8
/* First fake offset that the core gives out. */
#define FIRST_OFFSET (0x100000ULL * VI915_PAGE)

FIXTURE(attack)
{
	struct attack attack;
	struct attack_result result;
};

FIXTURE_SETUP(attack)
{
	self->attack.gpu = "gpu0";
	self->attack.rounds = ROUNDS;
}

FIXTURE_TEARDOWN(attack)
{
	vi915_note("%lu steps of the attacker, at most %lu in one of %lu rounds; %lu more until "
		   "it was gone", self->result.steps, self->result.worst, self->result.rounds,
		   self->result.dying);
}

static void guess_in_calls(const struct attacker *attacker, uint32_t handle)
{
	int fd = attacker->render;
	uint32_t data[16], busy;
	struct exec exec;
	uint64_t offset;

	memset(data, 0xa5, sizeof(data));
	vi915_require(__gem_pwrite(fd, handle, 0, data, sizeof(data)) == -ENOENT);
	vi915_require(__gem_pread(fd, handle, 0, data, sizeof(data)) == -ENOENT);
	vi915_require(__gem_busy(fd, handle, &busy) == -ENOENT);
	vi915_require(__gem_mmap_gtt_offset(fd, handle, &offset) == -ENOENT);
	vi915_require(__gem_close(fd, handle) == -EINVAL);
	exec_init(&exec, fd, 0, I915_EXEC_BLT);
	exec_add(&exec, handle, exec_address(handle), EXEC_PINNED_WRITE);
	vi915_require(__exec_submit(&exec) == -ENOENT);
}

/* Handles, names, offsets: numbers that other files use, but not this one. */
static void guess(struct attacker *attacker)
{
	uint32_t number = 1 + attacker->step % GUESSES, handle;
	uint64_t size;
	void *ptr;
	int ret;

	guess_in_calls(attacker, number);
	vi915_require(__gem_open(attacker->render, number, &handle, &size) == -EACCES);
	ret = __gem_mmap_at_offset(attacker->render, FIRST_OFFSET + (number - 1) * VI915_PAGE,
				   VI915_PAGE, &ptr);
	vi915_require(ret == -EACCES || ret == -EINVAL);
}

TEST_F(attack, what_is_anothers_is_not_found_by_guessing)
{
	self->attack.step = guess;
	self->attack.steps = 200;
	attack_run(&self->attack, &self->result);
}

/* Each hang resets an engine; after some the context is banned and its jobs are refused. */
static void break_engine(struct attacker *attacker)
{
	static const unsigned int engines[] = { I915_EXEC_BLT, I915_EXEC_RENDER, I915_EXEC_BSD };
	uint32_t ctx;

	if (__ctx_create(attacker->render, &ctx))
		return;
	close(exec_break(attacker->render, ctx, engines[attacker->step % 3]));
	ctx_destroy(attacker->render, ctx);
}

static void break_engine_of_own(struct attacker *attacker)
{
	int fd = vi915_reopen(attacker->render);
	struct attacker own = *attacker;

	own.render = fd;
	break_engine(&own);
	close(fd);
}

TEST_F_TIMEOUT(attack, hangs_are_their_own_clients_trouble, 60)
{
	self->attack.step = break_engine_of_own;
	self->attack.steps = 60;
	self->attack.bound = 100;
	attack_run(&self->attack, &self->result);
}

/* A job on each engine that never ends by itself, whichever engine the innocent client uses. */
static void spin_everywhere(struct attacker *attacker)
{
	static struct spin spins[4];
	unsigned int i;

	for (i = 0; i < 4; i++)
		spin_start(&spins[i], attacker->render, ctx_create(attacker->render),
			   I915_EXEC_RENDER + i);
	for (i = 0; i < 4; i++)
		spin_wait_running(&spins[i]);
}

static void queue_behind(struct attacker *attacker)
{
	usleep(1000);
	close(exec_nop_fence(attacker->render, 0, I915_EXEC_BLT, -1));
}

TEST_F_TIMEOUT(attack, endless_jobs_leave_turns_to_others, 60)
{
	self->attack.prepare = spin_everywhere;
	self->attack.step = queue_behind;
	self->attack.steps = 60;
	self->attack.bound = 500;
	attack_run(&self->attack, &self->result);
}

/* One life of an object that uses every feature, as often as possible. */
static void live_fast(struct attacker *attacker)
{
	int fd = attacker->render, dmabuf;
	uint32_t handle = gem_create(fd, 4 * VI915_PAGE), import;
	int other = vi915_reopen(fd);
	char *view;

	exec_fill(fd, 0, I915_EXEC_BLT, handle, 4, attacker->step);
	gem_set_tiling(fd, handle, I915_TILING_X, 512);
	view = gem_mmap_gtt(fd, handle, 4 * VI915_PAGE);
	vi915_require(!vi915_write_signal(view));
	dmabuf = prime_export(fd, handle);
	gem_close(fd, handle);
	import = prime_import(other, dmabuf);
	exec_store(other, 0, I915_EXEC_RENDER, import, 0, attacker->step);
	close(dmabuf);
	close(other);
	gem_munmap(view, 4 * VI915_PAGE);
}

TEST_F_TIMEOUT(attack, objects_that_come_and_go_fast_take_nobodys_turn, 60)
{
	self->attack.step = live_fast;
	self->attack.processes = 4;
	self->attack.steps = 200;
	self->attack.bound = 400;
	attack_run(&self->attack, &self->result);
}

/* Queues jobs and is killed before they have run. */
static void die_with_jobs(struct attacker *attacker)
{
	struct spin spin;
	unsigned int i;
	pid_t pid;

	if (attacker->step == DEATHS)
		pause();
	pid = fork();
	vi915_require(pid >= 0);
	if (!pid) {
		attacker->render = vi915_reopen(attacker->render);
		spin_start(&spin, attacker->render, 0, I915_EXEC_BLT);
		for (i = 0; i < 8; i++)
			close(exec_nop_fence(attacker->render, 0, I915_EXEC_BLT, -1));
		raise(SIGKILL);
	}
	vi915_require(waitpid(pid, NULL, 0) == pid);
}

TEST_F_TIMEOUT(attack, clients_that_are_killed_leave_no_work_in_the_way, 120)
{
	self->attack.step = die_with_jobs;
	self->attack.steps = DEATHS;
	self->attack.bound = 100;
	attack_run(&self->attack, &self->result);
}

/* open(2) for writing must be refused for files that exist. */
static void open_what_is_roots(struct attacker *attacker)
{
	static const char *const paths[] = {
		"/sys/bus/platform/drivers/vi915/unbind",
		"/sys/bus/platform/drivers/vi915/bind",
		"/sys/kernel/debug/dri/%d/i915_gem_drop_caches",
		"/sys/kernel/debug/dri/%d/i915_wedged",
		"/sys/kernel/debug/dri/%d/vi915_faults/import/when",
		"/sys/class/drm/card%d/error",
		"/sys/class/drm/card%d/engine/rcs0/heartbeat_interval_ms",
		"/sys/class/drm/card%d/engine/rcs0/preempt_timeout_ms",
	};
	int card = vi915_minor(attacker->card);
	char path[128];
	unsigned int i;

	for (i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		snprintf(path, sizeof(path), paths[i], card);
		vi915_require(open(path, O_WRONLY | O_CLOEXEC) < 0);
		if (errno != EACCES)
			vi915_fail("open %s as a plain user: %s", path, vi915_errname(errno));
	}
	vi915_require(__config_make("mine") == -EACCES);
}

TEST(what_is_roots_is_refused_to_others)
{
	attack_child("gpu0", open_what_is_roots, NULL);
}

TEST_HARNESS_MAIN

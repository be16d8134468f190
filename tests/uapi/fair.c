// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Clients share an engine's time evenly. A client is an open file, no matter
 * how many contexts it has. A plain user attacks beside an innocent client, and
 * their finished jobs are compared, in the order in which the engine ran them.
 *
 * All jobs wait in memory for a gate to open, so that no client has a head
 * start. Each job stores a mark at its end, and the innocent client's last job
 * copies the marks that exist then.
 */
#include "gpu_fixture.h"

#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "attack.h"
#include "ctx.h"
#include "exec.h"

#define ENGINE I915_EXEC_BLT
/* Jobs of the innocent client. */
#define JOBS 20
/* Contexts of the attacker and jobs in each: more than fit if each context had a turn. */
#define CONTEXTS 64
#define EACH 8
/* The jobs of both are equally long, so as many are fair, with some tolerance. */
#define FAIR (4 * JOBS)
/* Pages that a job draws. */
#define WORK 64

/**
 * struct client - one of the clients that share the engine
 * @fd: file
 * @gate: object that opens the gate, by its handle in this file
 * @marks: object with a dword for each of the attacker's jobs
 * @work: object that jobs draw into
 */
struct client {
	int fd;
	uint32_t gate;
	uint32_t marks;
	uint32_t work;
};

FIXTURE(fair)
{
	struct client innocent;
	int attackers[CONTEXTS];
	unsigned int num_attackers;
	volatile uint32_t *gate;
	int gate_fd;
	int marks_fd;
	uint32_t marks;
};

#define FAIR_DATA FIXTURE_DATA(fair)

FIXTURE_SETUP(fair)
{
	int fd = vi915_open_render("gpu0");
	unsigned int i;

	for (i = 0; i < CONTEXTS; i++)
		self->attackers[i] = vi915_reopen(fd);
	self->num_attackers = 0;
	attack_become_user();
	self->innocent = (struct client){
		.fd = fd,
		.gate = gem_create(fd, VI915_PAGE),
		.marks = gem_create(fd, VI915_PAGE),
		.work = gem_create(fd, WORK * VI915_PAGE),
	};
	self->gate = gem_mmap_wb(fd, self->innocent.gate, 0, VI915_PAGE);
	self->gate_fd = prime_export(fd, self->innocent.gate);
	self->marks_fd = prime_export(fd, self->innocent.marks);
	self->marks = 0;
}

FIXTURE_TEARDOWN(fair)
{
	close(self->innocent.fd);
}

static struct client attacker_open(FAIR_DATA *self)
{
	int fd = self->attackers[self->num_attackers++];

	return (struct client){
		.fd = fd,
		.gate = prime_import(fd, self->gate_fd),
		.marks = prime_import(fd, self->marks_fd),
		.work = gem_create(fd, WORK * VI915_PAGE),
	};
}

static void add(struct exec *exec, uint32_t handle)
{
	exec_add(exec, handle, exec_address(handle), EXEC_PINNED | EXEC_OBJECT_ASYNC);
}

/* Writes a job that waits for the gate and draws. */
static void write_job(struct batch *batch, const struct client *client)
{
	struct batch_rect rect = {
		.ptr = BATCH_AT(exec_address(client->work)), .pitch = VI915_PAGE,
		.width = VI915_PAGE / 4, .height = WORK,
	};

	batch_wait(batch, BATCH_AT(exec_address(client->gate)), MI_SEMAPHORE_SAD_EQ_SDD, 1);
	batch_fill(batch, &rect, 0);
}

/* Returns: the out-fence. */
static int submit(const struct client *client, uint32_t ctx, struct batch *batch, uint32_t extra)
{
	struct exec exec;

	batch_end(batch);
	exec_init(&exec, client->fd, ctx, ENGINE);
	add(&exec, client->gate);
	add(&exec, client->marks);
	add(&exec, client->work);
	if (extra)
		add(&exec, extra);
	exec_add_batch(&exec, batch);
	exec_want_out_fence(&exec);
	exec_submit(&exec);
	batch_fini(batch);
	return exec_out_fence(&exec);
}

/* Returns: the out-fence of the last job of the last context. */
static int attack(FAIR_DATA *self, const struct client *client, unsigned int contexts)
{
	unsigned int c, i;
	struct batch batch;
	int fence = -1;

	for (c = 0; c < contexts; c++) {
		uint32_t ctx = ctx_create(client->fd);

		for (i = 0; i < EACH; i++) {
			batch_init(&batch, client->fd, VI915_PAGE);
			write_job(&batch, client);
			batch_store(&batch, BATCH_AT(exec_address(client->marks) +
						     4 * self->marks++), 1);
			close(fence);
			fence = submit(client, ctx, &batch, 0);
		}
	}
	return fence;
}

static unsigned int count(const struct client *innocent, uint32_t handle)
{
	uint32_t marks[VI915_PAGE / 4];
	unsigned int i, n = 0;

	gem_pread(innocent->fd, handle, 0, marks, sizeof(marks));
	for (i = 0; i < VI915_PAGE / 4; i++)
		n += marks[i];
	return n;
}

/*
 * Opens the gate. Returns: how many of the attacker's jobs were done when the
 * innocent client's last job was.
 */
static unsigned int race(FAIR_DATA *self)
{
	struct client *innocent = &self->innocent;
	uint32_t copy = gem_create(innocent->fd, VI915_PAGE);
	uint32_t ctx = ctx_create(innocent->fd);
	struct batch_rect to, from;
	struct batch batch;
	int fence = -1, i;

	to = (struct batch_rect){
		.ptr = BATCH_AT(exec_address(copy)), .pitch = VI915_PAGE,
		.width = VI915_PAGE / 4, .height = 1,
	};
	from = to;
	from.ptr = BATCH_AT(exec_address(innocent->marks));
	for (i = 0; i < JOBS; i++) {
		batch_init(&batch, innocent->fd, VI915_PAGE);
		write_job(&batch, innocent);
		if (i == JOBS - 1)
			batch_copy(&batch, &to, &from);
		close(fence);
		fence = submit(innocent, ctx, &batch, copy);
	}
	/* Long enough to hand nearly all of them to the engine. */
	usleep(200000);
	*self->gate = 1;
	vi915_require(exec_fence_wait(fence) == 1);
	close(fence);
	return count(innocent, copy);
}

TEST_F(fair, a_client_with_many_contexts_gets_no_more_than_one_with_one)
{
	struct client attacker = attacker_open(self);
	unsigned int done;
	int fence;

	fence = attack(self, &attacker, CONTEXTS);
	done = race(self);
	vi915_note("%u of the attacker's %u jobs beside %u innocent ones", done, self->marks,
		   JOBS);
	EXPECT_LE(done, FAIR);
	/* The attacker's jobs are done too. */
	EXPECT_EQ(1, exec_fence_wait(fence));
	exec_sync(attacker.fd, attacker.marks);
	close(attacker.fd);
	close(fence);
}

/* Clients that are gone share one turn, and their jobs are still done. */
TEST_F(fair, those_who_are_gone_are_not_ahead_of_the_living)
{
	unsigned int done, i;
	int fences[CONTEXTS];

	for (i = 0; i < CONTEXTS; i++) {
		struct client attacker = attacker_open(self);

		fences[i] = attack(self, &attacker, 1);
		close(attacker.fd);
	}
	done = race(self);
	vi915_note("%u of %u jobs that were left behind, beside %u innocent ones", done,
		   self->marks, JOBS);
	EXPECT_LE(done, FAIR);
	for (i = 0; i < CONTEXTS; i++) {
		EXPECT_EQ(1, exec_fence_wait(fences[i]));
		close(fences[i]);
	}
	EXPECT_EQ(self->marks, count(&self->innocent, self->innocent.marks));
}

/* Arguments of a child that shares the parent's file descriptors. */
struct dying {
	int fence;
	bool unmaps;
};

#define SPINNERS 8

/* The last of its spinners uses user memory, which keeps the memory. */
static void spin_on_user_memory(struct dying *dying)
{
	int fd = vi915_open_render("gpu0"), i;
	uint32_t ctx = ctx_create(fd), handle;
	struct spin spin;
	void *memory;

	memory = mmap(NULL, VI915_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		      0);
	vi915_require(memory != MAP_FAILED);
	handle = gem_userptr(fd, memory, VI915_PAGE, 0);
	for (i = 0; i < SPINNERS; i++)
		spin_start_on(&spin, fd, ctx, ENGINE, 0, i == SPINNERS - 1 ? handle : 0);
	__atomic_store_n(&dying->fence, spin.fence, __ATOMIC_RELEASE);
	if (dying->unmaps)
		munmap(memory, VI915_PAGE);
	pause();
	_exit(0);
}

/* Returns: status of the last spinner's fence after the child is gone. */
static int kill_spinner(bool unmaps)
{
	struct dying *dying = mmap(NULL, VI915_PAGE, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status, fence;
	pid_t pid;

	*dying = (struct dying){ .fence = -1, .unmaps = unmaps };
	fflush(stdout);
	pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
	vi915_require(pid >= 0);
	if (!pid)
		spin_on_user_memory(dying);
	while ((fence = __atomic_load_n(&dying->fence, __ATOMIC_ACQUIRE)) < 0)
		usleep(1000);
	if (unmaps)
		usleep(200000);
	kill(pid, SIGKILL);
	vi915_require(waitpid(pid, &status, 0) == pid);
	munmap(dying, VI915_PAGE);
	status = sync_file_status(fence);
	close(fence);
	return status;
}

/* Each spinner alone would keep the process alive for 30 seconds. */
TEST(a_killed_process_does_not_wait_for_its_jobs)
{
	EXPECT_EQ(-EFAULT, kill_spinner(false));
}

TEST(a_process_that_is_killed_while_it_unmaps_does_not_wait_for_its_jobs)
{
	EXPECT_EQ(-EFAULT, kill_spinner(true));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A client pays for what the driver keeps for it: with its memory cgroup, so that
 * it meets its own limit and not the end of everybody's memory. Each case is a
 * kind of thing that a client can pile up.
 */
#include "gpu_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctx.h"
#include "exec.h"
#include "prime.h"
#include "syncobj.h"

#define GROUPS "/sys/fs/cgroup"
#define GROUP GROUPS "/vi915-charge"
#define MIB (1 << 20)
#define LARGE (8 * MIB)

/* Writes one line, as files of control groups want it. Returns 0 or -errno. */
static int put(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, line, strlen(line)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

/* In bytes, all that the group is charged for. */
static long charged(void)
{
	FILE *file = fopen(GROUP "/memory.current", "r");
	long bytes = -1;

	vi915_require(file && fscanf(file, "%ld", &bytes) == 1);
	fclose(file);
	return bytes;
}

/**
 * struct pile - what one case piles up
 * @fd: of the GPU, opened by a member of the group
 * @count: how often @grow is called
 * @each: bytes that it makes the driver keep at least, each time
 * @begin: runs before the group's charge is read, or NULL
 * @grow: makes the driver keep one piece more
 * @handle: object of a case, if it needs one
 * @timeline: what jobs wait for, or -1
 * @batch: of the jobs
 * @exec: that is submitted again and again
 * @memory: of the client
 */
struct pile {
	int fd;
	unsigned int count;
	unsigned int each;
	void (*begin)(struct pile *pile);
	void (*grow)(struct pile *pile);
	uint32_t handle;
	int timeline;
	struct batch batch;
	struct exec exec;
	void *memory;
};

FIXTURE(charge)
{
	int fd;
};

FIXTURE_VARIANT(charge)
{
	struct pile pile;
};

FIXTURE_SETUP(charge)
{
	char pid[16];

	vi915_check(put(GROUPS "/cgroup.subtree_control", "+memory"));
	vi915_require(!mkdir(GROUP, 0755) || errno == EEXIST);
	snprintf(pid, sizeof(pid), "%d", getpid());
	vi915_check(put(GROUP "/cgroup.procs", pid));
	self->fd = vi915_open_render("gpu0");
}

FIXTURE_TEARDOWN(charge)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	vi915_check(put(GROUPS "/cgroup.procs", pid));
	/* It has what is charged still, or goes at once. */
	rmdir(GROUP);
}

TEST_F_TIMEOUT(charge, is_the_clients_and_ends_with_it, 120)
{
	struct pile pile = variant->pile;
	long want = (long)pile.count * pile.each, before, grown;
	unsigned int i;

	pile.fd = self->fd;
	if (pile.begin)
		pile.begin(&pile);
	before = charged();
	for (i = 0; i < pile.count; i++)
		pile.grow(&pile);
	grown = charged() - before;
	vi915_note("%u pieces are charged with %ld KiB", pile.count, grown / 1024);
	EXPECT_LE(want, grown);

	if (pile.timeline >= 0)
		sw_signal(pile.timeline, 1);
	close(self->fd);
	for (i = 0; i < 1000 && charged() > before + want / 4; i++)
		usleep(10000);
	EXPECT_GE(before + want / 4, charged());
}

#define PILE(name, begin_fn, grow_fn, number, bytes) \
	FIXTURE_VARIANT_ADD(charge, name) \
	{ \
		.pile = { .begin = begin_fn, .grow = grow_fn, .count = number, .each = bytes, \
			  .timeline = -1 }, \
	}

/* Objects, and what is in them. */

static void grow_object(struct pile *pile)
{
	gem_create(pile->fd, VI915_PAGE);
}

static void grow_contents(struct pile *pile)
{
	uint32_t handle = gem_create(pile->fd, MIB);

	vi915_check(__gem_set_domain(pile->fd, handle, I915_GEM_DOMAIN_CPU, I915_GEM_DOMAIN_CPU));
}

/* Bytes as the GTT shows them, beside the tiled ones. */
static void grow_view(struct pile *pile)
{
	uint32_t handle = gem_create(pile->fd, MIB);
	volatile char *view;
	unsigned int i;

	vi915_check(__gem_set_tiling(pile->fd, handle, I915_TILING_X, 512));
	view = gem_mmap_gtt(pile->fd, handle, MIB);
	for (i = 0; i < MIB; i += VI915_PAGE)
		view[i] = 1;
	gem_munmap((void *)view, MIB);
}

static void begin_user_memory(struct pile *pile)
{
	pile->memory = mmap(NULL, LARGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	vi915_require(pile->memory != MAP_FAILED);
}

/* A list of pages, of memory that is the client's anyway. */
static void grow_user_memory(struct pile *pile)
{
	uint32_t handle = gem_userptr(pile->fd, pile->memory, LARGE, 0);

	vi915_check(__gem_set_domain(pile->fd, handle, I915_GEM_DOMAIN_CPU, 0));
}

PILE(objects, NULL, grow_object, 4000, 512);
/* Other memory of the process may go meanwhile. */
PILE(contents, NULL, grow_contents, 16, MIB - MIB / 8);
PILE(views, NULL, grow_view, 8, 2 * (MIB - MIB / 8));
PILE(user_memory, begin_user_memory, grow_user_memory, 100, LARGE / VI915_PAGE * 8);

/* Contexts, address spaces, and places in them. */

static void grow_context(struct pile *pile)
{
	ctx_create(pile->fd);
}

static void grow_engines(struct pile *pile)
{
	ctx_create_slots(pile->fd, I915_ENGINE_CLASS_RENDER, 64);
}

static void grow_space(struct pile *pile)
{
	vm_create(pile->fd);
}

static void begin_places(struct pile *pile)
{
	batch_init(&pile->batch, pile->fd, VI915_PAGE);
	batch_end(&pile->batch);
	pile->handle = gem_create(pile->fd, VI915_PAGE);
}

/* The same object, in one more address space. */
static void grow_place(struct pile *pile)
{
	uint32_t vm = vm_create(pile->fd), ctx = ctx_create_in_vm(pile->fd, vm);
	struct exec exec;

	exec_init(&exec, pile->fd, ctx, I915_EXEC_RENDER);
	exec_add(&exec, pile->handle, 0, 0);
	exec_add_batch(&exec, &pile->batch);
	exec_submit(&exec);
	vi915_check(__ctx_destroy(pile->fd, ctx));
}

PILE(contexts, NULL, grow_context, 4000, 192);
PILE(maps_of_engines, NULL, grow_engines, 1000, 64 * 12);
PILE(address_spaces, NULL, grow_space, 4000, 384);
PILE(places, begin_places, grow_place, 2000, 512);

/* Jobs that wait, each with its list. */

#define LISTED 24
/* So few that no timeline is full. */
#define IN_A_ROW 64

static void begin_jobs(struct pile *pile)
{
	unsigned int i;

	pile->timeline = sw_timeline();
	batch_init(&pile->batch, pile->fd, VI915_PAGE);
	batch_end(&pile->batch);
	exec_init(&pile->exec, pile->fd, 0, I915_EXEC_RENDER);
	for (i = 0; i < LISTED; i++)
		exec_add(&pile->exec, gem_create(pile->fd, VI915_PAGE), 0, 0);
	exec_add_batch(&pile->exec, &pile->batch);
	exec_in_fence(&pile->exec, sw_fence(pile->timeline, 1));
}

static void grow_jobs(struct pile *pile)
{
	unsigned int i;

	pile->exec.arg.rsvd1 = ctx_create(pile->fd);
	for (i = 0; i < IN_A_ROW; i++)
		exec_submit(&pile->exec);
}

PILE(jobs, begin_jobs, grow_jobs, 30, IN_A_ROW * LISTED * 32);

TEST_HARNESS_MAIN

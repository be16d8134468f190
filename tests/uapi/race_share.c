// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Rules R1, R2, R3 and R6 under races on two GPUs that stay: export and import
 * against close, faults against everything that takes pages away.
 */
#include "share_fixture.h"

#include "share_race.h"

/* The word in each page of each object, for any handle. */
#define MAGIC 0x6d616769u

#define SLOTS 3
#define SECONDS 12

FIXTURE(race)
{
	int a;
	int b;
	int look_a;
	int look_b;
	struct race race;
};

FIXTURE_SETUP(race)
{
	self->a = vi915_open_render("gpu0");
	self->b = vi915_open_render("gpu1");
	self->look_a = vi915_open_render("gpu0");
	self->look_b = vi915_open_render("gpu1");
	self->race = (struct race){ .rounds = 4000, .seconds = SECONDS };
}

FIXTURE_TEARDOWN(race)
{
	close(self->a);
	close(self->b);
	/* No objects are left. */
	EXPECT_EQ(0, vi915_object_count(self->look_a));
	EXPECT_EQ(0, vi915_object_count(self->look_b));
	close(self->look_a);
	close(self->look_b);
}

static uint32_t magic_create(int fd)
{
	uint32_t handle = gem_create(fd, SHARE_SIZE), magic = MAGIC, i;

	for (i = 0; i < SHARE_SIZE; i += VI915_PAGE)
		gem_pwrite(fd, handle, i, &magic, sizeof(magic));
	return handle;
}

static void magic_check(const uint32_t *map)
{
	uint32_t i;

	for (i = 0; i < SHARE_SIZE / 4; i += VI915_PAGE / 4)
		if (map[i] != MAGIC)
			vi915_fail("page %lu holds %#x", i * 4 / VI915_PAGE, map[i]);
}

static void magic_check_fd(int dmabuf)
{
	void *map = dmabuf_mmap(dmabuf, SHARE_SIZE);

	magic_check(map);
	munmap(map, SHARE_SIZE);
}

/* Export against close: all threads share a few slots of handles. */

struct slots {
	int fd;
	uint32_t handle[SLOTS];
};

static void slot_create(struct race *race, int index, uint32_t *seed)
{
	struct slots *slots = race->arg;
	uint32_t *slot = &slots->handle[share_rand(seed, SLOTS)], handle, old;

	(void)index;
	handle = magic_create(slots->fd);
	old = __atomic_exchange_n(slot, handle, __ATOMIC_SEQ_CST);
	if (old)
		race_allow(__gem_close(slots->fd, old));
}

static void slot_close(struct race *race, int index, uint32_t *seed)
{
	struct slots *slots = race->arg;
	uint32_t *slot = &slots->handle[share_rand(seed, SLOTS)], old;

	(void)index;
	old = __atomic_exchange_n(slot, 0, __ATOMIC_SEQ_CST);
	if (old)
		race_allow(__gem_close(slots->fd, old));
}

static void slot_export(struct race *race, int index, uint32_t *seed)
{
	struct slots *slots = race->arg;
	uint32_t handle = __atomic_load_n(&slots->handle[share_rand(seed, SLOTS)],
					  __ATOMIC_SEQ_CST);
	int fd, ret;

	(void)index;
	if (!handle)
		return;
	ret = __prime_export(slots->fd, handle, DRM_CLOEXEC | DRM_RDWR, &fd);
	race_allow(ret, ENOENT);
	if (ret)
		return;
	/* The handle may belong to a new object by now that is not filled yet. */
	if (dmabuf_size(fd) != SHARE_SIZE)
		vi915_fail("the dma-buf has %lu bytes", dmabuf_size(fd));
	close(fd);
}

TEST_F_TIMEOUT(race, r2_export_against_close, 60)
{
	struct slots slots = { .fd = self->a };

	self->race.arg = &slots;
	self->race.seed = 101;
	self->race.threads = 4;
	self->race.fns[0] = slot_create;
	self->race.fns[1] = slot_close;
	self->race.fns[2] = self->race.fns[3] = slot_export;
	race_run(&self->race, "export against close");
	EXPECT_GE(self->race.done, 2000);
}

/* Import against close of the imported handle, in one file. */

struct target {
	int fd;
	int dmabuf;
	uint32_t handle;
};

static void target_import(struct race *race, int index, uint32_t *seed)
{
	struct target *target = race->arg;
	uint32_t handle = prime_import(target->fd, target->dmabuf);

	(void)index;
	(void)seed;
	if (!handle)
		vi915_fail("import gave handle 0");
	__atomic_store_n(&target->handle, handle, __ATOMIC_SEQ_CST);
}

static void target_close(struct race *race, int index, uint32_t *seed)
{
	struct target *target = race->arg;

	(void)index;
	(void)seed;
	race_allow(__gem_close(target->fd, __atomic_load_n(&target->handle, __ATOMIC_SEQ_CST)),
		   EINVAL);
}

static void target_reexport(struct race *race, int index, uint32_t *seed)
{
	struct target *target = race->arg;
	int fd, ret;

	(void)index;
	(void)seed;
	ret = __prime_export(target->fd, __atomic_load_n(&target->handle, __ATOMIC_SEQ_CST),
			     DRM_CLOEXEC | DRM_RDWR, &fd);
	race_allow(ret, ENOENT);
	if (ret)
		return;
	if (dmabuf_inode(fd) != dmabuf_inode(target->dmabuf))
		vi915_fail("re-export is another dma-buf");
	magic_check_fd(fd);
	close(fd);
}

static void target_race(struct race *race, int exporter, int fd, uint32_t seed,
			const char *name)
{
	struct target target = { .fd = fd };
	uint32_t handle = magic_create(exporter);

	target.dmabuf = prime_export(exporter, handle);
	/* Only the dma-buf holds it: each close may drop the last handle. */
	gem_close(exporter, handle);
	race->arg = &target;
	race->seed = seed;
	race->threads = 4;
	race->fns[0] = race->fns[1] = target_import;
	race->fns[2] = target_close;
	race->fns[3] = target_reexport;
	race_run(race, name);
	magic_check_fd(target.dmabuf);
	close(target.dmabuf);
}

TEST_F_TIMEOUT(race, r1_import_of_a_foreign_buffer_against_close, 60)
{
	target_race(&self->race, self->a, self->b, 201, "foreign import against close");
	EXPECT_GE(self->race.done, 2000);
}

TEST_F_TIMEOUT(race, r1_import_of_an_own_buffer_against_close, 60)
{
	target_race(&self->race, self->a, self->a, 202, "own import against close");
	EXPECT_GE(self->race.done, 2000);
}

/* One fd, eight threads. */

struct crowd {
	int fds[RACE_THREADS];
	int dmabuf;
	uint32_t handle[RACE_THREADS];
};

static void crowd_import(void *arg, int index)
{
	struct crowd *crowd = arg;

	crowd->handle[index] = prime_import(crowd->fds[index], crowd->dmabuf);
}

static void crowd_import_and_read(void *arg, int index)
{
	struct crowd *crowd = arg;

	crowd_import(arg, index);
	share_gtt_reads(crowd->fds[index], crowd->handle[index], SHARE_SIZE, SHARE_SEED);
	gem_close(crowd->fds[index], crowd->handle[index]);
}

TEST_F_TIMEOUT(race, r1_one_fd_imported_by_8_threads_is_one_handle, 60)
{
	int64_t end = vi915_now() + 2 * race_seconds(SECONDS) * 1000000000LL;
	struct crowd crowd;
	int round, i;

	for (i = 0; i < RACE_THREADS; i++)
		crowd.fds[i] = self->b;
	for (round = 0; round < 2000 && vi915_now() < end; round++) {
		uint32_t handle = gem_create(self->a, SHARE_SIZE);

		crowd.dmabuf = prime_export(self->a, handle);
		vi915_threads(RACE_THREADS, crowd_import, &crowd);
		for (i = 1; i < RACE_THREADS; i++)
			ASSERT_EQ(crowd.handle[0], crowd.handle[i]);
		ASSERT_OK(__gem_close(self->b, crowd.handle[0]));
		ASSERT_EQ(-EINVAL, __gem_close(self->b, crowd.handle[0]));
		close(crowd.dmabuf);
		gem_close(self->a, handle);
	}
	vi915_note("one fd, 8 threads, one file: %d rounds", round);
	EXPECT_GE(round, race_least(100));
}

TEST_F_TIMEOUT(race, r1_one_fd_imported_by_8_files_is_8_views_of_its_bytes, 60)
{
	int64_t end = vi915_now() + 2 * race_seconds(SECONDS) * 1000000000LL;
	struct crowd crowd;
	int round, i;

	/* Half of them are files of the exporter's own GPU. */
	for (i = 0; i < RACE_THREADS; i++)
		crowd.fds[i] = vi915_reopen(i & 1 ? self->a : self->b);
	for (round = 0; round < 2000 && vi915_now() < end; round++) {
		uint32_t handle = gem_create(self->a, SHARE_SIZE);

		crowd.dmabuf = prime_export(self->a, handle);
		share_writes(crowd.dmabuf, SHARE_SIZE, SHARE_SEED);
		vi915_threads(RACE_THREADS, crowd_import_and_read, &crowd);
		close(crowd.dmabuf);
		gem_close(self->a, handle);
	}
	for (i = 0; i < RACE_THREADS; i++)
		close(crowd.fds[i]);
	vi915_note("one fd, 8 threads, 8 files: %d rounds", round);
	EXPECT_GE(round, race_least(100));
}

/* Faults against close, munmap and drop_caches. */

struct stage {
	int a;
	int b;
	int dmabuf;
	uint32_t own;
	uint32_t import;
	uint32_t *gtt;
};

static void stage_fault(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;

	(void)index;
	/* One of 4 pages, so that fault-around races with zaps of the others. */
	if (stage->gtt[share_rand(seed, SHARE_SIZE / VI915_PAGE) * VI915_PAGE / 4] != MAGIC)
		vi915_fail("the mapping holds something else");
}

static void stage_map(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	void *map;

	(void)index;
	if (share_rand(seed, 2))
		map = dmabuf_mmap(stage->dmabuf, SHARE_SIZE);
	else
		map = gem_mmap_gtt(stage->a, stage->own, SHARE_SIZE);
	magic_check(map);
	munmap(map, SHARE_SIZE);
}

static void stage_drop(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;

	(void)index;
	vi915_drop_caches(share_rand(seed, 2) ? stage->a : stage->b, DROP_PAGES);
}

static void stage_import_and_close(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	uint32_t handle = prime_import(stage->b, stage->dmabuf), *map;
	uint64_t offset;
	void *ptr;

	(void)index;
	/* The mapping outlives the handle, which is closed before the first fault. */
	if (__gem_mmap_gtt_offset(stage->b, handle, &offset) ||
	    __gem_mmap_at_offset(stage->b, offset, SHARE_SIZE, &ptr))
		vi915_fail("cannot map an import");
	map = ptr;
	gem_close(stage->b, handle);
	if (map[share_rand(seed, 4) * VI915_PAGE / 4] != MAGIC)
		vi915_fail("the import holds something else");
	munmap(map, SHARE_SIZE);
}

static void stage_set(struct stage *stage, int a, int b)
{
	stage->a = a;
	stage->b = b;
	stage->own = magic_create(a);
	stage->dmabuf = prime_export(a, stage->own);
	stage->import = prime_import(b, stage->dmabuf);
	stage->gtt = gem_mmap_gtt(b, stage->import, SHARE_SIZE);
}

static void stage_clear(struct stage *stage)
{
	magic_check(stage->gtt);
	gem_munmap(stage->gtt, SHARE_SIZE);
	close(stage->dmabuf);
}

TEST_F_TIMEOUT(race, r2_close_during_fault, 60)
{
	struct stage stage;

	stage_set(&stage, self->a, self->b);
	gem_close(self->b, stage.import);
	self->race.arg = &stage;
	self->race.seed = 301;
	self->race.threads = 3;
	self->race.fns[0] = stage_import_and_close;
	self->race.fns[1] = stage_fault;
	self->race.fns[2] = stage_drop;
	race_run(&self->race, "close during fault");
	EXPECT_GE(self->race.done, 2000);
	stage_clear(&stage);
}

TEST_F_TIMEOUT(race, r6_mmap_and_munmap_against_drop_caches, 60)
{
	struct stage stage;

	stage_set(&stage, self->a, self->b);
	self->race.arg = &stage;
	self->race.seed = 302;
	self->race.threads = 4;
	self->race.fns[0] = self->race.fns[1] = stage_map;
	self->race.fns[2] = stage_drop;
	self->race.fns[3] = stage_fault;
	race_run(&self->race, "mmap and munmap against drop_caches");
	EXPECT_GE(self->race.done, 2000);
	stage_clear(&stage);
}

/* The same with a static importer that attaches and detaches: pin against move. */
static void stage_pin(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	int vgem = vi915_driver_open("vgem");

	(void)index;
	(void)seed;
	prime_import(vgem, stage->dmabuf);
	close(vgem);
}

TEST_F_TIMEOUT(race, r6_pin_and_unpin_against_moves, 60)
{
	struct stage stage;

	stage_set(&stage, self->a, self->b);
	self->race.arg = &stage;
	self->race.seed = 303;
	self->race.threads = 4;
	self->race.fns[0] = stage_pin;
	self->race.fns[1] = stage_drop;
	self->race.fns[2] = stage_fault;
	self->race.fns[3] = stage_map;
	race_run(&self->race, "pin and unpin against moves");
	EXPECT_GE(self->race.done, 1000);
	EXPECT_EQ(0, share_state(self->a, dmabuf_inode(stage.dmabuf), "users"));
	stage_clear(&stage);
}

TEST_HARNESS_MAIN

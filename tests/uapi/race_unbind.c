// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --peers vgem
/*
 * Rules R2 and R6 while gpu1 is unbound and bound again all the time, under
 * threads that share buffers with it. Each call either works or is ENODEV;
 * bytes behind an fd are always right, and a mapping of an import is either
 * right or SIGBUS. This has a box of its own.
 */
#include "share_fixture.h"

#include <sched.h>
#include <signal.h>

#include "share_race.h"

#define SECONDS 15

FIXTURE(unbind)
{
	int a;
	int vgem;
	char name[64];
	int foreign;
	unsigned long unbinds;
	unsigned long works;
	struct race race;
};

FIXTURE_SETUP(unbind)
{
	int b = vi915_open_render("gpu1");

	share_platform(b, self->name);
	close(b);
	self->a = vi915_open_render("gpu0");
	self->vgem = vi915_driver_open("vgem");
	self->foreign = prime_export(self->a, gem_create(self->a, SHARE_SIZE));
	share_writes(self->foreign, SHARE_SIZE, SHARE_SEED);
	self->race = (struct race){ .arg = self, .rounds = ~0u, .seconds = SECONDS };
}

FIXTURE_TEARDOWN(unbind)
{
	int b;

	__share_bind(self->name);
	close(self->foreign);
	close(self->vgem);
	/* Both GPUs are as at the start: no objects are left. */
	EXPECT_EQ(0, vi915_object_count(self->a));
	b = vi915_open_render("gpu1");
	EXPECT_EQ(0, vi915_object_count(b));
	close(self->a);
	close(b);
}

/* The harness's name of the fixture's struct, for functions outside of a test. */
#define UNBIND FIXTURE_DATA(unbind)

static void go_and_come(struct race *race, int index, uint32_t *seed)
{
	UNBIND *self = race->arg;

	(void)index;
	share_unbind(self->name);
	self->unbinds++;
	usleep(share_rand(seed, 2000));
	share_bind(self->name);
	usleep(share_rand(seed, 10000));
}

/* Returns: a new file of the current gpu1, or -1. */
static int try_open(void)
{
	struct vi915_gpu gpu;
	char path[64];

	if (__vi915_gpu_find("gpu1", &gpu) || gpu.render < 0) {
		usleep(500);
		return -1;
	}
	snprintf(path, sizeof(path), "/dev/dri/renderD%d", gpu.render);
	return open(path, O_RDWR | O_CLOEXEC);
}

/* Returns: an export of gpu1 with known bytes, or -1. */
static int try_export(int b, uint32_t seed)
{
	uint64_t size = SHARE_SIZE;
	uint32_t handle = 0;
	int ret, fd;

	ret = __gem_create(b, &size, &handle);
	race_allow(ret, ENODEV);
	if (ret)
		return -1;
	ret = __prime_export(b, handle, DRM_CLOEXEC | DRM_RDWR, &fd);
	race_allow(ret, ENODEV);
	if (ret)
		return -1;
	share_writes(fd, SHARE_SIZE, seed);
	return fd;
}

static void export_and_import(struct race *race, int index, uint32_t *seed)
{
	UNBIND *self = race->arg;
	uint32_t pattern = share_rand(seed, 1000), handle;
	int importer = index & 1 ? self->a : self->vgem;
	int b = try_open(), fd, ret;

	if (b < 0)
		return;
	fd = try_export(b, pattern);
	if (fd < 0)
		goto out_close;
	ret = __prime_import(importer, fd, &handle);
	race_allow(ret, ENODEV);
	if (!ret && importer == self->a)
		share_gtt_reads(self->a, handle, SHARE_SIZE, pattern);
	share_reads(fd, SHARE_SIZE, pattern);
	if (!ret)
		race_allow(__gem_close(importer, handle));
	share_reads(fd, SHARE_SIZE, pattern);
	close(fd);
	__atomic_add_fetch(&self->works, 1, __ATOMIC_RELAXED);
out_close:
	close(b);
}

/* Returns: a mapping of an import of gpu1, or NULL. */
static char *try_map(int b, uint32_t handle)
{
	uint64_t offset;
	void *ptr;
	int ret;

	ret = __gem_mmap_gtt_offset(b, handle, &offset);
	race_allow(ret, ENODEV);
	if (ret)
		return NULL;
	ret = __gem_mmap_at_offset(b, offset, SHARE_SIZE, &ptr);
	race_allow(ret, ENODEV);
	return ret ? NULL : ptr;
}

static void fault_on_import(struct race *race, int index, uint32_t *seed)
{
	UNBIND *self = race->arg;
	int b = try_open(), ret, i;
	uint32_t handle;
	char *map;

	(void)index;
	if (b < 0)
		return;
	ret = __prime_import(b, self->foreign, &handle);
	race_allow(ret, ENODEV);
	map = ret ? NULL : try_map(b, handle);
	if (share_rand(seed, 2))
		close(b), b = -1;
	for (i = 0; map && i < 8; i++) {
		ret = vi915_read_signal(map + share_rand(seed, 4) * VI915_PAGE);
		if (ret && ret != SIGBUS)
			vi915_fail("the mapping of an import gives signal %d", ret);
		sched_yield();
	}
	if (map)
		munmap(map, SHARE_SIZE);
	if (b >= 0)
		close(b);
	share_reads(self->foreign, SHARE_SIZE, SHARE_SEED);
	__atomic_add_fetch(&self->works, 1, __ATOMIC_RELAXED);
}

static void use_and_close(struct race *race, int index, uint32_t *seed)
{
	UNBIND *self = race->arg;
	int b = try_open(), ret;
	uint32_t handle;

	(void)index;
	(void)seed;
	if (b < 0)
		return;
	ret = __prime_import(b, self->foreign, &handle);
	race_allow(ret, ENODEV);
	if (!ret) {
		race_allow(__gem_set_domain(b, handle, I915_GEM_DOMAIN_GTT,
					    share_rand(seed, 2) ? I915_GEM_DOMAIN_GTT : 0),
			   ENODEV);
		race_allow(__gem_close(b, handle), ENODEV);
	}
	close(b);
	__atomic_add_fetch(&self->works, 1, __ATOMIC_RELAXED);
}

static void drop_exporter(struct race *race, int index, uint32_t *seed)
{
	UNBIND *self = race->arg;

	(void)index;
	vi915_drop_caches(self->a, DROP_PAGES);
	usleep(share_rand(seed, 2000));
}

/* A busy machine gets more time to reach the same counts. */
static void run(UNBIND *self, const char *name)
{
	int turns = 0;

	do {
		race_run(&self->race, name);
	} while (++turns < 4 && (self->unbinds < race_least(50) ||
				 self->works < race_least(100)));
}

static void judge(struct __test_metadata *_metadata, UNBIND *self)
{
	int b, fd;

	vi915_note("%lu times gone and come back under %lu rounds", self->unbinds, self->works);
	EXPECT_GE(self->unbinds, race_least(50));
	EXPECT_GE(self->works, race_least(100));
	b = vi915_open_render("gpu1");
	fd = try_export(b, 9);
	share_gtt_reads(self->a, prime_import(self->a, fd), SHARE_SIZE, 9);
	share_gtt_reads(b, prime_import(b, self->foreign), SHARE_SIZE, SHARE_SEED);
	close(fd);
	close(b);
	close(self->a);
	self->a = vi915_open_render("gpu0");
}

TEST_F_TIMEOUT(unbind, r2_unbind_during_export_import_and_close, 90)
{
	self->race.seed = 401;
	self->race.threads = 4;
	self->race.fns[0] = go_and_come;
	self->race.fns[1] = self->race.fns[2] = self->race.fns[3] = export_and_import;
	run(self, "unbind during export, import and close");
	judge(_metadata, self);
}

TEST_F_TIMEOUT(unbind, r6_unbind_during_faults_and_moves, 90)
{
	self->race.seed = 402;
	self->race.threads = 4;
	self->race.fns[0] = go_and_come;
	self->race.fns[1] = self->race.fns[2] = fault_on_import;
	self->race.fns[3] = drop_exporter;
	run(self, "unbind during faults and moves");
	judge(_metadata, self);
}

TEST_F_TIMEOUT(unbind, r6_unbind_during_use_of_one_buffer_by_6_threads, 90)
{
	int i;

	self->race.seed = 403;
	self->race.threads = 8;
	self->race.fns[0] = go_and_come;
	self->race.fns[1] = drop_exporter;
	for (i = 2; i < 8; i++)
		self->race.fns[i] = use_and_close;
	run(self, "unbind during use by 6 threads");
	judge(_metadata, self);
}

TEST_F_TIMEOUT(unbind, r2_unbind_during_all_of_it, 90)
{
	self->race.seed = 404;
	self->race.threads = 6;
	self->race.fns[0] = go_and_come;
	self->race.fns[1] = self->race.fns[2] = export_and_import;
	self->race.fns[3] = fault_on_import;
	self->race.fns[4] = drop_exporter;
	self->race.fns[5] = use_and_close;
	run(self, "unbind during all of it");
	judge(_metadata, self);
}

TEST_HARNESS_MAIN

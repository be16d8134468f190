// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --peers vgem
/*
 * Rule R2 for the module itself: everything of it that exists pins it, and
 * nothing else does. It is unloaded and loaded again here, so this has a box of
 * its own.
 *
 * KASAN without KASAN_VMALLOC does not notice that a module's memory is freed,
 * and reports a second load as a bug. On such a kernel "free" means that there
 * are no users, and only the last case unloads the module.
 */
#include "share_fixture.h"

#include "module.h"
#include "share_race.h"

#define GPUS "/sys/module/" MODULE "/parameters/gpus"

static bool kernel_has(const char *symbol)
{
	char line[256], name[128];
	bool found = false;
	FILE *f = fopen("/proc/kallsyms", "re");

	if (!f)
		vi915_fail("open /proc/kallsyms: %s", vi915_errname(errno));
	while (!found && fgets(line, sizeof(line), f))
		found = sscanf(line, "%*s %*s %127s", name) == 1 && !strcmp(name, symbol);
	fclose(f);
	return found;
}

static bool can_reload(void)
{
	return !kernel_has("kasan_report") || kernel_has("kasan_populate_vmalloc");
}

static int users(void)
{
	FILE *f = fopen("/sys/module/" MODULE "/refcnt", "re");
	int n = -1;

	if (!f || fscanf(f, "%d", &n) != 1)
		vi915_fail("/sys/module/" MODULE "/refcnt cannot be read");
	fclose(f);
	return n;
}

FIXTURE(module)
{
	char params[1024];
	bool reload;
};

FIXTURE_SETUP(module)
{
	char gpus[512] = "";
	int fd = open(GPUS, O_RDONLY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	ASSERT_LT(0, read(fd, gpus, sizeof(gpus) - 1));
	close(fd);
	gpus[strcspn(gpus, "\n")] = '\0';
	snprintf(self->params, sizeof(self->params), "gpus=%s", gpus);
	self->reload = can_reload();
}

FIXTURE_TEARDOWN(module)
{
	/* However a test ends, the next one must find two GPUs. */
	if (self->reload)
		__module_load(self->params);
}

static int export_one(void)
{
	int gpu = vi915_open_render("gpu0"), fd;

	fd = prime_export(gpu, gem_create(gpu, SHARE_SIZE));
	share_writes(fd, SHARE_SIZE, SHARE_SEED);
	close(gpu);
	return fd;
}

/* Can be unloaded, loaded again, and works: nothing pinned it. */
#define EXPECT_FREE() \
	do { \
		EXPECT_EQ(0, users()); \
		if (!self->reload) \
			break; \
		EXPECT_OK(__module_unload()); \
		EXPECT_ERR(ENOENT, __module_unload()); \
		EXPECT_OK(__module_load(self->params)); \
		close(export_one()); \
	} while (0)

TEST_F(module, r2_nothing_holds_it_when_nobody_uses_it)
{
	EXPECT_FREE();
	EXPECT_FREE();
}

TEST_F(module, r2_an_exported_fd_holds_it)
{
	int fd = export_one();

	EXPECT_ERR(EWOULDBLOCK, __module_unload());
	share_reads(fd, SHARE_SIZE, SHARE_SEED);
	close(fd);
	EXPECT_FREE();
}

TEST_F(module, r2_a_mapping_of_an_exported_fd_holds_it)
{
	int fd = export_one();
	char *map = dmabuf_mmap(fd, SHARE_SIZE);

	close(fd);
	EXPECT_ERR(EWOULDBLOCK, __module_unload());
	vi915_same(map, SHARE_SIZE, SHARE_SEED);
	gem_munmap(map, SHARE_SIZE);
	EXPECT_FREE();
}

TEST_F(module, r2_an_open_gpu_holds_it)
{
	int gpu = vi915_open_render("gpu0");

	EXPECT_ERR(EWOULDBLOCK, __module_unload());
	close(gpu);
	EXPECT_FREE();
}

TEST_F(module, r2_a_mapping_of_an_object_holds_it)
{
	int gpu = vi915_open_render("gpu0");
	char *map = gem_mmap_gtt(gpu, gem_create(gpu, SHARE_SIZE), SHARE_SIZE);

	close(gpu);
	EXPECT_ERR(EWOULDBLOCK, __module_unload());
	EXPECT_EQ(0, vi915_write_signal(map));
	gem_munmap(map, SHARE_SIZE);
	EXPECT_FREE();
}

TEST_F(module, r2_an_import_by_a_peer_holds_it)
{
	int vgem = vi915_driver_open("vgem"), fd = export_one();
	uint32_t handle = prime_import(vgem, fd);

	close(fd);
	EXPECT_ERR(EWOULDBLOCK, __module_unload());
	gem_close(vgem, handle);
	EXPECT_FREE();
	close(vgem);
}

TEST_F(module, r2_an_export_of_a_gpu_that_is_gone_holds_it)
{
	int gpu = vi915_open_render("gpu1"), fd;
	char name[64];

	share_platform(gpu, name);
	fd = prime_export(gpu, gem_create(gpu, SHARE_SIZE));
	share_writes(fd, SHARE_SIZE, SHARE_SEED);
	share_unbind(name);
	close(gpu);
	EXPECT_ERR(EWOULDBLOCK, __module_unload());
	share_reads(fd, SHARE_SIZE, SHARE_SEED);
	close(fd);
	if (!self->reload)
		share_bind(name);
	EXPECT_FREE();
}

TEST_F(module, r2_imports_of_peers_buffers_do_not_outlive_their_file)
{
	int vgem = vi915_driver_open("vgem"), gpu = vi915_open_render("gpu0"), fd;

	fd = prime_export(vgem, vgem_create(vgem, SHARE_SIZE));
	gem_set_domain(gpu, prime_import(gpu, fd), I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_GTT);
	close(gpu);
	/* The peer's buffer is left, but is nothing of this module. */
	EXPECT_FREE();
	share_writes(fd, SHARE_SIZE, 2);
	gpu = vi915_open_render("gpu0");
	share_gtt_reads(gpu, prime_import(gpu, fd), SHARE_SIZE, 2);
	close(gpu);
	close(fd);
	close(vgem);
}

struct loader {
	const char *params;
	/* Without reload: an fd that pins the module all the time. */
	int held;
	unsigned long unloads;
	unsigned long refusals;
	unsigned long exports;
};

static void unload_and_load(struct race *race, int index, uint32_t *seed)
{
	struct loader *loader = race->arg;
	int ret = __module_unload();

	(void)index;
	race_allow(ret, EWOULDBLOCK);
	if (ret) {
		loader->refusals++;
	} else {
		loader->unloads++;
		race_allow(__module_load(loader->params));
	}
	usleep(share_rand(seed, 20000));
}

static void open_and_export(struct race *race, int index, uint32_t *seed)
{
	struct loader *loader = race->arg;
	struct vi915_gpu gpu;
	char path[64];
	int fd, dmabuf;

	if (__vi915_gpu_find(index & 1 ? "gpu0" : "gpu1", &gpu) || gpu.render < 0) {
		usleep(1000);
		return;
	}
	snprintf(path, sizeof(path), "/dev/dri/renderD%d", gpu.render);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	/* While the file is open the module is pinned: nothing may fail. */
	dmabuf = prime_export(fd, gem_create(fd, SHARE_SIZE));
	close(fd);
	share_writes(dmabuf, SHARE_SIZE, index);
	share_reads(dmabuf, SHARE_SIZE, index);
	/* Pinned for about as long as not, so that both cases occur on any machine. */
	usleep(share_rand(seed, 10000));
	close(dmabuf);
	__atomic_add_fetch(&loader->exports, 1, __ATOMIC_RELAXED);
	usleep(share_rand(seed, 10000));
}

TEST_F_TIMEOUT(module, r2_unload_against_open_and_export, 90)
{
	struct loader loader = { .params = self->params, .held = -1 };
	struct race race = {
		.arg = &loader,
		.fns = { unload_and_load, open_and_export, open_and_export },
		.threads = 3,
		.rounds = ~0u,
		.seconds = 15,
		.seed = 501,
	};

	if (!self->reload)
		loader.held = export_one();
	race_run(&race, "unload against open and export");
	vi915_note("%lu times unloaded, %lu times refused, %lu exports", loader.unloads,
		   loader.refusals, loader.exports);
	EXPECT_GE(loader.unloads, self->reload ? race_least(10) : 0);
	EXPECT_GE(loader.refusals, race_least(10));
	EXPECT_GE(loader.exports, race_least(50));
	if (!self->reload) {
		share_reads(loader.held, SHARE_SIZE, SHARE_SEED);
		close(loader.held);
	}
	EXPECT_FREE();
}

/* The last case: without reload, no GPU is left after it. */
TEST_F(module, r2_unloading_takes_the_gpus_away)
{
	int fd = export_one();
	struct vi915_gpu gpu;

	EXPECT_ERR(EWOULDBLOCK, __module_unload());
	close(fd);
	EXPECT_OK(__module_unload());
	EXPECT_ERR(ENOENT, __vi915_gpu_find("gpu0", &gpu));
	EXPECT_ERR(ENOENT, __vi915_gpu_find("gpu1", &gpu));
	EXPECT_EQ(-1, access("/sys/module/" MODULE, F_OK));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --peers vgem
/*
 * Races in which a reservation is held for long: a job names the object beside
 * another one whose many pages are still being allocated. Meanwhile all other
 * uses of the object sleep on its reservation, each at another place, while
 * handles are closed and come back, dma-bufs are made and closed, framebuffers,
 * imports and views come and go, debugfs is read, and an importer is unplugged.
 * gpu1 goes and comes, so this has a box of its own.
 */
#include "share_fixture.h"

#include <drm/drm_fourcc.h>
#include <fcntl.h>

#include "exec.h"
#include "kms.h"
#include "share_race.h"

#define SECONDS 6
#define WIDTH 64
#define HEIGHT 64
#define PITCH 512
/* A tiled picture of two planes. */
#define SIZE (2 * PITCH * HEIGHT)
/* Takes long enough that all others are asleep by then. */
#define LARGE (4ULL << 20)

/**
 * struct stage - what all threads use
 * @card: gpu0's, master
 * @handle: of the object, 0 while one thread has it
 * @fb: its framebuffer, which never goes: the object's way back
 * @second: another framebuffer of it, or 0
 * @plane: another object, which jobs hold instead if it is not 0
 * @dmabuf: a file of it, or -1
 * @kept: a file of gpu1's with an import, or -1
 * @import: gpu1's platform device
 * @holding: a job is being submitted
 * @met: rounds that others did, or began, meanwhile
 * @works: imports of gpu1 that had pages, or framebuffers that came to be
 */
struct stage {
	int card;
	uint32_t handle;
	uint32_t fb;
	uint32_t second;
	uint32_t plane;
	int dmabuf;
	int kept;
	char import[64];
	int holding;
	unsigned long met;
	unsigned long works;
};

FIXTURE(hold)
{
	struct stage stage;
	struct race race;
};

static int add_fb(struct stage *stage, uint32_t handle, uint32_t *fb)
{
	uint32_t plane = stage->plane ? stage->plane : handle;
	uint32_t handles[4] = { handle, plane }, pitches[4] = { PITCH, PITCH };
	uint32_t offsets[4] = { 0, PITCH * HEIGHT };

	return __kms_addfb(stage->card, WIDTH, HEIGHT, DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR,
			   handles, pitches, offsets, fb);
}

FIXTURE_SETUP(hold)
{
	struct stage *stage = &self->stage;
	int b = vi915_open_render("gpu1");

	share_platform(b, stage->import);
	close(b);
	stage->card = vi915_open("gpu0");
	stage->handle = gem_create(stage->card, SIZE);
	ASSERT_OK(add_fb(stage, stage->handle, &stage->fb));
	stage->dmabuf = -1;
	stage->kept = -1;
	self->race = (struct race){ .arg = stage, .rounds = ~0u, .seconds = SECONDS };
}

FIXTURE_TEARDOWN(hold)
{
	struct stage *stage = &self->stage;
	int fd;

	__share_bind(stage->import);
	if (stage->dmabuf >= 0)
		close(stage->dmabuf);
	if (stage->kept >= 0)
		close(stage->kept);
	close(stage->card);
	/* Both as new: whatever was in the air has come down. */
	fd = vi915_open_render("gpu0");
	EXPECT_EQ(0, vi915_object_count(fd));
	close(fd);
	fd = vi915_open_render("gpu1");
	EXPECT_EQ(0, vi915_object_count(fd));
	close(fd);
}

static uint32_t stage_handle(struct stage *stage)
{
	return __atomic_load_n(&stage->handle, __ATOMIC_SEQ_CST);
}

/* Counts the rounds that meet a held reservation. */
static void meet(struct stage *stage)
{
	if (__atomic_load_n(&stage->holding, __ATOMIC_SEQ_CST))
		__atomic_fetch_add(&stage->met, 1, __ATOMIC_RELAXED);
}

/* Holds the object's reservation while the pages of the large one are allocated. */
static void hold(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	uint32_t large = gem_create(stage->card, LARGE);
	uint32_t handle = stage->plane ? stage->plane : stage_handle(stage);
	struct batch batch;
	struct exec exec;

	(void)index;
	(void)seed;
	batch_init(&batch, stage->card, VI915_PAGE);
	batch_end(&batch);
	exec_init(&exec, stage->card, 0, I915_EXEC_RENDER);
	exec_add(&exec, handle, 0, EXEC_OBJECT_WRITE);
	exec_add(&exec, large, 0, 0);
	exec_add_batch(&exec, &batch);
	__atomic_store_n(&stage->holding, 1, __ATOMIC_SEQ_CST);
	/* The handle may be the batch's by now, which has a place of its own. */
	race_allow(__exec_submit(&exec), ENOENT, ENOMEM, ENOSPC);
	__atomic_store_n(&stage->holding, 0, __ATOMIC_SEQ_CST);
	batch_fini(&batch);
	gem_close(stage->card, large);
}

/* The last handle goes, and comes back by way of the framebuffer. */
static void close_and_get(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	struct drm_mode_fb_cmd2 cmd = { .fb_id = stage->fb };
	uint32_t handle = __atomic_exchange_n(&stage->handle, 0, __ATOMIC_SEQ_CST);

	(void)index;
	(void)seed;
	meet(stage);
	if (handle)
		gem_close(stage->card, handle);
	if (vi915_ioctl(stage->card, DRM_IOCTL_MODE_GETFB2, &cmd))
		return;
	/* Both planes are one object, and have one handle each. */
	if (cmd.handles[1] != cmd.handles[0])
		gem_close(stage->card, cmd.handles[1]);
	__atomic_store_n(&stage->handle, cmd.handles[0], __ATOMIC_SEQ_CST);
}

static void frame(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	uint32_t fb = 0, old;

	(void)index;
	(void)seed;
	meet(stage);
	race_allow(add_fb(stage, stage_handle(stage), &fb), ENOENT, EINVAL);
	old = __atomic_exchange_n(&stage->second, fb, __ATOMIC_SEQ_CST);
	if (old)
		race_allow(__kms_rmfb(stage->card, old), ENOENT);
}

static void export(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	int fd = -1, ret;

	(void)index;
	meet(stage);
	ret = __prime_export(stage->card, stage_handle(stage), DRM_CLOEXEC | DRM_RDWR, &fd);
	race_allow(ret, ENOENT);
	if (ret)
		fd = -1;
	fd = __atomic_exchange_n(&stage->dmabuf, fd, __ATOMIC_SEQ_CST);
	usleep(share_rand(seed, 500));
	if (fd >= 0)
		close(fd);
}

/* A file of the gpu1 of the moment, or -1. */
static int try_open(void)
{
	struct vi915_gpu gpu;
	char path[64];

	if (__vi915_gpu_find("gpu1", &gpu) || gpu.render < 0)
		return -1;
	snprintf(path, sizeof(path), "/dev/dri/renderD%d", gpu.render);
	return open(path, O_RDWR | O_CLOEXEC);
}

static void import(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	int b = try_open(), fd = dup(__atomic_load_n(&stage->dmabuf, __ATOMIC_SEQ_CST));
	uint32_t handle;

	(void)index;
	meet(stage);
	if (fd < 0 && __prime_export(stage->card, stage_handle(stage), DRM_CLOEXEC, &fd))
		fd = -1;
	/* The number may be another file's by now, which is no dma-buf. */
	if (b >= 0 && fd >= 0 && !__prime_import(b, fd, &handle)) {
		if (!__gem_set_domain(b, handle, I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_GTT))
			__atomic_fetch_add(&stage->works, 1, __ATOMIC_RELAXED);
		usleep(share_rand(seed, 500));
	}
	if (fd >= 0)
		close(fd);
	if (b >= 0)
		close(b);
}

/* Bytes that are only in the view, and pages that are taken away meanwhile. */
static void view(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	uint32_t handle = stage_handle(stage);
	uint64_t offset;
	void *ptr;

	(void)index;
	meet(stage);
	__gem_set_tiling(stage->card, handle, share_rand(seed, 2), PITCH);
	if (__gem_mmap_gtt_offset(stage->card, handle, &offset) ||
	    __gem_mmap_at_offset(stage->card, offset, SIZE, &ptr))
		return;
	vi915_require(!vi915_write_signal(ptr));
	gem_munmap(ptr, SIZE);
}

static void look(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	char text[4096];

	(void)index;
	meet(stage);
	vi915_check(__vi915_debugfs_read(stage->card, "vi915_objects", text, sizeof(text)));
	if (!share_rand(seed, 4))
		vi915_drop_caches(stage->card, DROP_PAGES);
}

static void go_and_come(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;

	(void)index;
	meet(stage);
	share_unbind(stage->import);
	share_bind(stage->import);
	usleep(5000 + share_rand(seed, 50000));
}

TEST_F_TIMEOUT(hold, handles_and_files_that_go_while_others_wait_for_the_object, 120)
{
	struct race *race = &self->race;

	race->threads = 8;
	race->fns[0] = hold;
	race->fns[1] = close_and_get;
	race->fns[2] = frame;
	race->fns[3] = export;
	race->fns[4] = import;
	race->fns[5] = view;
	race->fns[6] = look;
	race->fns[7] = export;
	race_run(race, "handles and files");
	vi915_note("%lu met a held reservation, %lu imports", self->stage.met, self->stage.works);
	EXPECT_LE(1, self->stage.met);
}

TEST_F_TIMEOUT(hold, an_importer_that_is_unplugged_while_others_wait_for_the_object, 120)
{
	struct race *race = &self->race;

	race->threads = 7;
	race->fns[0] = hold;
	race->fns[1] = export;
	race->fns[2] = import;
	race->fns[3] = import;
	race->fns[4] = view;
	race->fns[5] = look;
	race->fns[6] = go_and_come;
	race_run(race, "unplug");
	vi915_note("%lu met a held reservation, %lu imports", self->stage.met, self->stage.works);
	EXPECT_LE(1, self->stage.met);
}

/* The object with its file, which an importer has too, and no framebuffer yet. */
static void publish(struct stage *stage, uint32_t handle)
{
	int fd = -1;

	if (!__prime_export(stage->card, handle, DRM_CLOEXEC | DRM_RDWR, &fd))
		fd = __atomic_exchange_n(&stage->dmabuf, fd, __ATOMIC_SEQ_CST);
	if (fd >= 0)
		close(fd);
	__atomic_store_n(&stage->handle, handle, __ATOMIC_SEQ_CST);
}

/* Files, views and pages of what a framebuffer alone may have kept. */
static void use(struct stage *stage, uint32_t handle)
{
	void *ptr = gem_mmap_gtt(stage->card, handle, SIZE);
	int fd = prime_export(stage->card, handle);

	close(fd);
	vi915_require(!vi915_write_signal(ptr));
	vi915_drop_caches(stage->card, DROP_PAGES);
	vi915_require(!vi915_write_signal(ptr));
	gem_munmap(ptr, SIZE);
}

/* Asleep on its second plane, while somebody closes the handle of its first. */
static void frame_of_two(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	struct drm_mode_fb_cmd2 cmd = { 0 };
	uint32_t handle = gem_create(stage->card, SIZE), left;

	(void)index;
	(void)seed;
	gem_set_domain(stage->card, handle, I915_GEM_DOMAIN_CPU, I915_GEM_DOMAIN_CPU);
	publish(stage, handle);
	meet(stage);
	race_allow(add_fb(stage, handle, &cmd.fb_id), ENOENT, EINVAL);
	left = __atomic_exchange_n(&stage->handle, 0, __ATOMIC_SEQ_CST);
	if (cmd.fb_id && !vi915_ioctl(stage->card, DRM_IOCTL_MODE_GETFB2, &cmd)) {
		stage->works++;
		use(stage, cmd.handles[0]);
		gem_close(stage->card, cmd.handles[0]);
		gem_close(stage->card, cmd.handles[1]);
	}
	if (cmd.fb_id)
		vi915_check(__kms_rmfb(stage->card, cmd.fb_id));
	if (left)
		gem_close(stage->card, left);
}

static void close_first(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	uint32_t handle;

	(void)index;
	usleep(share_rand(seed, 1000));
	handle = __atomic_exchange_n(&stage->handle, 0, __ATOMIC_SEQ_CST);
	if (handle)
		gem_close(stage->card, handle);
}

/* Has the pages until the next round: the file that has them stays open. */
static void import_and_keep(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	int fd = dup(__atomic_load_n(&stage->dmabuf, __ATOMIC_SEQ_CST)), b = try_open();
	uint32_t handle;

	(void)index;
	(void)seed;
	if (stage->kept >= 0)
		close(stage->kept);
	stage->kept = b;
	if (fd < 0)
		return;
	if (b >= 0 && !__prime_import(b, fd, &handle))
		__gem_set_domain(b, handle, I915_GEM_DOMAIN_GTT, 0);
	close(fd);
}

TEST_F_TIMEOUT(hold, a_handle_that_goes_while_its_framebuffer_waits_for_another_object, 120)
{
	struct race *race = &self->race;
	struct stage *stage = &self->stage;

	/* No framebuffer holds the object but those that come to be here. */
	ASSERT_OK(__kms_rmfb(stage->card, stage->fb));
	gem_close(stage->card, stage->handle);
	stage->handle = 0;
	stage->plane = gem_create(stage->card, SIZE);
	race->threads = 5;
	race->fns[0] = hold;
	race->fns[1] = frame_of_two;
	race->fns[2] = close_first;
	race->fns[3] = import_and_keep;
	race->fns[4] = look;
	race_run(race, "framebuffers");
	vi915_note("%lu met a held reservation, %lu framebuffers", stage->met, stage->works);
	EXPECT_LE(1, stage->met);
	EXPECT_LE(1, stage->works);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu manual,clock=manual,implicit=0 --gpu lazy,clock=lazy,implicit=0
// box: --gpu late,clock=delay=2000,implicit=0 --gpu blind,implicit=0
// box: --gpu told,clock=manual --gpu sees
/*
 * GPUs without implicit fences, like some drivers: clients that rely on them
 * show and copy old bytes, every time (mutter af98776224, 118f294a48, smithay
 * 9b3ca29b, Hyprland 9806); clients that pass fences explicitly do not. Each
 * case has two GPUs, and a clock that makes the result certain. This has a box
 * of its own.
 */
#include "test.h"

#include <poll.h>
#include <unistd.h>

#include "exec.h"
#include "gem.h"
#include "gpu.h"
#include "kms.h"
#include "look.h"
#include "prime.h"
#include "proc.h"
#include "syncobj.h"

#define WIDTH	640
#define HEIGHT	480
#define PAGES	(4 * WIDTH * HEIGHT / VI915_PAGE)
#define SIZE	(PAGES * VI915_PAGE)

/* Pixels on the screen at first; in the buffer at first; and as drawn. */
#define FIRST	0x102030u
#define OLD	0x405060u
#define NEW	0x708090u

/*
 * A buffer of the drawer with an old picture, which the other GPU has imported,
 * and a third picture on the screen.
 */
FIXTURE(implicit)
{
	struct kms kms;
	struct kms_fb first;
	struct kms_fb shared;
	int drawer;
	uint32_t handle;
	int dmabuf;
	volatile uint32_t *map;
};

/* At least one of the two GPUs has implicit=0. */
FIXTURE_VARIANT(implicit)
{
	const char *drawer;
	const char *shower;
};

FIXTURE_VARIANT_ADD(implicit, manual) { "manual", "sees" };
FIXTURE_VARIANT_ADD(implicit, lazy) { "lazy", "sees" };
FIXTURE_VARIANT_ADD(implicit, delay) { "late", "sees" };
FIXTURE_VARIANT_ADD(implicit, display) { "told", "blind" };
FIXTURE_VARIANT_ADD(implicit, both) { "manual", "blind" };

#define IMPLICIT FIXTURE_DATA(implicit)

FIXTURE_SETUP(implicit)
{
	uint32_t handles[4] = {}, pitches[4] = { 4 * WIDTH }, offsets[4] = {};
	drmModeModeInfo mode;
	unsigned int i;

	kms_open(&self->kms, variant->shower, 0);
	mode = kms_mode(&self->kms, WIDTH, HEIGHT, 60);
	kms_fb_create(self->kms.fd, &self->first, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	kms_fb_fill(self->kms.fd, &self->first, FIRST);
	kms_light(&self->kms, &mode, &self->first);

	self->drawer = vi915_open_render(variant->drawer);
	self->handle = gem_create(self->drawer, SIZE);
	self->dmabuf = prime_export(self->drawer, self->handle);
	self->map = dmabuf_mmap(self->dmabuf, SIZE);
	for (i = 0; i < SIZE / 4; i++)
		self->map[i] = OLD;

	self->shared = (struct kms_fb){
		.width = WIDTH, .height = HEIGHT, .pitch = 4 * WIDTH, .size = SIZE,
		.handle = prime_import(self->kms.fd, self->dmabuf),
	};
	handles[0] = self->shared.handle;
	vi915_check(__kms_addfb(self->kms.fd, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888,
				DRM_FORMAT_MOD_LINEAR, handles, pitches, offsets,
				&self->shared.fb));
}

static void step(IMPLICIT *self)
{
	/* Has an effect only with clock=manual. */
	__vi915_debugfs_write(self->drawer, "vi915_step", "all");
}

FIXTURE_TEARDOWN(implicit)
{
	step(self);
	gem_munmap((void *)self->map, SIZE);
	close(self->dmabuf);
	close(self->drawer);
	kms_close(&self->kms);
}

/* Returns: the job's fence. */
static int draw(IMPLICIT *self)
{
	return exec_fill_fence(self->drawer, 0, I915_EXEC_BLT, self->handle, PAGES, NEW, -1);
}

static void shows_at(const char *at, IMPLICIT *self, uint32_t pixel)
{
	struct picture expected, seen;

	picture_init(&expected, WIDTH, HEIGHT);
	picture_fill(&expected, 0, 0, WIDTH, HEIGHT, pixel);
	vi915_check_at(at, "look_shot", __look_shot(&self->kms, "vi915_shot", &seen));
	picture_same_at(at, &expected, &seen, 0);
	picture_fini(&expected);
	picture_fini(&seen);
}

#define shows(self, pixel) shows_at(VI915_AT, self, pixel)

/* Lets the job run; a lazy GPU does so since its fence is waited for. */
static void finish(IMPLICIT *self, int fence)
{
	step(self);
	vi915_require(exec_fence_wait(fence) == 1);
	close(fence);
}

static int explicit_flip(IMPLICIT *self, int fence)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();

	kms_add(req, self->kms.fd, self->kms.primary, "FB_ID", self->shared.fb);
	kms_add(req, self->kms.fd, self->kms.primary, "IN_FENCE_FD", fence);
	return __kms_commit_free(self->kms.fd, req,
				 DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT, 1);
}

/* With implicit fences on both sides the flip would wait, and show the new picture. */
TEST_F(implicit, a_flip_without_a_fence_shows_the_old_picture)
{
	int fence = draw(self);
	struct kms_event event;
	uint32_t old_crc;

	kms_flip(&self->kms, &self->shared, 1);
	kms_event(self->kms.fd, &event);
	shows(self, OLD);
	EXPECT_EQ(0, sync_file_status(fence));
	old_crc = look_crc_now(&self->kms);
	finish(self, fence);
	shows(self, NEW);
	EXPECT_NE(old_crc, look_crc_now(&self->kms));
}

TEST_F(implicit, so_does_a_commit_that_waits)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	int fence = draw(self);

	kms_add(req, self->kms.fd, self->kms.primary, "FB_ID", self->shared.fb);
	kms_commit_free(self->kms.fd, req, 0, 0);
	shows(self, OLD);
	EXPECT_EQ(0, sync_file_status(fence));
	finish(self, fence);
}

TEST_F(implicit, a_flip_with_the_fence_shows_the_new_one)
{
	int fence = draw(self);
	struct kms_event event;

	vi915_check(explicit_flip(self, fence));
	if (variant->drawer[0] == 'm' || variant->drawer[0] == 't') {
		EXPECT_ERR(ETIME, __kms_event(self->kms.fd, 200, &event));
		shows(self, FIRST);
		step(self);
	}
	kms_event(self->kms.fd, &event);
	shows(self, NEW);
	close(fence);
}

/* A workaround for displays with implicit fences: import the fence into the buffer. */
TEST_F(implicit, a_fence_that_was_put_into_the_buffer_counts_where_fences_there_do)
{
	int fence = draw(self);
	struct kms_event event;

	dmabuf_import_sync_file(self->dmabuf, DMA_BUF_SYNC_WRITE, fence);
	kms_flip(&self->kms, &self->shared, 1);
	if (variant->shower[0] == 'b') {
		kms_event(self->kms.fd, &event);
		shows(self, OLD);
		finish(self, fence);
		return;
	}
	if (variant->drawer[0] == 'm') {
		EXPECT_ERR(ETIME, __kms_event(self->kms.fd, 200, &event));
		step(self);
	}
	kms_event(self->kms.fd, &event);
	shows(self, NEW);
	close(fence);
}

/* Copies with the other GPU's blitter to a new buffer. Returns: one of the pixels. */
static uint32_t copy(IMPLICIT *self, int in_fence)
{
	uint32_t to = gem_create(self->kms.fd, SIZE), pixel;
	int fence;

	fence = exec_copy_fence(self->kms.fd, 0, I915_EXEC_BLT, to, self->shared.handle, PAGES,
				in_fence);
	if (in_fence >= 0)
		step(self);
	vi915_require(exec_fence_wait(fence) == 1);
	close(fence);
	pixel = exec_read(self->kms.fd, to, SIZE - 4);
	gem_close(self->kms.fd, to);
	return pixel;
}

TEST_F(implicit, a_blit_without_a_fence_copies_old_bytes)
{
	int fence = draw(self);

	EXPECT_EQ(OLD, copy(self, -1));
	EXPECT_EQ(0, sync_file_status(fence));
	finish(self, fence);
	EXPECT_EQ(NEW, copy(self, -1));
}

TEST_F(implicit, a_blit_with_the_fence_copies_new_bytes)
{
	int fence = draw(self);

	EXPECT_EQ(NEW, copy(self, fence));
	close(fence);
}

TEST_F(implicit, a_fence_through_a_syncobj_will_do)
{
	uint32_t syncobj = syncobj_create(self->kms.fd, 0);
	int fence = draw(self), again;

	syncobj_import_sync_file(self->kms.fd, syncobj, fence);
	again = syncobj_export_sync_file(self->kms.fd, syncobj);
	EXPECT_EQ(NEW, copy(self, again));
	close(again);
	close(fence);
	syncobj_destroy(self->kms.fd, syncobj);
}

/* One GPU with implicit=0: what its own ioctls and its memory manager know. */
FIXTURE(own)
{
	int fd;
	uint32_t handle;
	int dmabuf;
	int fence;
	int other;
	uint32_t import;
};

FIXTURE_VARIANT(own)
{
	const char *gpu;
};

FIXTURE_VARIANT_ADD(own, manual) { "manual" };
FIXTURE_VARIANT_ADD(own, lazy) { "lazy" };

FIXTURE_SETUP(own)
{
	unsigned int i;
	uint32_t *map;

	self->fd = vi915_open_render(variant->gpu);
	self->handle = gem_create(self->fd, 4 * VI915_PAGE);
	map = gem_mmap_wb(self->fd, self->handle, 0, 4 * VI915_PAGE);
	for (i = 0; i < VI915_PAGE; i++)
		map[i] = OLD;
	gem_munmap(map, 4 * VI915_PAGE);
	self->dmabuf = prime_export(self->fd, self->handle);
	self->other = vi915_open_render("sees");
	self->import = prime_import(self->other, self->dmabuf);
	self->fence = exec_fill_fence(self->fd, 0, I915_EXEC_BLT, self->handle, 4, NEW, -1);
}

FIXTURE_TEARDOWN(own)
{
	__vi915_debugfs_write(self->fd, "vi915_step", "all");
	close(self->other);
	close(self->dmabuf);
	close(self->fence);
	close(self->fd);
}

TEST_F(own, the_dma_buf_tells_of_no_fence)
{
	int seen;

	EXPECT_EQ(POLLIN | POLLOUT, fd_poll(self->dmabuf, POLLIN | POLLOUT, 0));
	seen = dmabuf_export_sync_file(self->dmabuf, DMA_BUF_SYNC_RW);
	EXPECT_EQ(1, sync_file_status(seen));
	EXPECT_EQ(0, sync_file_status(self->fence));
	close(seen);
}

/* For an importer the object is idle, and has its old contents. */
TEST_F(own, importers_do_not_wait)
{
	uint32_t *view = gem_mmap_gtt(self->other, self->import, VI915_PAGE);
	int64_t now = 0;

	EXPECT_OK(__gem_wait(self->other, self->import, &now));
	EXPECT_EQ(0, gem_busy(self->other, self->import));
	gem_set_domain(self->other, self->import, I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_GTT);
	EXPECT_EQ(OLD, view[0]);
	EXPECT_EQ(0, sync_file_status(self->fence));
	gem_munmap(view, VI915_PAGE);
}

TEST_F(own, a_bracket_does_not_wait)
{
	uint32_t *map = dmabuf_mmap(self->dmabuf, VI915_PAGE);

	dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
	EXPECT_EQ(OLD, map[0]);
	dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
	EXPECT_EQ(0, sync_file_status(self->fence));
	gem_munmap(map, VI915_PAGE);
}

TEST_F(own, its_own_calls_know_of_the_job)
{
	int64_t now = 0;

	/* One query wakes a lazy GPU. */
	EXPECT_ERR(ETIME, __gem_wait(self->fd, self->handle, &now));
	if (variant->gpu[0] == 'm') {
		EXPECT_EQ(0, sync_file_status(self->fence));
		EXPECT_NE(0, gem_busy(self->fd, self->handle) & 0xffff);
		vi915_check(__vi915_debugfs_write(self->fd, "vi915_step", "all"));
	}
	exec_sync(self->fd, self->handle);
	EXPECT_EQ(0, gem_busy(self->fd, self->handle));
	EXPECT_EQ(NEW, exec_read(self->fd, self->handle, 0));
}

static void make_step(void *arg)
{
	__vi915_debugfs_write(*(int *)arg, "vi915_step", "all");
}

TEST_F(own, set_domain_waits_for_the_job)
{
	uint32_t *map = gem_mmap_wb(self->fd, self->handle, 0, VI915_PAGE);

	vi915_after(100000000, make_step, &self->fd);
	gem_set_domain(self->fd, self->handle, I915_GEM_DOMAIN_CPU, 0);
	EXPECT_EQ(NEW, map[0]);
	gem_munmap(map, VI915_PAGE);
}

TEST_F(own, pread_waits_for_the_job)
{
	uint32_t pixel;

	vi915_after(100000000, make_step, &self->fd);
	gem_pread(self->fd, self->handle, 0, &pixel, sizeof(pixel));
	EXPECT_EQ(NEW, pixel);
}

TEST_F(own, memory_that_a_job_uses_is_not_taken)
{
	uint32_t alone = gem_create(self->fd, 4 * VI915_PAGE);
	int fence = exec_fill_fence(self->fd, 0, I915_EXEC_BLT, alone, 4, NEW, -1);

	EXPECT_EQ(1, gem_madvise(self->fd, alone, I915_MADV_DONTNEED));
	vi915_drop_caches(self->fd, DROP_PAGES);
	EXPECT_EQ(1, gem_madvise(self->fd, alone, I915_MADV_WILLNEED));
	vi915_drop_caches(self->fd, DROP_PAGES);
	__vi915_debugfs_write(self->fd, "vi915_step", "all");
	EXPECT_EQ(1, exec_fence_wait(fence));
	EXPECT_EQ(NEW, exec_read(self->fd, alone, 4 * VI915_PAGE - 4));
	close(fence);
}

TEST_F(own, an_object_that_is_closed_lives_until_its_job_has_run)
{
	uint32_t gone = gem_create(self->fd, 4 * VI915_PAGE);
	int fence = exec_fill_fence(self->fd, 0, I915_EXEC_BLT, gone, 4, NEW, -1);

	gem_close(self->fd, gone);
	vi915_drop_caches(self->fd, DROP_PAGES);
	__vi915_debugfs_write(self->fd, "vi915_step", "all");
	EXPECT_EQ(1, exec_fence_wait(fence));
	close(fence);
}

/* Two contexts; a fence holds the first one. */
TEST(jobs_of_one_gpu_pass_each_other)
{
	int fd = vi915_open_render("blind"), timeline = sw_timeline(), held, fence;
	uint32_t from = gem_create(fd, VI915_PAGE), to = gem_create(fd, VI915_PAGE), pixel;
	int in = sw_fence(timeline, 1);
	int64_t now = 0;

	held = exec_store_fence(fd, 0, I915_EXEC_RENDER, from, 0, NEW, in);
	fence = exec_copy_fence(fd, 0, I915_EXEC_BLT, to, from, 1, -1);
	EXPECT_EQ(1, exec_fence_wait(fence));
	EXPECT_EQ(0, sync_file_status(held));
	EXPECT_ERR(ETIME, __gem_wait(fd, from, &now));
	EXPECT_EQ(0, exec_read(fd, to, 0));
	close(fence);

	fence = exec_copy_fence(fd, 0, I915_EXEC_BLT, to, from, 1, held);
	EXPECT_EQ(0, sync_file_status(fence));
	sw_signal(timeline, 1);
	EXPECT_EQ(1, exec_fence_wait(fence));
	gem_pread(fd, to, 0, &pixel, sizeof(pixel));
	EXPECT_EQ(NEW, pixel);
	close(fence);
	close(held);
	close(in);
	close(timeline);
	close(fd);
}

/* They also ignore other drivers' fences in the buffer. */
TEST(jobs_and_flips_do_not_wait_for_foreign_fences)
{
	int fd = vi915_open_render("blind"), timeline = sw_timeline(), in = sw_fence(timeline, 1);
	uint32_t handle = gem_create(fd, VI915_PAGE);
	int64_t now = 0;
	int fence;

	gem_attach_fence(fd, handle, in, DMA_BUF_SYNC_WRITE);
	fence = exec_store_fence(fd, 0, I915_EXEC_RENDER, handle, 0, NEW, -1);
	EXPECT_EQ(1, exec_fence_wait(fence));
	/* The work behind the fence may still run, so WAIT does wait for it. */
	EXPECT_ERR(ETIME, __gem_wait(fd, handle, &now));
	sw_signal(timeline, 1);
	EXPECT_OK(__gem_wait(fd, handle, &now));
	close(fence);
	close(in);
	close(timeline);
	close(fd);
}

TEST_HARNESS_MAIN

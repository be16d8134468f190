// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_framebuffer.h>
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/dma-resv.h>
#include <linux/idr.h>
#include <linux/kthread.h>

#include "../vi915_device.h"
#include "../vi915_fb.h"
#include "../vi915_gem.h"
#include "helpers.h"

#define VI915_FB_SIZE	64

/* A framebuffer of two objects that a thread makes, and their handles. */
struct vi915_fb_maker {
	struct vi915_device *gpu;
	struct vi915_bo *luma;
	struct vi915_bo *chroma;
	struct drm_file file;
	struct drm_mode_fb_cmd2 cmd;
	struct drm_framebuffer *fb;
	struct completion done;
};

static struct vi915_fb_maker *vi915_fb_maker(struct kunit *test)
{
	struct vi915_fb_maker *maker;

	maker = kunit_kzalloc(test, sizeof(*maker), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, maker);
	maker->gpu = vi915_kunit_gpu(test, 0);
	maker->luma = vi915_kunit_create(test, maker->gpu, 1);
	maker->chroma = vi915_kunit_create(test, maker->gpu, 1);
	maker->luma->base.handle_count = 1;
	maker->chroma->base.handle_count = 1;
	init_completion(&maker->done);

	/* Only what looking up handles needs of a file. */
	spin_lock_init(&maker->file.table_lock);
	idr_init_base(&maker->file.object_idr, 1);
	maker->cmd = (struct drm_mode_fb_cmd2){
		.width = VI915_FB_SIZE,
		.height = VI915_FB_SIZE,
		.pixel_format = DRM_FORMAT_NV12,
		.pitches = { VI915_FB_SIZE, VI915_FB_SIZE },
		.handles = {
			idr_alloc(&maker->file.object_idr, &maker->luma->base,
				  0, 0, GFP_KERNEL),
			idr_alloc(&maker->file.object_idr, &maker->chroma->base,
				  0, 0, GFP_KERNEL),
		},
	};
	return maker;
}

/* Without object_name_lock, which ranks before the reservation held here. */
static void vi915_fb_drop_handle(struct vi915_bo *bo)
{
	WRITE_ONCE(bo->base.handle_count, bo->base.handle_count - 1);
}

static void vi915_fb_close(struct vi915_fb_maker *maker, unsigned int plane)
{
	spin_lock(&maker->file.table_lock);
	idr_remove(&maker->file.object_idr, maker->cmd.handles[plane]);
	spin_unlock(&maker->file.table_lock);
	vi915_fb_drop_handle(plane ? maker->chroma : maker->luma);
}

static int vi915_fb_make(void *arg)
{
	struct vi915_fb_maker *maker = arg;

	maker->fb = vi915_fb_create(&maker->gpu->drm, &maker->file,
				    &maker->cmd);
	complete(&maker->done);
	return 0;
}

static unsigned int vi915_fb_holds(struct vi915_bo *bo)
{
	unsigned int count;

	dma_resv_lock(bo->base.resv, NULL);
	count = bo->framebuffers;
	vi915_bo_unlock(bo);
	return count;
}

/* Makes it while the second plane is locked; calls @meanwhile then. */
static void vi915_fb_make_slowly(struct kunit *test,
				 struct vi915_fb_maker *maker,
				 void (*meanwhile)(struct vi915_fb_maker *maker))
{
	struct task_struct *task;

	dma_resv_lock(maker->chroma->base.resv, NULL);
	task = kthread_run(vi915_fb_make, maker, "vi915_fb_make");
	/*
	 * When the first plane is held, the thread will wait for the second
	 * one.
	 */
	while (!IS_ERR(task) && !completion_done(&maker->done) &&
	       !READ_ONCE(maker->luma->framebuffers))
		usleep_range(1000, 2000);
	meanwhile(maker);
	vi915_bo_unlock(maker->chroma);

	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	wait_for_completion(&maker->done);
}

static void vi915_fb_close_luma(struct vi915_fb_maker *maker)
{
	vi915_fb_close(maker, 0);
}

/* Gives the handle to another object. */
static void vi915_fb_reuse_luma(struct vi915_fb_maker *maker)
{
	spin_lock(&maker->file.table_lock);
	idr_replace(&maker->file.object_idr, &maker->chroma->base,
		    maker->cmd.handles[0]);
	spin_unlock(&maker->file.table_lock);
	vi915_fb_drop_handle(maker->luma);
}

static void vi915_fb_leave(struct vi915_fb_maker *maker)
{
}

static void vi915_fb_expect_let_go(struct kunit *test,
				   struct vi915_fb_maker *maker)
{
	KUNIT_EXPECT_EQ(test, vi915_fb_holds(maker->luma), 0);
	KUNIT_EXPECT_EQ(test, vi915_fb_holds(maker->chroma), 0);
	KUNIT_EXPECT_EQ(test, kref_read(&maker->luma->base.refcount), 1);
	KUNIT_EXPECT_EQ(test, kref_read(&maker->chroma->base.refcount), 1);
	idr_destroy(&maker->file.object_idr);
}

static void vi915_fb_test_handles_stay(struct kunit *test)
{
	struct vi915_fb_maker *maker = vi915_fb_maker(test);

	vi915_fb_make_slowly(test, maker, vi915_fb_leave);
	KUNIT_ASSERT_FALSE(test, IS_ERR(maker->fb));
	KUNIT_EXPECT_EQ(test, vi915_fb_holds(maker->luma), 1);
	KUNIT_EXPECT_EQ(test, vi915_fb_holds(maker->chroma), 1);
	drm_framebuffer_put(maker->fb);
	vi915_fb_expect_let_go(test, maker);
}

static void vi915_fb_test_handle_closed_meanwhile(struct kunit *test)
{
	struct vi915_fb_maker *maker = vi915_fb_maker(test);

	vi915_fb_make_slowly(test, maker, vi915_fb_close_luma);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(maker->fb), -ENOENT);
	vi915_fb_expect_let_go(test, maker);
}

static void vi915_fb_test_handle_reused_meanwhile(struct kunit *test)
{
	struct vi915_fb_maker *maker = vi915_fb_maker(test);

	vi915_fb_make_slowly(test, maker, vi915_fb_reuse_luma);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(maker->fb), -ENOENT);
	vi915_fb_expect_let_go(test, maker);
}

static struct kunit_case vi915_fb_cases[] = {
	KUNIT_CASE(vi915_fb_test_handle_closed_meanwhile),
	KUNIT_CASE(vi915_fb_test_handle_reused_meanwhile),
	KUNIT_CASE(vi915_fb_test_handles_stay),
	{}
};

static struct kunit_suite vi915_fb_suite = {
	.name = "vi915_fb",
	.test_cases = vi915_fb_cases,
};

kunit_test_suite(vi915_fb_suite);

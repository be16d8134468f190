// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_gem.h>
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/device.h>
#include <linux/dma-buf.h>

#include "../vi915_device.h"
#include "../vi915_dmabuf.h"
#include "../vi915_gem.h"
#include "helpers.h"

#define VI915_UNPLUG_PAGES	3

static void vi915_unplug_back(void *arg)
{
	struct device *parent = arg;

	if (device_attach(parent) != 1)
		dev_err(parent, "does not come back\n");
}

/* Unbinds as sysfs does. The GPU is back when the case has ended. */
static void vi915_unplug(struct kunit *test, struct vi915_device *gpu)
{
	device_release_driver(gpu->drm.dev);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, vi915_unplug_back,
						  gpu->drm.dev));
}

/* The importer's mappings go with it; the exporter is not affected. */
static void vi915_unplug_test_importer(struct kunit *test)
{
	struct vi915_device *exporter = vi915_kunit_gpu(test, 0);
	struct vi915_device *importer = vi915_kunit_gpu(test, 1);
	struct vi915_bo *own =
		vi915_kunit_create(test, exporter, VI915_UNPLUG_PAGES);
	struct dma_buf *dma_buf = vi915_kunit_export(test, own);
	struct vi915_bo *import = vi915_kunit_import(test, importer, dma_buf);

	vi915_kunit_fill(test, own, 1);
	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(import, DMA_TO_DEVICE), 0);

	vi915_unplug(test, importer);
	KUNIT_EXPECT_NULL(test, import->pages.frames);
	KUNIT_EXPECT_NULL(test, import->pages.sgt);
	KUNIT_EXPECT_EQ(test, own->pages.shares, 0);
	KUNIT_EXPECT_EQ(test, vi915_kunit_ensure(import, DMA_TO_DEVICE),
			-ENODEV);
	KUNIT_EXPECT_PTR_EQ(test, vi915_dmabuf_import(&importer->drm, dma_buf),
			    ERR_PTR(-ENODEV));
	vi915_kunit_expect_filled(test, own, 1);
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(own), 0);
}

/*
 * Rule R2: shared objects stay shared, but a GPU that is gone shares no more.
 */
static void vi915_unplug_test_exporter(struct kunit *test)
{
	struct vi915_device *exporter = vi915_kunit_gpu(test, 0);
	struct vi915_device *importer = vi915_kunit_gpu(test, 1);
	struct vi915_bo *own =
		vi915_kunit_create(test, exporter, VI915_UNPLUG_PAGES);
	struct dma_buf *dma_buf = vi915_kunit_export(test, own);
	struct vi915_bo *import = vi915_kunit_import(test, importer, dma_buf);

	vi915_kunit_fill(test, import, 2);
	KUNIT_ASSERT_EQ(test, vi915_kunit_ensure(import, DMA_TO_DEVICE), 0);

	vi915_unplug(test, exporter);
	vi915_kunit_expect_same_frames(test, own, import);
	vi915_kunit_expect_filled(test, import, 2);
	KUNIT_EXPECT_EQ(test, vi915_kunit_drop(own), 0);
	KUNIT_EXPECT_NULL(test, import->pages.frames);
	KUNIT_EXPECT_EQ(test, vi915_kunit_ensure(import, DMA_TO_DEVICE), 0);
	vi915_kunit_expect_filled(test, import, 2);

	KUNIT_EXPECT_PTR_EQ(test, vi915_dmabuf_import(&importer->drm, dma_buf),
			    ERR_PTR(-ENODEV));
}

/* A GPU that comes back is a new one: objects of the old one are foreign. */
static void vi915_unplug_test_replug(struct kunit *test)
{
	struct vi915_device *old = vi915_kunit_gpu(test, 1);
	struct vi915_bo *own = vi915_kunit_create(test, old, VI915_UNPLUG_PAGES);
	struct dma_buf *dma_buf = vi915_kunit_export(test, own);
	struct vi915_device *new;

	vi915_kunit_fill(test, own, 3);
	vi915_unplug(test, old);
	kunit_release_action(test, vi915_unplug_back, old->drm.dev);

	new = vi915_kunit_gpu(test, 1);
	KUNIT_EXPECT_PTR_NE(test, new, old);
	KUNIT_EXPECT_STREQ(test, new->config.name, old->config.name);
	KUNIT_EXPECT_PTR_EQ(test, vi915_dmabuf_import(&new->drm, dma_buf),
			    ERR_PTR(-ENODEV));
	vi915_kunit_expect_filled(test, own, 3);
}

static struct kunit_case vi915_unplug_cases[] = {
	KUNIT_CASE(vi915_unplug_test_exporter),
	KUNIT_CASE(vi915_unplug_test_importer),
	KUNIT_CASE(vi915_unplug_test_replug),
	{}
};

static struct kunit_suite vi915_unplug_suite = {
	.name = "vi915_unplug",
	.test_cases = vi915_unplug_cases,
};

kunit_test_suite(vi915_unplug_suite);

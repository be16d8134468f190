/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_TESTS_HELPERS_H
#define VI915_TESTS_HELPERS_H

#include <linux/dma-direction.h>
#include <linux/types.h>

#include "../vi915_pages.h"

struct dma_buf;
struct iosys_map;
struct kunit;
struct vi915_bo;
struct vi915_device;

struct vi915_device *vi915_kunit_gpu(struct kunit *test, unsigned int index);

struct vi915_bo *vi915_kunit_create(struct kunit *test,
				    struct vi915_device *dev,
				    unsigned long pages);
void vi915_kunit_put_bo(struct kunit *test, struct vi915_bo *bo);

struct dma_buf *vi915_kunit_export(struct kunit *test, struct vi915_bo *bo);
void vi915_kunit_own_dmabuf(struct kunit *test, struct dma_buf *dma_buf);
void vi915_kunit_put_dmabuf(struct kunit *test, struct dma_buf *dma_buf);
struct vi915_bo *vi915_kunit_import(struct kunit *test,
				    struct vi915_device *dev,
				    struct dma_buf *dma_buf);

int vi915_kunit_ensure(struct vi915_bo *bo, enum dma_data_direction dir);
int vi915_kunit_get(struct kunit *test, struct vi915_bo *bo,
		    enum dma_data_direction dir);
void vi915_kunit_put(struct kunit *test, struct vi915_bo *bo);
int vi915_kunit_drop(struct vi915_bo *bo);
int vi915_kunit_evict(struct vi915_bo *bo);
enum vi915_madv vi915_kunit_advise(struct vi915_bo *bo, enum vi915_madv madv);

void vi915_kunit_fill(struct kunit *test, struct vi915_bo *bo, u8 seed);
void vi915_kunit_expect_filled(struct kunit *test, struct vi915_bo *bo,
			       u8 seed);
void vi915_kunit_expect_unlisted(struct kunit *test, const struct vi915_bo *bo);
void vi915_kunit_expect_same_frames(struct kunit *test, struct vi915_bo *a,
				    struct vi915_bo *b);

#endif

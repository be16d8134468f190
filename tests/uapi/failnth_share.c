// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Sharing when memory runs out: each allocation of each call fails once.
 */
#include "failnth_fixture.h"

#include "prime.h"

static int export_object(void *arg)
{
	struct world *w = arg;
	int dmabuf, ret = __prime_export(w->fd, w->handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf);

	if (!ret)
		close(dmabuf);
	return ret;
}

static void make_dmabuf(void *arg)
{
	struct world *w = arg;

	make_object(w);
	w->dmabuf = prime_export(w->fd, w->handle);
}

static void close_dmabuf(void *arg)
{
	struct world *w = arg;

	close(w->dmabuf);
	close_object(w);
}

static int import_object(void *arg)
{
	struct world *w = arg;
	uint32_t handle;
	int ret = __prime_import(w->other, w->dmabuf, &handle);

	if (!ret)
		gem_close(w->other, handle);
	return ret;
}

/* An import on the second GPU, without pages. */
static void make_import(void *arg)
{
	struct world *w = arg;

	make_dmabuf(w);
	w->import = prime_import(w->other, w->dmabuf);
}

static void close_import(void *arg)
{
	struct world *w = arg;

	gem_close(w->other, w->import);
	close_dmabuf(w);
}

static int set_domain_of_import(void *arg)
{
	struct world *w = arg;

	return __gem_set_domain(w->other, w->import, I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_GTT);
}

static void make_job_on_import(void *arg)
{
	struct world *w = arg;

	make_import(w);
	batch_init(&w->batch, w->other, VI915_PAGE);
	batch_store(&w->batch, BATCH_AT(exec_address(w->import)), 7);
	batch_end(&w->batch);
	exec_init(&w->exec, w->other, 0, I915_EXEC_BLT);
	exec_add(&w->exec, w->import, exec_address(w->import), EXEC_PINNED_WRITE);
	exec_add_batch(&w->exec, &w->batch);
}

static int submit(void *arg)
{
	struct world *w = arg;

	return __exec_submit(&w->exec);
}

static void end_job_on_import(void *arg)
{
	struct world *w = arg;

	exec_sync(w->other, w->import);
	batch_fini(&w->batch);
	close_import(w);
}

static void make_view_of_import(void *arg)
{
	struct world *w = arg;

	make_import(w);
	gem_set_tiling(w->other, w->import, I915_TILING_X, 512);
	w->map = gem_mmap_gtt(w->other, w->import, OBJECT_SIZE);
}

static int fault_view(void *arg)
{
	return fault(arg);
}

static void close_view_of_import(void *arg)
{
	struct world *w = arg;

	gem_munmap(w->map, OBJECT_SIZE);
	close_import(w);
}

/* Pages that two GPUs have go, and come back. */
static void make_used_import(void *arg)
{
	struct world *w = arg;

	make_import(w);
	gem_set_domain(w->other, w->import, I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_GTT);
}

static int drop_caches(void *arg)
{
	struct world *w = arg;

	return __vi915_drop_caches(w->fd, DROP_PAGES);
}

CALL(handle_to_fd, make_object, export_object, close_object);
CALL(fd_to_handle, make_dmabuf, import_object, close_dmabuf);
CALL(set_domain_of_an_import, make_import, set_domain_of_import, close_import);
CALL(execbuffer2_with_an_import, make_job_on_import, submit, end_job_on_import);
CALL(fault_of_a_view_of_an_import, make_view_of_import, fault_view, close_view_of_import, EFAULT);
CALL(drop_caches_of_what_is_shared, make_used_import, drop_caches, close_import);

/* The dma-buf's own calls. */

static int map_dmabuf(void *arg)
{
	struct world *w = arg;
	void *ptr;
	int ret = __dmabuf_mmap(w->dmabuf, 0, OBJECT_SIZE, PROT_READ | PROT_WRITE, &ptr);

	if (!ret)
		munmap(ptr, OBJECT_SIZE);
	return ret;
}

static void make_mapped_dmabuf(void *arg)
{
	struct world *w = arg;

	make_dmabuf(w);
	w->map = dmabuf_mmap(w->dmabuf, OBJECT_SIZE);
}

static void unmap_dmabuf(void *arg)
{
	struct world *w = arg;

	gem_munmap(w->map, OBJECT_SIZE);
	close_dmabuf(w);
}

static int sync_dmabuf(void *arg)
{
	struct world *w = arg;
	int ret = __dmabuf_sync(w->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);

	return ret ? ret : __dmabuf_sync(w->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
}

/* A fence on it, and one to put there. */
static void make_busy_dmabuf(void *arg)
{
	struct world *w = arg;

	make_dmabuf(w);
	w->fence = exec_store_fence(w->fd, 0, I915_EXEC_BLT, w->handle, 0, 1, -1);
}

static void close_busy_dmabuf(void *arg)
{
	struct world *w = arg;

	exec_sync(w->fd, w->handle);
	close(w->fence);
	close_dmabuf(w);
}

static int export_sync_file(void *arg)
{
	struct world *w = arg;
	int fence, ret = __dmabuf_export_sync_file(w->dmabuf, DMA_BUF_SYNC_RW, &fence);

	if (!ret)
		close(fence);
	return ret;
}

static int import_sync_file(void *arg)
{
	struct world *w = arg;

	return __dmabuf_import_sync_file(w->dmabuf, DMA_BUF_SYNC_RW, w->fence);
}

CALL(mmap_of_a_dmabuf, make_dmabuf, map_dmabuf, close_dmabuf);
CALL(fault_of_a_dmabuf, make_mapped_dmabuf, fault_view, unmap_dmabuf, EFAULT);
CALL(dmabuf_sync, make_dmabuf, sync_dmabuf, close_dmabuf);
CALL(export_sync_file, make_busy_dmabuf, export_sync_file, close_busy_dmabuf);
CALL(import_sync_file, make_busy_dmabuf, import_sync_file, close_busy_dmabuf);

TEST_HARNESS_MAIN

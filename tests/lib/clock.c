// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <poll.h>
#include <unistd.h>

#include "clock.h"
#include "ctx.h"
#include "exec.h"
#include "gem.h"
#include "gpu.h"
#include "prime.h"
#include "proc.h"
#include "syncobj.h"

void clock_open_at(const char *at, struct clock *clock, const char *gpu, const char *other)
{
	clock->fd = vi915_open_render_at(at, gpu);
	clock->other = vi915_open_render_at(at, other);
	clock->handle = gem_create(clock->fd, CLOCK_SIZE);
	clock->dmabuf = prime_export(clock->fd, clock->handle);
	clock->import = prime_import(clock->other, clock->dmabuf);
	clock->map = gem_mmap_wb(clock->fd, clock->handle, 0, CLOCK_SIZE);
	clock->syncobj = syncobj_create(clock->fd, 0);
	clock->out = -1;
}

void clock_close(struct clock *clock)
{
	if (clock->out >= 0)
		close(clock->out);
	gem_munmap((void *)clock->map, CLOCK_SIZE);
	close(clock->dmabuf);
	close(clock->other);
	close(clock->fd);
}

void clock_submit_at(const char *at, struct clock *clock, uint32_t pixel)
{
	struct drm_i915_gem_exec_fence fence = {
		.handle = clock->syncobj, .flags = I915_EXEC_FENCE_SIGNAL,
	};
	struct batch_rect to = {
		.ptr = BATCH_AT(exec_address(clock->handle)),
		.pitch = VI915_PAGE,
		.width = VI915_PAGE / 4,
		.height = CLOCK_PAGES,
	};
	struct batch batch;
	struct exec exec;

	batch_init(&batch, clock->fd, VI915_PAGE);
	batch_fill(&batch, &to, pixel);
	batch_end(&batch);
	exec_init(&exec, clock->fd, 0, I915_EXEC_BLT);
	exec_add(&exec, clock->handle, exec_address(clock->handle), EXEC_PINNED_WRITE);
	exec_add_batch(&exec, &batch);
	exec_want_out_fence(&exec);
	exec.arg.flags |= I915_EXEC_FENCE_ARRAY;
	exec.arg.num_cliprects = 1;
	exec.arg.cliprects_ptr = (uintptr_t)&fence;
	vi915_check_at(at, "EXECBUFFER2", __exec_submit(&exec));
	batch_fini(&batch);
	if (clock->out >= 0)
		close(clock->out);
	clock->out = exec_out_fence(&exec);
}

bool clock_holds(const struct clock *clock, uint32_t pixel)
{
	unsigned int i;

	for (i = 0; i < CLOCK_SIZE / 4; i += 256)
		if (clock->map[i] != pixel)
			return false;
	return clock->map[CLOCK_SIZE / 4 - 1] == pixel;
}

void clock_put_old(struct clock *clock)
{
	unsigned int i;

	gem_set_domain(clock->fd, clock->handle, I915_GEM_DOMAIN_CPU, I915_GEM_DOMAIN_CPU);
	for (i = 0; i < CLOCK_SIZE / 4; i++)
		clock->map[i] = CLOCK_OLD;
}

/* Ways to wait for the job. */

static void clock_wait_poll_out(struct clock *clock)
{
	vi915_require(fd_poll(clock->out, POLLIN, 20000) == POLLIN);
}

static void clock_wait_syncobj(struct clock *clock)
{
	syncobj_wait(clock->fd, clock->syncobj);
}

static void clock_wait_poll_dmabuf(struct clock *clock)
{
	vi915_require(fd_poll(clock->dmabuf, POLLIN, 20000) == POLLIN);
}

static void clock_wait_poll_dmabuf_to_write(struct clock *clock)
{
	vi915_require(fd_poll(clock->dmabuf, POLLOUT, 20000) == POLLOUT);
}

static void clock_wait_start(struct clock *clock)
{
	dmabuf_sync(clock->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
	dmabuf_sync(clock->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
}

static void clock_wait_ioctl(struct clock *clock)
{
	exec_sync(clock->fd, clock->handle);
}

static void clock_wait_ioctl_of_importer(struct clock *clock)
{
	exec_sync(clock->other, clock->import);
}

static void clock_wait_set_domain(struct clock *clock)
{
	gem_set_domain(clock->fd, clock->handle, I915_GEM_DOMAIN_CPU, 0);
}

static void clock_wait_pread(struct clock *clock)
{
	uint32_t pixel;

	gem_pread(clock->fd, clock->handle, 0, &pixel, sizeof(pixel));
}

static void clock_wait_export(struct clock *clock)
{
	int file = dmabuf_export_sync_file(clock->dmabuf, DMA_BUF_SYNC_READ);

	vi915_require(fd_poll(file, POLLIN, 20000) == POLLIN);
	close(file);
}

/* The other GPU copies the buffer; waiting for the copy waits for the fill. */
static void clock_wait_other_job(struct clock *clock)
{
	uint32_t copy = gem_create(clock->other, CLOCK_SIZE), pixel;
	int out = exec_copy_fence(clock->other, 0, I915_EXEC_BLT, copy, clock->import,
				  CLOCK_PAGES, -1);

	vi915_require(fd_poll(out, POLLIN, 20000) == POLLIN);
	gem_pread(clock->other, copy, CLOCK_SIZE - 4, &pixel, sizeof(pixel));
	vi915_require(pixel == clock->map[0]);
	gem_close(clock->other, copy);
	close(out);
}

/* A job of another context on another engine of the same GPU. */
static void clock_wait_next_job(struct clock *clock)
{
	int out = exec_nop_fence(clock->fd, ctx_create(clock->fd), I915_EXEC_RENDER, clock->out);

	vi915_require(fd_poll(out, POLLIN, 20000) == POLLIN);
	close(out);
}

/* A call that never blocks makes progress too if it is repeated often enough. */
static void clock_wait_busy(struct clock *clock)
{
	int64_t until = vi915_now() + CLOCK_MOST_NS;

	while (gem_busy(clock->fd, clock->handle)) {
		vi915_require(vi915_now() < until);
		usleep(1000);
	}
}

static void clock_wait_etime(struct clock *clock)
{
	int64_t until = vi915_now() + CLOCK_MOST_NS, timeout = 0;

	while (__gem_wait(clock->fd, clock->handle, &timeout) == -ETIME) {
		vi915_require(vi915_now() < until);
		timeout = 0;
		usleep(1000);
	}
}

const struct clock_way clock_ways[] = {
	{ "poll of the out-fence", clock_wait_poll_out, 0 },
	{ "syncobj wait", clock_wait_syncobj, 0 },
	{ "poll of the dma-buf for reading", clock_wait_poll_dmabuf, 0 },
	{ "poll of the dma-buf for writing", clock_wait_poll_dmabuf_to_write, 0 },
	{ "DMA_BUF_IOCTL_SYNC START", clock_wait_start, 0 },
	{ "GEM_WAIT", clock_wait_ioctl, 0 },
	{ "GEM_WAIT of the importer", clock_wait_ioctl_of_importer, 0 },
	{ "SET_DOMAIN", clock_wait_set_domain, 0 },
	{ "PREAD", clock_wait_pread, 0 },
	{ "poll of an exported sync_file", clock_wait_export, 0 },
	{ "a job of another GPU", clock_wait_other_job, 0 },
	{ "a job of another engine", clock_wait_next_job, 1 },
	{ "GEM_BUSY again and again", clock_wait_busy, 0 },
	{ "GEM_WAIT that does not wait, again and again", clock_wait_etime, 0 },
};

const unsigned int clock_num_ways = sizeof(clock_ways) / sizeof(*clock_ways);

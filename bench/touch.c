// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * First touch: the cost of faults in a new mapping. Each page of a mapping of a
 * 3 MiB buffer is touched once; compared with vgem and vkms, which map one page
 * per fault.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "gem.h"
#include "gpu.h"
#include "measure.h"
#include "peer.h"
#include "prime.h"
#include "proc.h"

#define TOUCH_MIB 3
#define TOUCH_SIZE (TOUCH_MIB << 20)
#define TOUCH_PER_MIB (TOUCH_MIB * 1000.0)

/* New untouched mappings of vgem are expensive, so a few rounds must do. */
#define TOUCH_ROUNDS 9

/* How one driver makes a buffer and maps it. */
struct touch {
	int fd;
	uint32_t (*create)(const char *at, int fd, uint64_t size);
	void *(*map)(int fd, uint32_t handle);
	/* The buffer's pages exist already, so only the mapping is new. */
	bool present;
};

static void *touch_map_gtt(int fd, uint32_t handle)
{
	return gem_mmap_gtt(fd, handle, TOUCH_SIZE);
}

static void *touch_map_x(int fd, uint32_t handle)
{
	gem_set_tiling(fd, handle, I915_TILING_X, 4096);
	return gem_mmap_gtt(fd, handle, TOUCH_SIZE);
}

static void *touch_map_y(int fd, uint32_t handle)
{
	gem_set_tiling(fd, handle, I915_TILING_Y, 4096);
	return gem_mmap_gtt(fd, handle, TOUCH_SIZE);
}

static void *touch_map_wb(int fd, uint32_t handle)
{
	return gem_mmap_type(fd, handle, TOUCH_SIZE, I915_MMAP_OFFSET_WB);
}

static void *touch_map_dmabuf(int fd, uint32_t handle)
{
	int dmabuf = prime_export(fd, handle);
	void *ptr = dmabuf_mmap(dmabuf, TOUCH_SIZE);

	close(dmabuf);
	return ptr;
}

static void *touch_map_dumb(int fd, uint32_t handle)
{
	uint64_t offset;
	void *ptr;

	vi915_check(__gem_dumb_map(fd, handle, &offset));
	vi915_check(__gem_mmap_at_offset(fd, offset, TOUCH_SIZE, &ptr));
	return ptr;
}

static int64_t touch_pages(volatile char *ptr)
{
	int64_t start = vi915_now();
	size_t i;

	for (i = 0; i < TOUCH_SIZE; i += VI915_PAGE)
		ptr[i] = 1;
	return vi915_now() - start;
}

static int64_t touch_run(void *arg, unsigned int n)
{
	struct touch *touch = arg;
	uint32_t handle;
	int64_t ns = 0;
	void *ptr;

	while (n--) {
		handle = touch->create(VI915_AT, touch->fd, TOUCH_SIZE);
		if (touch->present) {
			ptr = touch->map(touch->fd, handle);
			touch_pages(ptr);
			munmap(ptr, TOUCH_SIZE);
		}
		ptr = touch->map(touch->fd, handle);
		ns += touch_pages(ptr);
		munmap(ptr, TOUCH_SIZE);
		gem_close(touch->fd, handle);
	}
	return ns;
}

static void touch_row(const char *what, struct touch *a, const char *peer, struct touch *b,
		      double goal)
{
	struct vi915_work ours = { touch_run, a }, theirs = { touch_run, b };
	struct vi915_compared compared = vi915_compare(&ours, &theirs, TOUCH_ROUNDS);

	vi915_row(what, peer, &compared, TOUCH_PER_MIB, goal);
}

static void touch_table(int gpu, int vgem, int vkms, bool present)
{
	struct touch gtt = { gpu, gem_create_at, touch_map_gtt, present };
	struct touch x = { gpu, gem_create_at, touch_map_x, present };
	struct touch y = { gpu, gem_create_at, touch_map_y, present };
	struct touch wb = { gpu, gem_create_at, touch_map_wb, present };
	struct touch dmabuf = { gpu, gem_create_at, touch_map_dmabuf, present };
	struct touch vgem_dumb = { vgem, vgem_create_at, touch_map_dumb, present };
	struct touch vgem_dmabuf = { vgem, vgem_create_at, touch_map_dmabuf, present };
	struct touch vkms_dumb = { vkms, vgem_create_at, touch_map_dumb, present };

	vi915_table(present ? "touch through a second mapping, per MiB" :
			      "first touch of a 3 MiB mapping, per MiB", "us");
	touch_row("GTT, beside a dumb buffer's", &gtt, "vgem dumb", &vgem_dumb, 0.1);
	touch_row("GTT of X-tiled, beside a dumb buffer's", &x, "vgem dumb", &vgem_dumb, 0);
	touch_row("GTT of Y-tiled, beside a dumb buffer's", &y, "vgem dumb", &vgem_dumb, 0);
	touch_row("WB, beside a dumb buffer's", &wb, "vgem dumb", &vgem_dumb, 0.1);
	touch_row("dma-buf, beside a dma-buf's", &dmabuf, "vgem dma-buf", &vgem_dmabuf, 0.1);
	touch_row("WB, beside a dumb buffer's", &wb, "vkms dumb", &vkms_dumb, 0);
}

int main(void)
{
	int gpu = vi915_bench_open(0);
	int vgem = vi915_driver_open("vgem");
	int vkms = vi915_driver_open("vkms");

	touch_table(gpu, vgem, vkms, false);
	touch_table(gpu, vgem, vkms, true);
	return 0;
}

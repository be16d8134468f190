// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <sys/mman.h>
#include <unistd.h>

#include "exec.h"
#include "gem.h"
#include "gpu.h"
#include "innocent.h"
#include "proc.h"

#define INNOCENT_PAGES 8
#define INNOCENT_SIZE (INNOCENT_PAGES * VI915_PAGE)
#define INNOCENT_SEED 4711

/* A different colour for each round; successive ones are unlike. */
static uint32_t innocent_pixel(uint32_t round)
{
	return round * 0x9e3779b9u + 0x00c0ffee;
}

void innocent_open_at(const char *at, struct innocent *innocent, const char *gpu)
{
	int fd = vi915_open_render_at(at, gpu);

	innocent->fd = fd;
	innocent->rounds = 0;
	innocent->still = gem_create_at(at, fd, INNOCENT_SIZE);
	innocent->canvas = gem_create_at(at, fd, INNOCENT_SIZE);
	innocent->still_map = gem_mmap_at(at, fd, innocent->still, 0, INNOCENT_SIZE, 0);
	innocent->canvas_map = gem_mmap_at(at, fd, innocent->canvas, 0, INNOCENT_SIZE, 0);
	vi915_fill(innocent->still_map, INNOCENT_SIZE, INNOCENT_SEED);
}

void innocent_round_at(const char *at, struct innocent *innocent)
{
	const uint32_t *canvas = (const uint32_t *)innocent->canvas_map;
	uint32_t pixel = innocent_pixel(innocent->rounds);
	unsigned int i;
	int fence, status;

	fence = exec_fill_fence_at(at, innocent->fd, 0, I915_EXEC_BLT, innocent->canvas,
				   INNOCENT_PAGES, pixel, -1);
	status = exec_fence_wait_at(at, fence);
	close(fence);
	if (status != 1)
		vi915_fail_at(at, "round %u of an innocent client: its job %s%s",
			      innocent->rounds, status ? "ended with " : "does not end",
			      status ? vi915_errname(status) : "");
	vi915_check_at(at, "gem_set_domain",
		       __gem_set_domain(innocent->fd, innocent->canvas, I915_GEM_DOMAIN_CPU, 0));
	for (i = 0; i < INNOCENT_SIZE / 4; i++)
		if (canvas[i] != pixel)
			vi915_fail_at(at, "round %u of an innocent client: pixel %u is %#x, "
				      "not %#x", innocent->rounds, i, canvas[i], pixel);
	vi915_same_at(at, innocent->still_map, INNOCENT_SIZE, INNOCENT_SEED);
	innocent->rounds++;
}

void innocent_close(struct innocent *innocent)
{
	munmap(innocent->still_map, INNOCENT_SIZE);
	munmap(innocent->canvas_map, INNOCENT_SIZE);
	close(innocent->fd);
}

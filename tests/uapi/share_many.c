// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* One buffer used by a dozen GPUs at once, each with its own DMA mapping. */
// box: --gpus 12
#include "gpu_fixture.h"

#define GPUS 12

TEST_F(gpu, a_buffer_that_a_dozen_gpus_have_mapped)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE), value, seen;
	int dmabuf = prime_export(self->fd, handle);
	uint32_t theirs[GPUS];
	int fds[GPUS], i;
	char name[16];

	for (i = 1; i < GPUS; i++) {
		snprintf(name, sizeof(name), "gpu%d", i);
		fds[i] = vi915_open_render(name);
		theirs[i] = prime_import(fds[i], dmabuf);
		gem_set_domain(fds[i], theirs[i], I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_GTT);
	}
	for (i = 1; i < GPUS; i++) {
		value = 0x1000 + i;
		gem_pwrite(self->fd, handle, 4 * i, &value, sizeof(value));
	}
	for (i = 1; i < GPUS; i++) {
		volatile uint32_t *map = gem_mmap_gtt(fds[i], theirs[i], VI915_PAGE);

		seen = map[i];
		EXPECT_EQ(0x1000 + i, seen);
		munmap((void *)map, VI915_PAGE);
	}
	/* In an order that drops the mapping of the first GPU last. */
	for (i = GPUS - 1; i > 0; i--)
		close(fds[i]);
	close(dmabuf);
}

TEST_HARNESS_MAIN

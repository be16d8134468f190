// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --mem 768
/*
 * Jobs when memory is short: all their objects stay bound, and together are
 * twice as large as memory.
 */
#include "gpu_fixture.h"

#include "exec.h"

#define PAGES 2048u
#define SIZE ((uint64_t)PAGES * VI915_PAGE)
#define MANY 192

static uint32_t colour(unsigned int i)
{
	return 0x5a000000 | i;
}

TEST_F_TIMEOUT(gpu, bound_objects_that_nobody_needs_make_room_for_jobs, 150)
{
	uint32_t handles[MANY], kept[MANY / 16];
	unsigned int i, purged = 0;

	for (i = 0; i < MANY; i++) {
		handles[i] = gem_create(self->fd, SIZE);
		exec_fill(self->fd, 0, I915_EXEC_BLT, handles[i], PAGES, colour(i));
		/* The fence keeps the pages until the job has ended. */
		EXPECT_EQ(1, gem_madvise(self->fd, handles[i], I915_MADV_DONTNEED));
		if (i % 16)
			continue;
		kept[i / 16] = gem_create(self->fd, VI915_PAGE);
		exec_store(self->fd, 0, I915_EXEC_RENDER, kept[i / 16], 8, colour(i));
	}
	for (i = 0; i < MANY; i++)
		purged += !gem_madvise(self->fd, handles[i], I915_MADV_WILLNEED);
	vi915_note("%u of %u objects were purged", purged, MANY);
	EXPECT_GT(purged, MANY / 4);
	EXPECT_LT(purged, MANY);

	/* Kept objects have their contents, and purged ones can be closed. */
	for (i = 0; i < MANY / 16; i++)
		EXPECT_EQ(colour(i * 16), exec_read(self->fd, kept[i], 8));
	for (i = 0; i < MANY; i++)
		gem_close(self->fd, handles[i]);
	exec_fill(self->fd, 0, I915_EXEC_BLT, gem_create(self->fd, SIZE), PAGES, 0);
}

TEST_HARNESS_MAIN

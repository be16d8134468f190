// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* GEM_GET_APERTURE. */
#include "gpu_fixture.h"

TEST_F(gpu, the_aperture_is_finite_and_available)
{
	struct drm_i915_gem_get_aperture aperture;

	ASSERT_OK(__gem_get_aperture(self->fd, &aperture));
	EXPECT_EQ(1ULL << 32, aperture.aper_size);
	EXPECT_NE(0, aperture.aper_available_size);
	EXPECT_LE(aperture.aper_available_size, aperture.aper_size);
}

TEST_F(gpu, objects_and_mappings_take_nothing_of_it)
{
	struct drm_i915_gem_get_aperture before, after;

	ASSERT_OK(__gem_get_aperture(self->fd, &before));
	vi915_write_signal(gem_mmap_gtt(self->fd, gem_create(self->fd, 1 << 20), 1 << 20));
	ASSERT_OK(__gem_get_aperture(self->fd, &after));
	EXPECT_EQ(before.aper_size, after.aper_size);
	EXPECT_EQ(before.aper_available_size, after.aper_available_size);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Blits that leave their picture at every side and corner, with unmapped=hang:
 * the job hangs, and nothing outside of the rectangle is written, whether
 * mapped or not. (The default of unmapped is tested in unmapped.c.)
 */
#include "gpu_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "blit.h"
#include "config.h"
#include "ctx.h"
#include "exec.h"

#define BOUNDS FIXTURE_DATA(bounds)

/* The picture: 4 pages, 512 bytes by 32 rows in every layout. */
#define PITCH 512
#define ROWS 32
#define SIZE (PITCH * ROWS)
#define BASE 0x40000000ULL
#define OTHER 0x50000000ULL
#define COLOUR 0x99999999u

/* Mapped memory on both sides, each with an unmapped page between it and the picture. */
#define GUARD_SIZE (4 * VI915_PAGE)
#define GUARD_BEFORE (BASE - VI915_PAGE - GUARD_SIZE)
#define GUARD_BEHIND (BASE + SIZE + VI915_PAGE)

enum role {
	FILLED,
	COPIED_TO,
	COPIED_FROM,
};

FIXTURE(bounds)
{
	int fd;
	uint32_t ctx;
	uint32_t picture;
	uint32_t other;
	uint32_t guard[2];
};

FIXTURE_VARIANT(bounds)
{
	enum role role;
	uint32_t tiling;
};

FIXTURE_VARIANT_ADD(bounds, linear_filled) { FILLED, I915_TILING_NONE };
FIXTURE_VARIANT_ADD(bounds, x_filled) { FILLED, I915_TILING_X };
FIXTURE_VARIANT_ADD(bounds, y_filled) { FILLED, I915_TILING_Y };
FIXTURE_VARIANT_ADD(bounds, linear_copied_to) { COPIED_TO, I915_TILING_NONE };
FIXTURE_VARIANT_ADD(bounds, x_copied_to) { COPIED_TO, I915_TILING_X };
FIXTURE_VARIANT_ADD(bounds, y_copied_to) { COPIED_TO, I915_TILING_Y };
FIXTURE_VARIANT_ADD(bounds, linear_copied_from) { COPIED_FROM, I915_TILING_NONE };
FIXTURE_VARIANT_ADD(bounds, x_copied_from) { COPIED_FROM, I915_TILING_X };
FIXTURE_VARIANT_ADD(bounds, y_copied_from) { COPIED_FROM, I915_TILING_Y };

FIXTURE_SETUP(bounds)
{
	config_gpu("strict", "unmapped", "hang");
	self->fd = vi915_open_render("strict");
	self->ctx = ctx_create(self->fd);
	ctx_set(self->fd, self->ctx, I915_CONTEXT_PARAM_BANNABLE, 0);
	self->picture = gem_create(self->fd, SIZE);
	self->other = gem_create(self->fd, SIZE);
	self->guard[0] = gem_create(self->fd, GUARD_SIZE);
	self->guard[1] = gem_create(self->fd, GUARD_SIZE);
}

FIXTURE_TEARDOWN(bounds)
{
	close(self->fd);
	config_remove("strict");
}

/* One position of the rectangle. */
struct try {
	const char *name;
	int x, y, width, height;
};

static const struct try tries[] = {
	{ "inside", 8, 8, 64, 16 },
	{ "all_of_it", 0, 0, 128, 32 },
	{ "left", -4, 8, 64, 16 },
	{ "right", 72, 8, 64, 16 },
	{ "top", 8, -4, 64, 16 },
	{ "bottom", 8, 20, 64, 16 },
	{ "top_left", -4, -4, 64, 16 },
	{ "top_right", 72, -4, 64, 16 },
	{ "bottom_left", -4, 20, 64, 16 },
	{ "bottom_right", 72, 20, 64, 16 },
	{ "last_pixel_too_far", 127, 31, 2, 1 },
	{ "first_pixel_too_early", -1, 0, 2, 1 },
	{ "one_row_too_low", 0, 31, 1, 2 },
	{ "far_left", -32768, 0, 8, 8 },
	{ "far_down", 0, 32760, 8, 7 },
	{ "far_away", 32760, 32760, 7, 7 },
	{ "everything", -16384, -16384, 32767, 32767 },
};

/* The rectangle of @try, drawn to or from the picture under test. */
static void make_blit(struct blit *blit, enum role role, uint32_t tiling, const struct try *try)
{
	memset(blit, 0, sizeof(*blit));
	blit->bpp = 32;
	blit->channels = BLIT_ARGB;
	blit->rop = role == FILLED ? BLIT_ROP_COLOUR : BLIT_ROP_SOURCE;
	blit->colour = COLOUR;
	blit->width = try->width;
	blit->height = try->height;
	blit->to.pitch = PITCH;
	blit->from.pitch = PITCH;
	if (role == COPIED_FROM) {
		blit->from.ptr = BATCH_AT(BASE);
		blit->from.tiling = tiling;
		blit->from_x = try->x;
		blit->from_y = try->y;
		blit->to.ptr = BATCH_AT(OTHER);
		return;
	}
	blit->to.ptr = BATCH_AT(BASE);
	blit->to.tiling = tiling;
	blit->x = try->x;
	blit->y = try->y;
	blit->from.ptr = BATCH_AT(OTHER);
}

/* Returns: status of the job's fence. */
static int run(BOUNDS *self, const struct blit *blit, bool fill)
{
	struct batch batch;
	struct exec exec;
	int fence, status;

	batch_init(&batch, self->fd, VI915_PAGE);
	if (fill)
		blit_fill(&batch, blit);
	else
		blit_copy(&batch, blit);
	batch_end(&batch);
	exec_init(&exec, self->fd, self->ctx, I915_EXEC_BLT);
	exec_add(&exec, self->guard[0], GUARD_BEFORE, EXEC_PINNED_WRITE);
	exec_add(&exec, self->picture, BASE, EXEC_PINNED_WRITE);
	exec_add(&exec, self->guard[1], GUARD_BEHIND, EXEC_PINNED_WRITE);
	exec_add(&exec, self->other, OTHER, EXEC_PINNED_WRITE);
	exec_add_batch(&exec, &batch);
	exec_want_out_fence(&exec);
	exec_submit(&exec);
	fence = exec_out_fence(&exec);
	status = exec_fence_wait(fence);
	close(fence);
	batch_fini(&batch);
	return status;
}

/*
 * Marks the bytes of an object that the rectangle covers. Returns: whether the
 * rectangle lies inside of the object.
 */
static bool mark(const struct blit_surface *surface, int left, int top, const struct blit *blit,
		 uint8_t *covered)
{
	bool inside = true;
	int x, y;

	for (y = top; y < top + blit->height; y++) {
		for (x = left * 4; x < (left + blit->width) * 4; x++) {
			int64_t at = blit_offset(surface, x, y);

			if (x < 0 && surface->tiling != I915_TILING_NONE)
				return false;
			if (y < 0 && surface->tiling != I915_TILING_NONE)
				return false;
			if (at < 0 || at >= SIZE)
				inside = false;
			else
				covered[at] = 1;
		}
	}
	return inside;
}

static void expect_untouched(struct __test_metadata *_metadata, int fd, uint32_t handle,
			     uint32_t seed, size_t size)
{
	uint8_t *seen = malloc(size);

	ASSERT_NE(NULL, seen);
	gem_pread(fd, handle, 0, seen, size);
	EXPECT_EQ(-1, vi915_verify(seen, size, seed));
	free(seen);
}

/* Other bytes must be unchanged; if @whole, all covered bytes must be drawn. */
static void expect_drawn(struct __test_metadata *_metadata, BOUNDS *self,
			 const struct blit *blit, const uint8_t *covered, bool whole,
			 const char *name)
{
	bool other = blit->to.ptr.at == OTHER, fill = blit->rop == BLIT_ROP_COLOUR;
	uint8_t *old = malloc(SIZE), *from = malloc(SIZE), *seen = malloc(SIZE);
	int wrong = 0, i;

	ASSERT_TRUE(old && from && seen);
	vi915_fill(old, SIZE, other ? 2 : 1);
	vi915_fill(from, SIZE, other ? 1 : 2);
	gem_pread(self->fd, other ? self->other : self->picture, 0, seen, SIZE);
	for (i = 0; i < SIZE; i++)
		wrong += !covered[i] && seen[i] != old[i];
	if (whole)
		blit_draw(blit, old, fill ? NULL : from);
	EXPECT_EQ(0, wrong) {
		TH_LOG("%s: %d bytes outside of the rectangle", name, wrong);
	}
	EXPECT_TRUE(!whole || !memcmp(old, seen, SIZE)) {
		TH_LOG("%s: not drawn", name);
	}
	free(seen);
	free(from);
	free(old);
}

static void refill(int fd, uint32_t handle, uint32_t seed, size_t size)
{
	uint8_t *bytes = malloc(size);

	vi915_require(bytes);
	vi915_fill(bytes, size, seed);
	gem_pwrite(fd, handle, 0, bytes, size);
	free(bytes);
}

TEST_F_TIMEOUT(bounds, r10_leaving_the_picture_hangs_and_writes_nothing_else, 120)
{
	static const struct blit_surface *target;
	uint8_t *covered = malloc(SIZE), *unused = malloc(SIZE);
	struct blit blit;
	unsigned int i;

	ASSERT_TRUE(covered && unused);
	for (i = 0; i < ARRAY_SIZE(tries); i++) {
		bool inside;
		int status;

		make_blit(&blit, variant->role, variant->tiling, &tries[i]);
		refill(self->fd, self->guard[0], 3, GUARD_SIZE);
		refill(self->fd, self->guard[1], 4, GUARD_SIZE);
		refill(self->fd, self->picture, 1, SIZE);
		refill(self->fd, self->other, 2, SIZE);
		memset(covered, 0, SIZE);
		target = &blit.to;
		if (blit.width > 4096) {
			/* The rectangle covers more than the object. */
			memset(covered, 1, SIZE);
			inside = false;
		} else {
			inside = mark(target, blit.x, blit.y, &blit, covered);
			if (variant->role != FILLED)
				inside &= mark(&blit.from, blit.from_x, blit.from_y, &blit, unused);
		}

		status = run(self, &blit, variant->role == FILLED);
		EXPECT_EQ(inside ? 1 : -EIO, status) {
			TH_LOG("%s", tries[i].name);
		}
		expect_drawn(_metadata, self, &blit, covered, inside, tries[i].name);
		expect_untouched(_metadata, self->fd, self->guard[0], 3, GUARD_SIZE);
		expect_untouched(_metadata, self->fd, self->guard[1], 4, GUARD_SIZE);
	}
	free(covered);
	free(unused);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The blitter, compared with a picture that is drawn pixel by pixel: in every
 * layout, depth, operation and direction.
 *
 * BLT_SEED=N draws other random blits than the default ones.
 */
#include "gpu_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blit.h"
#include "ctx.h"
#include "exec.h"

#define SIZE (16 * VI915_PAGE)
#define SEED 915
#define RANDOM_BLITS 10000
/* A test takes seconds, or longer under KASAN with other tests beside it. */
#define PATIENCE 300

/* XY_SRC_COPY_BLT, XY_COLOR_BLT, XY_FAST_COPY_BLT. */
enum form {
	COPY,
	FILL,
	FAST,
};

/* Two objects, and their expected contents. */
struct easel {
	int fd;
	uint32_t ctx;
	uint32_t handle[2];
	uint8_t *map[2];
	uint8_t *shadow[2];
	uint8_t *before;
	struct batch batch;
	uint64_t random;
};

static uint32_t easel_random(struct easel *easel, uint32_t below)
{
	easel->random ^= easel->random << 13;
	easel->random ^= easel->random >> 7;
	easel->random ^= easel->random << 17;
	return (easel->random >> 32) % below;
}

static void easel_shuffle(struct easel *easel)
{
	int i;

	for (i = 0; i < 2; i++) {
		vi915_fill(easel->map[i], SIZE, easel_random(easel, UINT32_MAX));
		memcpy(easel->shadow[i], easel->map[i], SIZE);
	}
}

static void easel_init(struct easel *easel)
{
	int i;

	easel->fd = vi915_open_render("gpu0");
	easel->ctx = ctx_create(easel->fd);
	easel->random = SEED;
	batch_init(&easel->batch, easel->fd, VI915_PAGE);
	for (i = 0; i < 2; i++) {
		easel->handle[i] = gem_create(easel->fd, SIZE);
		easel->map[i] = gem_mmap_wb(easel->fd, easel->handle[i], 0, SIZE);
		easel->shadow[i] = malloc(SIZE);
		vi915_require(easel->shadow[i]);
	}
	easel->before = malloc(SIZE);
	vi915_require(easel->before);
	easel_shuffle(easel);
}

static void easel_fini(struct easel *easel)
{
	int i;

	for (i = 0; i < 2; i++) {
		gem_munmap(easel->map[i], SIZE);
		free(easel->shadow[i]);
	}
	free(easel->before);
	batch_fini(&easel->batch);
	close(easel->fd);
}

/* Address of pixel 0,0 of a picture in an object. */
static struct batch_ptr easel_at(const struct easel *easel, int object, uint64_t offset)
{
	return BATCH_AT(exec_address(easel->handle[object]) + offset);
}

static void easel_submit(struct easel *easel)
{
	struct exec exec;
	int i;

	batch_end(&easel->batch);
	exec_init(&exec, easel->fd, easel->ctx, I915_EXEC_BLT);
	for (i = 0; i < 2; i++)
		exec_add(&exec, easel->handle[i], exec_address(easel->handle[i]),
			 EXEC_PINNED_WRITE);
	exec_add_batch(&exec, &easel->batch);
	exec_submit(&exec);
	for (i = 0; i < 2; i++)
		gem_set_domain(easel->fd, easel->handle[i], I915_GEM_DOMAIN_CPU,
			       I915_GEM_DOMAIN_CPU);
	batch_reset(&easel->batch);
}

/* One blit between pictures at an offset in the objects. */
struct stroke {
	enum form form;
	struct blit blit;
	int from;
	int to;
	uint32_t from_offset;
	uint32_t to_offset;
};

static void easel_write(struct easel *easel, struct stroke *stroke)
{
	struct blit *blit = &stroke->blit;

	blit->to.ptr = easel_at(easel, stroke->to, stroke->to_offset);
	blit->from.ptr = easel_at(easel, stroke->from, stroke->from_offset);
	switch (stroke->form) {
	case COPY:
		blit_copy(&easel->batch, blit);
		break;
	case FILL:
		blit_fill(&easel->batch, blit);
		break;
	case FAST:
		blit_fast_copy(&easel->batch, blit);
		break;
	}
}

static void easel_expect(struct easel *easel, const struct stroke *stroke)
{
	const uint8_t *from = NULL;

	if (stroke->form != FILL) {
		memcpy(easel->before, easel->shadow[stroke->from], SIZE);
		from = easel->before + stroke->from_offset;
	}
	blit_draw(&stroke->blit, easel->shadow[stroke->to] + stroke->to_offset, from);
}

static const char *stroke_name(const struct stroke *stroke)
{
	static const char * const forms[] = { "copy", "fill", "fast copy" };
	const struct blit *blit = &stroke->blit;
	static char name[256];

	snprintf(name, sizeof(name),
		 "%s of %dx%d, %u bpp, from object %d + %u tiling %u pitch %d at %d,%d "
		 "to object %d + %u tiling %u pitch %d at %d,%d, rop %#x, channels %u",
		 forms[stroke->form], blit->width, blit->height, blit->bpp, stroke->from,
		 stroke->from_offset, blit->from.tiling, blit->from.pitch, blit->from_x,
		 blit->from_y, stroke->to, stroke->to_offset, blit->to.tiling, blit->to.pitch,
		 blit->x, blit->y, blit->rop, blit->channels);
	return name;
}

/* Returns: whether both objects have their expected contents. */
static bool easel_matches(struct easel *easel)
{
	return !memcmp(easel->map[0], easel->shadow[0], SIZE) &&
	       !memcmp(easel->map[1], easel->shadow[1], SIZE);
}

static bool easel_draw(struct easel *easel, struct stroke *stroke)
{
	easel_write(easel, stroke);
	easel_submit(easel);
	easel_expect(easel, stroke);
	if (easel_matches(easel))
		return true;
	vi915_note("differs: %s", stroke_name(stroke));
	easel_shuffle(easel);
	return false;
}

FIXTURE(blt)
{
	struct easel easel;
};

FIXTURE_SETUP(blt)
{
	easel_init(&self->easel);
}

FIXTURE_TEARDOWN(blt)
{
	easel_fini(&self->easel);
}

static const unsigned int depths[] = { 8, 16, 32, 64, 128 };
static const uint32_t tilings[] = { I915_TILING_NONE, I915_TILING_X, I915_TILING_Y };

/* Rectangles in bytes and rows: single bytes at tile edges, tiles, strips. */
static const struct shape {
	int x, y, width, height, from_x, from_y;
} shapes[] = {
	{ 0, 0, 512, 32, 0, 0 },
	{ 0, 0, 16, 1, 496, 31 },
	{ 496, 5, 16, 27, 0, 0 },
	{ 112, 31, 288, 2, 128, 7 },
	{ 16, 1, 480, 30, 32, 2 },
	{ 240, 0, 32, 32, 256, 0 },
};

/* From every layout to every layout, at three pitches. */
static bool draw_layouts(struct easel *easel, enum form form, unsigned int bpp, uint32_t from,
			 uint32_t to, unsigned int s)
{
	static const int32_t pitches[] = { 512, 1024, 1536 };
	const struct shape *shape = &shapes[s];
	int bytes = bpp / 8;
	struct stroke stroke = {
		.form = form,
		.blit = {
			.bpp = bpp, .rop = BLIT_ROP_SOURCE, .channels = BLIT_ARGB,
			.x = shape->x / bytes, .y = shape->y,
			.width = shape->width / bytes, .height = shape->height,
			.from_x = shape->from_x / bytes, .from_y = shape->from_y,
			.from.tiling = from, .to.tiling = to,
		},
		.to = 1,
	};
	unsigned int i;
	bool ok = true;

	for (i = 0; i < ARRAY_SIZE(pitches); i++) {
		stroke.blit.from.pitch = pitches[i];
		stroke.blit.to.pitch = pitches[(i + s) % ARRAY_SIZE(pitches)];
		ok &= easel_draw(easel, &stroke);
	}
	return ok;
}

static bool draw_all_layouts(struct easel *easel, enum form form, unsigned int num_depths)
{
	unsigned int d, from, to, s;
	bool ok = true;

	for (d = 0; d < num_depths; d++)
		for (from = 0; from < ARRAY_SIZE(tilings); from++)
			for (to = 0; to < ARRAY_SIZE(tilings); to++)
				for (s = 0; s < ARRAY_SIZE(shapes); s++)
					ok &= draw_layouts(easel, form, depths[d], tilings[from],
							   tilings[to], s);
	return ok;
}

TEST_F_TIMEOUT(blt, copy_between_all_layouts, PATIENCE)
{
	EXPECT_TRUE(draw_all_layouts(&self->easel, COPY, 3));
}

TEST_F_TIMEOUT(blt, fast_copy_between_all_layouts, PATIENCE)
{
	EXPECT_TRUE(draw_all_layouts(&self->easel, FAST, ARRAY_SIZE(depths)));
}

/* Within one picture, by small and large distances in each direction. */
TEST_F_TIMEOUT(blt, copy_within_a_picture_in_every_direction, PATIENCE)
{
	static const int steps[] = { -33, -7, -1, 0, 1, 7, 33 };
	struct stroke stroke = {
		.form = COPY,
		.blit = {
			.rop = BLIT_ROP_SOURCE, .channels = BLIT_ARGB,
			.x = 40, .y = 40, .height = 17,
			.from.pitch = 512, .to.pitch = 512,
		},
	};
	struct blit *blit = &stroke.blit;
	unsigned int d, t, i, j;

	for (d = 0; d < 3; d++) {
		blit->bpp = depths[d];
		blit->width = d == 2 ? 50 : 61;
		for (t = 0; t < ARRAY_SIZE(tilings); t++) {
			blit->from.tiling = tilings[t];
			blit->to.tiling = tilings[t];
			for (i = 0; i < ARRAY_SIZE(steps); i++) {
				for (j = 0; j < ARRAY_SIZE(steps); j++) {
					blit->from_x = blit->x + steps[i];
					blit->from_y = blit->y + steps[j];
					EXPECT_TRUE(easel_draw(&self->easel, &stroke));
				}
			}
		}
	}
}

/* Pictures that start at different offsets, so that their memory overlaps. */
TEST_F_TIMEOUT(blt, copy_between_overlapping_pictures, PATIENCE)
{
	static const int offsets[] = { -1040, -512, -96, -4, 4, 96, 512, 1040 };
	struct stroke stroke = {
		.form = COPY,
		.blit = {
			.bpp = 32, .rop = BLIT_ROP_SOURCE, .channels = BLIT_ARGB,
			.width = 100, .height = 60, .from.pitch = 512, .to.pitch = 512,
		},
		.from_offset = 4096,
	};
	unsigned int i, turned;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		for (turned = 0; turned < 2; turned++) {
			stroke.blit.from.pitch = turned ? -512 : 512;
			stroke.blit.to.pitch = stroke.blit.from.pitch;
			stroke.from_offset = turned ? SIZE - 8192 : 4096;
			stroke.to_offset = stroke.from_offset + offsets[i];
			EXPECT_TRUE(easel_draw(&self->easel, &stroke));
		}
	}
}

/* Code of a @function (0 to 15) of D and @which operand (4: colour, 2: source). */
static uint8_t rop_code(unsigned int function, unsigned int which)
{
	uint8_t code = 0;
	unsigned int row;

	for (row = 0; row < 8; row++)
		code |= (function >> (!!(row & which) << 1 | (row & 1)) & 1) << row;
	return code;
}

TEST_F_TIMEOUT(blt, all_raster_operations_and_channels, PATIENCE)
{
	struct stroke stroke = {
		.blit = {
			.x = 5, .y = 3, .width = 70, .height = 20,
			.from_x = 2, .from_y = 1, .from.pitch = 512, .to.pitch = 512,
			.colour = 0x12489acf,
		},
		.to = 1,
	};
	unsigned int function, channels, d, t;

	for (function = 0; function < 16; function++) {
		for (channels = 0; channels < 4; channels++) {
			for (d = 0; d < 3; d++) {
				for (t = 0; t < ARRAY_SIZE(tilings); t++) {
					stroke.blit.channels = channels;
					stroke.blit.bpp = depths[d];
					stroke.blit.to.tiling = tilings[t];
					stroke.form = COPY;
					stroke.blit.rop = rop_code(function, 2);
					EXPECT_TRUE(easel_draw(&self->easel, &stroke));
					stroke.form = FILL;
					stroke.blit.rop = rop_code(function, 4);
					EXPECT_TRUE(easel_draw(&self->easel, &stroke));
				}
			}
			easel_shuffle(&self->easel);
		}
	}
}

/* A clipping rectangle that contains, crosses or misses the blit. */
TEST_F_TIMEOUT(blt, clip_cuts_the_blit, PATIENCE)
{
	struct stroke stroke = {
		.blit = {
			.bpp = 32, .channels = BLIT_ARGB, .rop = BLIT_ROP_SOURCE, .clip = true,
			.from.pitch = 512, .to.pitch = 512,
		},
		.to = 1,
	}, cut;
	struct easel *easel = &self->easel;
	unsigned int i;

	for (i = 0; i < 200; i++) {
		int left = easel_random(easel, 60), top = easel_random(easel, 30);
		int right = left + easel_random(easel, 60), bottom = top + easel_random(easel, 60);
		struct blit *blit = &stroke.blit;

		blit->from.tiling = tilings[i % 3];
		blit->to.tiling = tilings[i / 3 % 3];
		blit->from_x = easel_random(easel, 64);
		blit->from_y = easel_random(easel, 64);
		blit->x = easel_random(easel, 64);
		blit->y = easel_random(easel, 64);
		blit->width = 1 + easel_random(easel, 64);
		blit->height = 1 + easel_random(easel, 64);
		blit_clip(&easel->batch, left, top, right, bottom);
		easel_write(easel, &stroke);
		easel_submit(easel);

		cut = stroke;
		if (left > blit->x) {
			cut.blit.x = left;
			cut.blit.from_x += left - blit->x;
		}
		if (top > blit->y) {
			cut.blit.y = top;
			cut.blit.from_y += top - blit->y;
		}
		right = right < blit->x + blit->width ? right : blit->x + blit->width;
		bottom = bottom < blit->y + blit->height ? bottom : blit->y + blit->height;
		cut.blit.width = right - cut.blit.x;
		cut.blit.height = bottom - cut.blit.y;
		easel_expect(easel, &cut);
		EXPECT_TRUE(easel_matches(easel)) {
			TH_LOG("clip %d,%d to %d,%d: %s", left, top, right, bottom,
			       stroke_name(&stroke));
			easel_shuffle(easel);
		}
	}
}

/* A random layout that fits into an object. Returns: number of rows. */
static int random_surface(struct easel *easel, struct blit_surface *surface, unsigned int bytes,
			  uint32_t *offset)
{
	int32_t rows;

	surface->tiling = tilings[easel_random(easel, ARRAY_SIZE(tilings))];
	if (surface->tiling != I915_TILING_NONE) {
		int32_t tile = surface->tiling == I915_TILING_X ? 512 : 128;

		surface->pitch = (1 + easel_random(easel, 1536 / tile)) * tile;
		*offset = easel_random(easel, 3) * VI915_PAGE;
		tile = VI915_PAGE / tile;
		return (SIZE - *offset) / (surface->pitch * tile) * tile;
	}
	surface->pitch = (8 + easel_random(easel, 120)) * bytes;
	*offset = easel_random(easel, 64) * bytes;
	rows = (SIZE - *offset) / surface->pitch;
	rows = rows < 64 ? rows : 64;
	if (easel_random(easel, 4) == 0) {
		*offset += (rows - 1) * surface->pitch;
		surface->pitch = -surface->pitch;
	}
	return rows;
}

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

static void random_stroke(struct easel *easel, struct stroke *stroke)
{
	struct blit *blit = &stroke->blit;
	int rows, from_rows, columns, from_columns;
	unsigned int bytes;

	memset(stroke, 0, sizeof(*stroke));
	stroke->form = easel_random(easel, 3);
	blit->bpp = depths[easel_random(easel, stroke->form == FAST ? 5 : 3)];
	bytes = blit->bpp / 8;
	stroke->to = easel_random(easel, 2);
	stroke->from = !stroke->to;
	rows = random_surface(easel, &blit->to, bytes, &stroke->to_offset);
	from_rows = random_surface(easel, &blit->from, bytes, &stroke->from_offset);
	if (easel_random(easel, 3) == 0) {
		stroke->from = stroke->to;
		stroke->from_offset = stroke->to_offset;
		blit->from = blit->to;
		from_rows = rows;
	}
	columns = abs(blit->to.pitch) / bytes;
	from_columns = abs(blit->from.pitch) / bytes;
	blit->width = 1 + easel_random(easel, smaller(columns, from_columns));
	blit->height = 1 + easel_random(easel, smaller(rows, from_rows));
	blit->x = easel_random(easel, columns - blit->width + 1);
	blit->y = easel_random(easel, rows - blit->height + 1);
	blit->from_x = easel_random(easel, from_columns - blit->width + 1);
	blit->from_y = easel_random(easel, from_rows - blit->height + 1);
	blit->colour = easel_random(easel, UINT32_MAX);
	blit->channels = easel_random(easel, 3) ? BLIT_ARGB : easel_random(easel, 4);
	blit->rop = rop_code(easel_random(easel, 2) ? 0xc : easel_random(easel, 16),
			     stroke->form == FILL ? 4 : 2);
	if (stroke->form == FAST) {
		blit->rop = BLIT_ROP_SOURCE;
		blit->channels = BLIT_ARGB;
	}
}

TEST_F_TIMEOUT(blt, random_blits, PATIENCE)
{
	const char *text = getenv("BLT_SEED");
	uint64_t seed = text ? strtoull(text, NULL, 0) : SEED;
	struct easel *easel = &self->easel;
	struct stroke stroke;
	unsigned int i;

	TH_LOG("BLT_SEED=%llu", (unsigned long long)seed);
	easel->random = (seed + 1) * 0x9e3779b97f4a7c15;
	for (i = 0; i < RANDOM_BLITS; i++) {
		if (i % 100 == 0)
			easel_shuffle(easel);
		random_stroke(easel, &stroke);
		ASSERT_TRUE(easel_draw(easel, &stroke)) {
			TH_LOG("blit %u of seed %llu", i, (unsigned long long)seed);
		}
	}
}

TEST_HARNESS_MAIN

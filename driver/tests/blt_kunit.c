// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <uapi/drm/i915_drm.h>

#include "../vi915_rop.h"
#include "../vi915_tiling.h"
#include "cs_world.h"

/*
 * The blitter, compared with a picture that is drawn byte by byte with the
 * offsets of vi915_tiling_offset(), which has its own tests. The first half of
 * the data is the source and the second half the target, or both are the same.
 */

#define VI915_BLT_SIZE	(VI915_WORLD_DATA_PAGES * PAGE_SIZE)
#define VI915_BLT_HALF	(VI915_BLT_SIZE / 2)

struct vi915_blt_world {
	struct vi915_world *world;
	struct rnd_state rnd;
	u8 *before;
	u8 *expect;
};

static struct vi915_blt_world *vi915_blt_make(struct kunit *test, u64 seed)
{
	struct vi915_blt_world *blt =
		kunit_kzalloc(test, sizeof(*blt), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, blt);
	blt->world = vi915_world_make(test, I915_ENGINE_CLASS_COPY);
	prandom_seed_state(&blt->rnd, seed);
	blt->before = kunit_kzalloc(test, VI915_BLT_SIZE, GFP_KERNEL);
	blt->expect = kunit_kzalloc(test, VI915_BLT_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, blt->before);
	KUNIT_ASSERT_NOT_NULL(test, blt->expect);
	return blt;
}

static u32 vi915_blt_random(struct vi915_blt_world *blt, u32 below)
{
	return prandom_u32_state(&blt->rnd) % below;
}

/* Random data, the same in the world and in its two copies. */
static void vi915_blt_shuffle(struct vi915_blt_world *blt)
{
	void *memory;
	size_t left;
	u32 i;

	prandom_bytes_state(&blt->rnd, blt->before, VI915_BLT_SIZE);
	memcpy(blt->expect, blt->before, VI915_BLT_SIZE);
	for (i = 0; i < VI915_BLT_SIZE; i += PAGE_SIZE) {
		memory = vi915_maps_at(&blt->world->cs.maps,
				       VI915_WORLD_DATA + i,
				       VI915_STRAY_WRITE, &left);
		memcpy(memory, blt->before + i, PAGE_SIZE);
	}
}

static bool vi915_blt_matches(struct vi915_blt_world *blt)
{
	void *memory;
	size_t left;
	u32 i;

	for (i = 0; i < VI915_BLT_SIZE; i += PAGE_SIZE) {
		memory = vi915_maps_at(&blt->world->cs.maps,
				       VI915_WORLD_DATA + i,
				       VI915_STRAY_WRITE, &left);
		if (memcmp(memory, blt->expect + i, PAGE_SIZE))
			return false;
	}
	return true;
}

/* One case: a rectangle in pixels, with source and target. */
struct vi915_blt_shot {
	u32 cpp;
	u32 src_tiling, dst_tiling;
	u32 src_pitch, dst_pitch;
	u32 src_base, dst_base;
	u32 src_x, src_y, dst_x, dst_y;
	u32 width, height;
	u8 rop3;
	u32 channels;
	bool fill;
	u32 colour;
};

static u8 vi915_blt_byte(const struct vi915_blt_shot *shot, u8 operand, u8 dst,
			 u32 lane)
{
	u32 channel = lane == 3 ? 2 : 1;
	u8 result = 0;
	u32 bit, index;

	if (shot->cpp == 4 && !(shot->channels & channel))
		return dst;
	for (bit = 0; bit < 8; bit++) {
		index = (operand >> bit & 1) * (shot->fill ? 4 : 2) +
			(dst >> bit & 1);
		result |= (shot->rop3 >> index & 1) << bit;
	}
	return result;
}

static void vi915_blt_reference(struct vi915_blt_world *blt,
				const struct vi915_blt_shot *shot)
{
	u32 x, y, at;
	u8 operand;

	for (y = 0; y < shot->height; y++) {
		for (x = 0; x < shot->width * shot->cpp; x++) {
			at = shot->src_base +
			     vi915_tiling_offset(shot->src_tiling,
						 shot->src_pitch,
						 shot->src_x * shot->cpp + x,
						 shot->src_y + y);
			operand = shot->fill ?
				  shot->colour >> 8 * (x % shot->cpp) :
				  blt->before[at];
			at = shot->dst_base +
			     vi915_tiling_offset(shot->dst_tiling,
						 shot->dst_pitch,
						 shot->dst_x * shot->cpp + x,
						 shot->dst_y + y);
			blt->expect[at] = vi915_blt_byte(shot, operand,
							 blt->before[at],
							 x % shot->cpp);
		}
	}
}

static u32 vi915_blt_pitch(u32 tiling, u32 pitch)
{
	return tiling == I915_TILING_NONE ? pitch : pitch / 4;
}

static enum vi915_cs_status vi915_blt_submit(struct vi915_blt_world *blt,
					     const struct vi915_blt_shot *shot)
{
	static const u32 depths[] = { 0, 0, 1, 0, 3 };
	u32 header = 2u << 29 | shot->channels << 20;
	u32 br13 = depths[shot->cpp] << 24 | shot->rop3 << 16 |
		   vi915_blt_pitch(shot->dst_tiling, shot->dst_pitch);
	u32 at = shot->dst_y << 16 | shot->dst_x;
	u32 end = (shot->dst_y + shot->height) << 16 |
		  (shot->dst_x + shot->width);
	u32 swctrl = 3 << 16 | (shot->src_tiling == I915_TILING_Y) |
		     (shot->dst_tiling == I915_TILING_Y) << 1;

	if (shot->dst_tiling != I915_TILING_NONE)
		header |= BIT(11);
	if (shot->fill)
		return VI915_WORLD_DO(blt->world, VI915_MI(0x22, 1), 0x22200,
				      swctrl, header | 0x50 << 22 | 5, br13,
				      at, end,
				      VI915_WORLD_ADDR(VI915_WORLD_DATA +
						       shot->dst_base),
				      shot->colour, VI915_MI_END);
	if (shot->src_tiling != I915_TILING_NONE)
		header |= BIT(15);
	return VI915_WORLD_DO(blt->world, VI915_MI(0x22, 1), 0x22200, swctrl,
			      header | 0x53 << 22 | 8, br13, at, end,
			      VI915_WORLD_ADDR(VI915_WORLD_DATA +
					       shot->dst_base),
			      shot->src_y << 16 | shot->src_x,
			      vi915_blt_pitch(shot->src_tiling,
					      shot->src_pitch),
			      VI915_WORLD_ADDR(VI915_WORLD_DATA +
					       shot->src_base),
			      VI915_MI_END);
}

static void vi915_blt_expect(struct kunit *test, struct vi915_blt_world *blt,
			     const struct vi915_blt_shot *shot, u32 number)
{
	vi915_blt_shuffle(blt);
	vi915_blt_reference(blt, shot);
	KUNIT_ASSERT_EQ(test, vi915_blt_submit(blt, shot), VI915_CS_DONE);
	KUNIT_ASSERT_TRUE_MSG(test, vi915_blt_matches(blt),
			      "%u: cpp %u tiling %u>%u pitch %u>%u base %u>%u %u,%u>%u,%u %ux%u rop %x channels %u fill %u",
			      number, shot->cpp, shot->src_tiling,
			      shot->dst_tiling, shot->src_pitch,
			      shot->dst_pitch, shot->src_base, shot->dst_base,
			      shot->src_x, shot->src_y, shot->dst_x,
			      shot->dst_y, shot->width, shot->height,
			      shot->rop3, shot->channels, shot->fill);
}

/* Random pitch and base of a picture in half of the data. Returns: rows. */
static u32 vi915_blt_layout(struct vi915_blt_world *blt, u32 tiling, u32 cpp,
			    u32 *pitch, u32 *base)
{
	u32 bytes;

	if (tiling == I915_TILING_NONE) {
		*base = vi915_blt_random(blt, 64) * cpp;
		*pitch = (16 + vi915_blt_random(blt, 700)) * cpp;
		return min_t(u32, 200, (VI915_BLT_HALF - *base) / *pitch);
	}
	*base = vi915_blt_random(blt, 2) * PAGE_SIZE;
	bytes = tiling == I915_TILING_X ? 512 : 128;
	*pitch = (1 + vi915_blt_random(blt, 1024 / bytes)) * bytes;
	bytes = tiling == I915_TILING_X ? 8 : 32;
	return (VI915_BLT_HALF - *base) / (*pitch * bytes) * bytes;
}

static void vi915_blt_shoot(struct vi915_blt_world *blt,
			    struct vi915_blt_shot *shot)
{
	static const u32 depths[] = { 1, 2, 4 };
	u32 src_rows, dst_rows, columns;

	shot->cpp = depths[vi915_blt_random(blt, 3)];
	shot->src_tiling = vi915_blt_random(blt, 3);
	shot->dst_tiling = vi915_blt_random(blt, 3);
	shot->channels = vi915_blt_random(blt, 4) ? 3 :
			 vi915_blt_random(blt, 4);
	shot->fill = vi915_blt_random(blt, 4) == 0;
	shot->colour = prandom_u32_state(&blt->rnd);
	src_rows = vi915_blt_layout(blt, shot->src_tiling, shot->cpp,
				    &shot->src_pitch, &shot->src_base);
	if (vi915_blt_random(blt, 3) == 0) {
		/* Within one picture, so that source and target overlap. */
		shot->dst_tiling = shot->src_tiling;
		shot->dst_pitch = shot->src_pitch;
		shot->dst_base = shot->src_base;
		dst_rows = src_rows;
	} else {
		dst_rows = vi915_blt_layout(blt, shot->dst_tiling, shot->cpp,
					    &shot->dst_pitch,
					    &shot->dst_base);
		shot->dst_base += VI915_BLT_HALF;
	}
	shot->height = 1 + vi915_blt_random(blt, min(src_rows, dst_rows));
	columns = min(shot->src_pitch, shot->dst_pitch) / shot->cpp;
	shot->width = 1 + vi915_blt_random(blt, columns);
	shot->src_x = vi915_blt_random(blt, shot->src_pitch / shot->cpp -
					    shot->width + 1);
	shot->dst_x = vi915_blt_random(blt, shot->dst_pitch / shot->cpp -
					    shot->width + 1);
	shot->src_y = vi915_blt_random(blt, src_rows - shot->height + 1);
	shot->dst_y = vi915_blt_random(blt, dst_rows - shot->height + 1);
	/* Functions of two operands only, most of the time a copy. */
	shot->rop3 = vi915_blt_random(blt, 16) * 0x11;
	if (vi915_blt_random(blt, 2))
		shot->rop3 = 0xcc;
	if (shot->fill)
		shot->rop3 = (shot->rop3 & 0xc) * 0x14 |
			     (shot->rop3 & 0x3) * 0x5;
}

static void vi915_blt_test_random(struct kunit *test)
{
	struct vi915_blt_world *blt = vi915_blt_make(test, 915);
	struct vi915_blt_shot shot;
	u32 i;

	for (i = 0; i < 1500; i++) {
		memset(&shot, 0, sizeof(shot));
		vi915_blt_shoot(blt, &shot);
		vi915_blt_expect(test, blt, &shot, i);
	}
	vi915_world_expect_guards(blt->world);
}

/* Each of the 256 codes is drawn by its truth table, or refused. */
static void vi915_blt_test_rops(struct kunit *test)
{
	struct vi915_blt_world *blt = vi915_blt_make(test, 1);
	struct vi915_blt_shot shot = {
		.cpp = 4, .channels = 3, .src_pitch = 64, .dst_pitch = 64,
		.dst_base = VI915_BLT_HALF, .width = 9, .height = 3,
		.colour = 0x12345678,
	};
	unsigned int drawn[2] = {};
	u32 rop3;
	int rop;

	for (rop3 = 0; rop3 < 512; rop3++) {
		shot.fill = rop3 & 256;
		shot.rop3 = rop3;
		rop = shot.fill ? vi915_rop_of_pattern(rop3) :
				  vi915_rop_of_source(rop3);
		if (rop >= 0) {
			drawn[shot.fill]++;
			vi915_blt_expect(test, blt, &shot, rop3);
			continue;
		}
		KUNIT_EXPECT_EQ(test, vi915_blt_submit(blt, &shot),
				VI915_CS_FAULT);
		KUNIT_EXPECT_EQ(test, blt->world->cs.fault.kind,
				VI915_CS_FAULT_BLIT);
	}
	KUNIT_EXPECT_EQ(test, drawn[0], 16);
	KUNIT_EXPECT_EQ(test, drawn[1], 16);
}

static struct kunit_case vi915_blt_cases[] = {
	KUNIT_CASE_SLOW(vi915_blt_test_random),
	KUNIT_CASE(vi915_blt_test_rops),
	{}
};

static struct kunit_suite vi915_blt_suite = {
	.name = "vi915_blt",
	.test_cases = vi915_blt_cases,
};

kunit_test_suite(vi915_blt_suite);

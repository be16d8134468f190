// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/bits.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_blt.h"
#include "vi915_cs.h"
#include "vi915_cs_blt.h"
#include "vi915_cs_mem.h"
#include "vi915_rop.h"

/**
 * DOC: blitter commands
 *
 * The dwords of a command become a &struct vi915_blt, which is then started.
 * Only the copy engine has these commands.
 *
 * A rectangle includes its top left pixel and excludes its bottom right one;
 * one that is empty or turned round draws nothing. The same holds for the
 * clipping rectangle, which XY_SETUP_BLT and XY_SETUP_CLIP_BLT set and BR13
 * turns on. Pitches are signed 16-bit numbers, in dwords for a tiled surface. A
 * tiled surface has whole tiles, starts at a tile, and must not be left upwards
 * or to the left. Its tiles are X tiles, or Y tiles if BCS_SWCTRL says so.
 * XY_FAST_COPY_BLT has its own tiling fields; Yf and Ys are refused.
 *
 * Channel masks apply only at 32 bits a pixel. A raster operation that needs an
 * operand the command lacks is refused, as are commands with a monochrome
 * source, a pattern or text.
 */

#define VI915_BLT_OPCODE(header)	((header) >> 22 & 0x7f)

#define VI915_BR00_WRITE_RGB		BIT(20)
#define VI915_BR00_WRITE_ALPHA		BIT(21)
#define VI915_BR00_SRC_TILED		BIT(15)
#define VI915_BR00_DST_TILED		BIT(11)
#define VI915_BR13_CLIP			BIT(30)

#define VI915_BLT_MASK_RGB		0x00ffffff00ffffffull
#define VI915_BLT_MASK_ALPHA		0xff000000ff000000ull

/* A rectangle of pixels, as in commands; @x2 and @y2 are excluded. */
struct vi915_blt_box {
	s32 x1;
	s32 y1;
	s32 x2;
	s32 y2;
};

static s32 vi915_blt_x(u32 dword)
{
	return (s16)dword;
}

static s32 vi915_blt_y(u32 dword)
{
	return (s16)(dword >> 16);
}

static struct vi915_blt_box vi915_blt_box(const u32 *dw)
{
	return (struct vi915_blt_box) {
		.x1 = vi915_blt_x(dw[0]),
		.y1 = vi915_blt_y(dw[0]),
		.x2 = vi915_blt_x(dw[1]),
		.y2 = vi915_blt_y(dw[1]),
	};
}

/* Bytes per pixel of an XY_* command. */
static u32 vi915_blt_depth(u32 br13)
{
	static const u8 depths[] = { 1, 2, 2, 4 };

	return depths[br13 >> 24 & 0x3];
}

static u64 vi915_blt_mask(u32 header, u32 cpp)
{
	u64 mask = 0;

	if (cpp != 4)
		return U64_MAX;
	if (header & VI915_BR00_WRITE_RGB)
		mask |= VI915_BLT_MASK_RGB;
	if (header & VI915_BR00_WRITE_ALPHA)
		mask |= VI915_BLT_MASK_ALPHA;
	return mask;
}

static u64 vi915_blt_colour(u32 colour, u32 cpp)
{
	switch (cpp) {
	case 1:
		return (colour & 0xff) * 0x0101010101010101ull;
	case 2:
		return (colour & 0xffff) * 0x0001000100010001ull;
	default:
		return colour * 0x0000000100000001ull;
	}
}

/* Set up a surface; false if its base is no valid address. */
static bool vi915_blt_surface(const struct vi915_cs *cs,
			      struct vi915_surface *surface, u64 base,
			      u32 pitch, u32 tiling)
{
	surface->base = base;
	surface->pitch = (s16)pitch;
	surface->tiling = tiling;
	if (tiling != I915_TILING_NONE)
		surface->pitch *= sizeof(u32);
	return vi915_maps_take(&cs->maps, &surface->base);
}

/* Tiling of one side of an XY_* command, from BR00 and BCS_SWCTRL. */
static u32 vi915_blt_tiling(const struct vi915_cs *cs, u32 tiled, u32 y)
{
	if (!tiled)
		return I915_TILING_NONE;
	return cs->regs->swctrl & y ? I915_TILING_Y : I915_TILING_X;
}

static u32 vi915_blt_src_tiling(const struct vi915_cs *cs, u32 header)
{
	return vi915_blt_tiling(cs, header & VI915_BR00_SRC_TILED,
				VI915_CS_SWCTRL_SRC_Y);
}

static u32 vi915_blt_dst_tiling(const struct vi915_cs *cs, u32 header)
{
	return vi915_blt_tiling(cs, header & VI915_BR00_DST_TILED,
				VI915_CS_SWCTRL_DST_Y);
}

static void vi915_blt_clip(const struct vi915_cs_setup *setup,
			   struct vi915_blt_box *box)
{
	box->x1 = max_t(s32, box->x1, setup->clip_x1);
	box->y1 = max_t(s32, box->y1, setup->clip_y1);
	box->x2 = min_t(s32, box->x2, setup->clip_x2);
	box->y2 = min_t(s32, box->y2, setup->clip_y2);
}

/* All but the rectangle is decoded; @src_x, @src_y is the source of @box. */
static enum vi915_cs_status vi915_blt_draw(struct vi915_cs *cs, bool clip,
					   struct vi915_blt_box box, s32 src_x,
					   s32 src_y, u32 cpp)
{
	struct vi915_blt *blt = &cs->blt;
	struct vi915_blt_box whole = box;

	if (clip)
		vi915_blt_clip(&cs->regs->setup, &box);
	cs->stats.blits++;
	if (box.x1 >= box.x2 || box.y1 >= box.y2)
		return VI915_CS_MORE;

	blt->rect.x = box.x1 * (s32)cpp;
	blt->rect.y = box.y1;
	blt->rect.width = (box.x2 - box.x1) * cpp;
	blt->rect.height = box.y2 - box.y1;
	blt->src_x = (src_x + box.x1 - whole.x1) * (s32)cpp;
	blt->src_y = src_y + box.y1 - whole.y1;
	if (!vi915_blt_is_ok(blt))
		return vi915_cs_refuse(cs, VI915_CS_FAULT_BLIT);
	vi915_blt_start(blt);
	return VI915_CS_MORE;
}

/* @header is that of the command, or of the set-up that it uses. */
static enum vi915_cs_status vi915_blt_fill(struct vi915_cs *cs, u32 header,
					   u32 br13, u64 base, u32 colour,
					   struct vi915_blt_box box)
{
	struct vi915_blt *blt = &cs->blt;
	u32 cpp = vi915_blt_depth(br13);
	int rop = vi915_rop_of_pattern(br13 >> 16);

	if (rop < 0)
		return vi915_cs_refuse(cs, VI915_CS_FAULT_BLIT);
	if (!vi915_blt_surface(cs, &blt->dst, base, br13,
			       vi915_blt_dst_tiling(cs, header)))
		return vi915_cs_unmapped(cs, base);
	blt->fill = true;
	blt->rop = rop;
	blt->mask = vi915_blt_mask(header, cpp);
	blt->colour = vi915_blt_colour(colour, cpp);
	return vi915_blt_draw(cs, br13 & VI915_BR13_CLIP, box, 0, 0, cpp);
}

static enum vi915_cs_status vi915_blt_xy_color(struct vi915_cs *cs,
					       unsigned int len)
{
	const u32 *dw = cs->dw;

	return vi915_blt_fill(cs, dw[0], dw[1], vi915_cs_pair(dw + 4), dw[6],
			      vi915_blt_box(dw + 2));
}

static enum vi915_cs_status vi915_blt_xy_pixel(struct vi915_cs *cs,
					       unsigned int len)
{
	const struct vi915_cs_setup *setup = &cs->regs->setup;
	struct vi915_blt_box box = {
		.x1 = vi915_blt_x(cs->dw[1]),
		.y1 = vi915_blt_y(cs->dw[1]),
		.x2 = vi915_blt_x(cs->dw[1]) + 1,
		.y2 = vi915_blt_y(cs->dw[1]) + 1,
	};

	return vi915_blt_fill(cs, setup->header, setup->br13, setup->base,
			      setup->foreground, box);
}

static enum vi915_cs_status vi915_blt_xy_copy(struct vi915_cs *cs,
					      unsigned int len)
{
	const u32 *dw = cs->dw;
	struct vi915_blt *blt = &cs->blt;
	u64 dst = vi915_cs_pair(dw + 4);
	u64 src = vi915_cs_pair(dw + 8);
	u32 cpp = vi915_blt_depth(dw[1]);
	int rop = vi915_rop_of_source(dw[1] >> 16);

	if (rop < 0)
		return vi915_cs_refuse(cs, VI915_CS_FAULT_BLIT);
	if (!vi915_blt_surface(cs, &blt->dst, dst, dw[1],
			       vi915_blt_dst_tiling(cs, dw[0])))
		return vi915_cs_unmapped(cs, dst);
	if (!vi915_blt_surface(cs, &blt->src, src, dw[7],
			       vi915_blt_src_tiling(cs, dw[0])))
		return vi915_cs_unmapped(cs, src);
	blt->fill = false;
	blt->rop = rop;
	blt->mask = vi915_blt_mask(dw[0], cpp);
	return vi915_blt_draw(cs, dw[1] & VI915_BR13_CLIP,
			      vi915_blt_box(dw + 2), vi915_blt_x(dw[6]),
			      vi915_blt_y(dw[6]), cpp);
}

/* Tiling of one side of XY_FAST_COPY_BLT; -1 if it is not supported. */
static int vi915_blt_fast_tiling(u32 field, bool yf)
{
	switch (field) {
	case 0:
		return I915_TILING_NONE;
	case 1:
		return I915_TILING_X;
	case 2:
		return yf ? -1 : I915_TILING_Y;
	default:
		return -1;
	}
}

static enum vi915_cs_status vi915_blt_fast_copy(struct vi915_cs *cs,
						unsigned int len)
{
	static const u8 depths[] = { 1, 2, 0, 4, 8, 16, 0, 0 };
	const u32 *dw = cs->dw;
	struct vi915_blt *blt = &cs->blt;
	u64 dst = vi915_cs_pair(dw + 4);
	u64 src = vi915_cs_pair(dw + 8);
	u32 cpp = depths[dw[1] >> 24 & 0x7];
	int src_tiling = vi915_blt_fast_tiling(dw[0] >> 20 & 0x3,
					       dw[1] & BIT(31));
	int dst_tiling = vi915_blt_fast_tiling(dw[0] >> 13 & 0x3,
					       dw[1] & BIT(30));

	if (!cpp || src_tiling < 0 || dst_tiling < 0)
		return vi915_cs_refuse(cs, VI915_CS_FAULT_BLIT);
	if (!vi915_blt_surface(cs, &blt->dst, dst, dw[1], dst_tiling))
		return vi915_cs_unmapped(cs, dst);
	if (!vi915_blt_surface(cs, &blt->src, src, dw[7], src_tiling))
		return vi915_cs_unmapped(cs, src);
	blt->fill = false;
	blt->rop = VI915_ROP_COPY;
	blt->mask = U64_MAX;
	return vi915_blt_draw(cs, false, vi915_blt_box(dw + 2),
			      vi915_blt_x(dw[6]), vi915_blt_y(dw[6]), cpp);
}

/* Commands without coordinates have a width in bytes and linear surfaces. */
static enum vi915_cs_status vi915_blt_flat(struct vi915_cs *cs)
{
	struct vi915_blt *blt = &cs->blt;
	struct vi915_blt_box box = {
		.x2 = cs->dw[2] & 0xffff,
		.y2 = cs->dw[2] >> 16,
	};

	blt->mask = vi915_blt_mask(cs->dw[0], vi915_blt_depth(cs->dw[1]));
	return vi915_blt_draw(cs, false, box, 0, 0, 1);
}

static enum vi915_cs_status vi915_blt_color(struct vi915_cs *cs,
					    unsigned int len)
{
	const u32 *dw = cs->dw;
	struct vi915_blt *blt = &cs->blt;
	u64 dst = vi915_cs_pair(dw + 3);
	int rop = vi915_rop_of_pattern(dw[1] >> 16);

	if (rop < 0)
		return vi915_cs_refuse(cs, VI915_CS_FAULT_BLIT);
	if (!vi915_blt_surface(cs, &blt->dst, dst, dw[1], I915_TILING_NONE))
		return vi915_cs_unmapped(cs, dst);
	blt->fill = true;
	blt->rop = rop;
	blt->colour = vi915_blt_colour(dw[5], vi915_blt_depth(dw[1]));
	return vi915_blt_flat(cs);
}

static enum vi915_cs_status vi915_blt_copy(struct vi915_cs *cs,
					   unsigned int len)
{
	const u32 *dw = cs->dw;
	struct vi915_blt *blt = &cs->blt;
	u64 dst = vi915_cs_pair(dw + 3);
	u64 src = vi915_cs_pair(dw + 6);
	int rop = vi915_rop_of_source(dw[1] >> 16);

	if (rop < 0)
		return vi915_cs_refuse(cs, VI915_CS_FAULT_BLIT);
	if (!vi915_blt_surface(cs, &blt->dst, dst, dw[1], I915_TILING_NONE))
		return vi915_cs_unmapped(cs, dst);
	if (!vi915_blt_surface(cs, &blt->src, src, dw[5], I915_TILING_NONE))
		return vi915_cs_unmapped(cs, src);
	blt->fill = false;
	blt->rop = rop;
	return vi915_blt_flat(cs);
}

static void vi915_blt_set_clip(struct vi915_cs_setup *setup, const u32 *dw)
{
	struct vi915_blt_box box = vi915_blt_box(dw);

	setup->clip_x1 = box.x1;
	setup->clip_y1 = box.y1;
	setup->clip_x2 = box.x2;
	setup->clip_y2 = box.y2;
}

static enum vi915_cs_status vi915_blt_setup(struct vi915_cs *cs,
					    unsigned int len)
{
	struct vi915_cs_setup *setup = &cs->regs->setup;

	vi915_blt_set_clip(setup, cs->dw + 2);
	setup->header = cs->dw[0];
	setup->br13 = cs->dw[1];
	setup->base = vi915_cs_pair(cs->dw + 4);
	setup->foreground = cs->dw[7];
	return VI915_CS_MORE;
}

static enum vi915_cs_status vi915_blt_setup_clip(struct vi915_cs *cs,
						 unsigned int len)
{
	vi915_blt_set_clip(&cs->regs->setup, cs->dw + 1);
	return VI915_CS_MORE;
}

static enum vi915_cs_status vi915_blt_refused(struct vi915_cs *cs,
					      unsigned int len)
{
	return vi915_cs_refuse(cs, VI915_CS_FAULT_BLIT);
}

#define VI915_BLT_REFUSED	{ 2, 257, false, vi915_blt_refused }

static const struct vi915_cs_op vi915_blt_ops[128] = {
	[0x01] = { 10, 10, false, vi915_blt_setup },
	[0x03] = { 3, 3, false, vi915_blt_setup_clip },
	[0x11] = { 10, 10, false, vi915_blt_setup },	/* SETUP_MONO_PATTERN */
	[0x24] = { 2, 2, false, vi915_blt_xy_pixel },
	[0x25] = VI915_BLT_REFUSED,			/* SCANLINES */
	[0x26] = VI915_BLT_REFUSED,			/* TEXT */
	[0x31] = VI915_BLT_REFUSED,			/* TEXT_IMMEDIATE */
	[0x40] = { 6, 6, false, vi915_blt_color },
	[0x42] = { 10, 10, false, vi915_blt_fast_copy },
	[0x43] = { 8, 8, false, vi915_blt_copy },
	[0x50] = { 7, 7, false, vi915_blt_xy_color },
	[0x51] = VI915_BLT_REFUSED,			/* PAT */
	[0x52] = VI915_BLT_REFUSED,			/* MONO_PAT */
	[0x53] = { 10, 10, false, vi915_blt_xy_copy },
	[0x54] = VI915_BLT_REFUSED,			/* MONO_SRC_COPY */
	[0x55] = VI915_BLT_REFUSED,			/* FULL */
	[0x56] = VI915_BLT_REFUSED,			/* FULL_MONO_SRC */
	[0x57] = VI915_BLT_REFUSED,			/* FULL_MONO_PATTERN */
	[0x58] = VI915_BLT_REFUSED,			/* FULL_MONO_BOTH */
	[0x59] = VI915_BLT_REFUSED,			/* MONO_PAT_FIXED */
	[0x71] = VI915_BLT_REFUSED,			/* MONO_SRC_IMMEDIATE */
	[0x72] = VI915_BLT_REFUSED,			/* PAT_IMMEDIATE */
	[0x73] = VI915_BLT_REFUSED,			/* SRC_COPY_CHROMA */
	[0x74] = VI915_BLT_REFUSED,			/* FULL_IMMEDIATE */
	[0x75] = VI915_BLT_REFUSED,			/* FULL_MONO_IMMEDIATE */
	[0x76] = VI915_BLT_REFUSED,			/* PAT_CHROMA */
	[0x77] = VI915_BLT_REFUSED,			/* PAT_CHROMA_IMMEDIATE */
};

/**
 * vi915_cs_blt_op() - find a command of the blitter
 * @header: its first dword
 *
 * Return: its table entry; @min is 0 in that of an unknown command.
 */
const struct vi915_cs_op *vi915_cs_blt_op(u32 header)
{
	return &vi915_blt_ops[VI915_BLT_OPCODE(header)];
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "vi915_edid.h"

/**
 * DOC: EDIDs
 *
 * A screen's EDID is a block of EDID 1.3, as in HDMI, and one of CTA-861.
 * Programs and people tell screens apart by its name and serial number. The
 * name has the user's name for the GPU, the serial number has the device's, and
 * both have the output's number.
 *
 * All widths are multiples of 16, so that a tight row of 32-bit pixels has a
 * pitch that the GPU takes, whichever program made the buffer.
 */

#define VI915_EDID_BLOCK	128
#define VI915_EDID_DETAIL	18
/* Offset of the four details in the base block. */
#define VI915_EDID_DETAILS	54
#define VI915_EDID_TEXT		13

/* Size in millimetres, of a usual desktop screen. */
#define VI915_EDID_WIDTH	598
#define VI915_EDID_HEIGHT	336

struct vi915_edid_timing {
	/* Pixel clock in units of 10 kHz. */
	u16 clock;
	u16 hactive, hblank, hfront, hsync;
	u16 vactive, vblank, vfront, vsync;
	/* 0x1e: both syncs are positive; 0x1a: only the horizontal one. */
	u8 flags;
};

/* Mode 16 of CTA-861, and two modes between that and 4K. */
static const struct vi915_edid_timing vi915_edid_preferred = {
	14850, 1920, 280, 88, 44, 1080, 45, 4, 5, 0x1e
};

static const struct vi915_edid_timing vi915_edid_more[] = {
	{ 24150, 2560, 160, 48, 32, 1440, 41, 3, 5, 0x1a },
	{ 26850, 2560, 160, 48, 32, 1600, 46, 3, 6, 0x1a },
};

static const u8 vi915_edid_base[VI915_EDID_DETAILS] = {
	0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00,
	/* "VIG", product 0x0915; serial number (set later); year 2026. */
	0x59, 0x27, 0x15, 0x09, 0, 0, 0, 0, 0, 2026 - 1990,
	/* 1.3, digital, 60 x 34 cm, gamma 2.2, sRGB. */
	1, 3, 0x80, 60, 34, 120, 0x0e,
	0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54,
	/* 640x480, 800x600 and 1024x768 at 60 Hz. */
	0x21, 0x08, 0x00,
	/* 1280x800, 1280x960, 1280x1024, 1440x900, 1600x900. */
	0x81, 0x00, 0x81, 0x40, 0x81, 0x80, 0x95, 0x00, 0xa9, 0xc0,
	/* 1600x1200, 1680x1050, 1920x1200. */
	0xa9, 0x40, 0xb3, 0x00, 0xd1, 0x00,
};

/* 1 to 255 Hz, 15 to 255 kHz, 2400 MHz: as wide as the fields allow. */
static const u8 vi915_edid_limits[VI915_EDID_DETAIL] = {
	0, 0, 0, 0xfd, 0, 1, 255, 15, 255, 240,
	0x00, '\n', ' ', ' ', ' ', ' ', ' ', ' ',
};

static const u8 vi915_edid_cta[] = {
	/* The offset of the timings is set later. One timing is native. */
	0x02, 3, 0, 0x81,
	/* 1080p, 720p, 480p, 640x480 and 4K by their numbers. */
	0x40 | 19, 0x80 | 16, 31, 32, 33, 34, 4, 19, 3, 1,
	97, 96, 95, 94, 93, 102, 101, 100, 99, 98,
	/* HDMI up to 340 MHz, and the HDMI Forum's block up to 600 MHz. */
	0x60 | 7, 0x03, 0x0c, 0x00, 0x10, 0x00, 0x00, 340 / 5,
	0x60 | 7, 0xd8, 0x5d, 0xc4, 1, 600 / 5, 0x80, 0x00,
	/* No overscan; RGB of either range. */
	0xe0 | 2, 0x00, 0x4f,
};

static void vi915_edid_detail(u8 *at, const struct vi915_edid_timing *timing)
{
	at[0] = timing->clock;
	at[1] = timing->clock >> 8;
	at[2] = timing->hactive;
	at[3] = timing->hblank;
	at[4] = timing->hactive >> 8 << 4 | timing->hblank >> 8;
	at[5] = timing->vactive;
	at[6] = timing->vblank;
	at[7] = timing->vactive >> 8 << 4 | timing->vblank >> 8;
	at[8] = timing->hfront;
	at[9] = timing->hsync;
	at[10] = (timing->vfront & 0xf) << 4 | (timing->vsync & 0xf);
	at[11] = timing->hfront >> 8 << 6 | timing->hsync >> 8 << 4 |
		 timing->vfront >> 4 << 2 | timing->vsync >> 4;
	at[12] = VI915_EDID_WIDTH & 0xff;
	at[13] = VI915_EDID_HEIGHT & 0xff;
	at[14] = VI915_EDID_WIDTH >> 8 << 4 | VI915_EDID_HEIGHT >> 8;
	at[15] = 0;
	at[16] = 0;
	at[17] = timing->flags;
}

/* A text descriptor ends in a line feed and blanks if there is room. */
static void vi915_edid_text(u8 *at, u8 tag, const char *text)
{
	size_t length = min_t(size_t, strlen(text), VI915_EDID_TEXT);

	memset(at, 0, VI915_EDID_DETAIL - VI915_EDID_TEXT);
	at[3] = tag;
	at += VI915_EDID_DETAIL - VI915_EDID_TEXT;
	memset(at, ' ', VI915_EDID_TEXT);
	memcpy(at, text, length);
	if (length < VI915_EDID_TEXT)
		at[length] = '\n';
}

static void vi915_edid_seal(u8 *block)
{
	u8 sum = 0;
	unsigned int i;

	for (i = 0; i < VI915_EDID_BLOCK - 1; i++)
		sum += block[i];
	block[VI915_EDID_BLOCK - 1] = -sum;
}

/**
 * vi915_edid_fill() - make the EDID of an output
 * @edid: out: &VI915_EDID_BYTES bytes
 * @gpu: the user's name for the GPU
 * @serial: unique among the machine's outputs; cut after 13 characters
 * @output: the output's number
 */
void vi915_edid_fill(u8 *edid, const char *gpu, const char *serial,
		     unsigned int output)
{
	u8 *detail = edid + VI915_EDID_DETAILS, *cta = edid + VI915_EDID_BLOCK;
	char name[VI915_EDID_TEXT + 1];
	unsigned int i;

	memset(edid, 0, VI915_EDID_BYTES);
	memcpy(edid, vi915_edid_base, sizeof(vi915_edid_base));
	edid[12] = output + 1;

	/* A long name is cut, to leave room for the output. */
	snprintf(name, sizeof(name), "%.10s/%u", gpu, output);
	vi915_edid_detail(detail, &vi915_edid_preferred);
	vi915_edid_text(detail + VI915_EDID_DETAIL, 0xfc, name);
	vi915_edid_text(detail + 2 * VI915_EDID_DETAIL, 0xff, serial);
	memcpy(detail + 3 * VI915_EDID_DETAIL, vi915_edid_limits,
	       sizeof(vi915_edid_limits));
	edid[126] = 1;
	vi915_edid_seal(edid);

	memcpy(cta, vi915_edid_cta, sizeof(vi915_edid_cta));
	cta[2] = sizeof(vi915_edid_cta);
	for (i = 0; i < ARRAY_SIZE(vi915_edid_more); i++)
		vi915_edid_detail(cta + sizeof(vi915_edid_cta) +
					  i * VI915_EDID_DETAIL,
				  &vi915_edid_more[i]);
	vi915_edid_seal(cta);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_edid_fill);

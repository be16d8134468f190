/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_REPORT_H
#define VI915_DEMO_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "demo_blit.h"

/* Four ways: who of two renders, and whose buffer; each in every tiling. */
#define VI915_DEMO_WAYS 4
#define VI915_DEMO_ROWS (VI915_DEMO_WAYS * VI915_DEMO_TILINGS)

/**
 * struct vi915_demo_wrong - the last picture that was not shown as it was meant
 * @frames: how many there were
 * @pending: how often the job was not done when it was shown
 * @frame: which picture it was, from 1
 * @shows: the earlier picture that was shown instead, 0 for none
 * @driver: whose fence was pending, "" for none
 * @timeline: which of its timelines
 */
struct vi915_demo_wrong {
	unsigned int frames;
	unsigned int pending;
	unsigned int frame;
	unsigned int shows;
	char driver[32];
	char timeline[32];
};

/**
 * struct vi915_demo_row - one way in one tiling, and how it compares
 * @renderer: 0 when GPU A renders, 1 when B does
 * @owner: 0 when the buffer is GPU A's, 1 when it is B's
 * @shower: whose output shows it
 * @tiling: how its pixels lie
 * @buffer: file number of its dma-buf
 * @size: bytes of it
 * @frames: pictures shown
 * @equal: how many of them had the CRC that was meant
 * @waits: how many of them were not done when they were given to the output
 * @pages: pages of the buffer
 * @same: how many of them are the same memory on both sides
 * @meant: CRC of the last picture, made by the CPU
 * @shown: CRC of it, by the CRTC
 * @shot: CRC of it, of what vi915_shot says
 * @checked: CRC of it, as vkms put it out of vgem's memory
 * @wrong: what went wrong
 */
struct vi915_demo_row {
	unsigned int renderer, owner, shower;
	enum vi915_demo_tiling tiling;
	uint64_t buffer;
	size_t size;
	unsigned int frames;
	unsigned int equal;
	unsigned int waits;
	size_t pages;
	size_t same;
	uint32_t meant;
	uint32_t shown;
	uint32_t shot;
	uint32_t checked;
	struct vi915_demo_wrong wrong;
};

/**
 * struct vi915_demo_report - what the demo found
 * @width: of all pictures
 * @height: of all pictures
 * @out: the folder of the pictures
 * @camera: the camera's node
 * @frames: that it has captured
 * @gpus: the GPUs' nodes
 * @outputs: names of their outputs
 * @clocks: when their jobs are done, or "" when they do not say
 * @vgem: vgem's node
 * @vkms: vkms's node
 * @blits: commands of each GPU's blitter
 * @moved: bytes that these wrote
 * @drawn: bytes that the CPU wrote, for labels
 * @shared: bytes of pictures and frames that changed hands
 * @forgotten: GPU B did not wait for GPU A
 * @rows: what was shown, way by way
 */
struct vi915_demo_report {
	uint32_t width;
	uint32_t height;
	const char *out;
	const char *camera;
	unsigned int frames;
	const char *gpus[2];
	const char *outputs[2];
	char clocks[2][32];
	const char *vgem;
	const char *vkms;
	uint64_t blits[2];
	uint64_t moved[2];
	uint64_t drawn;
	uint64_t shared;
	bool forgotten;
	struct vi915_demo_row rows[VI915_DEMO_ROWS];
};

extern const char *const vi915_demo_pictures[VI915_DEMO_WAYS];

uint64_t vi915_demo_report_copied(const struct vi915_demo_report *report);
bool vi915_demo_report_good(const struct vi915_demo_report *report);
const struct vi915_demo_row *vi915_demo_report_wrong(const struct vi915_demo_report *report);
void vi915_demo_report_text(const struct vi915_demo_report *report, FILE *out);

/* demo_report_json.c */
void vi915_demo_report_json(const struct vi915_demo_report *report, FILE *out);

#endif

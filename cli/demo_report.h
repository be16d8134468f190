/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_REPORT_H
#define VI915_DEMO_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "demo_blit.h"

/* Four ways, by the GPU that renders and the owner of the buffer; each in every tiling. */
#define VI915_DEMO_WAYS 4
#define VI915_DEMO_ROWS (VI915_DEMO_WAYS * VI915_DEMO_TILINGS)

/**
 * struct vi915_demo_wrong - the last picture that was shown wrong
 * @frames: how many pictures were wrong
 * @pending: how often the job was not done when its picture was shown
 * @frame: number of the picture, from 1
 * @shows: number of the earlier picture that was shown instead, 0 for none
 * @driver: driver of the pending fence, "" for none
 * @timeline: timeline of the pending fence
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
 * @shower: 0 when GPU A's output shows it, 1 when B's does
 * @tiling: layout of its pixels
 * @buffer: file number of its dma-buf
 * @size: bytes of the buffer
 * @frames: pictures shown
 * @equal: how many of them had the expected CRC
 * @waits: how many of them were not rendered yet when the flip was submitted
 * @pages: pages of the buffer
 * @same: how many of them are the same memory on both sides
 * @meant: CRC of the last picture, made by the CPU
 * @shown: its CRC, by the CRTC
 * @shot: its CRC, from vi915_shot
 * @checked: its CRC, from vkms, which showed it from vgem's memory
 * @wrong: the last wrong picture
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
 * struct vi915_demo_report - the results of the demo
 * @width: of all pictures
 * @height: of all pictures
 * @out: the folder of the pictures
 * @camera: the camera's node
 * @frames: frames that the camera has captured
 * @gpus: the GPUs' nodes
 * @outputs: names of their outputs
 * @clocks: when their jobs run, or "" if unknown
 * @vgem: vgem's node
 * @vkms: vkms's node
 * @blits: blits of each GPU
 * @moved: bytes that these wrote
 * @drawn: bytes that the CPU wrote, for labels
 * @shared: bytes of pictures and frames that one device wrote and another read
 * @forgotten: GPU B did not wait for GPU A
 * @rows: the results of each way in each tiling
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

/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_REPORT_H
#define VI915_DEMO_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct vi915_demo_way - what went one way, and how it compares
 * @title: what this way is called
 * @owner: who made the buffers
 * @writer: who wrote the pictures
 * @frames: pictures shown
 * @equal: how many of them were shown as they were meant
 * @buffers: that held them
 * @shared: bytes of pictures that changed hands
 * @drawn: bytes that the CPU wrote to make the pictures
 * @blits: commands of blitters that made them
 * @moved: bytes that these wrote
 * @waits: fences that were pending when somebody came to wait for them
 * @pages: pages of these buffers
 * @same: how many of them are the same memory on both sides
 * @live: vkms's own CRC could be read, so marks were seen while on the screen
 * @meant: CRC of the last picture, in its owner's memory
 * @shown: CRC of the last picture, as written back from the screen
 * @picture: path of the PNG file of the last picture
 */
struct vi915_demo_way {
	const char *title;
	const char *owner;
	const char *writer;
	unsigned int frames;
	unsigned int equal;
	unsigned int buffers;
	uint64_t shared;
	uint64_t drawn;
	uint64_t blits;
	uint64_t moved;
	unsigned int waits;
	size_t pages;
	size_t same;
	bool live;
	uint32_t meant;
	uint32_t shown;
	char picture[512];
};

/**
 * struct vi915_demo_race - what came of a wait that was left out
 * @forgotten: it was left out: GPU B did not wait for GPU A's picture
 * @frames: pictures that were shown wrong
 * @pending: how often GPU B was done before GPU A was
 * @last: the last picture that was shown wrong, from 1
 * @shows: the earlier picture that was shown instead of it, 0 for none
 * @buffer: the last one's buffer, the file number of its dma-buf
 * @size: bytes of that buffer
 * @driver: whose fence was pending
 * @timeline: which of its timelines
 */
struct vi915_demo_race {
	bool forgotten;
	unsigned int frames;
	unsigned int pending;
	unsigned int last;
	unsigned int shows;
	uint64_t buffer;
	size_t size;
	char driver[32];
	char timeline[32];
};

/**
 * struct vi915_demo_report - what the demo found
 * @width: of all pictures
 * @height: of all pictures
 * @camera: the camera's node
 * @gpu: GPU A's node
 * @gpu_b: GPU B's node
 * @clock: when GPU A's jobs are done, or "" when it does not say
 * @clock_b: when GPU B's are
 * @screen: the screen's node
 * @outputs: camera to GPU's buffers to screen
 * @offload: GPU's drawing into the screen's buffers
 * @composed: two GPUs' blits, from camera to screen
 * @race: what came of a forgotten wait
 */
struct vi915_demo_report {
	uint32_t width;
	uint32_t height;
	const char *camera;
	const char *gpu;
	const char *gpu_b;
	const char *screen;
	char clock[32];
	char clock_b[32];
	struct vi915_demo_way outputs;
	struct vi915_demo_way offload;
	struct vi915_demo_way composed;
	struct vi915_demo_race race;
};

uint64_t vi915_demo_way_copied(const struct vi915_demo_way *way);
bool vi915_demo_report_good(const struct vi915_demo_report *report);
void vi915_demo_report_text(const struct vi915_demo_report *report, FILE *out);
void vi915_demo_report_json(const struct vi915_demo_report *report, FILE *out);

#endif

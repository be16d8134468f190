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
	size_t pages;
	size_t same;
	bool live;
	uint32_t meant;
	uint32_t shown;
	char picture[512];
};

/**
 * struct vi915_demo_report - what the demo found
 * @width: of all pictures
 * @height: of all pictures
 * @camera: the camera's node
 * @gpu: the GPU's node
 * @screen: the screen's node
 * @outputs: camera to GPU's buffers to screen
 * @offload: GPU's drawing into the screen's buffers
 */
struct vi915_demo_report {
	uint32_t width;
	uint32_t height;
	const char *camera;
	const char *gpu;
	const char *screen;
	struct vi915_demo_way outputs;
	struct vi915_demo_way offload;
};

uint64_t vi915_demo_way_copied(const struct vi915_demo_way *way);
bool vi915_demo_report_good(const struct vi915_demo_report *report);
void vi915_demo_report_text(const struct vi915_demo_report *report, FILE *out);
void vi915_demo_report_json(const struct vi915_demo_report *report, FILE *out);

#endif

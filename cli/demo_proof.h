/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_PROOF_H
#define VI915_DEMO_PROOF_H

#include <stddef.h>
#include <stdint.h>

struct vi915_demo_canvas;

/* Largest width of a picture, in pixels. */
#define VI915_DEMO_WIDTH_MAX 4096

size_t vi915_demo_pages(size_t size);

void vi915_demo_marks_write(uint8_t *map, size_t size, uint32_t salt);
size_t vi915_demo_marks_count(const uint8_t *map, size_t size, uint32_t salt);
uint32_t *vi915_demo_marks_save(const uint8_t *map, size_t size);
void vi915_demo_marks_restore(uint8_t *map, size_t size, uint32_t *saved);
size_t vi915_demo_marks_cross(uint8_t *one, uint8_t *other, size_t size);

uint32_t vi915_demo_crc(const struct vi915_demo_canvas *canvas);
uint32_t vi915_demo_crc_rgb(const uint8_t *rgb, uint32_t width, uint32_t height);

#endif

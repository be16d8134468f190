// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * How the demo proves that no driver copies.
 *
 * The mappings of GPU buffers are page-frame mappings, and /proc/self/pagemap shows no frame
 * numbers for those. So each page gets a mark of its own: it is written on one side and looked for
 * on the other, with no call to any driver in between. A copy made earlier cannot have the mark,
 * and no call could make a copy afterwards.
 *
 * Pictures are compared by a CRC that every program can compute: zlib's, of all XRGB8888 pixels
 * with the unused byte as 0.
 */
#include "demo_proof.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "demo_canvas.h"

#define VI915_DEMO_PAGE 4096u
#define VI915_DEMO_RGB 0x00ffffffu

/**
 * vi915_demo_pages() - count the pages of a buffer
 * @size: its bytes
 *
 * Return: the number of pages, rounded up.
 */
size_t vi915_demo_pages(size_t size)
{
	return (size + VI915_DEMO_PAGE - 1) / VI915_DEMO_PAGE;
}

/* Marks use the RGB bytes only, since the fourth byte is not shown or kept. */
static uint32_t vi915_demo_mark(size_t page, uint32_t salt)
{
	return ((uint32_t)page * 2654435761u >> 8 ^ salt) & VI915_DEMO_RGB;
}

/* Atomic, so that the compiler reads memory each time, since other mappings write it too. */
static uint32_t vi915_demo_mark_load(const uint8_t *map, size_t page)
{
	return __atomic_load_n((const uint32_t *)(const void *)(map + page * VI915_DEMO_PAGE),
			       __ATOMIC_SEQ_CST);
}

static void vi915_demo_mark_store(uint8_t *map, size_t page, uint32_t value)
{
	__atomic_store_n((uint32_t *)(void *)(map + page * VI915_DEMO_PAGE), value,
			 __ATOMIC_SEQ_CST);
}

/**
 * vi915_demo_marks_write() - put a mark at the start of each page
 * @map: a mapping of the buffer
 * @size: bytes of it
 * @salt: makes these marks unlike earlier ones
 */
void vi915_demo_marks_write(uint8_t *map, size_t size, uint32_t salt)
{
	for (size_t page = 0; page < vi915_demo_pages(size); page++)
		vi915_demo_mark_store(map, page, vi915_demo_mark(page, salt));
}

/**
 * vi915_demo_marks_count() - count the pages that have their mark
 * @map: a mapping of the buffer, or of a picture read back from it
 * @size: bytes of it
 * @salt: as given to vi915_demo_marks_write()
 *
 * Return: their number.
 */
size_t vi915_demo_marks_count(const uint8_t *map, size_t size, uint32_t salt)
{
	size_t count = 0;

	for (size_t page = 0; page < vi915_demo_pages(size); page++) {
		uint32_t found = vi915_demo_mark_load(map, page) & VI915_DEMO_RGB;

		count += found == vi915_demo_mark(page, salt);
	}
	return count;
}

/**
 * vi915_demo_marks_save() - save the bytes that marks will overwrite
 * @map: a mapping of the buffer
 * @size: bytes of it
 *
 * Return: the bytes, for vi915_demo_marks_restore(), which frees them; or NULL.
 */
uint32_t *vi915_demo_marks_save(const uint8_t *map, size_t size)
{
	uint32_t *saved = calloc(vi915_demo_pages(size), sizeof(*saved));

	for (size_t page = 0; saved && page < vi915_demo_pages(size); page++)
		saved[page] = vi915_demo_mark_load(map, page);
	return saved;
}

/**
 * vi915_demo_marks_restore() - take the marks out again
 * @map: a mapping of the buffer
 * @size: bytes of it
 * @saved: from vi915_demo_marks_save(); freed
 */
void vi915_demo_marks_restore(uint8_t *map, size_t size, uint32_t *saved)
{
	for (size_t page = 0; saved && page < vi915_demo_pages(size); page++)
		vi915_demo_mark_store(map, page, saved[page]);
	free(saved);
}

/**
 * vi915_demo_marks_cross() - compare two mappings page by page, both ways
 * @one: one side's mapping of a buffer; its first bytes of each page are lost
 * @other: the other side's
 * @size: bytes of it
 *
 * Return: the number of pages that are the same memory on both sides.
 */
size_t vi915_demo_marks_cross(uint8_t *one, uint8_t *other, size_t size)
{
	const uint32_t there = 0x5a17, back = 0xc3d4e5;
	size_t forth, count;

	vi915_demo_marks_write(one, size, there);
	forth = vi915_demo_marks_count(other, size, there);
	vi915_demo_marks_write(other, size, back);
	count = vi915_demo_marks_count(one, size, back);
	return forth < count ? forth : count;
}

/**
 * vi915_demo_crc() - compute the CRC-32 that a vi915 output has to report
 * @canvas: the picture
 *
 * Return: the CRC of all pixels row by row, the unused byte of each taken as 0.
 */
uint32_t vi915_demo_crc(const struct vi915_demo_canvas *canvas)
{
	uLong crc = crc32(0, NULL, 0);
	uint32_t row[VI915_DEMO_WIDTH_MAX];

	for (uint32_t y = 0; y < canvas->height; y++) {
		memcpy(row, canvas->pixels + (size_t)y * canvas->pitch,
		       canvas->width * sizeof(row[0]));
		for (uint32_t x = 0; x < canvas->width; x++)
			row[x] &= VI915_DEMO_RGB;
		crc = crc32(crc, (const Bytef *)row, canvas->width * sizeof(row[0]));
	}
	return (uint32_t)crc;
}

/**
 * vi915_demo_crc_rgb() - compute the same CRC for a picture of three bytes a pixel
 * @rgb: R, G, B of all pixels, row by row
 * @width: in pixels
 * @height: in pixels
 *
 * Return: the CRC that vi915_demo_crc() gives for the same picture.
 */
uint32_t vi915_demo_crc_rgb(const uint8_t *rgb, uint32_t width, uint32_t height)
{
	uint32_t row[VI915_DEMO_WIDTH_MAX];
	uLong crc = crc32(0, NULL, 0);

	for (uint32_t y = 0; y < height; y++) {
		for (uint32_t x = 0; x < width; x++, rgb += 3)
			row[x] = (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];
		crc = crc32(crc, (const Bytef *)row, width * sizeof(row[0]));
	}
	return (uint32_t)crc;
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/visibility.h>
#include <linux/crc32poly.h>
#include <linux/export.h>

#include "vi915_crc.h"
#include "vi915_crc_fold.h"

/**
 * DOC: CRCs of pictures
 *
 * The CRC of a frame is zlib's crc32() of its XRGB8888 bytes with X = 0, so
 * tests can compute the value they expect. Done plainly it would be the slowest
 * part of reading a frame, since each step depends on the one before. So the
 * four quarters of a band, which are independent, are done at the same time and
 * combined afterwards: CRCs are polynomials over GF(2), and appending bytes is
 * multiplying by a power of x. The byte above R is masked on the way, so
 * callers need not clear it.
 *
 * If the CPU can multiply such polynomials and vector registers may be used,
 * each 64 bytes are folded into the next 64. A band is thus reduced to 16 bytes
 * of the same CRC, which the table then finishes.
 */

#define VI915_CRC_STREAMS	4
#define VI915_CRC_RGB		0x00ffffffu
#define VI915_CRC_MASK		0x00ffffff00ffffffull
/* x^0 and x^8: the lowest bit is the highest power. */
#define VI915_CRC_X0		0x80000000u
#define VI915_CRC_X8		0x00800000u

/**
 * vi915_crc_init() - fill the tables
 * @crc: the tables to fill
 */
void vi915_crc_init(struct vi915_crc *crc)
{
	u32 value, i, bit;

	crc->count = 0;
	crc->fold = vi915_crc_can_fold();
	for (i = 0; i < 256; i++) {
		value = i;
		for (bit = 0; bit < 8; bit++)
			value = value >> 1 ^ (value & 1 ? CRC32_POLY_LE : 0);
		crc->table[0][i] = value;
	}
	for (i = 256; i < 8 * 256; i++) {
		value = crc->table[i / 256 - 1][i % 256];
		crc->table[i / 256][i % 256] =
			value >> 8 ^ crc->table[0][value & 0xff];
	}
}
EXPORT_SYMBOL_IF_KUNIT(vi915_crc_init);

/* Multiply modulo the CRC's polynomial. */
static u32 vi915_crc_multiply(u32 a, u32 b)
{
	u32 product = 0;
	u32 bit;

	for (bit = VI915_CRC_X0; bit; bit >>= 1) {
		product ^= a & bit ? b : 0;
		b = b >> 1 ^ (b & 1 ? CRC32_POLY_LE : 0);
	}
	return product;
}

/* Factor to multiply a CRC by to append that many zero bytes. */
static u32 vi915_crc_power(size_t bytes)
{
	u32 power = VI915_CRC_X0;
	u32 square = VI915_CRC_X8;

	for (; bytes; bytes >>= 1) {
		if (bytes & 1)
			power = vi915_crc_multiply(power, square);
		square = vi915_crc_multiply(square, square);
	}
	return power;
}

static void vi915_crc_prepare(struct vi915_crc *crc, size_t count)
{
	if (crc->count == count)
		return;
	crc->count = count;
	crc->quarter = vi915_crc_power(count / 2 / VI915_CRC_STREAMS *
				       sizeof(u64));
	crc->whole = vi915_crc_power(count * sizeof(u32));
}

/* Add two pixels to a CRC. */
static __always_inline u32 vi915_crc_step(const struct vi915_crc *crc,
					  u32 value, u64 pixels)
{
	pixels = (pixels & VI915_CRC_MASK) ^ value;
	/* The topmost byte is zero, and so is its table entry. */
	return crc->table[7][pixels & 0xff] ^
	       crc->table[6][pixels >> 8 & 0xff] ^
	       crc->table[5][pixels >> 16 & 0xff] ^
	       crc->table[4][pixels >> 24 & 0xff] ^
	       crc->table[3][pixels >> 32 & 0xff] ^
	       crc->table[2][pixels >> 40 & 0xff] ^
	       crc->table[1][pixels >> 48];
}

static u32 vi915_crc_pixel(const struct vi915_crc *crc, u32 value, u32 pixel)
{
	value ^= pixel & VI915_CRC_RGB;
	return crc->table[3][value & 0xff] ^
	       crc->table[2][value >> 8 & 0xff] ^
	       crc->table[1][value >> 16 & 0xff] ^
	       crc->table[0][value >> 24];
}

/* CRC of the first @done pixels, as many as can be folded. */
static u32 vi915_crc_folded(const struct vi915_crc *crc, const u32 *pixels,
			    size_t count, size_t *done)
{
	u32 value = 0;
	u8 bytes[16];
	size_t i;

	*done = count - count % VI915_CRC_FOLD;
	vi915_crc_fold(pixels, *done, bytes);
	for (i = 0; i < sizeof(bytes); i++)
		value = value >> 8 ^ crc->table[0][(value ^ bytes[i]) & 0xff];
	return value;
}

/* CRC of the first @done pixels, computed in four parts. */
static u32 vi915_crc_streams(const struct vi915_crc *crc, const u32 *pixels,
			     size_t count, size_t *done)
{
	size_t step = count / 2 / VI915_CRC_STREAMS;
	const u64 *pairs = (const u64 *)pixels;
	u32 a = 0, b = 0, c = 0, d = 0;
	size_t i;

	for (i = 0; i < step; i++) {
		a = vi915_crc_step(crc, a, pairs[i]);
		b = vi915_crc_step(crc, b, pairs[i + step]);
		c = vi915_crc_step(crc, c, pairs[i + step * 2]);
		d = vi915_crc_step(crc, d, pairs[i + step * 3]);
	}
	a = vi915_crc_multiply(a, crc->quarter) ^ b;
	a = vi915_crc_multiply(a, crc->quarter) ^ c;
	a = vi915_crc_multiply(a, crc->quarter) ^ d;
	*done = step * 2 * VI915_CRC_STREAMS;
	return a;
}

/**
 * vi915_crc_pixels() - the CRC of pixels alone
 * @crc: tables
 * @pixels: little endian, 8 byte aligned; the byte above R counts as zero
 * @count: number of @pixels
 *
 * Return: the CRC, from a start of 0 and without an inversion at the end.
 */
u32 vi915_crc_pixels(struct vi915_crc *crc, const u32 *pixels, size_t count)
{
	size_t i;
	u32 value;

	vi915_crc_prepare(crc, count);
	if (crc->fold && count >= VI915_CRC_FOLD)
		value = vi915_crc_folded(crc, pixels, count, &i);
	else
		value = vi915_crc_streams(crc, pixels, count, &i);
	for (; i < count; i++)
		value = vi915_crc_pixel(crc, value, pixels[i]);
	return value;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_crc_pixels);

/**
 * vi915_crc_append() - the CRC of pixels after others
 * @crc: tables
 * @before: CRC of the pixels before; U32_MAX for none. A result that began with
 *	U32_MAX is, inverted, that of zlib's crc32()
 * @next: CRC of the pixels to append, from vi915_crc_pixels()
 * @count: number of pixels in @next
 *
 * Return: the CRC of both.
 */
u32 vi915_crc_append(struct vi915_crc *crc, u32 before, u32 next, size_t count)
{
	vi915_crc_prepare(crc, count);
	return vi915_crc_multiply(before, crc->whole) ^ next;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_crc_append);

// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_color_mgmt.h>
#include <drm/drm_crtc.h>
#include <drm/drm_property.h>
#include <kunit/visibility.h>
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "vi915_colour.h"
#include "vi915_refuse.h"

/**
 * DOC: colour management
 *
 * Once all planes are in a picture, gen9 applies a table for each channel
 * (DEGAMMA_LUT), a matrix (CTM), and another table (GAMMA_LUT, or SETGAMMA's).
 * Tables have 1024 entries. If both are set they share the hardware's table,
 * so each is reduced to 512 entries. SETGAMMA's table has 256.
 *
 * An 8-bit value is repeated to 16 bits, whose upper bits are the index; there
 * is no interpolation between entries. Entries have 16 bits and are rounded to
 * the nearest when the pixel is made. The matrix's factors are limited to below
 * 4 and its sums to between 0 and 1; a sum is rounded once.
 *
 * Tables are precomputed when a commit is checked: without a matrix a pixel
 * then costs one look-up for each channel, and a picture whose colours do not
 * change costs nothing.
 */

/* Largest factor of the hardware, just below 4. */
#define VI915_COLOUR_MAX_FACTOR	((4ull << 32) - 1)

static u16 vi915_colour_entry(const struct drm_color_lut *entry,
			      unsigned int channel)
{
	switch (channel) {
	case 0:
		return entry->red;
	case 1:
		return entry->green;
	default:
		return entry->blue;
	}
}

/* Scale from 0..65535 to 0..255, rounding to the nearest. */
static u8 vi915_colour_round(u16 value)
{
	return DIV_ROUND_CLOSEST(value, 257);
}

/* Entry @index of a table that is reduced to the hardware's @count entries. */
static u16 vi915_colour_at(const struct drm_color_lut *table, unsigned int size,
			   unsigned int count, unsigned int index,
			   unsigned int channel)
{
	return vi915_colour_entry(&table[index * (size - 1) / (count - 1)],
				  channel);
}

static s64 vi915_colour_factor(u64 coefficient)
{
	s64 size = min(coefficient & ~BIT_ULL(63), VI915_COLOUR_MAX_FACTOR);

	return coefficient & BIT_ULL(63) ? -size : size;
}

/* Right shift from a 16-bit value to an index of @count entries. */
static unsigned int vi915_colour_shift(unsigned int count)
{
	return 16 - ilog2(count);
}

static void vi915_colour_fill_linear(struct vi915_colour *colour,
				     const struct vi915_colour_request *request,
				     unsigned int count)
{
	unsigned int channel, i;
	u16 value;

	for (channel = 0; channel < VI915_COLOUR_CHANNELS; channel++) {
		for (i = 0; i < VI915_COLOUR_VALUES; i++) {
			value = i * 257;
			if (request->degamma)
				value = vi915_colour_at(request->degamma,
							request->degamma_size,
							count, value >>
							vi915_colour_shift(count),
							channel);
			colour->linear[channel][i] = value;
		}
	}
}

static void vi915_colour_fill_result(struct vi915_colour *colour,
				     const struct vi915_colour_request *request,
				     unsigned int count)
{
	unsigned int channel, i;

	colour->has_result = request->gamma;
	if (!request->gamma)
		return;
	colour->shift = vi915_colour_shift(count);
	for (channel = 0; channel < VI915_COLOUR_CHANNELS; channel++)
		for (i = 0; i < count; i++)
			colour->result[channel][i] =
				vi915_colour_round(vi915_colour_at(request->gamma,
								   request->gamma_size,
								   count, i,
								   channel));
}

static u8 vi915_colour_finish(const struct vi915_colour *colour,
			      unsigned int channel, u16 value)
{
	if (!colour->has_result)
		return vi915_colour_round(value);
	return colour->result[channel][value >> colour->shift];
}

/**
 * vi915_colour_create() - precompute the tables for a request
 * @request: the request; its tables must have supported sizes
 *
 * Return: the new object, with one reference, or an ERR_PTR: -ENOMEM.
 */
struct vi915_colour *
vi915_colour_create(const struct vi915_colour_request *request)
{
	bool two = request->degamma && request->gamma &&
		   request->gamma_size == VI915_COLOUR_ENTRIES;
	struct vi915_colour *colour = kzalloc(sizeof(*colour), GFP_KERNEL_ACCOUNT);
	unsigned int channel, i;

	if (!colour)
		return ERR_PTR(-ENOMEM);

	kref_init(&colour->ref);
	vi915_colour_fill_linear(colour, request, VI915_COLOUR_ENTRIES >> two);
	vi915_colour_fill_result(colour, request, request->gamma_size >> two);
	colour->mixes = request->ctm;
	for (i = 0; request->ctm && i < ARRAY_SIZE(request->ctm->matrix); i++)
		colour->matrix[i / 3][i % 3] =
			vi915_colour_factor(request->ctm->matrix[i]);
	for (channel = 0; channel < VI915_COLOUR_CHANNELS; channel++)
		for (i = 0; i < VI915_COLOUR_VALUES; i++)
			colour->table[channel][i] =
				vi915_colour_finish(colour, channel,
						    colour->linear[channel][i]);
	return colour;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_colour_create);

/**
 * vi915_colour_get() - take a reference
 * @colour: the object, or NULL
 *
 * Return: @colour.
 */
struct vi915_colour *vi915_colour_get(struct vi915_colour *colour)
{
	if (colour)
		kref_get(&colour->ref);
	return colour;
}

static void vi915_colour_free(struct kref *ref)
{
	kfree(container_of(ref, struct vi915_colour, ref));
}

/**
 * vi915_colour_put() - drop a reference, in any context
 * @colour: the object, or NULL
 */
void vi915_colour_put(struct vi915_colour *colour)
{
	if (colour)
		kref_put(&colour->ref, vi915_colour_free);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_colour_put);

static u32 vi915_colour_mix(const struct vi915_colour *colour, u32 pixel)
{
	u32 result = 0;
	unsigned int row;
	s64 sum;

	/* Factors below 4 (34 bits) and 16-bit values: sums fit in 52 bits. */
	for (row = 0; row < VI915_COLOUR_CHANNELS; row++) {
		sum = colour->matrix[row][0] *
			      colour->linear[0][pixel >> 16 & 0xff] +
		      colour->matrix[row][1] *
			      colour->linear[1][pixel >> 8 & 0xff] +
		      colour->matrix[row][2] * colour->linear[2][pixel & 0xff];
		sum = clamp_t(s64, (sum + (1LL << 31)) >> 32, 0, U16_MAX);
		result = result << 8 | vi915_colour_finish(colour, row, sum);
	}
	return result;
}

/**
 * vi915_colour_apply() - change the colours of pixels
 * @colour: what to do to them
 * @pixels: in and out: XRGB8888, where X has no meaning
 * @count: number of @pixels
 */
void vi915_colour_apply(const struct vi915_colour *colour, u32 *pixels,
			size_t count)
{
	size_t i;

	if (colour->mixes) {
		for (i = 0; i < count; i++)
			pixels[i] = vi915_colour_mix(colour, pixels[i]);
		return;
	}
	for (i = 0; i < count; i++)
		pixels[i] = colour->table[0][pixels[i] >> 16 & 0xff] << 16 |
			    colour->table[1][pixels[i] >> 8 & 0xff] << 8 |
			    colour->table[2][pixels[i] & 0xff];
}
EXPORT_SYMBOL_IF_KUNIT(vi915_colour_apply);

/* Many clients set identity tables; these are dropped, to cost nothing. */
static bool vi915_colour_is_plain(const struct vi915_colour *colour)
{
	unsigned int channel, i;

	if (colour->mixes)
		return false;
	for (channel = 0; channel < VI915_COLOUR_CHANNELS; channel++)
		for (i = 0; i < VI915_COLOUR_VALUES; i++)
			if (colour->table[channel][i] != i)
				return false;
	return true;
}

/**
 * vi915_colour_check() - check and prepare the colour properties of a commit
 * @state: state of a CRTC
 * @colour: in: reference to the CRTC's last object, or NULL; out, on success:
 *	reference to the new one, NULL if no pixel is to be changed
 *
 * Return: 0; -EINVAL for a table of unsupported size, as i915; -ENOMEM.
 */
int vi915_colour_check(struct drm_crtc_state *state,
		       struct vi915_colour **colour)
{
	struct drm_device *drm = state->crtc->dev;
	struct vi915_colour_request request = {};
	struct vi915_colour *wanted = NULL;

	if (state->degamma_lut) {
		request.degamma = state->degamma_lut->data;
		request.degamma_size = drm_color_lut_size(state->degamma_lut);
	}
	if (state->ctm)
		request.ctm = state->ctm->data;
	if (state->gamma_lut) {
		request.gamma = state->gamma_lut->data;
		request.gamma_size = drm_color_lut_size(state->gamma_lut);
	}
	if (VI915_REFUSE(drm, request.degamma &&
			 request.degamma_size != VI915_COLOUR_ENTRIES) ||
	    VI915_REFUSE(drm, request.gamma &&
			 request.gamma_size != VI915_COLOUR_ENTRIES &&
			 request.gamma_size != VI915_COLOUR_LEGACY))
		return -EINVAL;

	if (request.degamma || request.ctm || request.gamma)
		wanted = vi915_colour_create(&request);
	if (IS_ERR(wanted))
		return PTR_ERR(wanted);
	if (wanted && vi915_colour_is_plain(wanted)) {
		vi915_colour_put(wanted);
		wanted = NULL;
	}
	vi915_colour_put(*colour);
	*colour = wanted;
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_COLOUR_H
#define VI915_COLOUR_H

#include <drm/drm_mode.h>
#include <linux/kref.h>
#include <linux/types.h>

struct drm_crtc_state;

/* Entries of DEGAMMA_LUT and GAMMA_LUT, and of SETGAMMA's legacy table. */
#define VI915_COLOUR_ENTRIES	1024
#define VI915_COLOUR_LEGACY	256

/* Red, green, blue. */
#define VI915_COLOUR_CHANNELS	3
/* Values of an 8-bit channel. */
#define VI915_COLOUR_VALUES	256

/**
 * struct vi915_colour_request - what a client wants done to a picture
 * @degamma: table before the matrix, or NULL
 * @degamma_size: entries of @degamma
 * @ctm: the matrix, or NULL
 * @gamma: table behind the matrix, or NULL
 * @gamma_size: entries of @gamma
 */
struct vi915_colour_request {
	const struct drm_color_lut *degamma;
	unsigned int degamma_size;
	const struct drm_color_ctm *ctm;
	const struct drm_color_lut *gamma;
	unsigned int gamma_size;
};

/**
 * struct vi915_colour - what is done to the pixels of a picture
 *
 * Never changes once it is made.
 */
struct vi915_colour {
	/** @ref: held by CRTC states and frames */
	struct kref ref;
	/** @mixes: there is a matrix; else only @table is used */
	bool mixes;
	/** @table: result for each value of each channel, without a matrix */
	u8 table[VI915_COLOUR_CHANNELS][VI915_COLOUR_VALUES];
	/** @linear: matrix input for each value of each channel, 0 to 65535 */
	u16 linear[VI915_COLOUR_CHANNELS][VI915_COLOUR_VALUES];
	/** @matrix: rows of factors, fixed point with 32 fractional bits */
	s64 matrix[VI915_COLOUR_CHANNELS][VI915_COLOUR_CHANNELS];
	/** @shift: right shift from a matrix output to an index of @result */
	unsigned int shift;
	/** @result: gamma table for each channel, rounded to 8 bits */
	u8 result[VI915_COLOUR_CHANNELS][VI915_COLOUR_ENTRIES];
	/** @has_result: @result is set; else outputs are only rounded */
	bool has_result;
};

struct vi915_colour *
vi915_colour_create(const struct vi915_colour_request *request);
struct vi915_colour *vi915_colour_get(struct vi915_colour *colour);
void vi915_colour_put(struct vi915_colour *colour);
void vi915_colour_apply(const struct vi915_colour *colour, u32 *pixels,
			size_t count);
int vi915_colour_check(struct drm_crtc_state *state,
		       struct vi915_colour **colour);

#endif

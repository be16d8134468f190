// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "tile.h"
#include "uapi.h"

uint64_t tile_row_size(const struct tiled *t)
{
	switch (t->mode) {
	case I915_TILING_X:
		return t->stride * 8ull;
	case I915_TILING_Y:
		return t->stride * 32ull;
	default:
		return 0;
	}
}

uint64_t tile_raw(const struct tiled *t, uint64_t linear)
{
	uint64_t row = tile_row_size(t), start, x, y;

	if (!row || linear / row >= t->size / row)
		return linear;

	start = linear / row * row;
	x = (linear - start) % t->stride;
	y = (linear - start) / t->stride;
	if (t->mode == I915_TILING_X)
		return start + x / 512 * 4096 + y * 512 + x % 512;
	return start + x / 128 * 4096 + x % 128 / 16 * 512 + y * 16 + x % 16;
}

int64_t tile_differs(const struct tiled *t, const void *linear, const void *raw, uint64_t from,
		     uint64_t end)
{
	const uint8_t *a = linear, *b = raw;
	uint64_t i;

	for (i = from; i < end; i++)
		if (a[i] != b[tile_raw(t, i)])
			return i;
	return -1;
}

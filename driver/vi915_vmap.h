/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_VMAP_H
#define VI915_VMAP_H

#include <linux/iosys-map.h>

struct vi915_bo;

/**
 * struct vi915_vmap - an object mapped for the kernel
 * @users: number of vi915_vmap() without vi915_vunmap()
 * @map: mapping of all pages, valid while @users is not 0
 *
 * Guarded by the object's reservation.
 */
struct vi915_vmap {
	unsigned int users;
	struct iosys_map map;
};

int vi915_vmap(struct vi915_bo *bo, struct iosys_map *map);
void vi915_vunmap(struct vi915_bo *bo, struct iosys_map *map);

#endif

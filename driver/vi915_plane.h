/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_PLANE_H
#define VI915_PLANE_H

#include <drm/drm_plane.h>
#include <linux/container_of.h>

struct drm_rect;
struct vi915_layer;
struct vi915_output;
struct vi915_scanout;

/* Largest width and height of a cursor, in pixels. */
#define VI915_PLANE_MAX_CURSOR	256

/**
 * struct vi915_plane_state - state of a plane
 */
struct vi915_plane_state {
	/** @base: the DRM core's part */
	struct drm_plane_state base;
	/** @scanout: holds @base.fb from prepare_fb to cleanup_fb; or NULL */
	struct vi915_scanout *scanout;
};

/**
 * to_vi915_plane_state() - the driver's state around the DRM core's
 * @state: state of a plane of a vi915 device
 *
 * Return: the &struct vi915_plane_state whose @base it is.
 */
static inline struct vi915_plane_state *
to_vi915_plane_state(struct drm_plane_state *state)
{
	return container_of(state, struct vi915_plane_state, base);
}

int vi915_plane_init_all(struct vi915_output *output);
bool vi915_plane_layer(struct drm_plane_state *state, struct vi915_layer *layer);
bool vi915_plane_damage(struct drm_plane_state *old_state,
			struct drm_plane_state *new_state,
			struct drm_rect *damage);

#endif

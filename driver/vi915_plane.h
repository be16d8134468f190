/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_PLANE_H
#define VI915_PLANE_H

#include <drm/drm_plane.h>
#include <linux/container_of.h>

struct drm_rect;
struct vi915_layer;
struct vi915_output;
struct vi915_scanout;

/* Pixels of a cursor, on each side. */
#define VI915_PLANE_MAX_CURSOR	256

/**
 * struct vi915_plane_state - what a plane is asked to show
 */
struct vi915_plane_state {
	/** @base: what the DRM core knows */
	struct drm_plane_state base;
	/** @scanout: of its framebuffer, from prepare_fb to cleanup_fb; or NULL */
	struct vi915_scanout *scanout;
};

/**
 * to_vi915_plane_state() - from the DRM core's state to ours
 * @state: of a plane of a vi915 device
 *
 * Return: the state it is part of.
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

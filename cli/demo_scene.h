/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_DEMO_SCENE_H
#define VI915_DEMO_SCENE_H

#include <stdint.h>

#include "demo_blit.h"
#include "demo_canvas.h"

/* Camera frames in a picture. */
#define VI915_DEMO_SCENE_FRAMES 4
/* Sources of copies: the camera's frames, and then the label. */
#define VI915_DEMO_SCENE_LABEL VI915_DEMO_SCENE_FRAMES
#define VI915_DEMO_SCENE_SOURCES (VI915_DEMO_SCENE_FRAMES + 1)
#define VI915_DEMO_SCENE_LABEL_HEIGHT 20
#define VI915_DEMO_SCENE_STEPS 64

/**
 * struct vi915_demo_step - one blit of a picture
 * @to: the part of the picture that it writes
 * @source: index of the source that it copies, or -1 for a fill
 * @x: left edge of the copied part in the source
 * @y: upper edge of the copied part in the source
 * @colour: XRGB8888
 */
struct vi915_demo_step {
	struct vi915_demo_rect to;
	int source;
	uint16_t x, y;
	uint32_t colour;
};

/**
 * struct vi915_demo_scene - a picture as the blits that make it
 * @steps: the blits in order; a later one covers an earlier one
 * @num: how many
 */
struct vi915_demo_scene {
	struct vi915_demo_step steps[VI915_DEMO_SCENE_STEPS];
	unsigned int num;
};

void vi915_demo_scene_compose(struct vi915_demo_scene *scene, uint16_t width, uint16_t height,
			      unsigned int number, unsigned int count,
			      const uint8_t tint[3]);
void vi915_demo_scene_blit(const struct vi915_demo_scene *scene, struct vi915_demo_exec *exec,
			   const struct vi915_demo_surface *to,
			   const struct vi915_demo_surface *sources);
void vi915_demo_scene_paint(const struct vi915_demo_scene *scene,
			    const struct vi915_demo_canvas *to,
			    const struct vi915_demo_canvas *sources);

#endif

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The picture that a GPU makes of four camera frames, as a list of blits: a background of bands,
 * four frames with a border and a shadow that drift a little from picture to picture, a label that
 * names the GPUs, and a row of lamps that shows the number of the picture. A GPU runs the list with
 * its blitter, the CPU with plain stores; the two results must be equal to the byte.
 */
#include "demo_scene.h"

#include <string.h>

#include "demo_exec.h"

#define VI915_DEMO_BANDS 12
#define VI915_DEMO_BORDER 4
#define VI915_DEMO_SHADOW 7
/* Between the cells' edges and the frames in the middle of their drift. */
#define VI915_DEMO_MARGIN_X 20
#define VI915_DEMO_MARGIN_Y 14
#define VI915_DEMO_LAMPS 16
#define VI915_DEMO_LAMP_HEIGHT 10

#define VI915_DEMO_COLOUR_BORDER 0x00f4f1eau
#define VI915_DEMO_COLOUR_SHADOW 0x00101a26u
#define VI915_DEMO_COLOUR_LIT 0x00ffc53du
#define VI915_DEMO_COLOUR_UNLIT 0x00202f40u

static struct vi915_demo_step *vi915_demo_scene_add(struct vi915_demo_scene *scene, int x, int y,
						    int width, int height)
{
	struct vi915_demo_step *step = &scene->steps[scene->num++];

	step->to = (struct vi915_demo_rect){ (uint16_t)x, (uint16_t)y, (uint16_t)width,
					     (uint16_t)height };
	step->source = -1;
	return step;
}

static void vi915_demo_scene_fill(struct vi915_demo_scene *scene, int x, int y, int width,
				  int height, uint32_t colour)
{
	vi915_demo_scene_add(scene, x, y, width, height)->colour = colour;
}

/* Bands from dark to light; each adds @tint to R, G and B. */
static void vi915_demo_scene_background(struct vi915_demo_scene *scene, int width, int height,
					const uint8_t tint[3])
{
	for (int i = 0; i < VI915_DEMO_BANDS; i++) {
		int top = height * i / VI915_DEMO_BANDS;
		int bottom = height * (i + 1) / VI915_DEMO_BANDS;
		uint32_t colour = (uint32_t)(tint[0] * (8 + i)) << 16 |
				  (uint32_t)(tint[1] * (8 + i)) << 8 |
				  (uint32_t)(tint[2] * (8 + i));

		vi915_demo_scene_fill(scene, 0, top, width, bottom - top, colour);
	}
}

/* One camera frame, cut to fit into its cell with border and shadow. */
static void vi915_demo_scene_frame(struct vi915_demo_scene *scene, int frame, int left, int top,
				   int width, int height, unsigned int number)
{
	static const int drift[] = { 0, 5, 7, 5, 0, -5, -7, -5 };
	const int border = VI915_DEMO_BORDER, shadow = VI915_DEMO_SHADOW;
	int x = left + VI915_DEMO_MARGIN_X + drift[(number + 2u * (unsigned int)frame) % 8];
	int y = top + VI915_DEMO_MARGIN_Y + drift[(number + 2u * (unsigned int)frame + 2) % 8] / 3;
	struct vi915_demo_step *step;

	width -= 2 * VI915_DEMO_MARGIN_X;
	height -= 2 * VI915_DEMO_MARGIN_Y;
	vi915_demo_scene_fill(scene, x - border + shadow, y - border + shadow, width + 2 * border,
			      height + 2 * border, VI915_DEMO_COLOUR_SHADOW);
	vi915_demo_scene_fill(scene, x - border, y - border, width + 2 * border,
			      height + 2 * border, VI915_DEMO_COLOUR_BORDER);
	step = vi915_demo_scene_add(scene, x, y, width, height);
	step->source = frame;
}

/* The share of lit lamps is the share of the pictures made so far. */
static void vi915_demo_scene_lamps(struct vi915_demo_scene *scene, int width, int height,
				   unsigned int number, unsigned int count)
{
	int lamps = count < VI915_DEMO_LAMPS ? (int)count : VI915_DEMO_LAMPS;
	int lit = (int)((uint64_t)(number + 1) * (uint64_t)lamps / count);
	int each = width / lamps;

	for (int i = 0; i < lamps; i++)
		vi915_demo_scene_fill(scene, i * each + 2, height - VI915_DEMO_LAMP_HEIGHT,
				      each - 4, VI915_DEMO_LAMP_HEIGHT - 2,
				      i < lit ? VI915_DEMO_COLOUR_LIT : VI915_DEMO_COLOUR_UNLIT);
}

/**
 * vi915_demo_scene_compose() - make up a picture of four camera frames
 * @scene: filled in
 * @width: of the picture; a camera frame has half of it
 * @height: of the picture; a camera frame has half of it
 * @number: of the picture, from 0
 * @count: number of all pictures
 * @tint: how fast R, G and B of the background grow, up to 13 each
 */
void vi915_demo_scene_compose(struct vi915_demo_scene *scene, uint16_t width, uint16_t height,
			      unsigned int number, unsigned int count,
			      const uint8_t tint[3])
{
	const int foot = VI915_DEMO_LAMP_HEIGHT + VI915_DEMO_SCENE_LABEL_HEIGHT;
	int cell_width = width / 2, cell_height = (height - foot) / 2;

	memset(scene, 0, sizeof(*scene));
	vi915_demo_scene_background(scene, width, height, tint);
	for (int i = 0; i < VI915_DEMO_SCENE_FRAMES; i++)
		vi915_demo_scene_frame(scene, i, i % 2 * cell_width, i / 2 * cell_height,
				       cell_width, cell_height, number);
	vi915_demo_scene_add(scene, 0, height - foot, width,
			     VI915_DEMO_SCENE_LABEL_HEIGHT)->source = VI915_DEMO_SCENE_LABEL;
	vi915_demo_scene_lamps(scene, width, height, number, count);
}

/**
 * vi915_demo_scene_blit() - have a blitter make the picture
 * @scene: the picture
 * @exec: the job, which names all buffers already
 * @to: the surface to write
 * @sources: the camera's frames and the label
 */
void vi915_demo_scene_blit(const struct vi915_demo_scene *scene, struct vi915_demo_exec *exec,
			   const struct vi915_demo_surface *to,
			   const struct vi915_demo_surface *sources)
{
	vi915_demo_blit_tiling(exec, to);
	for (unsigned int i = 0; i < scene->num; i++) {
		const struct vi915_demo_step *step = &scene->steps[i];

		if (step->source < 0)
			vi915_demo_blit_fill(exec, to, &step->to, step->colour);
		else
			vi915_demo_blit_copy(exec, to, &step->to, &sources[step->source], step->x,
					     step->y);
	}
}

static void vi915_demo_scene_paint_step(const struct vi915_demo_step *step,
					const struct vi915_demo_canvas *to,
					const struct vi915_demo_canvas *from)
{
	for (uint32_t y = 0; y < step->to.height; y++) {
		uint8_t *row = to->pixels + (size_t)(step->to.y + y) * to->pitch +
			       (size_t)step->to.x * 4;

		if (from) {
			memcpy(row, from->pixels + (size_t)(step->y + y) * from->pitch +
				    (size_t)step->x * 4, (size_t)step->to.width * 4);
			continue;
		}
		for (uint32_t x = 0; x < step->to.width; x++)
			memcpy(row + (size_t)x * 4, &step->colour, sizeof(step->colour));
	}
}

/**
 * vi915_demo_scene_paint() - make the picture with the CPU
 * @scene: the picture
 * @to: the canvas to write
 * @sources: the camera's frames and the label
 */
void vi915_demo_scene_paint(const struct vi915_demo_scene *scene,
			    const struct vi915_demo_canvas *to,
			    const struct vi915_demo_canvas *sources)
{
	for (unsigned int i = 0; i < scene->num; i++) {
		const struct vi915_demo_step *step = &scene->steps[i];

		vi915_demo_scene_paint_step(step, to,
					    step->source < 0 ? NULL : &sources[step->source]);
	}
}

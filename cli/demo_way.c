// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * One buffer that belongs to one GPU; one GPU renders into it and one shows it. "Outputs offloaded"
 * means that one GPU renders into its own buffer and the other shows it; "rendering offloaded"
 * means that one GPU renders into the other's buffer and the other shows it.
 *
 * The job and the flip are submitted at once, without a wait in between. The output waits for the
 * job because the job's fence is in the buffer.
 */
#include "demo_way.h"

#include <drm_fourcc.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "demo_exec.h"
#include "demo_fail.h"
#include "demo_job.h"
#include "demo_proof.h"
#include "demo_text.h"
#include "demo_witness.h"

#define VI915_DEMO_PIXEL 4u

static const char *const vi915_demo_owners[] = { "GPU A'S", "GPU B'S" };
static const char *const vi915_demo_layouts[] = { "ROWS", "X TILES", "Y TILES" };
static const uint64_t vi915_demo_modifiers[] = {
	DRM_FORMAT_MOD_LINEAR, I915_FORMAT_MOD_X_TILED, I915_FORMAT_MOD_Y_TILED,
};

/* Rows of a tile, and the unit of a pitch in bytes, by tiling. */
static const uint32_t vi915_demo_tile_rows[] = { 1, 8, 32 };
static const uint32_t vi915_demo_tile_pitch[] = { 64, 512, 128 };

/* Growth of R, G and B in the background, which shows the GPU that made a picture. */
static const uint8_t vi915_demo_tints[2][3] = { { 3, 6, 9 }, { 8, 5, 4 } };

static uint32_t vi915_demo_round_up(uint32_t number, uint32_t step)
{
	return (number + step - 1) / step * step;
}

static struct vi915_demo_gpu *vi915_demo_way_renderer(const struct vi915_demo_way *way)
{
	return &way->job->gpus[way->row->renderer];
}

static struct vi915_demo_output *vi915_demo_way_output(const struct vi915_demo_way *way)
{
	return &way->job->outputs[way->row->shower];
}

/* -- the buffer -------------------------------------------------------------- */

static int vi915_demo_way_share(struct vi915_demo_way *way)
{
	struct vi915_demo_row *row = way->row;
	unsigned int owner = row->owner, other = !owner;
	struct vi915_demo_gpu *gpus = way->job->gpus;
	size_t size = (size_t)way->pitch * vi915_demo_round_up(way->job->report->height,
							       vi915_demo_tile_rows[row->tiling]);
	struct stat st = { 0 };

	if (vi915_demo_gpu_create(&gpus[owner], size, &way->sides[owner]))
		return -1;
	way->dmabuf = vi915_demo_gpu_export(&gpus[owner], &way->sides[owner]);
	if (way->dmabuf < 0 ||
	    vi915_demo_gpu_import(&gpus[other], way->dmabuf, size, &way->sides[other]))
		return -1;
	fstat(way->dmabuf, &st);
	row->buffer = st.st_ino;
	row->size = way->sides[owner].size;
	row->pages = vi915_demo_pages(row->size);
	if (vi915_demo_gpu_touch(&gpus[0], &way->sides[0], true) ||
	    vi915_demo_gpu_touch(&gpus[1], &way->sides[1], true))
		return -1;
	row->same = vi915_demo_marks_cross(way->sides[owner].map, way->sides[other].map, size);
	memset(way->sides[owner].map, 0, size);
	return 0;
}

/* Makes the label with the names of the GPUs; the CPU writes it, once. */
static int vi915_demo_way_label(struct vi915_demo_way *way)
{
	const struct vi915_demo_row *row = way->row;
	struct vi915_demo_canvas canvas = {
		.pitch = way->job->report->width * VI915_DEMO_PIXEL,
		.width = way->job->report->width,
		.height = VI915_DEMO_SCENE_LABEL_HEIGHT,
	};
	char text[80];

	snprintf(text, sizeof(text), "GPU %c RENDERS INTO %s %s, GPU %c SHOWS THEM",
		 'A' + row->renderer,
		 row->owner == row->renderer ? "ITS OWN" : vi915_demo_owners[row->owner],
		 vi915_demo_layouts[row->tiling], 'A' + row->shower);
	if (vi915_demo_gpu_create(vi915_demo_way_renderer(way),
				  (size_t)canvas.pitch * canvas.height, &way->label) ||
	    vi915_demo_gpu_touch(vi915_demo_way_renderer(way), &way->label, true))
		return -1;
	canvas.pixels = way->label.map;
	way->job->report->drawn += vi915_demo_text(&canvas, text);
	return 0;
}

/**
 * vi915_demo_way_open() - make the buffer on one GPU, and import it on the other
 * @way: with job and row; filled in, also when half made; close with vi915_demo_way_close()
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_way_open(struct vi915_demo_way *way)
{
	const struct vi915_demo_row *row = way->row;

	way->dmabuf = way->fence.fd = -1;
	way->pitch = vi915_demo_round_up(way->job->report->width * VI915_DEMO_PIXEL,
					 vi915_demo_tile_pitch[row->tiling]);
	way->crcs = calloc(way->job->frames, sizeof(*way->crcs));
	if (!way->crcs)
		return vi915_demo_fail("out of memory");
	if (vi915_demo_way_share(way) || vi915_demo_way_label(way))
		return -1;
	return vi915_demo_kms_addfb(&vi915_demo_way_output(way)->kms,
				    way->sides[row->shower].handle, way->pitch,
				    vi915_demo_modifiers[row->tiling], &way->fb);
}

/**
 * vi915_demo_way_close() - release the buffer
 * @way: may be half made, or not at all
 */
void vi915_demo_way_close(struct vi915_demo_way *way)
{
	if (!way->job)
		return;
	if (way->fb)
		drmModeRmFB(vi915_demo_way_output(way)->kms.fd, way->fb);
	vi915_demo_gpu_release(vi915_demo_way_renderer(way), &way->label);
	for (int i = 0; i < 2; i++)
		vi915_demo_gpu_release(&way->job->gpus[i], &way->sides[i]);
	vi915_demo_fence_drop(&way->fence);
	if (way->dmabuf >= 0)
		close(way->dmabuf);
	free(way->crcs);
}

/* -- one picture ------------------------------------------------------------- */

/* Makes the same picture with the CPU, of the same camera frames. */
static int vi915_demo_way_paint(struct vi915_demo_way *way, unsigned int number)
{
	const struct vi915_demo_job *job = way->job;
	struct vi915_demo_canvas sources[VI915_DEMO_SCENE_SOURCES];

	for (int i = 0; i < VI915_DEMO_SCENE_FRAMES; i++)
		sources[i] = (struct vi915_demo_canvas){ job->captured[i].sides[0].map,
							 job->camera.pitch, job->camera.width,
							 job->camera.height };
	sources[VI915_DEMO_SCENE_LABEL] = (struct vi915_demo_canvas){
		way->label.map, job->meant.width * VI915_DEMO_PIXEL, job->meant.width,
		VI915_DEMO_SCENE_LABEL_HEIGHT,
	};
	vi915_demo_scene_paint(&way->scene, &job->meant, sources);
	way->crcs[number] = vi915_demo_crc(&job->meant);
	if (way->picture && job->forget && number + 1 == job->frames)
		return vi915_demo_witness_meant(way);
	return 0;
}

static int vi915_demo_way_render(struct vi915_demo_way *way)
{
	const struct vi915_demo_job *job = way->job;
	const unsigned int renderer = way->row->renderer;
	const struct vi915_demo_surface to = { &way->sides[renderer], way->pitch,
					       way->row->tiling };
	struct vi915_demo_surface sources[VI915_DEMO_SCENE_SOURCES];
	struct vi915_demo_exec exec;

	vi915_demo_exec_begin(&exec, vi915_demo_way_renderer(way));
	vi915_demo_exec_use(&exec, to.bo, true);
	for (int i = 0; i < VI915_DEMO_SCENE_FRAMES; i++) {
		sources[i] = (struct vi915_demo_surface){ &job->captured[i].sides[renderer],
							  job->camera.pitch, VI915_DEMO_LINEAR };
		vi915_demo_exec_use(&exec, sources[i].bo, false);
	}
	sources[VI915_DEMO_SCENE_LABEL] = (struct vi915_demo_surface){
		&way->label, job->report->width * VI915_DEMO_PIXEL, VI915_DEMO_LINEAR,
	};
	vi915_demo_exec_use(&exec, &way->label, false);
	vi915_demo_scene_blit(&way->scene, &exec, &to, sources);
	return vi915_demo_exec_submit(&exec);
}

/* Only GPU B's wait for GPU A can be left out. */
static bool vi915_demo_way_forgets(const struct vi915_demo_way *way)
{
	return way->job->forget && way->row->renderer == 0 && way->row->shower == 1;
}

/**
 * vi915_demo_way_begin() - submit a picture's job and flip, without a wait
 * @way: the way
 * @number: of the picture, from 0
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_way_begin(struct vi915_demo_way *way, unsigned int number)
{
	struct vi915_demo_fence before = { .fd = -1 };
	int pending, ret;

	vi915_demo_scene_compose(&way->scene, (uint16_t)way->job->meant.width,
				 (uint16_t)way->job->meant.height, number, way->job->frames,
				 vi915_demo_tints[way->row->renderer]);
	if (vi915_demo_way_paint(way, number) ||
	    (vi915_demo_way_forgets(way) && vi915_demo_fence_of(way->dmabuf, false, &before)))
		return -1;
	ret = vi915_demo_way_render(way) ||
	      vi915_demo_fence_of(way->dmabuf, false, &way->fence);
	pending = ret ? -1 : vi915_demo_fence_pending(&way->fence);
	if (pending < 0 ||
	    vi915_demo_output_flip(vi915_demo_way_output(way), way->fb, before.fd))
		ret = -1;
	else if (!vi915_demo_way_forgets(way))
		way->row->waits += (unsigned int)pending;
	vi915_demo_fence_drop(&before);
	way->job->report->shared += way->row->size +
				    VI915_DEMO_SCENE_FRAMES * way->job->camera.size;
	return ret ? -1 : 0;
}

/* Notes the cause when the wrong picture is shown. */
static int vi915_demo_way_blame(struct vi915_demo_way *way, unsigned int number)
{
	struct vi915_demo_wrong *wrong = &way->row->wrong;
	int pending = vi915_demo_fence_pending(&way->fence);

	if (pending < 0)
		return -1;
	wrong->frames++;
	wrong->frame = number + 1;
	wrong->shows = 0;
	for (unsigned int i = 0; i < number; i++)
		if (way->crcs[i] == way->row->shown)
			wrong->shows = i + 1;
	if (pending) {
		wrong->pending++;
		memcpy(wrong->driver, way->fence.driver, sizeof(wrong->driver));
		memcpy(wrong->timeline, way->fence.timeline, sizeof(wrong->timeline));
	}
	return 0;
}

/**
 * vi915_demo_way_end() - compare the picture that is shown
 * @way: the way, after vi915_demo_way_begin()
 * @number: as there
 *
 * Return: 0, also if the picture is wrong, or -1 after saying why.
 */
int vi915_demo_way_end(struct vi915_demo_way *way, unsigned int number)
{
	struct vi915_demo_output *output = vi915_demo_way_output(way);
	struct vi915_demo_row *row = way->row;
	bool last = number + 1 == way->job->frames;

	if (vi915_demo_output_wait(output) || vi915_demo_output_crc(output, &row->shown) ||
	    (last && vi915_demo_witness_shot(way)))
		return -1;
	row->meant = way->crcs[number];
	row->frames++;
	row->equal += row->meant == row->shown;
	if (row->meant != row->shown && vi915_demo_way_blame(way, number))
		return -1;
	vi915_demo_fence_drop(&way->fence);
	if (vi915_demo_fence_wait(way->dmabuf, false) ||
	    (!number && vi915_demo_witness_marks(way)))
		return -1;
	return last ? vi915_demo_witness_check(way) : 0;
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * "Composed by two GPUs": the camera's own buffers go to GPU A, whose blitter
 * makes one picture of four frames in a tiled buffer; that goes to GPU B, whose
 * blitter copies it into rows; and that goes to the screen. Each is told what to
 * do at once, and nobody is told to wait: B's job waits for A's fence and the
 * screen for B's, because the fences are in the buffers. Only before a frame
 * goes back to the camera, which knows no fences, the CPU waits itself.
 */
#include "demo_compose.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "demo_camera.h"
#include "demo_exec.h"
#include "demo_fail.h"
#include "demo_fence.h"
#include "demo_job.h"
#include "demo_proof.h"
#include "demo_scene.h"
#include "pngfile.h"

#define VI915_DEMO_TURNS 2
#define VI915_DEMO_PIXEL 4u
/* Rows of a Y tile, and bytes of one of them. */
#define VI915_DEMO_TILE_ROWS 32u
#define VI915_DEMO_TILE_PITCH 128u

/**
 * struct vi915_demo_tiled - a tiled buffer of GPU A that GPU B imports
 * @a: GPU A's side of it
 * @b: GPU B's side of it
 * @dmabuf: the fd that took it from one to the other
 */
struct vi915_demo_tiled {
	struct vi915_demo_bo a, b;
	int dmabuf;
};

/**
 * struct vi915_demo_compose - the buffers of this way
 * @job: the demo
 * @way: what is found on this way
 * @captured: the camera's own buffers
 * @frames: GPU A's side of them
 * @tiled: GPU A's, taking turns
 * @rows: GPU B's, which the screen imports, taking turns
 * @scene: the picture that is made now
 * @meant: the same picture, made by the CPU
 * @crcs: of the pictures so far, as they were meant
 */
struct vi915_demo_compose {
	struct vi915_demo_job *job;
	struct vi915_demo_way *way;
	struct vi915_demo_camera_buffer captured[VI915_DEMO_SCENE_FRAMES];
	struct vi915_demo_bo frames[VI915_DEMO_SCENE_FRAMES];
	struct vi915_demo_tiled tiled[VI915_DEMO_TURNS];
	struct vi915_demo_share rows[VI915_DEMO_TURNS];
	struct vi915_demo_scene scene;
	struct vi915_demo_canvas meant;
	uint32_t *crcs;
};

/* -- buffers, and that all sides of each are the same memory ----------------- */

static void vi915_demo_compose_prove(struct vi915_demo_compose *compose, uint8_t *one,
				     uint8_t *other, size_t size)
{
	compose->way->pages += vi915_demo_pages(size);
	compose->way->same += vi915_demo_marks_cross(one, other, size);
}

static int vi915_demo_compose_camera(struct vi915_demo_compose *compose)
{
	struct vi915_demo_job *job = compose->job;

	if (vi915_demo_camera_resize(&job->camera, job->report->width / 2,
				     job->report->height / 2) ||
	    vi915_demo_camera_allocate(&job->camera, compose->captured, VI915_DEMO_SCENE_FRAMES))
		return -1;
	for (uint32_t i = 0; i < VI915_DEMO_SCENE_FRAMES; i++) {
		struct vi915_demo_camera_buffer *buffer = &compose->captured[i];

		if (vi915_demo_gpu_import(&job->gpu, buffer->dmabuf, buffer->size,
					  &compose->frames[i]) ||
		    vi915_demo_gpu_touch(&job->gpu, &compose->frames[i], true))
			return -1;
		vi915_demo_compose_prove(compose, compose->frames[i].map, buffer->map,
					 buffer->size);
		if (vi915_demo_camera_queue(&job->camera, i, -1))
			return -1;
	}
	return vi915_demo_camera_stream(&job->camera);
}

static uint32_t vi915_demo_compose_pitch(const struct vi915_demo_compose *compose)
{
	uint32_t pitch = compose->job->report->width * VI915_DEMO_PIXEL;

	return (pitch + VI915_DEMO_TILE_PITCH - 1) / VI915_DEMO_TILE_PITCH * VI915_DEMO_TILE_PITCH;
}

static int vi915_demo_compose_tiled(struct vi915_demo_compose *compose,
				    struct vi915_demo_tiled *tiled)
{
	uint32_t rows = (compose->job->report->height + VI915_DEMO_TILE_ROWS - 1) /
			VI915_DEMO_TILE_ROWS * VI915_DEMO_TILE_ROWS;
	size_t size = (size_t)vi915_demo_compose_pitch(compose) * rows;
	struct vi915_demo_gpu *a = &compose->job->gpu, *b = &compose->job->gpu_b;

	if (vi915_demo_gpu_create(a, size, &tiled->a))
		return -1;
	tiled->dmabuf = vi915_demo_gpu_export(a, &tiled->a);
	if (tiled->dmabuf < 0 || vi915_demo_gpu_import(b, tiled->dmabuf, size, &tiled->b) ||
	    vi915_demo_gpu_touch(a, &tiled->a, true) || vi915_demo_gpu_touch(b, &tiled->b, true))
		return -1;
	vi915_demo_compose_prove(compose, tiled->a.map, tiled->b.map, tiled->a.size);
	memset(tiled->a.map, 0, tiled->a.size);
	return 0;
}

/* That these are the same memory is proven on the screen. */
static int vi915_demo_compose_rows(struct vi915_demo_compose *compose,
				   struct vi915_demo_share *rows)
{
	struct vi915_demo_job *job = compose->job;
	uint32_t pitch = vi915_demo_compose_pitch(compose);

	if (vi915_demo_gpu_create(&job->gpu_b, (size_t)pitch * job->report->height, &rows->bo))
		return -1;
	rows->dmabuf = vi915_demo_gpu_export(&job->gpu_b, &rows->bo);
	if (rows->dmabuf < 0)
		return -1;
	return vi915_demo_screen_import(&job->screen, rows->dmabuf, job->report->width,
					job->report->height, pitch, &rows->fb);
}

static int vi915_demo_compose_allocate(struct vi915_demo_compose *compose)
{
	uint32_t pitch = vi915_demo_compose_pitch(compose);

	compose->meant = (struct vi915_demo_canvas){
		.pixels = calloc(compose->job->report->height, pitch),
		.pitch = pitch,
		.width = compose->job->report->width,
		.height = compose->job->report->height,
	};
	compose->crcs = calloc(compose->job->frames, sizeof(*compose->crcs));
	if (!compose->meant.pixels || !compose->crcs)
		return vi915_demo_fail("out of memory");
	for (int i = 0; i < VI915_DEMO_TURNS; i++) {
		if (vi915_demo_compose_tiled(compose, &compose->tiled[i]) ||
		    vi915_demo_compose_rows(compose, &compose->rows[i]))
			return -1;
	}
	compose->way->buffers = VI915_DEMO_SCENE_FRAMES + 2 * VI915_DEMO_TURNS;
	return vi915_demo_compose_camera(compose);
}

static void vi915_demo_compose_release(struct vi915_demo_compose *compose)
{
	struct vi915_demo_job *job = compose->job;

	for (int i = 0; i < VI915_DEMO_TURNS; i++) {
		struct vi915_demo_tiled *tiled = &compose->tiled[i];
		struct vi915_demo_share *rows = &compose->rows[i];

		vi915_demo_screen_release(&job->screen, &rows->fb);
		vi915_demo_gpu_release(&job->gpu_b, &rows->bo);
		vi915_demo_gpu_release(&job->gpu_b, &tiled->b);
		vi915_demo_gpu_release(&job->gpu, &tiled->a);
		if (rows->dmabuf >= 0)
			close(rows->dmabuf);
		if (tiled->dmabuf >= 0)
			close(tiled->dmabuf);
	}
	for (int i = 0; i < VI915_DEMO_SCENE_FRAMES; i++) {
		vi915_demo_gpu_release(&job->gpu, &compose->frames[i]);
		vi915_demo_camera_release(&compose->captured[i]);
	}
	free(compose->meant.pixels);
	free(compose->crcs);
}

/* -- one picture ------------------------------------------------------------- */

static int vi915_demo_compose_submit(struct vi915_demo_compose *compose,
				     struct vi915_demo_exec *exec)
{
	compose->way->blits += exec->blits;
	compose->way->moved += exec->moved;
	return vi915_demo_exec_submit(exec);
}

/* GPU A: four frames into one picture. */
static int vi915_demo_compose_a(struct vi915_demo_compose *compose,
				const struct vi915_demo_tiled *tiled)
{
	const struct vi915_demo_surface to = { &tiled->a, compose->meant.pitch, true };
	struct vi915_demo_surface frames[VI915_DEMO_SCENE_FRAMES];
	struct vi915_demo_exec exec;

	vi915_demo_exec_begin(&exec, &compose->job->gpu);
	vi915_demo_exec_use(&exec, &tiled->a, VI915_DEMO_WRITE);
	for (int i = 0; i < VI915_DEMO_SCENE_FRAMES; i++) {
		frames[i] = (struct vi915_demo_surface){ &compose->frames[i],
							 compose->job->camera.pitch, false };
		vi915_demo_exec_use(&exec, &compose->frames[i], VI915_DEMO_READ);
	}
	vi915_demo_scene_blit(&compose->scene, &exec, &to, frames);
	return vi915_demo_compose_submit(compose, &exec);
}

/* GPU B: from tiles into rows. The wait that can be forgotten is the one for A. */
static int vi915_demo_compose_b(struct vi915_demo_compose *compose,
				const struct vi915_demo_tiled *tiled,
				const struct vi915_demo_share *rows)
{
	const struct vi915_demo_surface from = { &tiled->b, compose->meant.pitch, true };
	const struct vi915_demo_surface to = { &rows->bo, rows->fb.pitch, false };
	struct vi915_demo_exec exec;

	vi915_demo_exec_begin(&exec, &compose->job->gpu_b);
	vi915_demo_exec_use(&exec, &rows->bo, VI915_DEMO_WRITE);
	vi915_demo_exec_use(&exec, &tiled->b,
			    compose->job->forget ? VI915_DEMO_READ_UNSYNCED : VI915_DEMO_READ);
	vi915_demo_blit_all(&exec, &to, &from, (uint16_t)rows->fb.width,
			    (uint16_t)rows->fb.height);
	return vi915_demo_compose_submit(compose, &exec);
}

/* The CPU makes the same picture of the frames that the camera has. */
static void vi915_demo_compose_paint(struct vi915_demo_compose *compose, unsigned int number)
{
	struct vi915_demo_canvas frames[VI915_DEMO_SCENE_FRAMES];
	const struct vi915_demo_camera *camera = &compose->job->camera;

	for (int i = 0; i < VI915_DEMO_SCENE_FRAMES; i++)
		frames[i] = (struct vi915_demo_canvas){ compose->captured[i].map, camera->pitch,
							camera->width, camera->height };
	vi915_demo_scene_paint(&compose->scene, &compose->meant, frames);
	compose->crcs[number] = vi915_demo_crc_pixels(compose->meant.pixels, compose->meant.pitch,
						      compose->meant.width, compose->meant.height);
}

/* Somebody is about to wait for what is in @dmabuf: count it if that takes time. */
static int vi915_demo_compose_count(struct vi915_demo_compose *compose, int dmabuf, bool write)
{
	struct vi915_demo_fence fence;
	int pending;

	if (vi915_demo_fence_of(dmabuf, write, &fence))
		return -1;
	pending = vi915_demo_fence_pending(&fence);
	vi915_demo_fence_drop(&fence);
	if (pending < 0)
		return -1;
	compose->way->waits += (unsigned int)pending;
	return 0;
}

static int vi915_demo_compose_show(struct vi915_demo_compose *compose,
				   struct vi915_demo_share *rows)
{
	struct vi915_demo_way *way = compose->way;
	size_t same;

	if (vi915_demo_compose_count(compose, rows->dmabuf, false) ||
	    vi915_demo_job_show(compose->job, rows, compose->meant.pixels, way))
		return -1;
	if (rows->used)
		return 0;
	rows->used = true;
	if (vi915_demo_job_prove(compose->job, rows, way, &same))
		return -1;
	way->pages += vi915_demo_pages(rows->fb.size);
	way->same += same;
	return 0;
}

/* B did not wait for @fence, which is A's: was it done by chance when B was? */
static int vi915_demo_compose_race(struct vi915_demo_compose *compose,
				   const struct vi915_demo_share *rows,
				   struct vi915_demo_fence *fence)
{
	struct vi915_demo_race *race = &compose->job->report->race;
	int pending;

	if (vi915_demo_fence_wait(rows->dmabuf, false))
		return -1;
	pending = vi915_demo_fence_pending(fence);
	if (pending < 0)
		return -1;
	if (pending) {
		race->pending++;
		memcpy(race->driver, fence->driver, sizeof(race->driver));
		memcpy(race->timeline, fence->timeline, sizeof(race->timeline));
	}
	return 0;
}

/* If what was shown is not what was meant, say where that comes from. */
static void vi915_demo_compose_blame(struct vi915_demo_compose *compose, unsigned int number,
				     const struct vi915_demo_tiled *tiled)
{
	struct vi915_demo_race *race = &compose->job->report->race;
	struct stat st = { 0 };

	if (compose->way->shown == compose->way->meant)
		return;
	race->frames++;
	race->last = number + 1;
	race->shows = 0;
	for (unsigned int i = 0; i < number; i++)
		if (compose->crcs[i] == compose->way->shown)
			race->shows = i + 1;
	fstat(tiled->dmabuf, &st);
	race->buffer = st.st_ino;
	race->size = tiled->a.size;
}

/* The frames go back to the camera, which does not wait for who reads them. */
static int vi915_demo_compose_give_back(struct vi915_demo_compose *compose)
{
	for (uint32_t i = 0; i < VI915_DEMO_SCENE_FRAMES; i++) {
		int dmabuf = compose->captured[i].dmabuf;

		if (vi915_demo_compose_count(compose, dmabuf, true) ||
		    vi915_demo_fence_wait(dmabuf, true) ||
		    vi915_demo_camera_queue(&compose->job->camera, i, -1))
			return -1;
	}
	return 0;
}

static int vi915_demo_compose_frame(struct vi915_demo_compose *compose, unsigned int number)
{
	struct vi915_demo_tiled *tiled = &compose->tiled[number % VI915_DEMO_TURNS];
	struct vi915_demo_share *rows = &compose->rows[number % VI915_DEMO_TURNS];
	struct vi915_demo_job *job = compose->job;
	struct vi915_demo_fence fence = { .fd = -1 };
	uint32_t index;
	int ret;

	for (int i = 0; i < VI915_DEMO_SCENE_FRAMES; i++)
		if (vi915_demo_camera_next(&job->camera, &index))
			return -1;
	vi915_demo_scene_compose(&compose->scene, (uint16_t)compose->meant.width,
				 (uint16_t)compose->meant.height, number, job->frames);
	vi915_demo_compose_paint(compose, number);
	compose->way->shared += VI915_DEMO_SCENE_FRAMES * job->camera.size + tiled->a.size;

	ret = vi915_demo_compose_a(compose, tiled) ||
	      vi915_demo_fence_of(tiled->dmabuf, false, &fence) ||
	      (!job->forget && vi915_demo_compose_count(compose, tiled->dmabuf, false)) ||
	      vi915_demo_compose_b(compose, tiled, rows) ||
	      (job->forget && vi915_demo_compose_race(compose, rows, &fence)) ||
	      vi915_demo_compose_show(compose, rows) || vi915_demo_compose_give_back(compose);
	vi915_demo_fence_drop(&fence);
	if (!ret && job->forget)
		vi915_demo_compose_blame(compose, number, tiled);
	return ret ? -1 : 0;
}

static int vi915_demo_compose_meant(struct vi915_demo_compose *compose)
{
	const struct vi915_demo_canvas *meant = &compose->meant;
	char path[512];
	int ret;

	snprintf(path, sizeof(path), "%s/composed-meant.png", compose->job->out);
	ret = vi915_png_write(path, meant->pixels, meant->pitch, meant->width, meant->height);
	if (ret)
		return vi915_demo_fail("cannot write %s: %s", path, strerror(-ret));
	return 0;
}

/**
 * vi915_demo_compose() - camera, GPU A, GPU B, screen
 * @job: the demo, with open devices; the camera is not in use
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_compose(struct vi915_demo_job *job)
{
	struct vi915_demo_compose compose = { .job = job, .way = &job->report->composed };
	int ret;

	for (int i = 0; i < VI915_DEMO_SCENE_FRAMES; i++)
		compose.captured[i].dmabuf = -1;
	for (int i = 0; i < VI915_DEMO_TURNS; i++) {
		compose.tiled[i].dmabuf = -1;
		compose.rows[i].dmabuf = -1;
	}
	ret = vi915_demo_compose_allocate(&compose);
	for (unsigned int number = 0; !ret && number < job->frames; number++)
		ret = vi915_demo_compose_frame(&compose, number);
	if (!ret && job->forget)
		ret = vi915_demo_compose_meant(&compose);
	vi915_demo_compose_release(&compose);
	return ret;
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * "Rendering offloaded": buffers that the screen owns go to the GPU, through
 * whose view they are drawn into, and the screen shows them.
 */
#include "demo_job.h"
#include "demo_paint.h"
#include "demo_proof.h"

static int vi915_demo_offload_share(struct vi915_demo_job *job, struct vi915_demo_share *share)
{
	const struct vi915_demo_camera *camera = &job->camera;

	if (vi915_demo_screen_create(&job->screen, camera->width, camera->height, &share->fb))
		return -1;
	share->dmabuf = vi915_demo_screen_export(&job->screen, &share->fb);
	if (share->dmabuf < 0 ||
	    vi915_demo_gpu_import(&job->gpu, share->dmabuf, share->fb.size, &share->bo))
		return -1;
	return vi915_demo_gpu_touch(&job->gpu, &share->bo, true);
}

static void vi915_demo_offload_draw(struct vi915_demo_job *job, struct vi915_demo_share *share,
				    unsigned int frame)
{
	const struct vi915_demo_share *camera = &job->captured[job->last];
	const struct vi915_demo_canvas photo = {
		.pixels = camera->bo.map,
		.pitch = camera->fb.pitch,
		.width = camera->fb.width,
		.height = camera->fb.height,
	};
	const struct vi915_demo_canvas canvas = {
		.pixels = share->bo.map,
		.pitch = share->fb.pitch,
		.width = share->fb.width,
		.height = share->fb.height,
	};

	job->report->offload.drawn +=
		vi915_demo_paint(&canvas, &photo, (double)(frame + 1) / job->frames);
}

static int vi915_demo_offload_frame(struct vi915_demo_job *job, unsigned int frame)
{
	struct vi915_demo_share *share = &job->drawn[frame % VI915_DEMO_DRAW_BUFFERS];
	struct vi915_demo_way *way = &job->report->offload;
	size_t crossed = 0, same;

	if (vi915_demo_gpu_touch(&job->gpu, &share->bo, true))
		return -1;
	if (!share->used)
		crossed = vi915_demo_marks_cross(share->bo.map, share->fb.map, share->fb.size);
	vi915_demo_offload_draw(job, share, frame);
	if (vi915_demo_job_show(job, share, share->fb.map, way))
		return -1;
	if (share->used)
		return 0;
	share->used = true;
	if (vi915_demo_job_prove(job, share, way, &same))
		return -1;
	way->buffers++;
	way->pages += vi915_demo_pages(share->fb.size);
	way->same += same < crossed ? same : crossed;
	return 0;
}

/**
 * vi915_demo_offload() - GPU's view, screen's buffers, screen
 * @job: the demo, with open devices, after vi915_demo_outputs()
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_offload(struct vi915_demo_job *job)
{
	for (int i = 0; i < VI915_DEMO_DRAW_BUFFERS; i++) {
		if (vi915_demo_offload_share(job, &job->drawn[i]))
			return -1;
	}
	for (unsigned int frame = 0; frame < job->frames; frame++) {
		if (vi915_demo_offload_frame(job, frame))
			return -1;
	}
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * "Outputs in the other direction": buffers that the GPU owns go to the camera,
 * which writes them, and to the screen, which shows them.
 */
#include "demo_job.h"
#include "demo_proof.h"

#define VI915_DEMO_UNWRITTEN 0x600d1

static int vi915_demo_outputs_share(struct vi915_demo_job *job, struct vi915_demo_share *share)
{
	const struct vi915_demo_camera *camera = &job->camera;

	if (vi915_demo_gpu_create(&job->gpu, camera->size, &share->bo))
		return -1;
	share->dmabuf = vi915_demo_gpu_export(&job->gpu, &share->bo);
	if (share->dmabuf < 0 ||
	    vi915_demo_screen_import(&job->screen, share->dmabuf, camera->width, camera->height,
				     camera->pitch, &share->fb) ||
	    vi915_demo_gpu_touch(&job->gpu, &share->bo, true))
		return -1;
	vi915_demo_marks_write(share->bo.map, share->fb.size, VI915_DEMO_UNWRITTEN);
	return 0;
}

/* The camera's frame is in a buffer, and the buffer is ours: show it. */
static int vi915_demo_outputs_frame(struct vi915_demo_job *job, struct vi915_demo_share *share)
{
	struct vi915_demo_way *way = &job->report->outputs;
	size_t pages = vi915_demo_pages(share->fb.size);
	size_t unwritten, same;

	if (vi915_demo_gpu_touch(&job->gpu, &share->bo, false))
		return -1;
	unwritten = vi915_demo_marks_count(share->bo.map, share->fb.size, VI915_DEMO_UNWRITTEN);
	if (vi915_demo_job_show(job, share, share->bo.map, way))
		return -1;
	if (share->used)
		return 0;
	share->used = true;
	if (vi915_demo_job_prove(job, share, way, &same))
		return -1;
	/* A page is the same for all three if the camera wrote it and the screen saw it. */
	if (same > pages - unwritten)
		same = pages - unwritten;
	way->buffers++;
	way->pages += pages;
	way->same += same;
	return 0;
}

/**
 * vi915_demo_outputs() - camera, GPU's buffers, screen
 * @job: the demo, with open devices; its last frame stays in the buffer
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_outputs(struct vi915_demo_job *job)
{
	int dmabufs[VI915_DEMO_CAPTURE_BUFFERS];
	uint32_t index;

	for (int i = 0; i < VI915_DEMO_CAPTURE_BUFFERS; i++) {
		if (vi915_demo_outputs_share(job, &job->captured[i]))
			return -1;
		dmabufs[i] = job->captured[i].dmabuf;
	}
	if (vi915_demo_camera_start(&job->camera, dmabufs, VI915_DEMO_CAPTURE_BUFFERS))
		return -1;
	for (unsigned int frame = 0; frame < job->frames; frame++) {
		if (vi915_demo_camera_next(&job->camera, &index) ||
		    vi915_demo_outputs_frame(job, &job->captured[index]))
			return -1;
		/* The one before went off the screen just now, so it may be written again. */
		if (frame && vi915_demo_camera_queue(&job->camera, job->last, dmabufs[job->last]))
			return -1;
		job->last = index;
	}
	return vi915_demo_camera_stop(&job->camera);
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The demo inside of the box: it opens the devices, has the camera write four frames for each
 * round, and renders and shows them on each way. It handles two ways at a time, so that both GPUs
 * render and both outputs flip in parallel.
 */
#include "demo_job.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "demo_fail.h"
#include "demo_fence.h"
#include "devices.h"
#include "model.h"

#define VI915_DEMO_WIDTH 640
#define VI915_DEMO_HEIGHT 360

/* The GPU that renders, the owner of the buffer, the GPU that shows it: 0 is A, 1 is B. */
static const unsigned int vi915_demo_roles[VI915_DEMO_WAYS][3] = {
	{ 0, 0, 1 }, { 1, 1, 0 }, { 0, 1, 1 }, { 1, 0, 0 },
};

/* Reads the key "clock" of the GPU's description. */
static void vi915_demo_job_clock(const struct vi915_demo_gpu *gpu, char clock[32])
{
	struct json_object *model = json_object_new_object(), *device, *description = NULL;

	vi915_devices_read(model);
	device = vi915_model_find(vi915_model_list(model, "devices"), "card", gpu->node);
	if (device && json_object_object_get_ex(device, "description", &description))
		snprintf(clock, 32, "%s", vi915_model_text(description, "clock"));
	json_object_put(model);
}

static int vi915_demo_job_devices(struct vi915_demo_job *job)
{
	struct vi915_demo_report *report = job->report;

	if (vi915_demo_camera_open(&job->camera, VI915_DEMO_WIDTH / 2, VI915_DEMO_HEIGHT / 2))
		return -1;
	report->width = 2 * job->camera.width;
	report->height = 2 * job->camera.height;
	report->camera = job->camera.node;
	for (unsigned int i = 0; i < 2; i++) {
		if (vi915_demo_gpu_open(&job->gpus[i], i) ||
		    vi915_demo_output_open(&job->outputs[i], &job->gpus[i], report->width,
					   report->height, report->width * 4))
			return -1;
		report->gpus[i] = job->gpus[i].node;
		report->outputs[i] = job->outputs[i].kms.name;
	}
	if (vi915_demo_screen_open(&job->screen, report->width, report->height))
		return -1;
	report->vgem = job->screen.vgem_node;
	report->vkms = job->screen.vkms_node;
	/*
	 * While the screen has vkms's node open: this opens and closes it, too, and the last
	 * close of a node lights its console.
	 */
	for (int i = 0; i < 2; i++)
		vi915_demo_job_clock(&job->gpus[i], report->clocks[i]);
	return 0;
}

static int vi915_demo_job_camera(struct vi915_demo_job *job)
{
	int dmabufs[VI915_DEMO_SCENE_FRAMES];

	for (int i = 0; i < VI915_DEMO_SCENE_FRAMES; i++) {
		struct vi915_demo_captured *captured = &job->captured[i];

		if (vi915_demo_gpu_create(&job->gpus[0], job->camera.size, &captured->sides[0]))
			return -1;
		captured->dmabuf = vi915_demo_gpu_export(&job->gpus[0], &captured->sides[0]);
		if (captured->dmabuf < 0 ||
		    vi915_demo_gpu_import(&job->gpus[1], captured->dmabuf,
					  captured->sides[0].size, &captured->sides[1]))
			return -1;
		dmabufs[i] = captured->dmabuf;
	}
	return vi915_demo_camera_start(&job->camera, dmabufs, VI915_DEMO_SCENE_FRAMES);
}

static int vi915_demo_job_ways(struct vi915_demo_job *job)
{
	for (int i = 0; i < VI915_DEMO_ROWS; i++) {
		const unsigned int *roles = vi915_demo_roles[i / VI915_DEMO_TILINGS];
		struct vi915_demo_row *row = &job->report->rows[i];
		struct vi915_demo_way *way = &job->ways[i];

		row->renderer = roles[0];
		row->owner = roles[1];
		row->shower = roles[2];
		row->tiling = (enum vi915_demo_tiling)(i % VI915_DEMO_TILINGS);
		way->job = job;
		way->row = row;
		if (row->tiling == VI915_DEMO_TILED_Y)
			way->picture = vi915_demo_pictures[i / VI915_DEMO_TILINGS];
		if (vi915_demo_way_open(way))
			return -1;
	}
	return 0;
}

static int vi915_demo_job_open(struct vi915_demo_job *job)
{
	if (vi915_demo_job_devices(job))
		return -1;
	job->meant = (struct vi915_demo_canvas){
		.pixels = calloc(job->report->height, job->report->width * 4),
		.pitch = job->report->width * 4,
		.width = job->report->width,
		.height = job->report->height,
	};
	if (!job->meant.pixels)
		return vi915_demo_fail("out of memory");
	for (int i = 0; i < 2; i++)
		if (vi915_demo_gpu_import(&job->gpus[i], job->screen.dmabuf,
					  job->screen.memory.size, &job->checked[i]))
			return -1;
	return vi915_demo_job_ways(job) || vi915_demo_job_camera(job) ? -1 : 0;
}

static void vi915_demo_job_close(struct vi915_demo_job *job)
{
	vi915_demo_camera_close(&job->camera);
	for (int i = 0; i < VI915_DEMO_ROWS; i++)
		vi915_demo_way_close(&job->ways[i]);
	for (int i = 0; i < VI915_DEMO_SCENE_FRAMES; i++) {
		for (int side = 0; side < 2; side++)
			vi915_demo_gpu_release(&job->gpus[side], &job->captured[i].sides[side]);
		if (job->captured[i].dmabuf >= 0)
			close(job->captured[i].dmabuf);
	}
	for (int i = 0; i < 2; i++)
		vi915_demo_gpu_release(&job->gpus[i], &job->checked[i]);
	vi915_demo_screen_close(&job->screen);
	for (int i = 0; i < 2; i++) {
		vi915_demo_output_close(&job->outputs[i], &job->gpus[i]);
		vi915_demo_gpu_close(&job->gpus[i]);
	}
	free(job->meant.pixels);
}

/* Captures four new frames, and goes every way with them. */
static int vi915_demo_job_round(struct vi915_demo_job *job, unsigned int number)
{
	uint32_t index;

	for (int i = 0; i < VI915_DEMO_SCENE_FRAMES; i++)
		if (vi915_demo_camera_next(&job->camera, &index))
			return -1;
	job->report->frames += VI915_DEMO_SCENE_FRAMES;
	/* Ways 0 and 1 show on different outputs, and so do 2 and 3. */
	for (int i = 0; i < VI915_DEMO_ROWS; i++) {
		struct vi915_demo_way *one = &job->ways[i];
		struct vi915_demo_way *other = one + VI915_DEMO_TILINGS;

		if (i / VI915_DEMO_TILINGS % 2)
			continue;
		if (vi915_demo_way_begin(one, number) || vi915_demo_way_begin(other, number) ||
		    vi915_demo_way_end(one, number) || vi915_demo_way_end(other, number))
			return -1;
	}
	/* Wait for the frames' readers, since the camera does not, and give them back. */
	for (uint32_t i = 0; i < VI915_DEMO_SCENE_FRAMES; i++)
		if (vi915_demo_fence_wait(job->captured[i].dmabuf, true) ||
		    vi915_demo_camera_queue(&job->camera, i, job->captured[i].dmabuf))
			return -1;
	return 0;
}

static int vi915_demo_job_report(struct vi915_demo_job *job, bool json)
{
	struct vi915_demo_report *report = job->report;
	char path[PATH_MAX];
	FILE *file;

	for (int i = 0; i < 2; i++) {
		report->blits[i] = job->gpus[i].blits;
		report->moved[i] = job->gpus[i].moved;
	}
	snprintf(path, sizeof(path), "%s/report.txt", report->out);
	file = fopen(path, "we");
	if (!file)
		return vi915_demo_fail("cannot write %s: %s", path, strerror(errno));
	vi915_demo_report_text(report, file);
	if (fclose(file))
		return vi915_demo_fail("cannot write %s: %s", path, strerror(errno));
	if (json)
		vi915_demo_report_json(report, stdout);
	else
		vi915_demo_report_text(report, stdout);
	if (fflush(stdout))
		return vi915_demo_fail("cannot write to stdout: %s", strerror(errno));
	return 0;
}

/**
 * vi915_demo_job_run() - run the demo on the devices of this machine
 * @out: folder for the pictures and the report; must exist
 * @frames: how many pictures to show on each way
 * @forget: leave out one wait, and report the effect
 * @json: print the report as JSON
 *
 * Return: 0, or -1 after saying why, or 1 if a picture was wrong or was copied.
 */
int vi915_demo_job_run(const char *out, unsigned int frames, bool forget, bool json)
{
	struct vi915_demo_report report = { .out = out, .forgotten = forget };
	struct vi915_demo_job job = {
		.camera.fd = -1,
		.gpus = { { .fd = -1 }, { .fd = -1 } },
		.screen = { .vgem = -1, .vkms = -1, .dmabuf = -1 },
		.frames = frames,
		.forget = forget,
		.report = &report,
	};
	int ret;

	for (int i = 0; i < VI915_DEMO_SCENE_FRAMES; i++)
		job.captured[i].dmabuf = -1;
	ret = vi915_demo_job_open(&job);
	for (unsigned int number = 0; !ret && number < frames; number++)
		ret = vi915_demo_job_round(&job, number);
	if (!ret)
		ret = vi915_demo_camera_stop(&job.camera);
	if (!ret)
		ret = vi915_demo_job_report(&job, json);
	vi915_demo_job_close(&job);
	if (ret)
		return -1;
	return vi915_demo_report_good(&report) ? 0 : 1;
}

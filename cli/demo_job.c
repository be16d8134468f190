// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The demo inside of the box: opens the devices, has demo_outputs.c,
 * demo_offload.c and demo_compose.c go the three ways, and reports. What they need is here:
 * show a buffer and compare, and prove that a buffer is shared.
 */
#include "demo_job.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "demo_compose.h"
#include "demo_fail.h"
#include "demo_proof.h"
#include "devices.h"
#include "model.h"
#include "pngfile.h"

#define VI915_DEMO_WIDTH 640
#define VI915_DEMO_HEIGHT 360
#define VI915_DEMO_MARKS 0xb10c5

/**
 * vi915_demo_job_show() - show a buffer, and compare what is shown with what is in it
 * @job: the demo
 * @share: the buffer
 * @meant: its owner's mapping of it
 * @way: counts the frame; the last one becomes the picture
 *
 * Return: 0, also if it does not compare, or -1 after saying why.
 */
int vi915_demo_job_show(struct vi915_demo_job *job, struct vi915_demo_share *share,
			const uint8_t *meant, struct vi915_demo_way *way)
{
	const struct vi915_demo_fb *fb = &share->fb, *readback = &job->screen.readback;
	int ret;

	if (vi915_demo_screen_show(&job->screen, fb))
		return -1;
	way->meant = vi915_demo_crc_pixels(meant, fb->pitch, fb->width, fb->height);
	way->shown = vi915_demo_crc_pixels(readback->map, readback->pitch, readback->width,
					   readback->height);
	way->frames++;
	way->equal += way->meant == way->shown;
	way->shared += fb->size;
	if (way->frames < job->frames)
		return 0;
	ret = vi915_png_write(way->picture, readback->map, readback->pitch, readback->width,
			      readback->height);
	if (ret)
		return vi915_demo_fail("cannot write %s: %s", way->picture, strerror(-ret));
	return 0;
}

/**
 * vi915_demo_job_prove() - prove that the screen shows the memory that the GPU has
 * @job: the demo
 * @share: the buffer, on the screen
 * @way: notes whether the screen's own CRC could be read
 * @same: set to the number of pages that are the same memory on both sides
 *
 * Marks go in through the GPU's view, with no call to anybody, while the screen
 * scans the buffer out. vkms's CRC covers all pixels: it is right only when all
 * marks are seen. Without debugfs the marks are looked for in what the next
 * commit of the same framebuffer writes back.
 *
 * Return: 0, also if nothing is the same, or -1 after saying why.
 */
int vi915_demo_job_prove(struct vi915_demo_job *job, struct vi915_demo_share *share,
			 struct vi915_demo_way *way, size_t *same)
{
	const struct vi915_demo_fb *fb = &share->fb, *readback = &job->screen.readback;
	uint32_t *saved = vi915_demo_marks_save(share->bo.map, fb->size);
	bool sees;
	int ret = 0;

	if (!saved)
		return vi915_demo_fail("out of memory");
	vi915_demo_marks_write(share->bo.map, fb->size, VI915_DEMO_MARKS);
	way->live = vi915_demo_screen_sees(&job->screen,
					   vi915_demo_crc_vkms(share->bo.map, fb->pitch, fb->width,
							       fb->height),
					   &sees) == 0;
	if (way->live) {
		*same = sees ? vi915_demo_pages(fb->size) : 0;
	} else {
		ret = vi915_demo_screen_show(&job->screen, fb);
		*same = vi915_demo_marks_count(readback->map, fb->size, VI915_DEMO_MARKS);
	}
	vi915_demo_marks_restore(share->bo.map, fb->size, saved);
	return ret;
}

/* As the GPU's description says. */
static void vi915_demo_job_clock(const struct vi915_demo_gpu *gpu, char clock[32])
{
	struct json_object *model = json_object_new_object(), *device, *description = NULL;

	vi915_devices_read(model);
	device = vi915_model_find(vi915_model_list(model, "devices"), "card", gpu->node);
	if (device && json_object_object_get_ex(device, "description", &description))
		snprintf(clock, 32, "%s", vi915_model_text(description, "clock"));
	json_object_put(model);
}

static int vi915_demo_job_open(struct vi915_demo_job *job)
{
	if (vi915_demo_camera_open(&job->camera, VI915_DEMO_WIDTH, VI915_DEMO_HEIGHT) ||
	    vi915_demo_gpu_open(&job->gpu, 0) || vi915_demo_gpu_open(&job->gpu_b, 1) ||
	    vi915_demo_screen_open(&job->screen, VI915_DEMO_WIDTH, VI915_DEMO_HEIGHT))
		return -1;
	job->report->width = job->camera.width;
	job->report->height = job->camera.height;
	job->report->camera = job->camera.node;
	job->report->gpu = job->gpu.node;
	job->report->gpu_b = job->gpu_b.node;
	vi915_demo_job_clock(&job->gpu, job->report->clock);
	vi915_demo_job_clock(&job->gpu_b, job->report->clock_b);
	job->report->screen = job->screen.node;
	return 0;
}

static void vi915_demo_share_release(struct vi915_demo_job *job, struct vi915_demo_share *share)
{
	vi915_demo_screen_release(&job->screen, &share->fb);
	vi915_demo_gpu_release(&job->gpu, &share->bo);
	if (share->dmabuf >= 0)
		close(share->dmabuf);
}

static void vi915_demo_job_close(struct vi915_demo_job *job)
{
	vi915_demo_camera_close(&job->camera);
	for (int i = 0; i < VI915_DEMO_CAPTURE_BUFFERS; i++)
		vi915_demo_share_release(job, &job->captured[i]);
	for (int i = 0; i < VI915_DEMO_DRAW_BUFFERS; i++)
		vi915_demo_share_release(job, &job->drawn[i]);
	vi915_demo_screen_close(&job->screen);
	vi915_demo_gpu_close(&job->gpu_b);
	vi915_demo_gpu_close(&job->gpu);
}

static int vi915_demo_job_report(const struct vi915_demo_job *job, bool json)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/report.txt", job->out);
	file = fopen(path, "we");
	if (!file)
		return vi915_demo_fail("cannot write %s: %s", path, strerror(errno));
	vi915_demo_report_text(job->report, file);
	if (fclose(file))
		return vi915_demo_fail("cannot write %s: %s", path, strerror(errno));
	if (json)
		vi915_demo_report_json(job->report, stdout);
	else
		vi915_demo_report_text(job->report, stdout);
	if (fflush(stdout))
		return vi915_demo_fail("cannot write to stdout: %s", strerror(errno));
	return 0;
}

/**
 * vi915_demo_job_run() - run the demo on the devices of this machine
 * @out: folder for the pictures and the report; must be there
 * @frames: how many to show each way
 * @forget: leave out one wait, and report what comes of it
 * @json: print the report for programs
 *
 * Return: 0, or -1 after saying why, or 1 if something shown was not what was
 * meant, or was copied.
 */
int vi915_demo_job_run(const char *out, unsigned int frames, bool forget, bool json)
{
	struct vi915_demo_report report = {
		.outputs = {
			.title = "outputs in the other direction",
			.owner = "GPU A",
			.writer = "vivid",
		},
		.offload = {
			.title = "rendering offloaded",
			.owner = "vkms",
			.writer = "GPU A's GTT mapping",
		},
		.composed = {
			.title = "composed by two GPUs",
			.owner = "vivid, GPU A and GPU B",
			.writer = "both GPUs' blitters",
		},
		.race.forgotten = forget,
	};
	struct vi915_demo_job job = {
		.camera.fd = -1,
		.gpu.fd = -1,
		.gpu_b.fd = -1,
		.screen.fd = -1,
		.frames = frames,
		.forget = forget,
		.out = out,
		.report = &report,
	};
	int ret;

	for (int i = 0; i < VI915_DEMO_CAPTURE_BUFFERS; i++)
		job.captured[i].dmabuf = -1;
	for (int i = 0; i < VI915_DEMO_DRAW_BUFFERS; i++)
		job.drawn[i].dmabuf = -1;
	snprintf(report.outputs.picture, sizeof(report.outputs.picture), "%s/outputs.png", out);
	snprintf(report.offload.picture, sizeof(report.offload.picture), "%s/offload.png", out);
	snprintf(report.composed.picture, sizeof(report.composed.picture), "%s/composed.png", out);

	ret = vi915_demo_job_open(&job) || vi915_demo_outputs(&job) || vi915_demo_offload(&job) ||
	      vi915_demo_compose(&job) || vi915_demo_job_report(&job, json);
	vi915_demo_job_close(&job);
	if (ret)
		return -1;
	return vi915_demo_report_good(&report) ? 0 : 1;
}

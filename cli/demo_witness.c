// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The witnesses of a picture besides the CRC of the CRTC that shows it: marks that are seen while
 * they are made, a shot, and other drivers that show the same memory.
 */
#include "demo_witness.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo_exec.h"
#include "demo_fail.h"
#include "demo_job.h"
#include "demo_proof.h"
#include "demo_way.h"
#include "picture.h"
#include "pngfile.h"

#define VI915_DEMO_MARKS 0xb10c5

/* Copies the renderer's view of the buffer to @to, linear. */
static void vi915_demo_witness_untile(const struct vi915_demo_way *way,
				      struct vi915_demo_canvas *to)
{
	const uint8_t *map = way->sides[way->row->renderer].map;

	for (uint32_t y = 0; y < to->height; y++)
		for (uint32_t x = 0; x < to->width; x++)
			memcpy(to->pixels + (size_t)y * to->pitch + (size_t)4 * x,
			       map + vi915_demo_blit_offset(way->row->tiling, way->pitch, x, y),
			       4);
}

/**
 * vi915_demo_witness_marks() - prove that the output shows the memory that the renderer has
 * @way: the way; its buffer is on the output
 *
 * Each page gets a mark through the renderer's mapping while the other GPU scans the buffer out,
 * without a call to any driver. Every page has visible pixels, so the CRC of the next frame is
 * right only when all marks are seen.
 *
 * Return: 0, also if no page is the same, or -1 after saying why.
 */
int vi915_demo_witness_marks(struct vi915_demo_way *way)
{
	struct vi915_demo_row *row = way->row;
	uint8_t *map = way->sides[row->renderer].map;
	struct vi915_demo_canvas *scratch = &way->job->meant;
	uint32_t *saved, crc;
	int ret;

	if (vi915_demo_gpu_touch(&way->job->gpus[row->renderer], &way->sides[row->renderer], true))
		return -1;
	saved = vi915_demo_marks_save(map, row->size);
	if (!saved)
		return vi915_demo_fail("out of memory");
	vi915_demo_marks_write(map, row->size, VI915_DEMO_MARKS);
	ret = vi915_demo_output_crc(&way->job->outputs[row->shower], &crc);
	vi915_demo_witness_untile(way, scratch);
	if (!ret && crc != vi915_demo_crc(scratch))
		row->same = 0;
	vi915_demo_marks_restore(map, row->size, saved);
	return ret;
}

/**
 * vi915_demo_witness_shot() - take a shot, note its CRC, and keep it as a file
 * @way: the way; its buffer is on the output
 *
 * Return: 0, also if the picture is wrong, or -1 after saying why.
 */
int vi915_demo_witness_shot(struct vi915_demo_way *way)
{
	struct vi915_picture picture;
	char path[PATH_MAX];
	int ret = 0;

	if (vi915_demo_output_shot(&way->job->outputs[way->row->shower], &picture))
		return -1;
	if (picture.width == way->job->report->width && picture.height == way->job->report->height)
		way->row->shot = vi915_demo_crc_rgb(picture.rgb, picture.width, picture.height);
	if (way->picture) {
		snprintf(path, sizeof(path), "%s/%s", way->job->report->out, way->picture);
		ret = vi915_picture_save(&picture, path) ? -1 : 0;
	}
	vi915_picture_fini(&picture);
	return ret;
}

/**
 * vi915_demo_witness_meant() - keep the expected picture as a file
 * @way: the way; the picture was just made by the CPU
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_witness_meant(const struct vi915_demo_way *way)
{
	const struct vi915_demo_canvas *meant = &way->job->meant;
	char path[PATH_MAX];
	int ret;

	snprintf(path, sizeof(path), "%s/%.*s-meant.png", way->job->report->out,
		 (int)strcspn(way->picture, "."), way->picture);
	ret = vi915_png_write(path, meant->pixels, meant->pitch, meant->width, meant->height);
	return ret ? vi915_demo_fail("cannot write %s: %s", path, strerror(-ret)) : 0;
}

/**
 * vi915_demo_witness_check() - have vgem and vkms show the picture
 * @way: the way; the job on its buffer is done
 *
 * The GPU that shows the buffer copies it to vgem's memory, and vkms shows that.
 *
 * Return: 0, also if the picture is wrong, or -1 after saying why.
 */
int vi915_demo_witness_check(struct vi915_demo_way *way)
{
	const unsigned int shower = way->row->shower;
	struct vi915_demo_job *job = way->job;
	const struct vi915_demo_surface from = { &way->sides[shower], way->pitch,
						 way->row->tiling };
	const struct vi915_demo_surface to = { &job->checked[shower], job->screen.memory.pitch,
					       VI915_DEMO_LINEAR };
	struct vi915_demo_canvas shown;
	struct vi915_demo_exec exec;

	vi915_demo_exec_begin(&exec, &job->gpus[shower]);
	vi915_demo_exec_use(&exec, to.bo, true);
	vi915_demo_exec_use(&exec, from.bo, false);
	vi915_demo_blit_all(&exec, &to, &from, (uint16_t)job->report->width,
			    (uint16_t)job->report->height);
	if (vi915_demo_exec_submit(&exec) || vi915_demo_screen_show(&job->screen, &shown))
		return -1;
	way->row->checked = vi915_demo_crc(&shown);
	return 0;
}

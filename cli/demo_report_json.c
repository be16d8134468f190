// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The demo's report as JSON.
 */
#include <json-c/json.h>

#include "demo_report.h"

static const char *const vi915_demo_names[] = { "A", "B" };

static void vi915_demo_json_text(struct json_object *to, const char *key, const char *text)
{
	json_object_object_add(to, key, json_object_new_string(text));
}

static void vi915_demo_json_number(struct json_object *to, const char *key, uint64_t number)
{
	json_object_object_add(to, key, json_object_new_int64((int64_t)number));
}

static void vi915_demo_json_crc(struct json_object *to, const char *key, uint32_t crc)
{
	char text[16];

	snprintf(text, sizeof(text), "%08x", crc);
	vi915_demo_json_text(to, key, text);
}

static struct json_object *vi915_demo_json_wrong(const struct vi915_demo_wrong *wrong)
{
	struct json_object *json = json_object_new_object();

	vi915_demo_json_number(json, "frames", wrong->frames);
	vi915_demo_json_number(json, "frames_pending", wrong->pending);
	vi915_demo_json_number(json, "frame", wrong->frame);
	vi915_demo_json_number(json, "frame_shown", wrong->shows);
	vi915_demo_json_text(json, "fence_driver", wrong->driver);
	vi915_demo_json_text(json, "fence_timeline", wrong->timeline);
	return json;
}

static struct json_object *vi915_demo_json_row(const struct vi915_demo_row *row)
{
	static const char *const tilings[] = { "linear", "X", "Y" };
	struct json_object *json = json_object_new_object();

	vi915_demo_json_text(json, "renderer", vi915_demo_names[row->renderer]);
	vi915_demo_json_text(json, "owner", vi915_demo_names[row->owner]);
	vi915_demo_json_text(json, "shower", vi915_demo_names[row->shower]);
	vi915_demo_json_text(json, "tiling", tilings[row->tiling]);
	vi915_demo_json_number(json, "buffer", row->buffer);
	vi915_demo_json_number(json, "bytes", row->size);
	vi915_demo_json_number(json, "frames", row->frames);
	vi915_demo_json_number(json, "frames_equal", row->equal);
	vi915_demo_json_number(json, "waits", row->waits);
	vi915_demo_json_number(json, "pages", row->pages);
	vi915_demo_json_number(json, "pages_same", row->same);
	vi915_demo_json_crc(json, "crc_meant", row->meant);
	vi915_demo_json_crc(json, "crc_crtc", row->shown);
	vi915_demo_json_crc(json, "crc_shot", row->shot);
	vi915_demo_json_crc(json, "crc_vkms", row->checked);
	if (row->wrong.frames)
		json_object_object_add(json, "wrong", vi915_demo_json_wrong(&row->wrong));
	return json;
}

static struct json_object *vi915_demo_json_gpu(const struct vi915_demo_report *report, int gpu)
{
	struct json_object *json = json_object_new_object();

	vi915_demo_json_text(json, "name", vi915_demo_names[gpu]);
	vi915_demo_json_text(json, "card", report->gpus[gpu]);
	vi915_demo_json_text(json, "output", report->outputs[gpu]);
	vi915_demo_json_text(json, "clock", report->clocks[gpu]);
	vi915_demo_json_number(json, "blits", report->blits[gpu]);
	vi915_demo_json_number(json, "bytes_moved", report->moved[gpu]);
	return json;
}

/**
 * vi915_demo_report_json() - print the report as JSON
 * @report: the report
 * @out: the file to print to
 */
void vi915_demo_report_json(const struct vi915_demo_report *report, FILE *out)
{
	struct json_object *json = json_object_new_object();
	struct json_object *gpus = json_object_new_array(), *rows = json_object_new_array();
	struct json_object *pictures = json_object_new_array();

	json_object_object_add(json, "passed",
			       json_object_new_boolean(vi915_demo_report_good(report)));
	json_object_object_add(json, "wait_forgotten",
			       json_object_new_boolean(report->forgotten));
	vi915_demo_json_number(json, "width", report->width);
	vi915_demo_json_number(json, "height", report->height);
	vi915_demo_json_text(json, "camera", report->camera);
	vi915_demo_json_number(json, "camera_frames", report->frames);
	vi915_demo_json_text(json, "vgem", report->vgem);
	vi915_demo_json_text(json, "vkms", report->vkms);
	vi915_demo_json_number(json, "bytes_drawn", report->drawn);
	vi915_demo_json_number(json, "bytes_shared", report->shared);
	vi915_demo_json_number(json, "bytes_copied", vi915_demo_report_copied(report));
	for (int i = 0; i < 2; i++)
		json_object_array_add(gpus, vi915_demo_json_gpu(report, i));
	json_object_object_add(json, "gpus", gpus);
	for (int i = 0; i < VI915_DEMO_ROWS; i++)
		json_object_array_add(rows, vi915_demo_json_row(&report->rows[i]));
	json_object_object_add(json, "ways", rows);
	for (int i = 0; i < VI915_DEMO_WAYS; i++)
		json_object_array_add(pictures, json_object_new_string(vi915_demo_pictures[i]));
	json_object_object_add(json, "pictures", pictures);
	fprintf(out, "%s\n",
		json_object_to_json_string_ext(json, JSON_C_TO_STRING_PRETTY |
							     JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(json);
}

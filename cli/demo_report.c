// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "demo_report.h"

#include <json-c/json.h>
#include <string.h>

#define VI915_DEMO_PAGE 4096u

/**
 * vi915_demo_way_copied() - bytes that a way copied instead of sharing them
 * @way: the way
 *
 * Return: the bytes of the pages that are not the same memory on both sides.
 */
uint64_t vi915_demo_way_copied(const struct vi915_demo_way *way)
{
	return (uint64_t)(way->pages - way->same) * VI915_DEMO_PAGE;
}

static bool vi915_demo_way_good(const struct vi915_demo_way *way)
{
	return way->frames && way->pages && way->equal == way->frames &&
	       way->meant == way->shown && vi915_demo_way_copied(way) == 0;
}

/**
 * vi915_demo_report_good() - was all shown as meant, and nothing copied?
 * @report: the report
 *
 * Return: whether it was.
 */
bool vi915_demo_report_good(const struct vi915_demo_report *report)
{
	return vi915_demo_way_good(&report->outputs) && vi915_demo_way_good(&report->offload);
}

static void vi915_demo_row(FILE *out, const char *name, const char *outputs, const char *offload)
{
	fprintf(out, "  %-14s%-32s%s\n", name, outputs, offload);
}

/* 7372800 as 7,372,800. */
static const char *vi915_demo_grouped(uint64_t number, char text[32])
{
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number);
	char *to = text;

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return text;
}

static void vi915_demo_row_bytes(FILE *out, const char *name, uint64_t outputs, uint64_t offload)
{
	char one[32], other[32];

	vi915_demo_row(out, name, vi915_demo_grouped(outputs, one),
		       vi915_demo_grouped(offload, other));
}

static void vi915_demo_row_of(FILE *out, const char *name, size_t part, size_t whole,
			      size_t other_part, size_t other_whole, const char *what)
{
	char one[64], other[64];

	snprintf(one, sizeof(one), "%zu of %zu %s", part, whole, what);
	snprintf(other, sizeof(other), "%zu of %zu %s", other_part, other_whole, what);
	vi915_demo_row(out, name, one, other);
}

static void vi915_demo_row_crc(FILE *out, const char *name, uint32_t outputs, uint32_t offload)
{
	char one[16], other[16];

	snprintf(one, sizeof(one), "%08x", outputs);
	snprintf(other, sizeof(other), "%08x", offload);
	vi915_demo_row(out, name, one, other);
}

static void vi915_demo_report_table(const struct vi915_demo_report *report, FILE *out)
{
	const struct vi915_demo_way *a = &report->outputs, *b = &report->offload;
	char one[64], other[64];

	vi915_demo_row(out, "", a->title, b->title);
	snprintf(one, sizeof(one), "%u of %s", a->buffers, a->owner);
	snprintf(other, sizeof(other), "%u of %s", b->buffers, b->owner);
	vi915_demo_row(out, "buffers", one, other);
	vi915_demo_row(out, "written by", a->writer, b->writer);
	vi915_demo_row_bytes(out, "frames", a->frames, b->frames);
	vi915_demo_row_bytes(out, "bytes drawn", a->drawn, b->drawn);
	vi915_demo_row_bytes(out, "bytes shared", a->shared, b->shared);
	vi915_demo_row_bytes(out, "bytes copied", vi915_demo_way_copied(a),
			     vi915_demo_way_copied(b));
	vi915_demo_row_of(out, "same memory", a->same, a->pages, b->same, b->pages, "pages");
	vi915_demo_row_crc(out, "CRC meant", a->meant, b->meant);
	vi915_demo_row_crc(out, "CRC shown", a->shown, b->shown);
	vi915_demo_row_of(out, "equal", a->equal, a->frames, b->equal, b->frames, "frames");
}

/**
 * vi915_demo_report_text() - print the report for people
 * @report: the report
 * @out: where to
 */
void vi915_demo_report_text(const struct vi915_demo_report *report, FILE *out)
{
	bool live = report->outputs.live && report->offload.live;
	bool good = vi915_demo_report_good(report);

	fprintf(out, "A camera, a GPU and a screen share buffers of %ux%u XR24.\n\n",
		report->width, report->height);
	fprintf(out, "  camera        vivid  %-16s captures into buffers of others (DMABUF)\n",
		report->camera);
	fprintf(out, "  GPU A         i915   %s\n", report->gpu);
	fprintf(out, "  screen        vkms   %-16s read back through its writeback connector\n\n",
		report->screen);
	vi915_demo_report_table(report, out);
	fputs("\n  Same memory: each page gets a mark on one side, which the other has to see",
	      out);
	if (live)
		fputs("\n  while it shows the buffer: in vkms's own CRC, with no call in between",
		      out);
	fputs(".\n", out);
	fprintf(out, "\n  %s\n  %s\n\n", report->outputs.picture, report->offload.picture);
	fprintf(out, "%s\n",
		good ? "Passed: all frames were shown as they were meant, and nothing was copied." :
		       "FAILED: what was shown is not what was meant, or something was copied.");
}

static void vi915_demo_json_crc(struct json_object *to, const char *key, uint32_t crc)
{
	char text[16];

	snprintf(text, sizeof(text), "%08x", crc);
	json_object_object_add(to, key, json_object_new_string(text));
}

static struct json_object *vi915_demo_way_json(const struct vi915_demo_way *way)
{
	const struct {
		const char *key;
		uint64_t value;
	} numbers[] = {
		{ "buffers", way->buffers },	  { "frames", way->frames },
		{ "frames_equal", way->equal },	  { "bytes_drawn", way->drawn },
		{ "bytes_shared", way->shared },  { "bytes_copied", vi915_demo_way_copied(way) },
		{ "pages", way->pages },	  { "pages_same", way->same },
	};
	struct json_object *json = json_object_new_object();

	json_object_object_add(json, "owner", json_object_new_string(way->owner));
	json_object_object_add(json, "writer", json_object_new_string(way->writer));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		json_object_object_add(json, numbers[i].key,
				       json_object_new_int64((int64_t)numbers[i].value));
	json_object_object_add(json, "seen_live", json_object_new_boolean(way->live));
	vi915_demo_json_crc(json, "crc_meant", way->meant);
	vi915_demo_json_crc(json, "crc_shown", way->shown);
	json_object_object_add(json, "picture", json_object_new_string(way->picture));
	return json;
}

/**
 * vi915_demo_report_json() - print the report for programs
 * @report: the report
 * @out: where to
 */
void vi915_demo_report_json(const struct vi915_demo_report *report, FILE *out)
{
	struct json_object *json = json_object_new_object();

	json_object_object_add(json, "passed",
			       json_object_new_boolean(vi915_demo_report_good(report)));
	json_object_object_add(json, "width", json_object_new_int64(report->width));
	json_object_object_add(json, "height", json_object_new_int64(report->height));
	json_object_object_add(json, "camera", json_object_new_string(report->camera));
	json_object_object_add(json, "gpu", json_object_new_string(report->gpu));
	json_object_object_add(json, "screen", json_object_new_string(report->screen));
	json_object_object_add(json, "outputs", vi915_demo_way_json(&report->outputs));
	json_object_object_add(json, "offload", vi915_demo_way_json(&report->offload));
	fprintf(out, "%s\n",
		json_object_to_json_string_ext(json, JSON_C_TO_STRING_PRETTY |
							     JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(json);
}

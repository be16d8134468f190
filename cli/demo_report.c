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
	return vi915_demo_way_good(&report->outputs) && vi915_demo_way_good(&report->offload) &&
	       vi915_demo_way_good(&report->composed);
}

static void vi915_demo_row(FILE *out, const char *name, const char *const text[3])
{
	fprintf(out, "  %-14s%-32s%-22s%s\n", name, text[0], text[1], text[2]);
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

static void vi915_demo_row_numbers(FILE *out, const char *name, uint64_t a, uint64_t b, uint64_t c)
{
	char one[32], two[32], three[32];
	const char *const text[3] = { vi915_demo_grouped(a, one), vi915_demo_grouped(b, two),
				      vi915_demo_grouped(c, three) };

	vi915_demo_row(out, name, text);
}

static void vi915_demo_row_of(FILE *out, const char *name, const size_t part[3],
			      const size_t whole[3], const char *what)
{
	char texts[3][64];
	const char *const text[3] = { texts[0], texts[1], texts[2] };

	for (int i = 0; i < 3; i++)
		snprintf(texts[i], sizeof(texts[i]), "%zu of %zu %s", part[i], whole[i], what);
	vi915_demo_row(out, name, text);
}

static void vi915_demo_row_crc(FILE *out, const char *name, uint32_t a, uint32_t b, uint32_t c)
{
	char texts[3][16];
	const uint32_t crcs[3] = { a, b, c };
	const char *const text[3] = { texts[0], texts[1], texts[2] };

	for (int i = 0; i < 3; i++)
		snprintf(texts[i], sizeof(texts[i]), "%08x", crcs[i]);
	vi915_demo_row(out, name, text);
}

static void vi915_demo_report_table(const struct vi915_demo_report *report, FILE *out)
{
	const struct vi915_demo_way *a = &report->outputs, *b = &report->offload;
	const struct vi915_demo_way *c = &report->composed;
	char texts[3][64];
	const char *const owners[3] = { texts[0], texts[1], texts[2] };
	const char *const titles[3] = { a->title, b->title, c->title };
	const char *const writers[3] = { a->writer, b->writer, c->writer };
	const size_t same[3] = { a->same, b->same, c->same };
	const size_t pages[3] = { a->pages, b->pages, c->pages };
	const size_t equal[3] = { a->equal, b->equal, c->equal };
	const size_t frames[3] = { a->frames, b->frames, c->frames };

	vi915_demo_row(out, "", titles);
	snprintf(texts[0], sizeof(texts[0]), "%u of %s", a->buffers, a->owner);
	snprintf(texts[1], sizeof(texts[1]), "%u of %s", b->buffers, b->owner);
	snprintf(texts[2], sizeof(texts[2]), "%u of %s", c->buffers, c->owner);
	vi915_demo_row(out, "buffers", owners);
	vi915_demo_row(out, "written by", writers);
	vi915_demo_row_numbers(out, "frames", a->frames, b->frames, c->frames);
	vi915_demo_row_numbers(out, "bytes drawn", a->drawn, b->drawn, c->drawn);
	vi915_demo_row_numbers(out, "blits", a->blits, b->blits, c->blits);
	vi915_demo_row_numbers(out, "bytes moved", a->moved, b->moved, c->moved);
	vi915_demo_row_numbers(out, "waits", a->waits, b->waits, c->waits);
	vi915_demo_row_numbers(out, "bytes shared", a->shared, b->shared, c->shared);
	vi915_demo_row_numbers(out, "bytes copied", vi915_demo_way_copied(a),
			       vi915_demo_way_copied(b), vi915_demo_way_copied(c));
	vi915_demo_row_of(out, "same memory", same, pages, "pages");
	vi915_demo_row_crc(out, "CRC meant", a->meant, b->meant, c->meant);
	vi915_demo_row_crc(out, "CRC shown", a->shown, b->shown, c->shown);
	vi915_demo_row_of(out, "equal", equal, frames, "frames");
}

static void vi915_demo_report_gpu(FILE *out, const char *name, const char *node,
				  const char *clock)
{
	fprintf(out, "  GPU %-10si915   ", name);
	if (*clock)
		fprintf(out, "%-16s clock=%s\n", node, clock);
	else
		fprintf(out, "%s\n", node);
}

static void vi915_demo_report_devices(const struct vi915_demo_report *report, FILE *out)
{
	fprintf(out, "A camera, two GPUs and a screen share buffers of %ux%u XR24.\n\n",
		report->width, report->height);
	fprintf(out, "  camera        vivid  %-16s captures into buffers of others, or its own\n",
		report->camera);
	vi915_demo_report_gpu(out, "A", report->gpu, report->clock);
	vi915_demo_report_gpu(out, "B", report->gpu_b, report->clock_b);
	fprintf(out, "  screen        vkms   %-16s read back through its writeback connector\n\n",
		report->screen);
}

/* Where the race was, in terms of what a programmer can look for. */
static void vi915_demo_report_race(const struct vi915_demo_report *report, FILE *out)
{
	const struct vi915_demo_race *race = &report->race;
	char size[32];

	if (!race->forgotten)
		return;
	fputs("  The forgotten wait: GPU B copies GPU A's picture with EXEC_OBJECT_ASYNC, so its job\n"
	      "  does not wait until GPU A has made it.\n", out);
	if (!race->frames) {
		fputs("  Nobody saw it this time: GPU A was always done in time. Try --clock lazy.\n\n",
		      out);
		return;
	}
	fprintf(out, "\n  frame         %u; %u of %u shown wrong\n", race->last,
		race->frames, report->composed.frames);
	fputs("  job           GPU B's XY_FAST_COPY_BLT from tiles into rows\n", out);
	fprintf(out, "  buffer        dma-buf %llu of GPU A, %s bytes, Y-tiled\n",
		(unsigned long long)race->buffer, vi915_demo_grouped(race->size, size));
	if (race->pending)
		fprintf(out, "  fence         %s %s, a write, pending when GPU B was done\n",
			race->driver, race->timeline);
	else
		fputs("  fence         GPU A's write, done only just when GPU B was\n", out);
	if (race->shows)
		fprintf(out, "  shown         picture %u instead of %u\n\n", race->shows,
			race->last);
	else
		fprintf(out, "  shown         no whole picture instead of %u\n\n", race->last);
}

static void vi915_demo_report_verdict(const struct vi915_demo_report *report, FILE *out)
{
	bool good = vi915_demo_report_good(report);

	if (good && report->race.forgotten)
		fputs("Passed, by luck: a wait was forgotten, but all frames were shown as they were meant.\n",
		      out);
	else if (good)
		fputs("Passed: all frames were shown as they were meant, and nothing was copied.\n",
		      out);
	else if (report->race.frames)
		fputs("FAILED: a wait was forgotten, and what was shown is not what was meant.\n",
		      out);
	else
		fputs("FAILED: what was shown is not what was meant, or something was copied.\n",
		      out);
}

/**
 * vi915_demo_report_text() - print the report for people
 * @report: the report
 * @out: where to
 */
void vi915_demo_report_text(const struct vi915_demo_report *report, FILE *out)
{
	bool live = report->outputs.live && report->offload.live && report->composed.live;

	vi915_demo_report_devices(report, out);
	vi915_demo_report_table(report, out);
	fputs("\n  Same memory: each page gets a mark on one side, which the other has to see",
	      out);
	if (live)
		fputs("\n  while it shows the buffer: in vkms's own CRC, with no call in between",
		      out);
	fputs(".\n  Waits: fences still pending when a job, the screen or the CPU came to wait for them.\n\n",
	      out);
	vi915_demo_report_race(report, out);
	fprintf(out, "  %s\n  %s\n  %s\n", report->outputs.picture, report->offload.picture,
		report->composed.picture);
	/* Beside what was shown lies what was meant. */
	if (report->race.forgotten)
		fprintf(out, "  %.*s-meant.png\n", (int)strlen(report->composed.picture) - 4,
			report->composed.picture);
	fputc('\n', out);
	vi915_demo_report_verdict(report, out);
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
		{ "blits", way->blits },	  { "bytes_moved", way->moved },
		{ "waits", way->waits },
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

static struct json_object *vi915_demo_race_json(const struct vi915_demo_race *race)
{
	struct json_object *json = json_object_new_object();

	json_object_object_add(json, "frames", json_object_new_int64(race->frames));
	json_object_object_add(json, "frames_pending", json_object_new_int64(race->pending));
	json_object_object_add(json, "frame", json_object_new_int64(race->last));
	json_object_object_add(json, "frame_shown", json_object_new_int64(race->shows));
	json_object_object_add(json, "buffer", json_object_new_int64((int64_t)race->buffer));
	json_object_object_add(json, "fence_driver", json_object_new_string(race->driver));
	json_object_object_add(json, "fence_timeline", json_object_new_string(race->timeline));
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
	json_object_object_add(json, "gpu_b", json_object_new_string(report->gpu_b));
	json_object_object_add(json, "clock", json_object_new_string(report->clock));
	json_object_object_add(json, "clock_b", json_object_new_string(report->clock_b));
	json_object_object_add(json, "screen", json_object_new_string(report->screen));
	json_object_object_add(json, "outputs", vi915_demo_way_json(&report->outputs));
	json_object_object_add(json, "offload", vi915_demo_way_json(&report->offload));
	json_object_object_add(json, "composed", vi915_demo_way_json(&report->composed));
	if (report->race.forgotten)
		json_object_object_add(json, "race", vi915_demo_race_json(&report->race));
	fprintf(out, "%s\n",
		json_object_to_json_string_ext(json, JSON_C_TO_STRING_PRETTY |
							     JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(json);
}

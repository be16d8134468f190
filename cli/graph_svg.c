// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The graph of shared buffers as SVG, for machines without Graphviz. It has three columns:
 * processes, devices with the buffers that they own, and their users: importers and outputs. So
 * lines cross only the gaps between columns and no boxes. A device that owns some buffers and
 * imports others is drawn twice.
 */
#include <json-c/json.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "box/say.h"
#include "graph.h"
#include "model.h"
#include "xml.h"

#define VI915_SVG_LINE "#4a5568"
#define VI915_SVG_FAINT "#a3afbf"
#define VI915_SVG_PENDING "#c0392b"

#define VI915_SVG_MARGIN 24
#define VI915_SVG_GAP 14
/* The columns: where they begin, and how wide they are. */
#define VI915_SVG_PROCESS_X 24
#define VI915_SVG_PROCESS_W 150
#define VI915_SVG_OWNER_X 340
#define VI915_SVG_OWNER_W 300
#define VI915_SVG_USER_X 800
#define VI915_SVG_USER_W 180
#define VI915_SVG_WIDTH 1004
#define VI915_SVG_LINE_H 15
#define VI915_SVG_WORD_H 11
/* Places of the words on a line, as parts of its length. */
#define VI915_SVG_AT_USER 0.7
#define VI915_SVG_AT_PROCESS 0.35
/* Most buffers in a picture; the JSON has all. */
#define VI915_SVG_BUFFERS 60

/**
 * struct vi915_svg_box - a box that is drawn
 * @key: its key, by which lines find it
 * @x: left edge
 * @y: upper edge
 * @w: width
 * @h: height
 */
struct vi915_svg_box {
	char *key;
	int x, y, w, h;
};

struct vi915_svg {
	FILE *file;
	struct json_object *model, *buffers;
	size_t num_buffers;
	struct vi915_svg_box *boxes;
	size_t num_boxes;
	int bottom;
};

static struct vi915_svg_box *vi915_svg_find(struct vi915_svg *svg, const char *kind,
					    const char *name)
{
	size_t len = strlen(kind);

	for (size_t i = 0; i < svg->num_boxes; i++)
		if (!strncmp(svg->boxes[i].key, kind, len) &&
		    !strcmp(svg->boxes[i].key + len, name))
			return &svg->boxes[i];
	return NULL;
}

static void vi915_svg_place(struct vi915_svg *svg, const char *kind, const char *name,
			    struct vi915_svg_box box)
{
	if (asprintf(&box.key, "%s%s", kind, name) < 0)
		exit(vi915_say("out of memory"));
	svg->boxes = reallocarray(svg->boxes, svg->num_boxes + 1, sizeof(box));
	if (!svg->boxes)
		exit(vi915_say("out of memory"));
	svg->boxes[svg->num_boxes++] = box;
	if (box.y + box.h > svg->bottom)
		svg->bottom = box.y + box.h;
}

static struct json_object *vi915_svg_buffer(struct vi915_svg *svg, size_t i)
{
	return json_object_array_get_idx(svg->buffers, i);
}

/* -- where things are ------------------------------------------------------ */

static size_t vi915_svg_pending(struct json_object *buffer)
{
	struct json_object *fences = vi915_model_list(buffer, "fences");
	size_t num = 0;

	for (size_t i = 0; i < json_object_array_length(fences); i++)
		num += !!vi915_model_number(json_object_array_get_idx(fences, i), "pending");
	return num;
}

static int vi915_svg_buffer_height(struct json_object *buffer)
{
	int lines = 1 + vi915_model_has(buffer, "name") + (int)vi915_svg_pending(buffer);

	return 12 + lines * VI915_SVG_LINE_H;
}

/* Places one owner with its buffers at @y; returns the place of the next one. */
static int vi915_svg_place_owner(struct vi915_svg *svg, const char *name, int y)
{
	int at = y + 34;

	for (size_t i = 0; i < svg->num_buffers; i++) {
		struct json_object *buffer = vi915_svg_buffer(svg, i);
		int h = vi915_svg_buffer_height(buffer);

		if (strcmp(vi915_model_text(buffer, "exporter"), name))
			continue;
		vi915_svg_place(svg, "buffer ", vi915_model_text(buffer, "ino"),
				(struct vi915_svg_box){ .x = VI915_SVG_OWNER_X + 14, .y = at,
							.w = VI915_SVG_OWNER_W - 28, .h = h });
		at += h + 8;
	}
	vi915_svg_place(svg, "owner ", name,
			(struct vi915_svg_box){ .x = VI915_SVG_OWNER_X, .y = y,
						.w = VI915_SVG_OWNER_W, .h = at + 6 - y });
	return at + 6 + VI915_SVG_GAP;
}

static int vi915_svg_place_user(struct vi915_svg *svg, const char *kind, const char *name, int y)
{
	if (vi915_svg_find(svg, kind, name))
		return y;
	vi915_svg_place(svg, kind, name,
			(struct vi915_svg_box){ .x = VI915_SVG_USER_X, .y = y,
						.w = VI915_SVG_USER_W, .h = 34 });
	return y + 34 + VI915_SVG_GAP;
}

static char *vi915_svg_output(struct json_object *output)
{
	char *name;

	if (asprintf(&name, "%s %s", vi915_model_text(output, "name"),
		     vi915_model_text(output, "output")) < 0)
		exit(vi915_say("out of memory"));
	return name;
}

static int vi915_svg_place_users(struct vi915_svg *svg, struct json_object *buffer, int y)
{
	struct json_object *importers = vi915_model_list(buffer, "importers");
	struct json_object *outputs = vi915_model_list(buffer, "outputs");

	for (size_t i = 0; i < json_object_array_length(importers); i++)
		y = vi915_svg_place_user(svg, "importer ",
					 vi915_model_text(json_object_array_get_idx(importers, i),
							  "name"), y);
	for (size_t i = 0; i < json_object_array_length(outputs); i++) {
		char *name = vi915_svg_output(json_object_array_get_idx(outputs, i));

		y = vi915_svg_place_user(svg, "output ", name, y);
		free(name);
	}
	return y;
}

static int vi915_svg_place_holders(struct vi915_svg *svg, struct json_object *buffer, int y)
{
	struct json_object *holders = vi915_model_list(buffer, "holders");

	for (size_t i = 0; i < json_object_array_length(holders); i++) {
		const char *pid = vi915_model_text(json_object_array_get_idx(holders, i), "pid");

		if (vi915_svg_find(svg, "process ", pid))
			continue;
		vi915_svg_place(svg, "process ", pid,
				(struct vi915_svg_box){ .x = VI915_SVG_PROCESS_X, .y = y,
							.w = VI915_SVG_PROCESS_W, .h = 42 });
		y += 42 + 2 * VI915_SVG_GAP;
	}
	return y;
}

static void vi915_svg_place_all(struct vi915_svg *svg)
{
	int top = VI915_SVG_MARGIN + 30, owner = top, user = top, process = top;

	for (size_t i = 0; i < svg->num_buffers; i++) {
		struct json_object *buffer = vi915_svg_buffer(svg, i);
		const char *exporter = vi915_model_text(buffer, "exporter");

		if (!vi915_svg_find(svg, "owner ", exporter))
			owner = vi915_svg_place_owner(svg, exporter, owner);
		user = vi915_svg_place_users(svg, buffer, user);
		process = vi915_svg_place_holders(svg, buffer, process);
	}
}

/* -- drawing --------------------------------------------------------------- */

static void vi915_svg_rect(struct vi915_svg *svg, const struct vi915_svg_box *box, int round,
			   const char *fill, const char *line, int width)
{
	fprintf(svg->file,
		"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\" fill=\"%s\" stroke=\"%s\" stroke-width=\"%d\"/>\n",
		box->x, box->y, box->w, box->h, round, fill, line, width);
}

static void vi915_svg_text(struct vi915_svg *svg, int x, int y, const char *style, const char *text)
{
	fprintf(svg->file, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x, y, style);
	vi915_xml_text(svg->file, text);
	fputs("</text>\n", svg->file);
}

/*
 * Draws a line from the right edge of one box to the left edge of another, with @words at the part
 * @t of the way, where lines are apart. Each line of @words is a line of text.
 */
static void vi915_svg_curve(struct vi915_svg *svg, const struct vi915_svg_box *from,
			    const struct vi915_svg_box *to, const char *colour, const char *style,
			    const char *words, double t)
{
	int x1 = from->x + from->w, y1 = from->y + from->h / 2;
	int x2 = to->x, y2 = to->y + to->h / 2, middle = (x1 + x2) / 2;
	double u = 1 - t, bend = 3 * u * t;
	int x = x1 * u * u * u + middle * bend + x2 * t * t * t;
	int y = y1 * u * u * (u + 3 * t) + y2 * t * t * (t + 3 * u) - 4;
	const char *end;

	for (end = words; *end; end++)
		y -= *end == '\n' ? VI915_SVG_WORD_H / 2 : 0;
	fprintf(svg->file,
		"<path d=\"M%d %d C%d %d %d %d %d %d\" fill=\"none\" stroke=\"%s\" %s/>\n",
		x1, y1, middle, y1, middle, y2, x2, y2, colour, style);
	for (; *words; words = *end ? end + 1 : end, y += VI915_SVG_WORD_H) {
		end = words + strcspn(words, "\n");
		fprintf(svg->file, "<text x=\"%d\" y=\"%d\" class=\"word\">", x, y);
		vi915_xml_put(svg->file, words, end - words);
		fputs("</text>\n", svg->file);
	}
}

static void vi915_svg_lines(struct vi915_svg *svg, struct json_object *buffer)
{
	struct vi915_svg_box *box = vi915_svg_find(svg, "buffer ", vi915_model_text(buffer, "ino"));
	struct json_object *importers = vi915_model_list(buffer, "importers");
	struct json_object *outputs = vi915_model_list(buffer, "outputs");
	struct json_object *holders = vi915_model_list(buffer, "holders");

	for (size_t i = 0; i < json_object_array_length(importers); i++) {
		struct json_object *one = json_object_array_get_idx(importers, i);
		const char *name = vi915_model_text(one, "name");

		vi915_svg_curve(svg, box, vi915_svg_find(svg, "importer ", name),
				vi915_graph_works_on(buffer, name) ? VI915_SVG_PENDING :
								     VI915_SVG_LINE,
				"stroke-width=\"2\" marker-end=\"url(#to)\"",
				vi915_graph_direction(one), VI915_SVG_AT_USER);
	}
	for (size_t i = 0; i < json_object_array_length(outputs); i++) {
		struct json_object *one = json_object_array_get_idx(outputs, i);
		char *name = vi915_svg_output(one);

		vi915_svg_curve(svg, box, vi915_svg_find(svg, "output ", name), VI915_SVG_LINE,
				"stroke-width=\"2\" marker-end=\"url(#to)\"", "shown",
				VI915_SVG_AT_USER);
		free(name);
	}
	for (size_t i = 0; i < json_object_array_length(holders); i++) {
		struct json_object *one = json_object_array_get_idx(holders, i);
		char *holds = vi915_graph_holds(one, "\n");

		vi915_svg_curve(svg, vi915_svg_find(svg, "process ", vi915_model_text(one, "pid")),
				box, VI915_SVG_FAINT, "stroke-dasharray=\"5 4\"", holds ?: "",
				VI915_SVG_AT_PROCESS);
		free(holds);
	}
}

static void vi915_svg_draw_buffer(struct vi915_svg *svg, struct json_object *buffer)
{
	struct vi915_svg_box *box = vi915_svg_find(svg, "buffer ", vi915_model_text(buffer, "ino"));
	struct json_object *fences = vi915_model_list(buffer, "fences");
	bool pending = vi915_svg_pending(buffer);
	int y = box->y + 19;
	char text[256], size[24];

	vi915_svg_rect(svg, box, 6, "#fff8e1", pending ? VI915_SVG_PENDING : VI915_SVG_LINE,
		       pending ? 2 : 1);
	snprintf(text, sizeof(text), "buffer %s, %s", vi915_model_text(buffer, "ino"),
		 vi915_model_size(vi915_model_number(buffer, "size"), size));
	vi915_svg_text(svg, box->x + 10, y, "strong", text);
	if (vi915_model_has(buffer, "name"))
		vi915_svg_text(svg, box->x + 10, y += VI915_SVG_LINE_H, "small",
			       vi915_model_text(buffer, "name"));
	for (size_t i = 0; i < json_object_array_length(fences); i++) {
		struct json_object *fence = json_object_array_get_idx(fences, i);

		if (!vi915_model_number(fence, "pending"))
			continue;
		snprintf(text, sizeof(text), "%s pending: %s %lld",
			 vi915_model_text(fence, "usage"), vi915_model_text(fence, "timeline"),
			 (long long)vi915_model_number(fence, "seqno"));
		vi915_svg_text(svg, box->x + 10, y += VI915_SVG_LINE_H, "pending", text);
	}
}

static void vi915_svg_draw_owner(struct vi915_svg *svg, const struct vi915_svg_box *box)
{
	struct json_object *devices = vi915_model_list(svg->model, "devices"), *device;
	const char *name = strchr(box->key, ' ') + 1;
	char text[256];

	device = vi915_model_find(devices, "name", name);
	vi915_svg_rect(svg, box, 10, device && vi915_model_has(device, "description") ? "#e8f0fb" :
										   "#f1f3f5",
		       VI915_SVG_LINE, 1);
	vi915_svg_text(svg, box->x + 14, box->y + 22, "name", name);
	if (!device)
		return;
	snprintf(text, sizeof(text), "%s %s", vi915_model_text(device, "card"),
		 vi915_model_text(device, "render"));
	vi915_svg_text(svg, box->x + box->w - 14, box->y + 22, "right", text);
}

static void vi915_svg_draw_process(struct vi915_svg *svg, const struct vi915_svg_box *box)
{
	const char *pid = strchr(box->key, ' ') + 1;
	char text[64];

	vi915_svg_rect(svg, box, 20, "#e6f4ea", VI915_SVG_LINE, 1);
	vi915_svg_text(svg, box->x + 18, box->y + 19, "strong",
		       vi915_graph_comm(svg->model, strtoll(pid, NULL, 10)));
	snprintf(text, sizeof(text), "process %s", pid);
	vi915_svg_text(svg, box->x + 18, box->y + 33, "small", text);
}

static void vi915_svg_draw(struct vi915_svg *svg)
{
	for (size_t i = 0; i < svg->num_boxes; i++)
		if (*svg->boxes[i].key == 'o' && svg->boxes[i].key[1] == 'w')
			vi915_svg_draw_owner(svg, &svg->boxes[i]);
	for (size_t i = 0; i < svg->num_buffers; i++)
		vi915_svg_lines(svg, vi915_svg_buffer(svg, i));
	for (size_t i = 0; i < svg->num_buffers; i++)
		vi915_svg_draw_buffer(svg, vi915_svg_buffer(svg, i));
	for (size_t i = 0; i < svg->num_boxes; i++) {
		const struct vi915_svg_box *box = &svg->boxes[i];

		if (*box->key == 'p')
			vi915_svg_draw_process(svg, box);
		if (*box->key != 'i' && strncmp(box->key, "output", 6))
			continue;
		vi915_svg_rect(svg, box, 6, *box->key == 'i' ? "#f1f3f5" : "#ffffff",
			       VI915_SVG_LINE, *box->key == 'i' ? 1 : 2);
		vi915_svg_text(svg, box->x + 12, box->y + 22, "strong", strchr(box->key, ' ') + 1);
	}
}

static const char vi915_svg_style[] =
	"<style>\n"
	"text { font: 12px Helvetica, Arial, sans-serif; fill: #1a202c }\n"
	".name { font-weight: bold; font-size: 14px }\n"
	".strong { font-weight: bold }\n"
	".small, .right, .head { fill: " VI915_SVG_LINE "; font-size: 11px }\n"
	".right { text-anchor: end }\n"
	".pending { fill: " VI915_SVG_PENDING "; font-size: 11px }\n"
	".word { fill: " VI915_SVG_LINE "; font-size: 10px; text-anchor: middle;\n"
	"  paint-order: stroke; stroke: #fff; stroke-width: 3px }\n"
	"</style>\n"
	"<marker id=\"to\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"5\"\n"
	"  markerHeight=\"5\" orient=\"auto\">\n"
	"<path d=\"M0 0L8 4L0 8z\" fill=\"" VI915_SVG_LINE "\"/></marker>\n";

static void vi915_svg_head(struct vi915_svg *svg, int height)
{
	fprintf(svg->file,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n",
		VI915_SVG_WIDTH, height, VI915_SVG_WIDTH, height);
	fputs(vi915_svg_style, svg->file);
	fprintf(svg->file, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n",
		VI915_SVG_WIDTH, height);
	vi915_svg_text(svg, VI915_SVG_PROCESS_X, VI915_SVG_MARGIN + 8, "head",
		       "processes that hold it");
	vi915_svg_text(svg, VI915_SVG_OWNER_X, VI915_SVG_MARGIN + 8, "head",
		       "owners and their buffers");
	vi915_svg_text(svg, VI915_SVG_USER_X, VI915_SVG_MARGIN + 8, "head",
		       "importers and outputs");
}

/**
 * vi915_graph_put_svg() - write the graph as SVG
 * @model: the model
 * @file: the file to write to
 */
void vi915_graph_put_svg(struct json_object *model, FILE *file)
{
	struct vi915_svg svg = { .file = file, .model = model, .bottom = VI915_SVG_MARGIN + 30 };
	char text[96] = "";
	size_t num;

	svg.buffers = vi915_model_list(model, "buffers");
	num = json_object_array_length(svg.buffers);
	svg.num_buffers = num < VI915_SVG_BUFFERS ? num : VI915_SVG_BUFFERS;
	vi915_svg_place_all(&svg);
	vi915_svg_head(&svg, svg.bottom + VI915_SVG_MARGIN + 20);
	vi915_svg_draw(&svg);
	if (!num)
		snprintf(text, sizeof(text), "no buffer is shared");
	else if (num > svg.num_buffers)
		snprintf(text, sizeof(text), "and %zu more buffers, which the JSON form has",
			 num - svg.num_buffers);
	vi915_svg_text(&svg, VI915_SVG_OWNER_X, svg.bottom + 20, "head", text);
	fputs("</svg>\n", file);
	while (svg.num_boxes)
		free(svg.boxes[--svg.num_boxes].key);
	free(svg.boxes);
}

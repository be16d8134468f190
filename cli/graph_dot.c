// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The graph of shared buffers for Graphviz. A device is a box with the buffers that it owns and the
 * outputs that show a shared one; an arrow leads from a buffer to each device that imports it and
 * each output that shows it, and a dashed line to each process that holds it. Pending fences are
 * red.
 */
#include "graph.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

#define VI915_GRAPH_LINE "#4a5568"
#define VI915_GRAPH_FAINT "#a3afbf"
#define VI915_GRAPH_GPU "#e8f0fb"
#define VI915_GRAPH_OTHER "#f1f3f5"
#define VI915_GRAPH_BUFFER "#fff8e1"
#define VI915_GRAPH_OUTPUT "#ffffff"
#define VI915_GRAPH_PROCESS "#e6f4ea"
#define VI915_GRAPH_PENDING "#c0392b"

/* Prints text in an HTML-like label. A newline begins a new line there, too. */
static void vi915_graph_put_html(const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", stdout);
			break;
		case '>':
			fputs("&gt;", stdout);
			break;
		case '&':
			fputs("&amp;", stdout);
			break;
		case '\n':
			fputs("<br/>", stdout);
			break;
		default:
			putchar(*text);
		}
	}
}

/* Prints text between quotes. */
static void vi915_graph_put_quoted(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('"');
}

/* Prints "kind NAME" as a node's name. */
static void vi915_graph_put_node(const char *kind, const char *name)
{
	char *node;

	if (asprintf(&node, "%s %s", kind, name) < 0)
		return;
	vi915_graph_put_quoted(node);
	free(node);
}

static void vi915_graph_put_line(const char *colour, const char *text)
{
	printf("<tr><td align=\"left\"><font point-size=\"10\" color=\"%s\">", colour);
	vi915_graph_put_html(text);
	fputs("</font></td></tr>", stdout);
}

static bool vi915_graph_is_pending(struct json_object *buffer)
{
	struct json_object *fences = vi915_model_list(buffer, "fences");

	for (size_t i = 0; i < json_object_array_length(fences); i++)
		if (vi915_model_number(json_object_array_get_idx(fences, i), "pending"))
			return true;
	return false;
}

static void vi915_graph_dot_fences(struct json_object *buffer)
{
	struct json_object *fences = vi915_model_list(buffer, "fences");
	char text[256];

	for (size_t i = 0; i < json_object_array_length(fences); i++) {
		struct json_object *fence = json_object_array_get_idx(fences, i);

		if (!vi915_model_number(fence, "pending"))
			continue;
		snprintf(text, sizeof(text), "%s pending: %s %lld",
			 vi915_model_text(fence, "usage"), vi915_model_text(fence, "timeline"),
			 (long long)vi915_model_number(fence, "seqno"));
		vi915_graph_put_line(VI915_GRAPH_PENDING, text);
	}
}

static void vi915_graph_dot_buffer(struct json_object *buffer)
{
	bool pending = vi915_graph_is_pending(buffer);
	char size[24];

	fputs("    ", stdout);
	vi915_graph_put_node("buffer", vi915_model_text(buffer, "ino"));
	printf(" [shape=box style=\"filled,rounded\" fillcolor=\"" VI915_GRAPH_BUFFER "\" color=\"%s\" penwidth=%s label=<<table border=\"0\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"1\">",
	       pending ? VI915_GRAPH_PENDING : VI915_GRAPH_LINE, pending ? "2" : "1");
	printf("<tr><td align=\"left\"><b>buffer %s</b>, %s</td></tr>",
	       vi915_model_text(buffer, "ino"),
	       vi915_model_size(vi915_model_number(buffer, "size"), size));
	if (vi915_model_has(buffer, "name"))
		vi915_graph_put_line(VI915_GRAPH_LINE, vi915_model_text(buffer, "name"));
	vi915_graph_dot_fences(buffer);
	fputs("</table>>];\n", stdout);
}

/* A device that shares nothing is left out: there may be 64 of them. */
static bool vi915_graph_takes_part(struct json_object *buffers, const char *name)
{
	for (size_t i = 0; i < json_object_array_length(buffers); i++) {
		struct json_object *buffer = json_object_array_get_idx(buffers, i);

		if (!strcmp(vi915_model_text(buffer, "exporter"), name) ||
		    vi915_model_find(vi915_model_list(buffer, "importers"), "name", name))
			return true;
	}
	return false;
}

/* The name of an output's node: "NAME HDMI-A-1", the caller's to free. */
static char *vi915_graph_dot_output(struct json_object *output)
{
	char *name;

	if (asprintf(&name, "%s %s", vi915_model_text(output, "name"),
		     vi915_model_text(output, "output")) < 0)
		return NULL;
	return name;
}

/* Prints the outputs of @device that show the buffer; Graphviz joins repeated nodes. */
static void vi915_graph_dot_outputs(struct json_object *buffer, const char *device)
{
	struct json_object *outputs = vi915_model_list(buffer, "outputs");

	for (size_t i = 0; i < json_object_array_length(outputs); i++) {
		struct json_object *output = json_object_array_get_idx(outputs, i);
		char *name = vi915_graph_dot_output(output);

		if (name && !strcmp(vi915_model_text(output, "name"), device)) {
			fputs("    ", stdout);
			vi915_graph_put_node("output", name);
			printf(" [shape=box style=filled fillcolor=\"" VI915_GRAPH_OUTPUT "\" penwidth=2 label=\"%s\"];\n",
			       vi915_model_text(output, "output"));
		}
		free(name);
	}
}

/* Prints one box, with a node for the device itself, to which arrows lead. */
static void vi915_graph_dot_device(struct json_object *buffers, const char *name,
				   struct json_object *device)
{
	bool gpu = device && vi915_model_has(device, "description");

	fputs("  subgraph ", stdout);
	vi915_graph_put_node("cluster", name);
	printf(" {\n    style=\"filled,rounded\"; color=\"" VI915_GRAPH_LINE "\"; fillcolor=\"%s\"; margin=14;\n    ",
	       gpu ? VI915_GRAPH_GPU : VI915_GRAPH_OTHER);
	vi915_graph_put_node("device", name);
	fputs(" [shape=plain label=<<table border=\"0\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"2\"><tr><td align=\"left\"><b><font point-size=\"14\">",
	      stdout);
	vi915_graph_put_html(name);
	fputs("</font></b></td></tr>", stdout);
	if (device) {
		if (strcmp(vi915_model_text(device, "device"), name))
			vi915_graph_put_line(VI915_GRAPH_LINE, vi915_model_text(device, "device"));
		vi915_graph_put_line(VI915_GRAPH_LINE, vi915_model_text(device, "card"));
		if (vi915_model_has(device, "render"))
			vi915_graph_put_line(VI915_GRAPH_LINE, vi915_model_text(device, "render"));
	}
	fputs("</table>>];\n", stdout);
	for (size_t i = 0; i < json_object_array_length(buffers); i++) {
		struct json_object *buffer = json_object_array_get_idx(buffers, i);

		if (!strcmp(vi915_model_text(buffer, "exporter"), name))
			vi915_graph_dot_buffer(buffer);
		vi915_graph_dot_outputs(buffer, name);
	}
	fputs("  }\n", stdout);
}

/* Prints devices that are no DRM devices, which only buffers name. */
static void vi915_graph_dot_others(struct json_object *model, struct json_object *seen,
				   const char *name)
{
	if (vi915_model_find(vi915_model_list(model, "devices"), "name", name) ||
	    vi915_model_has(seen, name))
		return;
	vi915_model_set_flag(seen, name, true);
	vi915_graph_dot_device(vi915_model_list(model, "buffers"), name, NULL);
}

static void vi915_graph_dot_devices(struct json_object *model)
{
	struct json_object *devices = vi915_model_list(model, "devices");
	struct json_object *buffers = vi915_model_list(model, "buffers");
	struct json_object *seen = json_object_new_object();

	for (size_t i = 0; i < json_object_array_length(devices); i++) {
		struct json_object *device = json_object_array_get_idx(devices, i);
		const char *name = vi915_model_text(device, "name");

		if (vi915_graph_takes_part(buffers, name))
			vi915_graph_dot_device(buffers, name, device);
	}
	for (size_t i = 0; i < json_object_array_length(buffers); i++) {
		struct json_object *buffer = json_object_array_get_idx(buffers, i);
		struct json_object *importers = vi915_model_list(buffer, "importers");

		vi915_graph_dot_others(model, seen, vi915_model_text(buffer, "exporter"));
		for (size_t k = 0; k < json_object_array_length(importers); k++) {
			struct json_object *importer = json_object_array_get_idx(importers, k);

			vi915_graph_dot_others(model, seen, vi915_model_text(importer, "name"));
		}
	}
	json_object_put(seen);
}

/**
 * vi915_graph_works_on() - check whether a GPU has a pending job on a buffer
 * @buffer: the buffer
 * @name: name of the GPU
 *
 * The first word in the names of a GPU's timelines is the GPU's name.
 *
 * Return: true if it has.
 */
bool vi915_graph_works_on(struct json_object *buffer, const char *name)
{
	struct json_object *fences = vi915_model_list(buffer, "fences");
	size_t len = strlen(name);

	for (size_t i = 0; i < json_object_array_length(fences); i++) {
		struct json_object *fence = json_object_array_get_idx(fences, i);
		const char *timeline = vi915_model_text(fence, "timeline");

		if (vi915_model_number(fence, "pending") && !strncmp(timeline, name, len) &&
		    timeline[len] == ' ')
			return true;
	}
	return false;
}

/**
 * vi915_graph_direction() - describe how an importer uses a buffer
 * @importer: of the model
 *
 * Return: a few words, or "" when that is not known.
 */
const char *vi915_graph_direction(struct json_object *importer)
{
	const char *direction = vi915_model_text(importer, "direction");

	if (!vi915_model_has(importer, "mapped"))
		return "";
	if (!vi915_model_number(importer, "mapped"))
		return "not used yet";
	return !strcmp(direction, "to") ? "reads" : !strcmp(direction, "from") ? "writes" :
								     "reads, writes";
}

static void vi915_graph_dot_shown(struct json_object *buffer)
{
	struct json_object *outputs = vi915_model_list(buffer, "outputs");

	for (size_t i = 0; i < json_object_array_length(outputs); i++) {
		struct json_object *output = json_object_array_get_idx(outputs, i);
		char *name = vi915_graph_dot_output(output);

		if (!name)
			continue;
		fputs("  ", stdout);
		vi915_graph_put_node("buffer", vi915_model_text(buffer, "ino"));
		fputs(" -> ", stdout);
		vi915_graph_put_node("output", name);
		printf(" [penwidth=2 label=\"shown, %s\"];\n", vi915_model_text(output, "plane"));
		free(name);
	}
}

static void vi915_graph_dot_edges(struct json_object *buffer)
{
	const char *exporter = vi915_model_text(buffer, "exporter");
	const char *ino = vi915_model_text(buffer, "ino");
	struct json_object *importers = vi915_model_list(buffer, "importers");
	struct json_object *holders = vi915_model_list(buffer, "holders");
	char *holds;

	fputs("  ", stdout);
	vi915_graph_put_node("device", exporter);
	fputs(" -> ", stdout);
	vi915_graph_put_node("buffer", ino);
	printf(" [arrowhead=none color=\"%s\"];\n",
	       vi915_graph_works_on(buffer, exporter) ? VI915_GRAPH_PENDING : VI915_GRAPH_FAINT);
	for (size_t i = 0; i < json_object_array_length(importers); i++) {
		struct json_object *importer = json_object_array_get_idx(importers, i);

		fputs("  ", stdout);
		vi915_graph_put_node("buffer", ino);
		fputs(" -> ", stdout);
		vi915_graph_put_node("device", vi915_model_text(importer, "name"));
		printf(" [penwidth=2 color=\"%s\" label=\"%s\"];\n",
		       vi915_graph_works_on(buffer, vi915_model_text(importer, "name")) ?
		       VI915_GRAPH_PENDING : VI915_GRAPH_LINE, vi915_graph_direction(importer));
	}
	vi915_graph_dot_shown(buffer);
	for (size_t i = 0; i < json_object_array_length(holders); i++) {
		struct json_object *holder = json_object_array_get_idx(holders, i);

		fputs("  ", stdout);
		vi915_graph_put_node("process", vi915_model_text(holder, "pid"));
		fputs(" -> ", stdout);
		vi915_graph_put_node("buffer", ino);
		holds = vi915_graph_holds(holder, "\\n");
		printf(" [style=dashed arrowhead=none color=\"" VI915_GRAPH_FAINT "\" label=\"%s\"];\n",
		       holds ? holds : "");
		free(holds);
	}
}

/**
 * vi915_graph_print_dot() - print the graph for Graphviz
 * @model: the model
 */
void vi915_graph_print_dot(struct json_object *model)
{
	struct json_object *processes = vi915_model_list(model, "processes");
	struct json_object *buffers = vi915_model_list(model, "buffers");
	struct json_object *missing = vi915_model_list(model, "missing");

	puts("digraph vi915 {\n"
	     "  graph [rankdir=LR fontname=\"Helvetica\" fontsize=11 nodesep=0.35 ranksep=1.1 pad=0.3];\n"
	     "  node [fontname=\"Helvetica\" fontsize=11 color=\"" VI915_GRAPH_LINE "\"];\n"
	     "  edge [fontname=\"Helvetica\" fontsize=9 color=\"" VI915_GRAPH_LINE
	     "\" fontcolor=\"" VI915_GRAPH_LINE "\"];");
	for (size_t i = 0; i < json_object_array_length(missing); i++)
		printf("  // not shown: %s\n",
		       json_object_get_string(json_object_array_get_idx(missing, i)));
	vi915_graph_dot_devices(model);
	for (size_t i = 0; i < json_object_array_length(processes); i++) {
		struct json_object *process = json_object_array_get_idx(processes, i);

		fputs("  ", stdout);
		vi915_graph_put_node("process", vi915_model_text(process, "pid"));
		fputs(" [shape=ellipse style=filled fillcolor=\"" VI915_GRAPH_PROCESS "\" label=<<b>",
		      stdout);
		vi915_graph_put_html(vi915_model_text(process, "comm"));
		printf("</b><br/>%s>];\n", vi915_model_text(process, "pid"));
	}
	for (size_t i = 0; i < json_object_array_length(buffers); i++)
		vi915_graph_dot_edges(json_object_array_get_idx(buffers, i));
	puts("}");
}

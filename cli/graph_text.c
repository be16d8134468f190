// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The graph of shared buffers as text: one paragraph a buffer. */
#include "graph.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

/* Longer lists are cut. */
#define VI915_GRAPH_MANY 8

/**
 * vi915_graph_comm() - look up the name of a process
 * @model: the model
 * @pid: the process
 *
 * Return: the name, owned by the model.
 */
const char *vi915_graph_comm(struct json_object *model, int64_t pid)
{
	struct json_object *processes = vi915_model_list(model, "processes");

	return vi915_model_text(vi915_model_find_number(processes, "pid", pid), "comm");
}

/* Describes how an importer uses a buffer; "" when that is unknown. */
static const char *vi915_graph_use(struct json_object *importer)
{
	static const char *const words[][2] = {
		{ "to", "mapped for reading" },
		{ "from", "mapped for writing" },
		{ "both", "mapped for reading and writing" },
	};
	const char *direction = vi915_model_text(importer, "direction");

	if (!vi915_model_has(importer, "mapped"))
		return "";
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (vi915_model_number(importer, "mapped") && !strcmp(direction, words[i][0]))
			return words[i][1];
	return "not used yet";
}

static void vi915_graph_put_fds(FILE *out, struct json_object *fds)
{
	size_t num = json_object_array_length(fds), shown = num;

	if (num > VI915_GRAPH_MANY)
		shown = VI915_GRAPH_MANY - 1;
	fprintf(out, "fd ");
	for (size_t i = 0; i < shown; i++)
		fprintf(out, "%s%s", i ? " " : "",
			json_object_get_string(json_object_array_get_idx(fds, i)));
	if (shown < num)
		fprintf(out, " and %zu more", num - shown);
}

/**
 * vi915_graph_holds() - describe how a process holds a buffer
 * @holder: one of a buffer's holders
 * @separator: text between two items
 *
 * Return: the words, the caller's to free.
 */
char *vi915_graph_holds(struct json_object *holder, const char *separator)
{
	struct json_object *handles = vi915_model_list(holder, "handles");
	struct json_object *fds = vi915_model_list(holder, "fds");
	const char *between = "";
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	if (json_object_array_length(fds)) {
		vi915_graph_put_fds(out, fds);
		between = separator;
	}
	for (size_t i = 0; i < json_object_array_length(handles) && i < VI915_GRAPH_MANY; i++) {
		struct json_object *handle = json_object_array_get_idx(handles, i);

		fprintf(out, "%shandle %lld on %s", between,
			(long long)vi915_model_number(handle, "handle"),
			vi915_model_text(handle, "name"));
		between = separator;
	}
	if (vi915_model_number(holder, "mappings"))
		fprintf(out, "%smapped", between);
	fclose(out);
	return text;
}

static void vi915_graph_print_fences(struct json_object *buffer, unsigned int *pending)
{
	struct json_object *fences = vi915_model_list(buffer, "fences");

	for (size_t i = 0; i < json_object_array_length(fences); i++) {
		struct json_object *fence = json_object_array_get_idx(fences, i);

		if (!vi915_model_number(fence, "pending"))
			continue;
		printf("  pending %-5s %-20s %s, number %lld\n", vi915_model_text(fence, "usage"),
		       vi915_model_text(fence, "timeline"), vi915_model_text(fence, "driver"),
		       (long long)vi915_model_number(fence, "seqno"));
		++*pending;
	}
}

static void vi915_graph_print_buffer(struct json_object *model, struct json_object *buffer,
				     unsigned int *pending)
{
	struct json_object *importers = vi915_model_list(buffer, "importers");
	struct json_object *holders = vi915_model_list(buffer, "holders");
	struct json_object *outputs = vi915_model_list(buffer, "outputs");
	char size[24], who[72], *holds;

	printf("buffer %-7lld  %-20s %s%s%s\n", (long long)vi915_model_number(buffer, "ino"),
	       vi915_model_text(buffer, "exporter"),
	       vi915_model_size(vi915_model_number(buffer, "size"), size),
	       vi915_model_has(buffer, "name") ? ", named " : "", vi915_model_text(buffer, "name"));
	for (size_t i = 0; i < json_object_array_length(importers); i++) {
		struct json_object *importer = json_object_array_get_idx(importers, i);

		printf("  imported by   %-*s%s\n", *vi915_graph_use(importer) ? 21 : 0,
		       vi915_model_text(importer, "name"), vi915_graph_use(importer));
	}
	for (size_t i = 0; i < json_object_array_length(outputs); i++) {
		struct json_object *output = json_object_array_get_idx(outputs, i);

		snprintf(who, sizeof(who), "%s %s", vi915_model_text(output, "name"),
			 vi915_model_text(output, "output"));
		printf("  shown on      %-20s plane %s\n", who, vi915_model_text(output, "plane"));
	}
	for (size_t i = 0; i < json_object_array_length(holders); i++) {
		struct json_object *holder = json_object_array_get_idx(holders, i);
		int64_t pid = vi915_model_number(holder, "pid");

		holds = vi915_graph_holds(holder, ", ");
		snprintf(who, sizeof(who), "%s[%lld]", vi915_graph_comm(model, pid),
			 (long long)pid);
		printf("  held by       %-20s %s\n", who, holds ? holds : "");
		free(holds);
	}
	vi915_graph_print_fences(buffer, pending);
}

/**
 * vi915_graph_print_text() - print the graph for people
 * @model: the model
 */
void vi915_graph_print_text(struct json_object *model)
{
	struct json_object *buffers = vi915_model_list(model, "buffers");
	size_t num = json_object_array_length(buffers);
	size_t processes = json_object_array_length(vi915_model_list(model, "processes"));
	unsigned int pending = 0;
	int64_t bytes = 0;
	char size[24];

	for (size_t i = 0; i < num; i++) {
		struct json_object *buffer = json_object_array_get_idx(buffers, i);

		vi915_graph_print_buffer(model, buffer, &pending);
		bytes += vi915_model_number(buffer, "size");
	}
	if (num)
		printf("\n%zu buffer%s of %s, held by %zu process%s; %u pending fence%s\n", num,
		       num == 1 ? "" : "s", vi915_model_size(bytes, size), processes,
		       processes == 1 ? "" : "es", pending, pending == 1 ? "" : "s");
	else if (json_object_array_length(vi915_model_list(model, "missing")))
		puts("No shared buffer can be seen.");
	else
		puts("No buffer is shared.");
	vi915_model_print_missing(model);
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The buffers on the outputs of a vi915 GPU, from the DRM core's file "state": planes with their
 * framebuffers and these with their objects, then connectors. A plane and a connector are on the
 * same output when they are on the same CRTC.
 */
#include "graph.h"

#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "devices.h"
#include "model.h"

/* The text behind @key, with which @line begins; NULL if it does not. */
static const char *vi915_graph_value(const char *line, const char *key)
{
	line += strspn(line, "\t");
	return strncmp(line, key, strlen(key)) ? NULL : line + strlen(key);
}

/* The name in a line such as "plane[32]: primary-0", when @kind is "plane["; else NULL. */
static const char *vi915_graph_head(const char *line, const char *kind)
{
	const char *name = vi915_graph_value(line, kind);

	name = name ? strstr(name, "]: ") : NULL;
	return name ? name + 3 : NULL;
}

/* Adds the output to the buffer of the object that a plane shows, if it is shared. */
static void vi915_graph_shows(struct json_object *model, struct json_object *shown,
			      struct json_object *objects, const char *object)
{
	struct json_object *ino, *outputs;

	if (!json_object_object_get_ex(objects, object, &ino))
		return;
	outputs = vi915_model_list(vi915_graph_buffer(model, json_object_get_int64(ino)),
				   "outputs");
	/* A framebuffer may have several planes in one object. */
	for (size_t i = 0; i < json_object_array_length(outputs); i++)
		if (json_object_array_get_idx(outputs, i) == shown)
			return;
	json_object_array_add(outputs, json_object_get(shown));
}

static void vi915_graph_connector(struct json_object *planes, const char *crtc,
				  const char *connector)
{
	for (size_t i = 0; i < json_object_array_length(planes); i++) {
		struct json_object *plane = json_object_array_get_idx(planes, i);

		if (!strcmp(vi915_model_text(plane, "crtc"), crtc))
			vi915_model_set_text(plane, "output", connector);
	}
}

static void vi915_graph_state(struct json_object *model, struct json_object *device,
			      struct json_object *objects, FILE *file)
{
	struct json_object *planes = json_object_new_array(), *plane = NULL;
	char line[256], connector[64] = "";
	const char *value;

	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] != '\t') {
			plane = NULL;
			connector[0] = '\0';
		}
		value = vi915_graph_head(line, "plane[");
		if (value) {
			plane = json_object_new_object();
			json_object_array_add(planes, plane);
			vi915_model_set_text(plane, "device", vi915_model_text(device, "device"));
			vi915_model_set_text(plane, "plane", value);
		}
		/* Writeback connectors are no outputs. */
		value = vi915_graph_head(line, "connector[");
		if (value && !strstr(value, "Writeback"))
			snprintf(connector, sizeof(connector), "%s", value);
		value = vi915_graph_value(line, "crtc=");
		if (value && plane)
			vi915_model_set_text(plane, "crtc", value);
		else if (value && *connector)
			vi915_graph_connector(planes, value, connector);
		value = vi915_graph_value(line, "object=");
		if (value && plane)
			vi915_graph_shows(model, plane, objects, value);
	}
	json_object_put(planes);
}

/**
 * vi915_graph_read_outputs() - find the shared buffers on outputs
 * @model: the model; buffers get their "outputs"
 * @device: a vi915 GPU
 * @objects: its shared objects by their names, with the buffers' file numbers
 */
void vi915_graph_read_outputs(struct json_object *model, struct json_object *device,
			      struct json_object *objects)
{
	char path[PATH_MAX];
	FILE *file;

	if (!json_object_object_length(objects) ||
	    !vi915_devices_debugfs(device, "state", path, sizeof(path)))
		return;
	file = fopen(path, "re");
	if (!file)
		return;
	vi915_graph_state(model, device, objects, file);
	fclose(file);
}

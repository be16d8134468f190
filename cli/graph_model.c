// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * How buffers are shared. The kernel tells that in five places:
 *
 *   dma_buf/bufinfo           all dma-bufs: size, fences, importing devices
 *   dri/N/vi915_objects       their owners, and how each GPU uses them
 *   dri/N/vi915_handles       which client has a handle on which object
 *   dri/N/state               which plane of which output shows it
 *   /proc/PID/fd, fdinfo, maps  which process has an fd, a client, a mapping
 *
 * The dma-buf's file number and the client's number join them. All can change while they are read,
 * so an entry that another place lacks is left out.
 */
#include "graph.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices.h"
#include "model.h"

#define VI915_GRAPH_BUFINFO VI915_MODEL_DEBUGFS "/dma_buf/bufinfo"

/**
 * vi915_graph_buffer() - find or add a buffer of the model
 * @model: the model
 * @ino: the file number of its dma-buf
 *
 * Return: the buffer, owned by the model.
 */
struct json_object *vi915_graph_buffer(struct json_object *model, int64_t ino)
{
	struct json_object *index, *buffer;
	char key[24];

	/* An index, since there may be tens of thousands of buffers. */
	json_object_object_get_ex(model, "index", &index);
	snprintf(key, sizeof(key), "%lld", (long long)ino);
	if (json_object_object_get_ex(index, key, &buffer))
		return buffer;
	buffer = vi915_model_add(model, "buffers");
	json_object_object_add(index, key, json_object_get(buffer));
	vi915_model_set_number(buffer, "ino", ino);
	vi915_model_set_text(buffer, "exporter", "");
	vi915_model_list(buffer, "importers");
	vi915_model_list(buffer, "outputs");
	vi915_model_list(buffer, "holders");
	vi915_model_list(buffer, "fences");
	return buffer;
}

/* -- dma_buf/bufinfo -------------------------------------------------------- */

/* A line "size flags mode count exp_name ino name"; flags and mode are in hex. */
static struct json_object *vi915_graph_bufinfo_head(struct json_object *model, const char *line)
{
	struct json_object *buffer;
	char exporter[64], name[64] = "";
	long long size, count, ino;

	if (sscanf(line, "%lld %*x %*x %lld %63s %lld %63s", &size, &count, exporter, &ino,
		   name) < 4)
		return NULL;
	buffer = vi915_graph_buffer(model, ino);
	vi915_model_set_number(buffer, "size", size);
	vi915_model_set_number(buffer, "references", count);
	vi915_model_set_text(buffer, "exp_name", exporter);
	if (*name && strcmp(name, "<none>"))
		vi915_model_set_text(buffer, "name", name);
	return buffer;
}

/* A line "\twrite fence:DRIVER TIMELINE seq N unsignalled"; a timeline may have spaces. */
static bool vi915_graph_bufinfo_fence(struct json_object *buffer, const char *line)
{
	struct json_object *fence;
	const char *colon = strstr(line, " fence:"), *seq = NULL, *at;
	char driver[64] = "", timeline[128], usage[16];

	for (at = colon; at && (at = strstr(at, " seq ")); at++)
		seq = at;
	if (!seq || sscanf(line, " %15s fence:%63s", usage, driver) < 1)
		return false;
	at = colon + strlen(" fence:") + strlen(driver);
	snprintf(timeline, sizeof(timeline), "%.*s", at < seq ? (int)(seq - at - 1) : 0, at + 1);

	fence = vi915_model_add(buffer, "fences");
	vi915_model_set_text(fence, "usage", usage);
	vi915_model_set_text(fence, "driver", driver);
	vi915_model_set_text(fence, "timeline", timeline);
	vi915_model_set_number(fence, "seqno", strtoll(seq + strlen(" seq "), NULL, 10));
	vi915_model_set_flag(fence, "pending", strstr(seq, " unsignalled"));
	return true;
}

static void vi915_graph_bufinfo_device(struct json_object *buffer, const char *line)
{
	char name[128];

	if (sscanf(line, " %127[^\n]", name) == 1)
		vi915_model_set_text(vi915_model_add(buffer, "importers"), "device", name);
}

static void vi915_graph_read_bufinfo(struct json_object *model)
{
	FILE *file = fopen(VI915_GRAPH_BUFINFO, "re");
	struct json_object *buffer = NULL;
	bool devices = false;
	char line[512];

	if (!file) {
		vi915_model_miss(model, "importers and fences: " VI915_GRAPH_BUFINFO ": %s; %s",
				 strerror(errno), errno == ENOENT ?
				 "mount debugfs" : "run this as root");
		return;
	}
	while (fgets(line, sizeof(line), file)) {
		if (line[0] >= '0' && line[0] <= '9') {
			buffer = vi915_graph_bufinfo_head(model, line);
			devices = false;
		} else if (!buffer || line[0] != '\t') {
			buffer = NULL;
		} else if (!strcmp(line, "\tAttached Devices:\n")) {
			devices = true;
		} else if (devices) {
			vi915_graph_bufinfo_device(buffer, line);
		} else {
			vi915_graph_bufinfo_fence(buffer, line);
		}
	}
	fclose(file);
}

/* -- dri/N/vi915_objects and vi915_handles ---------------------------------- */

/* Reads a file of the device in debugfs; each line becomes an object. */
static struct json_object *vi915_graph_lines(struct json_object *device, const char *name)
{
	struct json_object *lines = json_object_new_array(), *object;
	char path[PATH_MAX], line[512];
	FILE *file = NULL;

	if (vi915_devices_debugfs(device, name, path, sizeof(path)))
		file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		object = json_object_new_object();
		vi915_model_set_words(object, line);
		json_object_array_add(lines, object);
	}
	if (file)
		fclose(file);
	return lines;
}

static void vi915_graph_object(struct json_object *model, struct json_object *device,
			       struct json_object *object)
{
	struct json_object *buffer = vi915_graph_buffer(model, vi915_model_number(object, "ino"));
	const char *name = vi915_model_text(device, "device");
	struct json_object *importer;

	if (!vi915_model_has(buffer, "size"))
		vi915_model_set_number(buffer, "size", vi915_model_number(object, "size"));
	if (strcmp(vi915_model_text(object, "kind"), "import")) {
		vi915_model_set_text(buffer, "device", name);
		return;
	}
	if (vi915_model_has(object, "owner"))
		vi915_model_set_text(buffer, "owner", vi915_model_text(object, "owner"));
	importer = vi915_model_find(vi915_model_list(buffer, "importers"), "device", name);
	if (!importer) {
		importer = vi915_model_add(buffer, "importers");
		vi915_model_set_text(importer, "device", name);
	}
	vi915_model_set_flag(importer, "mapped", vi915_model_number(object, "mapped"));
	vi915_model_set_text(importer, "direction", vi915_model_text(object, "dir"));
}

/* Adds the handles on shared objects, given by name in @objects, to the list of handles. */
static void vi915_graph_handles(struct json_object *model, struct json_object *device,
				struct json_object *objects)
{
	struct json_object *handles = vi915_graph_lines(device, "vi915_handles"), *ino, *to;

	for (size_t i = 0; i < json_object_array_length(handles); i++) {
		struct json_object *line = json_object_array_get_idx(handles, i);

		if (!json_object_object_get_ex(objects, vi915_model_text(line, "object"), &ino))
			continue;
		to = vi915_model_add(model, "handles");
		vi915_model_set_text(to, "device", vi915_model_text(device, "device"));
		vi915_model_set_number(to, "client", vi915_model_number(line, "client"));
		vi915_model_set_number(to, "pid", vi915_model_number(line, "pid"));
		vi915_model_set_number(to, "handle", vi915_model_number(line, "handle"));
		json_object_object_add(to, "ino", json_object_get(ino));
	}
	json_object_put(handles);
}

static void vi915_graph_read_device(struct json_object *model, struct json_object *device)
{
	struct json_object *all = vi915_graph_lines(device, "vi915_objects");
	struct json_object *shared = json_object_new_object();

	for (size_t i = 0; i < json_object_array_length(all); i++) {
		struct json_object *object = json_object_array_get_idx(all, i);

		if (!vi915_model_number(object, "ino"))
			continue;
		vi915_graph_object(model, device, object);
		vi915_model_set_number(shared, vi915_model_text(object, "object"),
				       vi915_model_number(object, "ino"));
	}
	vi915_graph_handles(model, device, shared);
	vi915_graph_read_outputs(model, device, shared);
	json_object_put(shared);
	json_object_put(all);
}

/* -- put together ----------------------------------------------------------- */

/* Sets the name of a device: the GPU's name, or else the device's own. */
static void vi915_graph_name_device(struct json_object *model, struct json_object *of)
{
	const char *device = vi915_model_text(of, "device");
	struct json_object *found;

	found = vi915_model_find(vi915_model_list(model, "devices"), "device", device);
	vi915_model_set_text(of, "name", found ? vi915_model_text(found, "name") : device);
}

/* If no vi915 GPU owns a buffer, only the module of its exporter is known. */
static void vi915_graph_name_exporter(struct json_object *model, struct json_object *buffer)
{
	struct json_object *devices = vi915_model_list(model, "devices"), *device;
	const char *name = vi915_model_text(buffer, "exp_name");

	device = vi915_model_find(devices, "device", vi915_model_text(buffer, "device"));
	if (!device && vi915_model_has(buffer, "owner"))
		device = vi915_model_find(devices, "module", vi915_model_text(buffer, "owner"));
	if (device) {
		vi915_model_set_text(buffer, "device", vi915_model_text(device, "device"));
		name = vi915_model_text(device, "name");
	} else if (!strcmp(name, "drm")) {
		name = "a DRM driver";
	} else if (!*name) {
		name = "unknown";
	}
	vi915_model_set_text(buffer, "exporter", name);
}

static void vi915_graph_name_all(struct json_object *model, struct json_object *buffer)
{
	struct json_object *importers = vi915_model_list(buffer, "importers");
	struct json_object *outputs = vi915_model_list(buffer, "outputs");
	struct json_object *holders = vi915_model_list(buffer, "holders"), *handles;

	vi915_graph_name_exporter(model, buffer);
	for (size_t i = 0; i < json_object_array_length(importers); i++)
		vi915_graph_name_device(model, json_object_array_get_idx(importers, i));
	for (size_t i = 0; i < json_object_array_length(outputs); i++)
		vi915_graph_name_device(model, json_object_array_get_idx(outputs, i));
	for (size_t i = 0; i < json_object_array_length(holders); i++) {
		handles = vi915_model_list(json_object_array_get_idx(holders, i), "handles");
		for (size_t k = 0; k < json_object_array_length(handles); k++)
			vi915_graph_name_device(model, json_object_array_get_idx(handles, k));
	}
}

static int vi915_graph_compare(const void *one, const void *other)
{
	int64_t a = vi915_model_number(*(struct json_object *const *)one, "ino");
	int64_t b = vi915_model_number(*(struct json_object *const *)other, "ino");

	return (a > b) - (a < b);
}

/**
 * vi915_graph_read() - build the model of shared buffers
 *
 * Return: the model, the caller's to put: "devices", "buffers", "processes", and "missing", the
 * parts that could not be read.
 */
struct json_object *vi915_graph_read(void)
{
	struct json_object *model = json_object_new_object(), *devices, *buffers;
	bool debugfs = vi915_devices_read(model);

	devices = vi915_model_list(model, "devices");
	buffers = vi915_model_list(model, "buffers");
	vi915_model_list(model, "processes");
	vi915_model_list(model, "handles");
	json_object_object_add(model, "index", json_object_new_object());
	vi915_graph_read_bufinfo(model);
	for (size_t i = 0; debugfs && i < json_object_array_length(devices); i++)
		vi915_graph_read_device(model, json_object_array_get_idx(devices, i));
	vi915_graph_read_processes(model);
	/* Handles are in their holders now, and the index is not needed any more. */
	json_object_object_del(model, "handles");
	json_object_object_del(model, "index");
	for (size_t i = 0; i < json_object_array_length(buffers); i++)
		vi915_graph_name_all(model, json_object_array_get_idx(buffers, i));
	json_object_array_sort(buffers, vi915_graph_compare);
	vi915_model_list(model, "missing");
	return model;
}

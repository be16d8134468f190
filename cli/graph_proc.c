// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Shared buffers that processes hold: by fds, by mappings, and by handles, which belong to the
 * processes that have the DRM client's file open now.
 */
#include "graph.h"

#include <ctype.h>
#include <dirent.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "model.h"

#define VI915_GRAPH_DRM_MAJOR 226

/**
 * vi915_graph_holder() - find or add a process that holds a buffer
 * @model: the model; gets the process, too
 * @buffer: the buffer
 * @pid: the process
 *
 * Return: the holder, owned by the buffer.
 */
struct json_object *vi915_graph_holder(struct json_object *model, struct json_object *buffer,
				       int64_t pid)
{
	struct json_object *holders = vi915_model_list(buffer, "holders"), *holder, *process;
	char path[64], comm[64];

	holder = vi915_model_find_number(holders, "pid", pid);
	if (holder)
		return holder;
	holder = vi915_model_add(buffer, "holders");
	vi915_model_set_number(holder, "pid", pid);
	vi915_model_list(holder, "fds");
	vi915_model_list(holder, "handles");

	if (!vi915_model_find_number(vi915_model_list(model, "processes"), "pid", pid)) {
		process = vi915_model_add(model, "processes");
		snprintf(path, sizeof(path), "/proc/%lld/comm", (long long)pid);
		vi915_model_read_line(path, comm, sizeof(comm));
		vi915_model_set_number(process, "pid", pid);
		vi915_model_set_text(process, "comm", *comm ? comm : "gone");
	}
	return holder;
}

/* Reads VALUE of a line "KEY:\tVALUE" in an fdinfo file. */
static bool vi915_graph_fdinfo(const char *pid, const char *fd, const char *key, char value[64])
{
	char path[PATH_MAX], line[256];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/fdinfo/%s", pid, fd);
	file = fopen(path, "re");
	while (file && !found && fgets(line, sizeof(line), file))
		found = !strncmp(line, key, strlen(key)) && line[strlen(key)] == ':' &&
			sscanf(line + strlen(key) + 1, "%63s", value) == 1;
	if (file)
		fclose(file);
	return found;
}

static void vi915_graph_dmabuf(struct json_object *model, const char *pid, const char *fd,
			       const struct stat *st)
{
	struct json_object *buffer = vi915_graph_buffer(model, (int64_t)st->st_ino);
	struct json_object *holder = vi915_graph_holder(model, buffer, atoi(pid));
	char value[64];

	json_object_array_add(vi915_model_list(holder, "fds"), json_object_new_int(atoi(fd)));
	/* Without debugfs only these are known. */
	if (!vi915_model_has(buffer, "size") && vi915_graph_fdinfo(pid, fd, "size", value))
		vi915_model_set_number(buffer, "size", atoll(value));
	if (!vi915_model_has(buffer, "exp_name") && vi915_graph_fdinfo(pid, fd, "exp_name", value))
		vi915_model_set_text(buffer, "exp_name", value);
}

static void vi915_graph_add_handle(struct json_object *model, struct json_object *handle,
				   int64_t pid)
{
	struct json_object *buffer = vi915_graph_buffer(model, vi915_model_number(handle, "ino"));
	struct json_object *to = vi915_model_add(vi915_graph_holder(model, buffer, pid), "handles");

	vi915_model_set_text(to, "device", vi915_model_text(handle, "device"));
	vi915_model_set_number(to, "handle", vi915_model_number(handle, "handle"));
	vi915_model_set_flag(handle, "held", true);
}

/* Moves a client's handles to a process; the client's number is unique among all devices. */
static void vi915_graph_client(struct json_object *model, const char *pid, const char *fd)
{
	struct json_object *handles = vi915_model_list(model, "handles");
	char value[64];

	if (!vi915_graph_fdinfo(pid, fd, "drm-client-id", value))
		return;
	for (size_t i = 0; i < json_object_array_length(handles); i++) {
		struct json_object *handle = json_object_array_get_idx(handles, i);

		if (vi915_model_number(handle, "client") == atoll(value))
			vi915_graph_add_handle(model, handle, atoi(pid));
	}
}

static bool vi915_graph_is_number(const char *name)
{
	return *name && strspn(name, "0123456789") == strlen(name);
}

static void vi915_graph_fds(struct json_object *model, const char *pid)
{
	char path[PATH_MAX], target[64];
	struct dirent *entry;
	struct stat st;
	ssize_t len;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (!vi915_graph_is_number(entry->d_name) ||
		    fstatat(dirfd(dir), entry->d_name, &st, 0))
			continue;
		if (S_ISCHR(st.st_mode) && major(st.st_rdev) == VI915_GRAPH_DRM_MAJOR) {
			vi915_graph_client(model, pid, entry->d_name);
			continue;
		}
		len = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		target[len < 0 ? 0 : len] = '\0';
		if (!strncmp(target, "/dmabuf:", 8))
			vi915_graph_dmabuf(model, pid, entry->d_name, &st);
	}
	if (dir)
		closedir(dir);
}

static void vi915_graph_maps(struct json_object *model, const char *pid)
{
	struct json_object *holder;
	char path[PATH_MAX], line[PATH_MAX + 128];
	unsigned long long ino;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/maps", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (!strstr(line, " /dmabuf:") || sscanf(line, "%*s %*s %*s %*s %llu", &ino) != 1)
			continue;
		holder = vi915_graph_holder(model, vi915_graph_buffer(model, (int64_t)ino),
					    atoi(pid));
		vi915_model_set_number(holder, "mappings",
				       vi915_model_number(holder, "mappings") + 1);
	}
	if (file)
		fclose(file);
}

/* Handles whose client no fdinfo names go to the process that opened the file, if it lives. */
static void vi915_graph_rest(struct json_object *model)
{
	struct json_object *handles = vi915_model_list(model, "handles");

	for (size_t i = 0; i < json_object_array_length(handles); i++) {
		struct json_object *handle = json_object_array_get_idx(handles, i);

		if (!vi915_model_has(handle, "held"))
			vi915_graph_add_handle(model, handle, vi915_model_number(handle, "pid"));
	}
}

/**
 * vi915_graph_read_processes() - add the processes that hold buffers to a model
 * @model: its "handles", by client, are moved to the processes that have them
 */
void vi915_graph_read_processes(struct json_object *model)
{
	unsigned int denied = 0;
	struct dirent *entry;
	DIR *dir = opendir("/proc");
	char path[PATH_MAX];

	while (dir && (entry = readdir(dir))) {
		if (!vi915_graph_is_number(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/fd", entry->d_name);
		denied += access(path, R_OK) && access(path, F_OK) == 0;
		vi915_graph_fds(model, entry->d_name);
		vi915_graph_maps(model, entry->d_name);
	}
	if (dir)
		closedir(dir);
	vi915_graph_rest(model);
	if (denied)
		vi915_model_miss(model, "what %u processes of other users hold: run this as root",
				 denied);
}

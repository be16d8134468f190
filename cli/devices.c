// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The DRM devices of this machine: public data from sysfs, the driver's version from a node, the
 * GPU's description from debugfs.
 */
#include "devices.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>

#include "model.h"

#define VI915_DEVICES_SYSFS "/sys/class/drm"

/* Sets @key to the last part of the target of the link @path, or to @otherwise. */
static void vi915_devices_link_name(struct json_object *device, const char *key, const char *path,
				    const char *otherwise)
{
	char target[PATH_MAX], *slash;
	ssize_t len = readlink(path, target, sizeof(target) - 1);

	target[len < 0 ? 0 : len] = '\0';
	slash = strrchr(target, '/');
	vi915_model_set_text(device, key, slash ? slash + 1 : otherwise);
}

static int vi915_devices_is_render(const struct dirent *entry)
{
	return !strncmp(entry->d_name, "renderD", 7);
}

static void vi915_devices_nodes(struct json_object *device, int card)
{
	char path[PATH_MAX], node[300];
	struct dirent **found;
	int num;

	snprintf(node, sizeof(node), "/dev/dri/card%d", card);
	vi915_model_set_text(device, "card", node);
	snprintf(path, sizeof(path), VI915_DEVICES_SYSFS "/card%d/device/drm", card);
	num = scandir(path, &found, vi915_devices_is_render, alphasort);
	for (int i = 0; i < num; i++) {
		snprintf(node, sizeof(node), "/dev/dri/%s", found[i]->d_name);
		vi915_model_set_text(device, "render", node);
		free(found[i]);
	}
	if (num >= 0)
		free(found);
}

/*
 * Opens the render node if there is one, since the first process to open a card becomes its master.
 */
static void vi915_devices_version(struct json_object *device)
{
	drmVersionPtr version;
	char text[64];
	int fd = -1;

	if (vi915_model_has(device, "render"))
		fd = open(vi915_model_text(device, "render"), O_RDWR | O_CLOEXEC);
	if (fd < 0)
		fd = open(vi915_model_text(device, "card"), O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		vi915_model_set_text(device, "driver", vi915_model_text(device, "module"));
		return;
	}
	version = drmGetVersion(fd);
	if (version) {
		snprintf(text, sizeof(text), "%d.%d.%d", version->version_major,
			 version->version_minor, version->version_patchlevel);
		vi915_model_set_text(device, "driver", version->name);
		vi915_model_set_text(device, "version", text);
		vi915_model_set_text(device, "about", version->desc);
	}
	drmFreeVersion(version);
	close(fd);
}

/* Reads the description, a line of key=value; "name" is the GPU's name. */
static void vi915_devices_description(struct json_object *device)
{
	struct json_object *description, *name;
	char path[PATH_MAX], line[1024];

	vi915_model_set_text(device, "name", vi915_model_text(device, "device"));
	if (!vi915_devices_debugfs(device, "vi915_description", path, sizeof(path)) ||
	    !vi915_model_read_line(path, line, sizeof(line)))
		return;
	description = json_object_new_object();
	vi915_model_set_words(description, line);
	if (json_object_object_get_ex(description, "name", &name))
		vi915_model_set_text(device, "name", json_object_get_string(name));
	json_object_object_add(device, "description", description);
}

static void vi915_devices_add(struct json_object *model, int card)
{
	struct json_object *device = vi915_model_add(model, "devices");
	char path[PATH_MAX], name[32];

	vi915_model_set_text(device, "name", "");
	snprintf(name, sizeof(name), "card%d", card);
	snprintf(path, sizeof(path), VI915_DEVICES_SYSFS "/%s/device", name);
	vi915_devices_link_name(device, "device", path, name);
	/* No driver is bound to the devices of vgem and vkms. */
	snprintf(path, sizeof(path), VI915_DEVICES_SYSFS "/%s/device/driver", name);
	vi915_devices_link_name(device, "module", path, vi915_model_text(device, "device"));
	vi915_model_set_number(device, "minor", card);
	vi915_devices_nodes(device, card);
	vi915_devices_version(device);
	vi915_devices_description(device);
}

static int vi915_devices_is_card(const struct dirent *entry)
{
	const char *digits = entry->d_name + 4;

	return !strncmp(entry->d_name, "card", 4) && isdigit((unsigned char)*digits) &&
	       strspn(digits, "0123456789") == strlen(digits);
}

/**
 * vi915_devices_read() - add the DRM devices of this machine to a model
 * @model: gets the list "devices"; unreadable parts are noted in "missing"
 *
 * Return: true if debugfs can be read.
 */
bool vi915_devices_read(struct json_object *model)
{
	struct dirent **found;
	int num = scandir(VI915_DEVICES_SYSFS, &found, vi915_devices_is_card, versionsort);
	bool debugfs = access(VI915_MODEL_DEBUGFS "/dri", R_OK | X_OK) == 0;
	int err = errno;

	vi915_model_list(model, "devices");
	for (int i = 0; i < num; i++) {
		vi915_devices_add(model, atoi(found[i]->d_name + 4));
		free(found[i]);
	}
	if (num >= 0)
		free(found);
	if (num > 0 && !debugfs)
		vi915_model_miss(model,
				 "descriptions, engines, objects: " VI915_MODEL_DEBUGFS "/dri: %s; %s",
				 strerror(err),
				 err == ENOENT ? "mount debugfs" : "run this as root");
	return debugfs;
}

/**
 * vi915_devices_debugfs() - build the path of a device's file in debugfs
 * @device: one of the list "devices"
 * @file: the file's name
 * @path: filled
 * @size: bytes at @path
 *
 * Return: true if the file can be read.
 */
bool vi915_devices_debugfs(struct json_object *device, const char *file, char *path, size_t size)
{
	snprintf(path, size, VI915_MODEL_DEBUGFS "/dri/%d/%s",
		 (int)vi915_model_number(device, "minor"), file);
	return access(path, R_OK) == 0;
}

/**
 * vi915_devices_ours() - check whether vi915.ko drives a device
 * @device: one of the list "devices"
 *
 * Return: true if it does.
 */
bool vi915_devices_ours(struct json_object *device)
{
	return !strcmp(vi915_model_text(device, "module"), "vi915");
}

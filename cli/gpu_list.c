// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * vi915 gpu list, which lists the GPUs, and vi915 gpu keys, which lists the keys of a description.
 */
#include "gpu_list.h"

#include <dirent.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box/say.h"
#include "description.h"
#include "driver/vi915_config.h"
#include "folder.h"
#include "model.h"
#include "wrap.h"

#define VI915_GPU_LIST_PLATFORM "/sys/devices/platform"

/* -- list ------------------------------------------------------------------ */

/* Adds the nodes of a platform device; false when there are none. */
static bool vi915_gpu_list_nodes(struct json_object *device)
{
	char path[PATH_MAX], node[300];
	struct dirent *entry;
	bool any = false;
	DIR *dir;

	snprintf(path, sizeof(path), VI915_GPU_LIST_PLATFORM "/%s/drm",
		 vi915_model_text(device, "device"));
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		bool card = !strncmp(entry->d_name, "card", 4);

		if (!card && strncmp(entry->d_name, "renderD", 7))
			continue;
		snprintf(node, sizeof(node), "/dev/dri/%s", entry->d_name);
		vi915_model_set_text(device, card ? "card" : "render", node);
		any = true;
	}
	if (dir)
		closedir(dir);
	return any;
}

static void vi915_gpu_list_devices(struct json_object *gpu, const char *name)
{
	char devices[64], live[8], error[VI915_REASON_LEN], *rest = devices, *word;
	bool there = false;

	vi915_folder_get(name, "live", live, sizeof(live));
	vi915_folder_get(name, "devices", devices, sizeof(devices));
	vi915_model_list(gpu, "devices");
	while ((word = strsep(&rest, " "))) {
		struct json_object *device;

		if (!*word)
			continue;
		device = vi915_model_add(gpu, "devices");
		vi915_model_set_text(device, "device", word);
		there |= vi915_gpu_list_nodes(device);
	}
	/* Absent means plugged in without nodes: it is late, was unbound, or did not start. */
	vi915_model_set_text(gpu, "state",
			     strcmp(live, "1") ? "unplugged" : there ? "plugged" : "absent");
	if (!there && !vi915_folder_get(name, "error", error, sizeof(error)) && *error)
		vi915_model_set_text(gpu, "error", error);
}

static struct json_object *vi915_gpu_list_read(void)
{
	struct json_object *model = json_object_new_object();
	struct vi915_folder_name *names;
	int num = vi915_folder_names(&names);

	vi915_model_list(model, "gpus");
	for (int i = 0; i < num; i++) {
		struct vi915_config config;
		struct json_object *gpu;

		/* The GPU has just been removed. */
		if (vi915_folder_read(names[i].text, &config))
			continue;
		gpu = vi915_model_add(model, "gpus");
		vi915_model_set_text(gpu, "name", names[i].text);
		vi915_gpu_list_devices(gpu, names[i].text);
		json_object_object_add(gpu, "description", vi915_description_json(&config));
	}
	free(names);
	return model;
}

static void vi915_gpu_list_print_one(struct json_object *gpu)
{
	struct json_object *devices = vi915_model_list(gpu, "devices"), *description;
	struct vi915_config config, usual;
	char differs[VI915_CONFIG_LEN], nodes[512] = "";
	size_t n = 0;

	for (size_t i = 0; i < json_object_array_length(devices); i++) {
		struct json_object *device = json_object_array_get_idx(devices, i);

		if (vi915_model_has(device, "card"))
			n += snprintf(nodes + n, sizeof(nodes) - n, "%s%s", n ? " " : "",
				      vi915_model_text(device, "card"));
		if (vi915_model_has(device, "render"))
			n += snprintf(nodes + n, sizeof(nodes) - n, "%s%s", n ? " " : "",
				      vi915_model_text(device, "render"));
	}
	json_object_object_get_ex(gpu, "description", &description);
	differs[0] = '\0';
	if (vi915_description_read(description, &config)) {
		vi915_description_usual(&config, &usual);
		vi915_description_differs(&config, &usual, differs, sizeof(differs));
	}
	printf("%-15s %-9s%s%s%s%s\n", vi915_model_text(gpu, "name"),
	       vi915_model_text(gpu, "state"), *nodes ? "  " : "", nodes, *differs ? "  " : "",
	       differs);
	if (vi915_model_has(gpu, "error"))
		vi915_wrap_print(printf("%16s", ""), vi915_model_text(gpu, "error"));
}

/**
 * vi915_gpu_list_print() - print the GPUs that are described
 * @json: print JSON
 *
 * Return: the exit code.
 */
int vi915_gpu_list_print(bool json)
{
	struct json_object *model, *gpus;
	int ret = vi915_folder_find("list");

	if (ret)
		return ret;
	model = vi915_gpu_list_read();
	gpus = vi915_model_list(model, "gpus");
	if (json)
		vi915_model_print_json(model);
	for (size_t i = 0; !json && i < json_object_array_length(gpus); i++)
		vi915_gpu_list_print_one(json_object_array_get_idx(gpus, i));
	json_object_put(model);
	return 0;
}

/* -- keys ------------------------------------------------------------------ */

/**
 * vi915_gpu_list_keys() - print the keys of a description
 * @json: print JSON
 *
 * Return: the exit code.
 */
int vi915_gpu_list_keys(bool json)
{
	struct json_object *model = json_object_new_object(), *keys;
	char usual[VI915_CONFIG_LEN], good[VI915_REASON_LEN];
	struct vi915_config config;
	const char *name;

	vi915_config_init(&config, 0);
	keys = vi915_model_list(model, "keys");
	for (unsigned int i = 0; (name = vi915_config_key(i, good, sizeof(good))); i++) {
		struct json_object *key = vi915_model_add(model, "keys");

		vi915_config_print_key(&config, name, usual, sizeof(usual));
		vi915_model_set_text(key, "key", name);
		vi915_model_set_text(key, "default", usual);
		vi915_model_set_text(key, "help", vi915_config_key_help(i));
		vi915_model_set_text(key, "values", good);
	}
	if (json)
		vi915_model_print_json(model);
	for (size_t i = 0; !json && i < json_object_array_length(keys); i++) {
		struct json_object *key = json_object_array_get_idx(keys, i);

		printf("%-13s %-11s %s\n", vi915_model_text(key, "key"),
		       vi915_model_text(key, "default"), vi915_model_text(key, "help"));
		vi915_wrap_print(printf("%26s", ""), vi915_model_text(key, "values"));
	}
	json_object_put(model);
	return 0;
}

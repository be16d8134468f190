// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * vi915 info: the GPUs of this machine, with their nodes, descriptions, engines, objects and
 * outputs.
 */
#include <dirent.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "box/say.h"
#include "cmd.h"
#include "description.h"
#include "devices.h"
#include "driver/vi915_config.h"
#include "model.h"
#include "options.h"
#include "wrap.h"

#define VI915_INFO_SYSFS "/sys/class/drm"
#define VI915_INFO_MODULE "/sys/module/vi915"

/* -- the model ------------------------------------------------------------- */

/* Reads a file in debugfs: each line of key=value becomes an entry of a list. */
static void vi915_info_lines(struct json_object *device, const char *name, const char *list)
{
	char path[PATH_MAX], line[512];
	FILE *file;

	if (!vi915_devices_debugfs(device, name, path, sizeof(path)))
		return;
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		vi915_model_set_words(vi915_model_add(device, list), line);
	if (file)
		fclose(file);
}

static void vi915_info_objects(struct json_object *device)
{
	long long objects, bytes, exported, imported, purgeable = 0, evictable = 0;
	struct json_object *model;
	char path[PATH_MAX];
	FILE *file;
	int num;

	if (!vi915_devices_ours(device) ||
	    !vi915_devices_debugfs(device, "i915_gem_objects", path, sizeof(path)))
		return;
	file = fopen(path, "re");
	if (!file)
		return;
	num = fscanf(file,
		     "%lld objects, %lld bytes %lld exported, %lld imported %lld pages purgeable, %lld pages evictable",
		     &objects, &bytes, &exported, &imported, &purgeable, &evictable);
	fclose(file);
	if (num < 4)
		return;
	model = json_object_new_object();
	vi915_model_set_number(model, "count", objects);
	vi915_model_set_number(model, "bytes", bytes);
	vi915_model_set_number(model, "exported", exported);
	vi915_model_set_number(model, "imported", imported);
	vi915_model_set_number(model, "pages_purgeable", purgeable);
	vi915_model_set_number(model, "pages_evictable", evictable);
	json_object_object_add(device, "objects", model);
}

/* @entry is the connector's name in sysfs, @name the same without the card. */
static void vi915_info_output(struct json_object *device, const char *entry, const char *name)
{
	static const char *const files[] = { "status", "enabled", "dpms" };
	struct json_object *output = vi915_model_add(device, "outputs");
	char path[PATH_MAX], line[128];
	int modes = 0;
	FILE *file;

	vi915_model_set_text(output, "name", name);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), VI915_INFO_SYSFS "/%s/%s", entry, files[i]);
		if (vi915_model_read_line(path, line, sizeof(line)))
			vi915_model_set_text(output, files[i], line);
	}
	snprintf(path, sizeof(path), VI915_INFO_SYSFS "/%s/modes", entry);
	file = fopen(path, "re");
	for (; file && fgets(line, sizeof(line), file); modes++) {
		line[strcspn(line, "\n")] = '\0';
		if (!modes)
			vi915_model_set_text(output, "mode", line);
	}
	if (file)
		fclose(file);
	vi915_model_set_number(output, "modes", modes);
}

/* Adds the planes that each output of a vi915 GPU shows. */
static void vi915_info_shown(struct json_object *device)
{
	struct json_object *output = NULL, *outputs = vi915_model_list(device, "outputs");
	char path[PATH_MAX], line[512];
	FILE *file;

	if (!vi915_devices_ours(device) ||
	    !vi915_devices_debugfs(device, "vi915_outputs", path, sizeof(path)))
		return;
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		struct json_object *words = json_object_new_object();

		vi915_model_set_words(words, line);
		if (vi915_model_has(words, "plane")) {
			if (output) {
				json_object_object_del(words, "output");
				json_object_array_add(vi915_model_list(output, "planes"),
						      json_object_get(words));
			}
		} else {
			output = vi915_model_find(outputs, "name",
						  vi915_model_text(words, "connector"));
			if (output) {
				vi915_model_set_number(output, "output",
						       vi915_model_number(words, "output"));
				vi915_model_set_number(output, "frames",
						       vi915_model_number(words, "frames"));
				vi915_model_list(output, "planes");
			}
			if (output && vi915_model_has(words, "mode")) {
				vi915_model_set_text(output, "shown",
						     vi915_model_text(words, "mode"));
				vi915_model_set_number(output, "period_ns",
						       vi915_model_number(words, "period"));
			}
		}
		json_object_put(words);
	}
	if (file)
		fclose(file);
}

static void vi915_info_outputs(struct json_object *device)
{
	struct dirent **found;
	char prefix[32];
	int num = scandir(VI915_INFO_SYSFS, &found, NULL, versionsort);

	vi915_model_list(device, "outputs");
	snprintf(prefix, sizeof(prefix), "card%d-", (int)vi915_model_number(device, "minor"));
	for (int i = 0; i < num; i++) {
		if (!strncmp(found[i]->d_name, prefix, strlen(prefix)))
			vi915_info_output(device, found[i]->d_name,
					  found[i]->d_name + strlen(prefix));
		free(found[i]);
	}
	if (num >= 0)
		free(found);
}

/* Marks the two devices of a split GPU: one has outputs, the other, NAME-render, renders. */
static void vi915_info_pairs(struct json_object *devices)
{
	for (size_t i = 0; i < json_object_array_length(devices); i++) {
		struct json_object *shows = json_object_array_get_idx(devices, i), *renders;
		char name[VI915_NAME_LEN + sizeof(VI915_CONFIG_RENDER_PART)];

		snprintf(name, sizeof(name), "%.*s" VI915_CONFIG_RENDER_PART, VI915_NAME_LEN,
			 vi915_model_text(shows, "name"));
		renders = vi915_model_find(devices, "name", name);
		if (!renders || vi915_model_has(shows, "render") ||
		    !vi915_model_has(shows, "description") ||
		    json_object_array_length(vi915_model_list(renders, "outputs")))
			continue;
		vi915_model_set_text(shows, "part", "shows");
		vi915_model_set_text(shows, "other", name);
		vi915_model_set_text(renders, "part", "renders");
		vi915_model_set_text(renders, "other", vi915_model_text(shows, "name"));
	}
}

/* Adds one kind of fault on order, with the content of the files in its folder. */
static void vi915_info_fault(struct json_object *device, const char *name)
{
	static const char *const files[] = { "when", "errno", "calls", "failures" };
	struct json_object *fault = vi915_model_add(device, "faults");
	char file[64], path[PATH_MAX], line[64];

	vi915_model_set_text(fault, "kind", name);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(file, sizeof(file), "vi915_faults/%.30s/%s", name, files[i]);
		if (!vi915_devices_debugfs(device, file, path, sizeof(path)) ||
		    !vi915_model_read_line(path, line, sizeof(line)))
			continue;
		if (i < 2)
			vi915_model_set_text(fault, files[i], line);
		else
			vi915_model_set_number(fault, files[i], strtoll(line, NULL, 10));
	}
}

static void vi915_info_faults(struct json_object *device)
{
	struct dirent **found;
	char path[PATH_MAX];
	int num;

	if (!vi915_devices_ours(device) ||
	    !vi915_devices_debugfs(device, "vi915_faults", path, sizeof(path)))
		return;
	num = scandir(path, &found, NULL, alphasort);
	for (int i = 0; i < num; i++) {
		if (found[i]->d_name[0] != '.')
			vi915_info_fault(device, found[i]->d_name);
		free(found[i]);
	}
	if (num >= 0)
		free(found);
}

static struct json_object *vi915_info_read(void)
{
	struct json_object *model = json_object_new_object(), *devices;

	vi915_devices_read(model);
	devices = vi915_model_list(model, "devices");
	for (size_t i = 0; i < json_object_array_length(devices); i++) {
		struct json_object *device = json_object_array_get_idx(devices, i);

		vi915_info_objects(device);
		vi915_info_lines(device, "vi915_engines", "engines");
		vi915_info_lines(device, "vi915_programs", "programs");
		vi915_info_faults(device);
		vi915_info_outputs(device);
		vi915_info_shown(device);
	}
	vi915_info_pairs(devices);
	vi915_model_list(model, "missing");
	return model;
}

/* -- as text --------------------------------------------------------------- */

/* Requests of programs that have no effect. */
static const struct {
	const char *key;
	const char *text;
} vi915_info_vain[] = {
	{ "3d", "3D commands stepped over" },
	{ "video", "video commands stepped over" },
	{ "unmapped", "accesses where nothing is mapped" },
};

/* Prints only the keys that differ from their values in the set. */
static void vi915_info_print_description(struct json_object *device)
{
	bool renders = !strcmp(vi915_model_text(device, "part"), "renders");
	struct vi915_config config, usual, part;
	struct json_object *description;
	char differs[VI915_CONFIG_LEN];

	if (!json_object_object_get_ex(device, "description", &description))
		return;
	if (vi915_model_has(device, "part"))
		printf("  %-12s it %s, and %s %s\n", "split", vi915_model_text(device, "part"),
		       vi915_model_text(device, "other"), renders ? "shows" : "renders");
	if (!vi915_description_read(description, &config)) {
		printf("  %-12s %s\n", "description", json_object_to_json_string(description));
		return;
	}
	vi915_description_usual(&config, &usual);
	usual.split = vi915_model_has(device, "part");
	vi915_config_part(&usual, usual.split && renders, &part);
	if (vi915_description_differs(&config, &part, differs, sizeof(differs)))
		vi915_wrap_print(printf("  %-13s", "description"), differs);
}

static void vi915_info_print_objects(struct json_object *device)
{
	struct json_object *objects;
	char size[24];

	if (!json_object_object_get_ex(device, "objects", &objects))
		return;
	printf("  %-12s %lld of %s; %lld exported, %lld imported\n", "objects",
	       (long long)vi915_model_number(objects, "count"),
	       vi915_model_size(vi915_model_number(objects, "bytes"), size),
	       (long long)vi915_model_number(objects, "exported"),
	       (long long)vi915_model_number(objects, "imported"));
}

static void vi915_info_print_engines(struct json_object *device)
{
	static const char *const counts[] = { "queued", "running", "jobs", "hangs", "skipped",
					      "blits" };
	struct json_object *engines = vi915_model_list(device, "engines");
	char size[24], busy[32];

	if (!json_object_array_length(engines))
		return;
	printf("  %-12s %-10s", "engines", "clock");
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		printf(" %7s", counts[i]);
	printf(" %10s %11s\n", "moved", "busy");
	for (size_t e = 0; e < json_object_array_length(engines); e++) {
		struct json_object *engine = json_object_array_get_idx(engines, e);

		printf("    %-10s %-10s", vi915_model_text(engine, "name"),
		       vi915_model_text(engine, "clock"));
		for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
			printf(" %7s", vi915_model_text(engine, counts[i]));
		snprintf(busy, sizeof(busy), "%.3f ms",
			 (double)vi915_model_number(engine, "busy_ns") / 1e6);
		printf(" %10s %11s\n",
		       vi915_model_size(vi915_model_number(engine, "bytes"), size), busy);
	}
}

/* Prints the programs with requests that had no effect, and how many. */
static void vi915_info_print_programs(struct json_object *device)
{
	struct json_object *programs = vi915_model_list(device, "programs");

	for (size_t i = 0; i < json_object_array_length(programs); i++) {
		struct json_object *program = json_object_array_get_idx(programs, i);
		const char *between = "";

		printf("  %-12s %s[%lld]: ", i ? "" : "in vain", vi915_model_text(program, "name"),
		       (long long)vi915_model_number(program, "pid"));
		for (size_t k = 0; k < sizeof(vi915_info_vain) / sizeof(vi915_info_vain[0]); k++) {
			int64_t count = vi915_model_number(program, vi915_info_vain[k].key);

			if (!count)
				continue;
			printf("%s%lld %s", between, (long long)count, vi915_info_vain[k].text);
			between = ", ";
		}
		putchar('\n');
	}
}

/* Prints the faults that are ordered, or have struck. */
static void vi915_info_print_faults(struct json_object *device)
{
	struct json_object *faults = vi915_model_list(device, "faults");
	const char *label = "faults";
	char order[96];

	for (size_t i = 0; i < json_object_array_length(faults); i++) {
		struct json_object *fault = json_object_array_get_idx(faults, i);
		const char *when = vi915_model_text(fault, "when");

		if (!strcmp(when, "never") && !vi915_model_number(fault, "failures"))
			continue;
		/* In the form of a description. */
		if (vi915_model_has(fault, "errno"))
			snprintf(order, sizeof(order), "fault=%s:%s@%s",
				 vi915_model_text(fault, "kind"), vi915_model_text(fault, "errno"),
				 when);
		else
			snprintf(order, sizeof(order), "%s=%s", vi915_model_text(fault, "kind"),
				 when);
		printf("  %-12s %-32s %lld of %lld %s\n", label, order,
		       (long long)vi915_model_number(fault, "failures"),
		       (long long)vi915_model_number(fault, "calls"),
		       vi915_model_has(fault, "errno") ? "calls failed" : "batches hung");
		label = "";
	}
}

static void vi915_info_print_shown(struct json_object *output)
{
	struct json_object *planes = vi915_model_list(output, "planes");
	int64_t period = vi915_model_number(output, "period_ns");

	if (!vi915_model_has(output, "shown"))
		return;
	printf("    shows      %s", vi915_model_text(output, "shown"));
	if (period)
		printf(" at %.2f Hz", 1e9 / (double)period);
	putchar('\n');
	for (size_t i = 0; i < json_object_array_length(planes); i++) {
		struct json_object *plane = json_object_array_get_idx(planes, i);

		printf("    %-10s framebuffer %lld, %s %s, from %s at %s\n",
		       vi915_model_text(plane, "plane"),
		       (long long)vi915_model_number(plane, "fb"),
		       vi915_model_text(plane, "format"), vi915_model_text(plane, "size"),
		       vi915_model_text(plane, "src"), vi915_model_text(plane, "dst"));
	}
}

/* A status is known only once a program has probed the connector; writeback has none. */
static const char *vi915_info_status(struct json_object *output)
{
	const char *status = vi915_model_text(output, "status");

	if (strcmp(status, "unknown"))
		return status;
	if (!strncmp(vi915_model_text(output, "name"), "Writeback", strlen("Writeback")))
		return "for writeback";
	return "not asked yet";
}

static void vi915_info_print_outputs(struct json_object *device)
{
	struct json_object *outputs = vi915_model_list(device, "outputs");

	for (size_t i = 0; i < json_object_array_length(outputs); i++) {
		struct json_object *output = json_object_array_get_idx(outputs, i);

		printf("  %-12s %-14s %s, %s", i ? "" : "outputs", vi915_model_text(output, "name"),
		       vi915_info_status(output), vi915_model_text(output, "enabled"));
		if (vi915_model_has(output, "mode"))
			printf(", %s and %lld other modes", vi915_model_text(output, "mode"),
			       (long long)vi915_model_number(output, "modes") - 1);
		putchar('\n');
		vi915_info_print_shown(output);
	}
}

static void vi915_info_print(struct json_object *model)
{
	struct json_object *devices = vi915_model_list(model, "devices");

	for (size_t i = 0; i < json_object_array_length(devices); i++) {
		struct json_object *device = json_object_array_get_idx(devices, i);

		printf("%s%s\n", i ? "\n" : "", vi915_model_text(device, "name"));
		printf("  %-12s %s, %s %s, driven by %s\n", "device",
		       vi915_model_text(device, "device"), vi915_model_text(device, "driver"),
		       vi915_model_text(device, "version"), vi915_model_text(device, "module"));
		printf("  %-12s %s%s%s\n", "nodes", vi915_model_text(device, "card"),
		       vi915_model_has(device, "render") ? "  " : "",
		       vi915_model_text(device, "render"));
		vi915_info_print_description(device);
		vi915_info_print_objects(device);
		vi915_info_print_engines(device);
		vi915_info_print_programs(device);
		vi915_info_print_faults(device);
		vi915_info_print_outputs(device);
	}
	vi915_model_print_missing(model);
}

/* -- the command ----------------------------------------------------------- */

static int vi915_info_set_json(void *to, const char *value)
{
	(void)value;
	*(bool *)to = true;
	return 0;
}

static const struct vi915_option vi915_info_table[] = {
	{ "json", NULL, "print it for programs", vi915_info_set_json },
	{ 0 },
};

const struct vi915_usage vi915_info_usage = {
	.name = "info",
	.help = "Show the GPUs that are here: nodes, descriptions, engines, objects, outputs.",
	.options = vi915_info_table,
};

static int vi915_info_say_none(void)
{
	if (!access(VI915_INFO_MODULE, F_OK))
		return vi915_say("info: no GPU is there now; see vi915 gpu list, or make one with vi915 gpu add");
	return vi915_say("info: there is no GPU here; load vi915.ko, or look into a box: vi915 run -- vi915 info");
}

/**
 * vi915_cmd_info() - vi915 info [--json]
 * @argc: number of words, the subcommand's name being the first
 * @argv: the words
 *
 * Return: the exit code.
 */
int vi915_cmd_info(int argc, char **argv)
{
	struct json_object *model;
	bool json = false;
	int rest, ret;

	ret = vi915_options_parse(&vi915_info_usage, &json, argc, argv, &rest);
	if (ret)
		return ret == VI915_OPTIONS_HELPED ? 0 : ret;
	if (rest < argc)
		return vi915_say("info: it takes nothing more; leave '%s' out", argv[rest]);

	model = vi915_info_read();
	if (!json_object_array_length(vi915_model_list(model, "devices")))
		ret = vi915_info_say_none();
	else if (json)
		ret = vi915_model_print_json(model);
	else
		vi915_info_print(model);
	json_object_put(model);
	return ret;
}

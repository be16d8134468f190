// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Finds the outputs of our GPUs in sysfs and debugfs. No node is opened, since the first process
 * that opens a card becomes its master, and a program that comes a moment later could show nothing.
 */
#include "outputs.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VI915_OUTPUTS_SYSFS "/sys/class/drm"
#define VI915_OUTPUTS_DEBUGFS "/sys/kernel/debug/dri"

static int vi915_outputs_is_card(const struct dirent *entry)
{
	const char *digits = entry->d_name + 4;

	return !strncmp(entry->d_name, "card", 4) && isdigit((unsigned char)*digits) &&
	       strspn(digits, "0123456789") == strlen(digits);
}

/* Writeback connectors are left out, since no screen shows them. */
static int vi915_outputs_is_connector(const struct dirent *entry)
{
	return !strncmp(entry->d_name, "card", 4) && strchr(entry->d_name, '-') &&
	       !strstr(entry->d_name, "-Writeback-");
}

/* True if vi915.ko drives the card. */
static bool vi915_outputs_ours(int card)
{
	char path[PATH_MAX], target[PATH_MAX], *slash;
	ssize_t len;

	snprintf(path, sizeof(path), VI915_OUTPUTS_SYSFS "/card%d/device/driver", card);
	len = readlink(path, target, sizeof(target) - 1);
	target[len < 0 ? 0 : len] = '\0';
	slash = strrchr(target, '/');
	return slash && !strcmp(slash + 1, "vi915");
}

/* Reads the GPU's name from the key "name" of its description. */
static void vi915_outputs_gpu(int card, char name[32])
{
	char path[PATH_MAX], word[256];
	FILE *file;

	snprintf(name, 32, "card%d", card);
	snprintf(path, sizeof(path), VI915_OUTPUTS_DEBUGFS "/%d/vi915_description", card);
	file = fopen(path, "re");
	if (!file)
		return;
	while (fscanf(file, "%255s", word) == 1)
		if (!strncmp(word, "name=", 5))
			snprintf(name, 32, "%.31s", word + 5);
	fclose(file);
}

static int vi915_outputs_add(struct vi915_outputs *outputs, const struct vi915_output *output)
{
	struct vi915_output *all;

	all = reallocarray(outputs->all, outputs->num + 1, sizeof(*all));
	if (!all)
		return -ENOMEM;
	outputs->all = all;
	all[outputs->num++] = *output;
	return 0;
}

/* A GPU makes its connectors in the order of its CRTCs, one for each. */
static int vi915_outputs_card(struct vi915_outputs *outputs, int card)
{
	struct vi915_output output = { .card = card };
	struct dirent **found;
	char prefix[32];
	int num, ret = 0;

	vi915_outputs_gpu(card, output.gpu);
	snprintf(prefix, sizeof(prefix), "card%d-", card);
	num = scandir(VI915_OUTPUTS_SYSFS, &found, vi915_outputs_is_connector, versionsort);
	for (int i = 0; i < num; i++) {
		const char *name = found[i]->d_name;

		if (!ret && !strncmp(name, prefix, strlen(prefix))) {
			snprintf(output.connector, sizeof(output.connector), "%.31s",
				 name + strlen(prefix));
			ret = vi915_outputs_add(outputs, &output);
			output.crtc++;
		}
		free(found[i]);
	}
	if (num >= 0)
		free(found);
	return ret;
}

/**
 * vi915_outputs_read() - find the outputs of our GPUs
 * @outputs: filled; vi915_outputs_fini() frees it
 *
 * Return: 0, also when there are none; -ENOMEM, or the errno with which debugfs, where their
 * pictures are, cannot be read.
 */
int vi915_outputs_read(struct vi915_outputs *outputs)
{
	struct dirent **found;
	int num, ret = 0;

	*outputs = (struct vi915_outputs){ 0 };
	num = scandir(VI915_OUTPUTS_SYSFS, &found, vi915_outputs_is_card, versionsort);
	for (int i = 0; i < num; i++) {
		int card = atoi(found[i]->d_name + 4);

		if (!ret && vi915_outputs_ours(card))
			ret = vi915_outputs_card(outputs, card);
		free(found[i]);
	}
	if (num >= 0)
		free(found);
	if (!ret && outputs->num && access(VI915_OUTPUTS_DEBUGFS, R_OK | X_OK))
		ret = -errno;
	if (ret)
		vi915_outputs_fini(outputs);
	return ret;
}

/**
 * vi915_outputs_fini() - free what was found
 * @outputs: the outputs
 */
void vi915_outputs_fini(struct vi915_outputs *outputs)
{
	free(outputs->all);
	outputs->all = NULL;
	outputs->num = 0;
}

/**
 * vi915_outputs_path() - build the path of an output's file in debugfs
 * @output: the output
 * @file: name of the file
 * @path: filled
 * @size: bytes at @path
 */
void vi915_outputs_path(const struct vi915_output *output, const char *file, char *path,
			size_t size)
{
	snprintf(path, size, VI915_OUTPUTS_DEBUGFS "/%d/crtc-%u/%s", output->card, output->crtc,
		 file);
}

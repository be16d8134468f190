// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The folders of GPUs in configfs. Functions return 0 or a negative errno; those that print errors
 * return the exit code.
 */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "box/say.h"
#include "driver/vi915_config.h"

#define VI915_FOLDER_CONFIGFS "/sys/kernel/config"
/* Most names that a message lists. */
#define VI915_FOLDER_FEW 8
#define VI915_FOLDER_MODULE "/sys/module/vi915"

static void vi915_folder_path(char path[PATH_MAX], const char *name, const char *file)
{
	snprintf(path, PATH_MAX, VI915_FOLDER_DIR "/%s%s%s", name, file ? "/" : "",
		 file ? file : "");
}

/**
 * vi915_folder_find() - make sure that the folders of GPUs can be used
 * @verb: the verb of vi915 gpu, for messages
 *
 * Mounts configfs when it is not mounted yet.
 *
 * Return: 0, or the exit code after printing what is missing.
 */
int vi915_folder_find(const char *verb)
{
	int err;

	if (!access(VI915_FOLDER_DIR, F_OK))
		return 0;
	if (access(VI915_FOLDER_MODULE, F_OK))
		return vi915_say("gpu %s: vi915.ko is not loaded; load it, or ask in a box: vi915 run -- vi915 gpu %s",
				 verb, verb);
	if (mount("configfs", VI915_FOLDER_CONFIGFS, "configfs", 0, NULL)) {
		err = errno;
		if (err == EPERM)
			return vi915_say("gpu %s: configfs is not mounted; run this again as root",
					 verb);
		if (err == ENODEV || err == ENOENT)
			return vi915_say("gpu %s: this kernel has no configfs, so there are the GPUs of the module's gpus= only; load the module configfs if there is one",
					 verb);
		return vi915_say("gpu %s: cannot mount configfs on " VI915_FOLDER_CONFIGFS ": %s",
				 verb, strerror(err));
	}
	if (access(VI915_FOLDER_DIR, F_OK))
		return vi915_say("gpu %s: this vi915.ko has no folder in configfs; load one that was built for a kernel with CONFIG_CONFIGFS_FS",
				 verb);
	return 0;
}

/**
 * vi915_folder_there() - check whether there is a GPU of that name
 * @name: the name
 *
 * Return: true if there is.
 */
bool vi915_folder_there(const char *name)
{
	char path[PATH_MAX];

	vi915_folder_path(path, name, NULL);
	return *name && *name != '.' && !strchr(name, '/') && !access(path, F_OK);
}

/**
 * vi915_folder_make() - make a GPU that is not plugged in
 * @name: its name
 *
 * Return: 0 or a negative errno.
 */
int vi915_folder_make(const char *name)
{
	char path[PATH_MAX];

	vi915_folder_path(path, name, NULL);
	return mkdir(path, 0755) ? -errno : 0;
}

/**
 * vi915_folder_remove() - unplug a GPU and forget it
 * @name: its name
 *
 * Return: 0 or a negative errno.
 */
int vi915_folder_remove(const char *name)
{
	char path[PATH_MAX];

	vi915_folder_path(path, name, NULL);
	return rmdir(path) ? -errno : 0;
}

/**
 * vi915_folder_set() - write a file of a GPU's folder
 * @name: name of the GPU
 * @file: a key, or "live"
 * @value: the text to write
 *
 * Return: 0 or a negative errno; "error" has the reason.
 */
int vi915_folder_set(const char *name, const char *file, const char *value)
{
	char path[PATH_MAX];
	int fd, ret = 0;

	vi915_folder_path(path, name, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, value, strlen(value)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

/**
 * vi915_folder_get() - read a file of a GPU's folder
 * @name: name of the GPU
 * @file: a key, or another file
 * @value: filled, without the newline
 * @size: bytes at @value
 *
 * Return: 0 or a negative errno.
 */
int vi915_folder_get(const char *name, const char *file, char *value, size_t size)
{
	char path[PATH_MAX];
	ssize_t n;
	int fd, ret;

	value[0] = '\0';
	vi915_folder_path(path, name, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, value, size - 1);
	ret = n < 0 ? -errno : 0;
	close(fd);
	value[n < 0 ? 0 : n] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return ret;
}

static int vi915_folder_is_gpu(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strlen(entry->d_name) < VI915_NAME_LEN;
}

/**
 * vi915_folder_names() - list the names of all GPUs
 * @names: filled, sorted; freed by the caller
 *
 * Return: how many there are.
 */
int vi915_folder_names(struct vi915_folder_name **names)
{
	struct dirent **found;
	int num = scandir(VI915_FOLDER_DIR, &found, vi915_folder_is_gpu, versionsort);

	_Static_assert(sizeof((*names)->text) >= VI915_NAME_LEN, "a name fits");
	*names = num > 0 ? calloc(num, sizeof(**names)) : NULL;
	for (int i = 0; i < num; i++) {
		if (*names)
			snprintf((*names)[i].text, sizeof((*names)[i].text), "%.31s",
				 found[i]->d_name);
		free(found[i]);
	}
	if (num >= 0)
		free(found);
	return *names ? num : 0;
}

/**
 * vi915_folder_read() - read a GPU's description
 * @name: its name
 * @config: filled
 *
 * Return: 0 or a negative errno.
 */
int vi915_folder_read(const char *name, struct vi915_config *config)
{
	char value[VI915_CONFIG_LEN], reason[VI915_REASON_LEN];
	const char *key = "set";
	int ret;

	vi915_config_init(config, 0);
	ret = vi915_config_set_name(config, name, reason);
	/* "set" comes first, since it changes other keys. */
	for (unsigned int i = 0; key && !ret; i++) {
		ret = vi915_folder_get(name, key, value, sizeof(value));
		if (!ret)
			ret = vi915_config_set(config, key, value, reason);
		key = vi915_config_key(i, NULL, 0);
		if (key && !strcmp(key, "set"))
			key = vi915_config_key(++i, NULL, 0);
	}
	return ret;
}

/**
 * vi915_folder_write() - write a GPU's description
 * @name: its name
 * @config: the new description
 *
 * Keys that have their value already are not written.
 *
 * Return: 0 or a negative errno.
 */
int vi915_folder_write(const char *name, const struct vi915_config *config)
{
	char value[VI915_CONFIG_LEN], old[VI915_CONFIG_LEN];
	const char *key = "set";
	int ret = 0;

	for (unsigned int i = 0; key && !ret; i++) {
		vi915_config_print_key(config, key, value, sizeof(value));
		ret = vi915_folder_get(name, key, old, sizeof(old));
		if (!ret && strcmp(value, old))
			ret = vi915_folder_set(name, key, value);
		key = vi915_config_key(i, NULL, 0);
		if (key && !strcmp(key, "set"))
			key = vi915_config_key(++i, NULL, 0);
	}
	return ret;
}

static int vi915_folder_say_none(const char *verb, const char *name)
{
	struct vi915_folder_name *names;
	char list[1024] = "";
	int num = vi915_folder_names(&names), n = 0;

	for (int i = 0; i < num && n < (int)sizeof(list); i++)
		n += snprintf(list + n, sizeof(list) - n, "%s%s", i ? ", " : "",
			      names[i].text);
	free(names);
	if (!num)
		return vi915_say("gpu %s: there is no GPU '%s', nor any other; make one with vi915 gpu add %s",
				 verb, name, name);
	if (num > VI915_FOLDER_FEW)
		return vi915_say("gpu %s: there is no GPU '%s'; vi915 gpu list shows the %d there are",
				 verb, name, num);
	return vi915_say("gpu %s: there is no GPU '%s'; the GPUs are %s", verb, name, list);
}

/**
 * vi915_folder_say() - print why an operation was refused, and what to do
 * @verb: the verb of vi915 gpu
 * @name: name of the GPU
 * @err: the negative errno
 *
 * Return: the exit code.
 */
int vi915_folder_say(const char *verb, const char *name, int err)
{
	char reason[VI915_REASON_LEN];

	switch (err) {
	case -ENOENT:
		return vi915_folder_say_none(verb, name);
	case -EACCES:
		return vi915_say("gpu %s: GPUs are changed by root; run this as root, or start the box as root",
				 verb);
	case -EPERM:
		return vi915_say("gpu %s: '%s' is one of the module's gpus= and stays; take it away with vi915 gpu unplug %s",
				 verb, name, name);
	default:
		break;
	}
	if (!vi915_folder_get(name, "error", reason, sizeof(reason)) && *reason)
		return vi915_say("gpu %s: %s", verb, reason);
	return vi915_say("gpu %s: '%s': %s", verb, name, strerror(-err));
}

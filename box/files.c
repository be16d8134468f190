// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "qemu.h"
#include "say.h"

/* Beside the folder bin/ that the command was installed in. */
#define VI915_FILES_INSTALLED "/lib/vi915"

/*
 * The folder that holds box/: $VI915_LIBDIR, or the command's own folder, or, if that is a bin/,
 * the lib/vi915 beside it.
 */
static void vi915_files_libdir(char *dir, size_t size)
{
	const char *set = getenv("VI915_LIBDIR");
	char *slash;
	ssize_t n;

	if (set && *set) {
		snprintf(dir, size, "%s", set);
		return;
	}
	n = readlink("/proc/self/exe", dir, size - sizeof(VI915_FILES_INSTALLED));
	if (n < 0)
		n = 0;
	dir[n] = '\0';
	slash = strrchr(dir, '/');
	if (slash)
		*slash = '\0';
	slash = strrchr(dir, '/');
	if (slash && !strcmp(slash, "/bin"))
		memcpy(slash, VI915_FILES_INSTALLED, sizeof(VI915_FILES_INSTALLED));
}

/**
 * vi915_files_remedy() - say how to get the missing parts of a box
 * @flavour: which kernel
 *
 * Return: words to follow a semicolon.
 */
const char *vi915_files_remedy(const char *flavour)
{
	char dir[PATH_MAX];
	size_t len, installed = strlen(VI915_FILES_INSTALLED);

	vi915_files_libdir(dir, sizeof(dir));
	len = strlen(dir);
	if (len >= installed && !strcmp(dir + len - installed, VI915_FILES_INSTALLED))
		return vi915_qemu_runs(flavour) ?
		       "a checkout has it after 'make test-stock'; take --kernel fast or debug" :
		       "install vi915 anew, from its package or with 'make install'";
	if (vi915_qemu_runs(flavour))
		return "build it with 'make test-stock'";
	return strcmp(flavour, "debug") ? "build it with 'make'" : "build it with 'make debug'";
}

/* @dir/box/@rest with all links resolved, since the guest may not see the links. */
static void vi915_files_path(char *path, const char *dir, const char *rest)
{
	char name[2 * PATH_MAX];

	snprintf(name, sizeof(name), "%s/box/%s", dir, rest);
	if (!realpath(name, path))
		snprintf(path, PATH_MAX, "%.*s", PATH_MAX - 1, name);
}

/**
 * vi915_files_name() - fill in the paths where the parts of a box should be
 * @files: filled
 * @flavour: which kernel
 */
void vi915_files_name(struct vi915_files *files, const char *flavour)
{
	char dir[PATH_MAX], rest[64];

	vi915_files_libdir(dir, sizeof(dir));
	vi915_files_path(files->init, dir, "init");
	vi915_files_path(files->memory, dir, "memory.so");
	snprintf(rest, sizeof(rest), "%s/linux", flavour);
	vi915_files_path(files->kernel, dir, rest);
	snprintf(rest, sizeof(rest), "%s/initrd", flavour);
	vi915_files_path(files->initrd, dir, rest);
	snprintf(rest, sizeof(rest), "%s/modules", flavour);
	vi915_files_path(files->modules, dir, rest);
	snprintf(rest, sizeof(rest), "%s/vi915.ko", flavour);
	vi915_files_path(files->module, dir, rest);
}

static int vi915_files_check(const char *path, int mode, const char *what,
			     const char *flavour)
{
	if (!access(path, mode))
		return 0;
	if (errno == EACCES)
		return vi915_say("%s is not for this user: %s: %s; make it readable for all, or build it as this user",
				 what, path, strerror(errno));
	return vi915_say("%s is missing: %s: %s; %s, or set VI915_LIBDIR to the folder that holds box/",
			 what, path, strerror(errno), vi915_files_remedy(flavour));
}

/**
 * vi915_files_find() - find the parts of a box
 * @files: filled
 * @flavour: which kernel
 *
 * Return: 0, or the exit code after printing what is missing.
 */
int vi915_files_find(struct vi915_files *files, const char *flavour)
{
	int ret;

	vi915_files_name(files, flavour);
	ret = vi915_files_check(files->kernel, X_OK, "the box's kernel",
				flavour);
	if (!ret && vi915_qemu_runs(flavour))
		ret = vi915_qemu_find();
	if (!ret && vi915_qemu_runs(flavour))
		ret = vi915_files_check(files->initrd, R_OK,
					"the kernel's root in memory", flavour);
	if (!ret)
		ret = vi915_files_check(files->init, X_OK,
					"the box's first process", flavour);
	if (!ret && !vi915_qemu_runs(flavour))
		ret = vi915_files_check(files->memory, R_OK,
					"what gives the box's kernel its memory", flavour);
	if (!ret)
		ret = vi915_files_check(files->modules, X_OK,
					"the folder of the kernel's modules",
					flavour);
	if (!ret)
		ret = vi915_files_check(files->module, R_OK,
					"the driver", flavour);
	return ret;
}

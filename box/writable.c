// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "say.h"
#include "writable.h"

/* Paths where the guest needs its own file system. */
static bool vi915_writable_is_guests(const char *path)
{
	return !strcmp(path, "/") || !strcmp(path, "/dev") ||
	       !strcmp(path, "/proc") || !strncmp(path, "/proc/", 6) ||
	       !strcmp(path, "/sys") || !strncmp(path, "/sys/", 5);
}

static void vi915_writable_add(struct vi915_writable *writable, const char *path)
{
	char **paths = reallocarray(writable->paths, writable->num + 2, sizeof(*paths));

	if (!paths)
		exit(vi915_say("out of memory"));
	writable->paths = paths;
	paths[writable->num] = strdup(path);
	if (!paths[writable->num])
		exit(vi915_say("out of memory"));
	paths[++writable->num] = NULL;
}

/**
 * vi915_writable_find() - find the current folder and the other writable paths
 * @writable: all zero; filled
 * @rw: paths given by --rw, NULL-terminated, or NULL
 *
 * Return: 0, or the exit code after printing an error.
 */
int vi915_writable_find(struct vi915_writable *writable, char *const *rw)
{
	char path[PATH_MAX];

	if (!getcwd(path, sizeof(path)))
		return vi915_say("cannot tell the current folder: %s; change to one that is there",
				 strerror(errno));
	writable->cwd = strdup(path);
	if (!writable->cwd)
		return vi915_say("out of memory");
	if (!vi915_writable_is_guests(path))
		vi915_writable_add(writable, path);
	for (; rw && *rw; rw++) {
		if (!realpath(*rw, path))
			return vi915_say("--rw %s: %s; name a path that is there",
					 *rw, strerror(errno));
		if (vi915_writable_is_guests(path))
			return vi915_say("--rw %s: the box has its own %s; name a path below it, or the folders you write to",
					 *rw, path);
		vi915_writable_add(writable, path);
	}
	return 0;
}

/**
 * vi915_writable_fini() - free the paths
 * @writable: may be all zero
 */
void vi915_writable_fini(struct vi915_writable *writable)
{
	while (writable->num)
		free(writable->paths[--writable->num]);
	free(writable->paths);
	free(writable->cwd);
	*writable = (struct vi915_writable){ 0 };
}

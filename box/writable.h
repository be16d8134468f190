/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_WRITABLE_H
#define VI915_WRITABLE_H

/**
 * struct vi915_writable - paths of the host that a box may write
 * @cwd: the folder that the command starts in, or NULL until it is known
 * @paths: the paths, without links in them, NULL-terminated; mostly with @cwd
 * @num: number of paths
 */
struct vi915_writable {
	char *cwd;
	char **paths;
	unsigned int num;
};

int vi915_writable_find(struct vi915_writable *writable, char *const *rw);
void vi915_writable_fini(struct vi915_writable *writable);

#endif

// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "guest.h"

/**
 * struct vi915_guest_peer - a driver that shares buffers with us
 * @name: its name in --peers
 * @module: its module, or NULL when it is built in
 * @params: parameters it is always loaded with
 * @node: pattern of a path that exists when the driver works
 */
struct vi915_guest_peer {
	const char *name;
	const char *module;
	const char *params;
	const char *node;
};

static const struct vi915_guest_peer vi915_guest_peers[] = {
	{ "dma-heap", NULL, NULL, "/dev/dma_heap/system" },
	{ "udmabuf", NULL, NULL, "/dev/udmabuf" },
	{ "vgem", "vgem", "", "/sys/devices/platform/vgem/drm/card*" },
	/* QEMU has the device. */
	{ "virtio-gpu", "virtio-gpu", "", "/sys/bus/pci/drivers/virtio-pci/*/drm/card*" },
	/* One camera and one video output, to share buffers in both directions. */
	{ "vivid", "vivid", "n_devs=1 node_types=0x101", "/dev/video*" },
	{ "vkms", "vkms", "enable_writeback=1 enable_cursor=1 enable_overlay=1",
	  "/sys/devices/platform/vkms/drm/card*" },
};

/* Notes the nodes of a device: "@name: card0, renderD128". */
static void vi915_guest_note_nodes(const char *what, const char *name, const char *pattern)
{
	char text[256];
	size_t used = 0;
	glob_t found;

	if (!glob(pattern, GLOB_BRACE, NULL, &found))
		for (size_t i = 0; i < found.gl_pathc && used < sizeof(text); i++)
			used += snprintf(text + used, sizeof(text) - used, "%s%s", i ? ", " : ": ",
					 strrchr(found.gl_pathv[i], '/') + 1);
	globfree(&found);
	vi915_guest_note(what, "%s%s", name, used ? text : "");
}

static bool vi915_guest_there(const char *pattern)
{
	glob_t found;
	bool there = !glob(pattern, 0, NULL, &found);

	globfree(&found);
	return there;
}

static void vi915_guest_load(const char *path, const char *params)
{
	char name[PATH_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		vi915_guest_fail("cannot open the module %s: %s; build it again",
				 path, strerror(errno));
	snprintf(name, sizeof(name), "%s", path);
	if (syscall(SYS_finit_module, fd, params, 0) && errno != EEXIST) {
		int err = errno;

		vi915_guest_fail("cannot load %s%s%s: %s; the kernel's last words may tell why",
				 basename(name), *params ? " with " : "", params, strerror(err));
	}
	close(fd);
	vi915_guest_note("module", "%s%s%s", basename(name), *params ? " with " : "", params);
}

/* True when @path is the file of the module @name; '-' and '_' are the same. */
static bool vi915_guest_is_module(const char *path, const char *name)
{
	const char *base = strrchr(path, '/');

	for (base = base ? base + 1 : path; *base && *name; base++, name++)
		if (*base != *name && !(*base == '-' && *name == '_') &&
		    !(*base == '_' && *name == '-'))
			return false;
	return !*name && !strncmp(base, ".ko", 3);
}

/*
 * Loads one of the kernel's modules after the modules that it needs. A line of modules.dep is
 * "module: needs...", and each need comes before those that it needs itself.
 */
static void vi915_guest_modprobe(const char *name, const char *params)
{
	char path[PATH_MAX], *line = NULL, *needs, *last;
	struct utsname release;
	size_t size = 0;
	FILE *file;

	uname(&release);
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep",
		 release.release);
	file = fopen(path, "re");
	if (!file)
		vi915_guest_fail("cannot open %s in the box: %s; build the kernel again",
				 path, strerror(errno));

	while (getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		needs = strchr(line, ':');
		if (!needs)
			continue;
		*needs++ = '\0';
		if (!vi915_guest_is_module(line, name))
			continue;

		while ((last = strrchr(needs, ' '))) {
			*last = '\0';
			if (!last[1])
				continue;
			snprintf(path, sizeof(path), "/lib/modules/%s/%s",
				 release.release, last + 1);
			vi915_guest_load(path, "");
		}
		snprintf(path, sizeof(path), "/lib/modules/%s/%s",
			 release.release, line);
		vi915_guest_load(path, params);
		free(line);
		fclose(file);
		return;
	}
	vi915_guest_fail("the box's kernel has no module %s; build the kernel again",
			 name);
}

/* The dependencies named in a module's file, separated by commas. */
static char *vi915_guest_depends(const char *path)
{
	static const char key[] = "depends=";
	struct stat st;
	char *bytes, *at = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st))
		vi915_guest_fail("cannot open the module %s: %s; build it again",
				 path, strerror(errno));
	bytes = malloc(st.st_size + 1);
	if (bytes && read(fd, bytes, st.st_size) == st.st_size) {
		bytes[st.st_size] = '\0';
		/* Every string in .modinfo has a NUL on both sides. */
		at = memmem(bytes, st.st_size, "\0depends=", sizeof(key));
		at = at ? strdup(at + sizeof(key)) : NULL;
	}
	free(bytes);
	close(fd);
	return at;
}

/* Loading fails when a GPU does not start. Late GPUs are not waited for. */
static void vi915_guest_load_gpus(const struct vi915_params *params)
{
	char *depends = vi915_guest_depends(VI915_GUEST_MODULE);
	char *rest = depends, *name, *text, node[PATH_MAX], device[32];
	unsigned int i;

	while (rest && (name = strsep(&rest, ",")))
		if (*name)
			vi915_guest_modprobe(name, "");
	free(depends);

	if (asprintf(&text, "gpus=%s", params->gpus) < 0)
		vi915_guest_fail("the guest is out of memory; give it more with --mem");
	vi915_guest_load(VI915_GUEST_MODULE, text);
	free(text);

	for (i = 0;; i++) {
		snprintf(device, sizeof(device), "vi915.%u", i);
		snprintf(node, sizeof(node), "/sys/devices/platform/%s", device);
		if (access(node, F_OK))
			break;
		snprintf(node, sizeof(node), "/sys/devices/platform/%s/drm/{card,render}*", device);
		vi915_guest_note_nodes("GPU", device, node);
	}
}

static void vi915_guest_load_peer(char *name)
{
	const struct vi915_guest_peer *peer = vi915_guest_peers;
	const struct vi915_guest_peer *end =
		peer + sizeof(vi915_guest_peers) / sizeof(*peer);
	char *params = strchr(name, ':');
	char text[1024], *c;

	if (params)
		*params++ = '\0';
	for (c = params; c && *c; c++)
		if (*c == '+')
			*c = ' ';

	while (peer < end && strcmp(peer->name, name))
		peer++;
	if (peer == end)
		vi915_guest_fail("there is no peer %s", name);
	if (peer->module) {
		/* The user's parameters come last, so they win. */
		snprintf(text, sizeof(text), "%s%s%s", peer->params,
			 params ? " " : "", params ? params : "");
		vi915_guest_modprobe(peer->module, text);
	}
	if (!vi915_guest_there(peer->node))
		vi915_guest_fail("the peer %s is loaded, but %s did not appear",
				 name, peer->node);
	vi915_guest_note_nodes("peer", name, peer->node);
}

/**
 * vi915_guest_open_nodes() - let every user open the devices
 *
 * On a desktop udev's rules and the seat give the user that access.
 */
void vi915_guest_open_nodes(void)
{
	static const char *const patterns[] = {
		"/dev/dma_heap/*", "/dev/dri/card*", "/dev/dri/renderD*",
		"/dev/fb*", "/dev/media*", "/dev/udmabuf", "/dev/v4l-*", "/dev/video*",
	};
	size_t i, j;

	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		glob_t found;

		if (!glob(patterns[i], 0, NULL, &found))
			for (j = 0; j < found.gl_pathc; j++)
				if (chmod(found.gl_pathv[j], 0666))
					vi915_guest_fail("cannot open up %s: %s",
							 found.gl_pathv[j],
							 strerror(errno));
		globfree(&found);
	}
}

/**
 * vi915_guest_modules() - bring up the GPUs and their peers
 * @params: parameters of the box
 *
 * The GPUs come first, so that card0 is one of ours. The driver is loaded even without GPUs, for
 * those that are added later.
 */
void vi915_guest_modules(const struct vi915_params *params)
{
	char **peer;

	vi915_guest_load_gpus(params);
	/* If configfs is a module, it has just been loaded; else it is mounted already. */
	mount("configfs", "/sys/kernel/config", "configfs", 0, NULL);
	for (peer = params->peers; *peer; peer++)
		vi915_guest_load_peer(*peer);
	vi915_guest_open_nodes();
}

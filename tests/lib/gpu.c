// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "gpu.h"

#define VI915_CARDS 64
#define VI915_RENDER_FIRST 128

int vi915_ioctl(int fd, unsigned long request, void *arg)
{
	int ret;

	do {
		ret = ioctl(fd, request, arg);
	} while (ret < 0 && (errno == EINTR || errno == EAGAIN));
	return ret < 0 ? -errno : ret;
}

/* The value of KEY in a "KEY=value KEY=value" line. */
static bool vi915_word(const char *line, const char *key, char *value, size_t size)
{
	size_t len = strlen(key);
	const char *word;

	for (word = line; *word; word += strcspn(word, " \n")) {
		word += strspn(word, " \n");
		if (!strncmp(word, key, len) && word[len] == '=') {
			snprintf(value, size, "%.*s", (int)strcspn(word + len + 1, " \n"),
				 word + len + 1);
			return true;
		}
	}
	return false;
}

static bool vi915_describe(int minor, char *line, size_t size)
{
	char path[64];
	FILE *file;
	bool ok;

	snprintf(path, sizeof(path), VI915_DRI_DEBUGFS "/%d/vi915_description", minor);
	file = fopen(path, "re");
	if (!file)
		return false;
	ok = fgets(line, size, file);
	fclose(file);
	return ok;
}

static int vi915_find_minor(const char *name, int first, struct vi915_gpu *gpu)
{
	char line[1024], value[64];
	int i;

	for (i = first; i < first + VI915_CARDS; i++) {
		if (!vi915_describe(i, line, sizeof(line)))
			continue;
		if (!vi915_word(line, "name", value, sizeof(value)) || strcmp(value, name))
			continue;
		gpu->imports_cpu = vi915_word(line, "imports", value, sizeof(value)) &&
				   !strcmp(value, "cpu");
		return i;
	}
	return -1;
}

int __vi915_gpu_find(const char *name, struct vi915_gpu *gpu)
{
	snprintf(gpu->name, sizeof(gpu->name), "%s", name);
	gpu->render = vi915_find_minor(name, VI915_RENDER_FIRST, gpu);
	gpu->card = vi915_find_minor(name, 0, gpu);
	return gpu->card < 0 ? -ENOENT : 0;
}

void vi915_gpu_find_at(const char *at, const char *name, struct vi915_gpu *gpu)
{
	if (__vi915_gpu_find(name, gpu))
		vi915_fail_at(at, "no GPU named %s under " VI915_DRI_DEBUGFS
			      ": run this in a box that has one (make test)", name);
}

static int vi915_open_node(const char *at, const char *format, int minor)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), format, minor);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		vi915_fail_at(at, "open %s: %s", path, strerror(errno));
	return fd;
}

int vi915_open_at(const char *at, const char *name)
{
	struct vi915_gpu gpu;

	vi915_gpu_find_at(at, name, &gpu);
	return vi915_open_node(at, "/dev/dri/card%d", gpu.card);
}

int vi915_open_render_at(const char *at, const char *name)
{
	struct vi915_gpu gpu;

	vi915_gpu_find_at(at, name, &gpu);
	if (gpu.render < 0)
		vi915_fail_at(at, "%s has no render node", name);
	return vi915_open_node(at, "/dev/dri/renderD%d", gpu.render);
}

int vi915_reopen_at(const char *at, int fd)
{
	return vi915_open_node(at, "/proc/self/fd/%d", fd);
}

int __vi915_driver_open(const char *driver)
{
	struct vi915_version version;
	char path[64];
	int fd, i;

	for (i = 0; i < VI915_CARDS; i++) {
		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (!__vi915_version(fd, &version) && !strcmp(version.name, driver))
			return fd;
		close(fd);
	}
	return -ENOENT;
}

int vi915_driver_open_at(const char *at, const char *driver)
{
	int fd = __vi915_driver_open(driver);

	if (fd < 0)
		vi915_fail_at(at, "no %s device: run this in a box with --peers %s", driver,
			      driver);
	return fd;
}

int vi915_minor_at(const char *at, int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		vi915_fail_at(at, "fstat of fd %d: %s", fd, strerror(errno));
	return minor(st.st_rdev);
}

int __vi915_version(int fd, struct vi915_version *version)
{
	struct drm_version arg = {
		.name_len = sizeof(version->name) - 1,
		.name = version->name,
		.date_len = sizeof(version->date) - 1,
		.date = version->date,
		.desc_len = sizeof(version->desc) - 1,
		.desc = version->desc,
	};
	int ret;

	memset(version, 0, sizeof(*version));
	ret = vi915_ioctl(fd, DRM_IOCTL_VERSION, &arg);
	version->major = arg.version_major;
	version->minor = arg.version_minor;
	version->patchlevel = arg.version_patchlevel;
	return ret;
}

int __vi915_cap(int fd, uint64_t cap, uint64_t *value)
{
	struct drm_get_cap arg = { .capability = cap };
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_GET_CAP, &arg);
	*value = arg.value;
	return ret;
}

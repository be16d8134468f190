// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Objects, mappings and queries when memory runs out: each allocation of each
 * call fails once. The other calls are in failnth_*.c.
 */
#include <fcntl.h>

#include "failnth_fixture.h"

static int create(void *arg)
{
	struct world *w = arg;
	uint64_t size = 70000;
	uint32_t handle;
	int ret = __gem_create(w->fd, &size, &handle);

	if (!ret)
		gem_close(w->fd, handle);
	return ret;
}

static int create_ext(void *arg)
{
	struct drm_i915_gem_memory_class_instance region = { I915_MEMORY_CLASS_SYSTEM, 0 };
	struct drm_i915_gem_create_ext_memory_regions regions = {
		.base.name = I915_GEM_CREATE_EXT_MEMORY_REGIONS,
		.num_regions = 1,
		.regions = (uintptr_t)&region,
	};
	struct world *w = arg;
	uint64_t size = OBJECT_SIZE;
	uint32_t handle;
	int ret = __gem_create_ext(w->fd, &size, 0, &regions, &handle);

	if (!ret)
		gem_close(w->fd, handle);
	return ret;
}

static int create_dumb(void *arg)
{
	struct drm_mode_create_dumb dumb = { .width = 640, .height = 480, .bpp = 32 };
	struct world *w = arg;
	int ret = __gem_dumb_create(w->card, &dumb);

	if (!ret)
		gem_close(w->card, dumb.handle);
	return ret;
}

static int userptr(void *arg)
{
	struct world *w = arg;
	uint32_t handle;
	int ret = __gem_userptr(w->fd, w->memory, OBJECT_SIZE, I915_USERPTR_PROBE, &handle);

	if (!ret)
		gem_close(w->fd, handle);
	return ret;
}

CALL(gem_create, NULL, create, NULL);
CALL(gem_create_ext, NULL, create_ext, NULL);
CALL(create_dumb, NULL, create_dumb, NULL);
CALL(userptr, NULL, userptr, NULL);

/* Pages. */

static int set_domain(void *arg)
{
	struct world *w = arg;

	return __gem_set_domain(w->fd, w->handle, I915_GEM_DOMAIN_CPU, I915_GEM_DOMAIN_CPU);
}

static int pread_object(void *arg)
{
	struct world *w = arg;

	return __gem_pread(w->fd, w->handle, 100, w->memory, 8192);
}

static int pwrite_object(void *arg)
{
	struct world *w = arg;

	return __gem_pwrite(w->fd, w->handle, 100, w->memory, 8192);
}

static void make_userptr(void *arg)
{
	struct world *w = arg;

	w->handle = gem_userptr(w->fd, w->memory, OBJECT_SIZE, 0);
}

static int madvise_object(void *arg)
{
	struct world *w = arg;
	uint32_t retained;

	return __gem_madvise(w->fd, w->handle, I915_MADV_DONTNEED, &retained);
}

CALL(set_domain, make_object, set_domain, close_object);
CALL(pread, make_object, pread_object, close_object);
CALL(pwrite, make_object, pwrite_object, close_object);
/* User memory that cannot be allocated gives EFAULT, like a bad address. */
CALL(userptr_set_domain, make_userptr, set_domain, close_object, EFAULT);
CALL(madvise, make_object, madvise_object, close_object);

/* Mappings. */

static int mmap_offset(void *arg)
{
	struct world *w = arg;
	uint64_t offset;
	void *ptr;
	int ret = __gem_mmap_offset(w->fd, w->handle, I915_MMAP_OFFSET_WB, &offset);

	if (!ret)
		ret = __gem_mmap_at_offset(w->fd, offset, OBJECT_SIZE, &ptr);
	if (!ret)
		munmap(ptr, OBJECT_SIZE);
	return ret;
}

static int gem_mmap_call(void *arg)
{
	struct world *w = arg;
	void *ptr;
	int ret = __gem_mmap(w->fd, w->handle, 0, OBJECT_SIZE, 0, &ptr);

	if (!ret)
		munmap(ptr, OBJECT_SIZE);
	return ret;
}

static void make_mapping(void *arg)
{
	struct world *w = arg;

	make_object(w);
	w->map = gem_mmap_type(w->fd, w->handle, OBJECT_SIZE, I915_MMAP_OFFSET_WB);
}

static void make_tiled(void *arg)
{
	struct world *w = arg;

	make_object(w);
	gem_set_tiling(w->fd, w->handle, I915_TILING_X, 512);
}

static void make_view(void *arg)
{
	struct world *w = arg;

	make_tiled(w);
	w->map = gem_mmap_gtt(w->fd, w->handle, OBJECT_SIZE);
}

/* Bytes that are only in the view so far. */
static void make_dirty_view(void *arg)
{
	struct world *w = arg;

	make_view(w);
	memset(w->map, 0x5a, OBJECT_SIZE);
}

static void unmap_object(void *arg)
{
	struct world *w = arg;

	gem_munmap(w->map, OBJECT_SIZE);
	close_object(w);
}

static int fault_mapping(void *arg)
{
	return fault(arg);
}

static int tile_otherwise(void *arg)
{
	struct world *w = arg;

	return __gem_set_tiling(w->fd, w->handle, I915_TILING_Y, 256);
}

CALL(mmap_offset, make_object, mmap_offset, close_object);
CALL(gem_mmap, make_object, gem_mmap_call, close_object);
CALL(fault, make_mapping, fault_mapping, unmap_object, EFAULT);
CALL(fault_of_a_tiled_view, make_view, fault_mapping, unmap_object, EFAULT);
CALL(pwrite_tiled, make_tiled, pwrite_object, close_object);
CALL(set_tiling_of_a_dirty_view, make_dirty_view, tile_otherwise, unmap_object);
CALL(pread_of_a_dirty_view, make_dirty_view, pread_object, unmap_object);

/* Names, files, queries. */

static void make_card_object(void *arg)
{
	struct world *w = arg;

	w->handle = gem_create(w->card, VI915_PAGE);
}

static void close_card_object(void *arg)
{
	struct world *w = arg;

	gem_close(w->card, w->handle);
}

static int flink(void *arg)
{
	struct world *w = arg;
	uint32_t name;

	return __gem_flink(w->card, w->handle, &name);
}

static int open_by_name(void *arg)
{
	struct world *w = arg;
	uint32_t handle;
	uint64_t size;
	int ret = __gem_open(w->card, w->id, &handle, &size);

	if (!ret)
		gem_close(w->card, handle);
	return ret;
}

static void make_name(void *arg)
{
	struct world *w = arg;

	make_card_object(w);
	w->id = gem_flink(w->card, w->handle);
}

static int open_node(const char *format, int fd)
{
	char path[64];
	int file;

	snprintf(path, sizeof(path), format, vi915_minor(fd));
	file = open(path, O_RDWR | O_CLOEXEC);
	if (file < 0)
		return -errno;
	close(file);
	return 0;
}

static int open_card(void *arg)
{
	return open_node("/dev/dri/card%d", ((struct world *)arg)->card);
}

static int open_render(void *arg)
{
	return open_node("/dev/dri/renderD%d", ((struct world *)arg)->fd);
}

static int query(void *arg)
{
	struct world *w = arg;
	char text[4096];
	static const uint64_t ids[] = {
		DRM_I915_QUERY_TOPOLOGY_INFO, DRM_I915_QUERY_ENGINE_INFO,
		DRM_I915_QUERY_MEMORY_REGIONS,
	};
	unsigned int i;

	for (i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		struct drm_i915_query_item item = {
			.query_id = ids[i], .length = sizeof(text), .data_ptr = (uintptr_t)text,
		};
		int ret;

		memset(text, 0, sizeof(text));
		ret = __gem_query(w->fd, &item);
		if (ret || item.length < 0)
			return ret ? ret : item.length;
	}
	return 0;
}

static int wait_and_busy(void *arg)
{
	struct world *w = arg;
	int64_t timeout = 1000000;
	uint32_t busy;
	int ret = __gem_busy(w->fd, w->handle, &busy);

	return ret ? ret : __gem_wait(w->fd, w->handle, &timeout);
}

static int read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[512];
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text));
	n = n < 0 ? -errno : 0;
	close(fd);
	return n;
}

static int look_at_fdinfo(void *arg)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", ((struct world *)arg)->fd);
	return read_file(path);
}

static int debugfs(void *arg)
{
	static const char *const files[] = {
		"vi915_objects", "vi915_handles", "i915_gem_objects", "i915_engine_info",
		"vi915_outputs", "vi915_description",
	};
	char path[128];
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), VI915_DRI_DEBUGFS "/%d/%s",
			 vi915_minor(((struct world *)arg)->card), files[i]);
		ret = read_file(path);
	}
	return ret;
}

CALL(flink, make_card_object, flink, close_card_object);
CALL(gem_open, make_name, open_by_name, close_card_object);
CALL(open_card, NULL, open_card, NULL);
CALL(open_render, NULL, open_render, NULL);
CALL(query, NULL, query, NULL);
CALL(wait_and_busy, make_object, wait_and_busy, close_object);
CALL(fdinfo, NULL, look_at_fdinfo, NULL);
CALL(debugfs, make_object, debugfs, close_object);

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>
#include <sys/mman.h>

#include "gem.h"
#include "gpu.h"

int __gem_create(int fd, uint64_t *size, uint32_t *handle)
{
	struct drm_i915_gem_create arg = { .size = *size, .handle = *handle };
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_I915_GEM_CREATE, &arg);
	*size = arg.size;
	*handle = arg.handle;
	return ret;
}

uint32_t gem_create_at(const char *at, int fd, uint64_t size)
{
	uint64_t got = size;
	uint32_t handle = 0;

	vi915_check_at(at, "gem_create", __gem_create(fd, &got, &handle));
	if (!handle || got < size)
		vi915_fail_at(at, "gem_create: handle %u size %#llx", handle,
			      (unsigned long long)got);
	return handle;
}

int __gem_create_ext(int fd, uint64_t *size, uint32_t flags, void *extensions,
		     uint32_t *handle)
{
	struct drm_i915_gem_create_ext arg = {
		.size = *size,
		.handle = *handle,
		.flags = flags,
		.extensions = (uintptr_t)extensions,
	};
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_I915_GEM_CREATE_EXT, &arg);
	*size = arg.size;
	*handle = arg.handle;
	return ret;
}

uint32_t gem_create_ext_at(const char *at, int fd, uint64_t size, uint32_t flags,
			   void *extensions)
{
	uint64_t got = size;
	uint32_t handle = 0;

	vi915_check_at(at, "gem_create_ext",
		       __gem_create_ext(fd, &got, flags, extensions, &handle));
	return handle;
}

int __gem_close(int fd, uint32_t handle)
{
	struct drm_gem_close arg = { .handle = handle };

	return vi915_ioctl(fd, DRM_IOCTL_GEM_CLOSE, &arg);
}

int __gem_flink(int fd, uint32_t handle, uint32_t *name)
{
	struct drm_gem_flink arg = { .handle = handle };
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_GEM_FLINK, &arg);
	*name = arg.name;
	return ret;
}

uint32_t gem_flink_at(const char *at, int fd, uint32_t handle)
{
	uint32_t name;

	vi915_check_at(at, "gem_flink", __gem_flink(fd, handle, &name));
	return name;
}

int __gem_open(int fd, uint32_t name, uint32_t *handle, uint64_t *size)
{
	struct drm_gem_open arg = { .name = name };
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_GEM_OPEN, &arg);
	*handle = arg.handle;
	*size = arg.size;
	return ret;
}

uint32_t gem_open_at(const char *at, int fd, uint32_t name)
{
	uint32_t handle;
	uint64_t size;

	vi915_check_at(at, "gem_open", __gem_open(fd, name, &handle, &size));
	return handle;
}

int __gem_userptr(int fd, void *ptr, uint64_t size, uint32_t flags, uint32_t *handle)
{
	struct drm_i915_gem_userptr arg = {
		.user_ptr = (uintptr_t)ptr,
		.user_size = size,
		.flags = flags,
	};
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_I915_GEM_USERPTR, &arg);
	*handle = arg.handle;
	return ret;
}

uint32_t gem_userptr_at(const char *at, int fd, void *ptr, uint64_t size, uint32_t flags)
{
	uint32_t handle;

	vi915_check_at(at, "gem_userptr", __gem_userptr(fd, ptr, size, flags, &handle));
	return handle;
}

int __gem_dumb_create(int fd, struct drm_mode_create_dumb *dumb)
{
	return vi915_ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, dumb);
}

uint32_t gem_dumb_create_at(const char *at, int fd, uint32_t width, uint32_t height,
			    uint32_t bpp, uint32_t *pitch, uint64_t *size)
{
	struct drm_mode_create_dumb dumb = { .width = width, .height = height, .bpp = bpp };

	vi915_check_at(at, "gem_dumb_create", __gem_dumb_create(fd, &dumb));
	if (pitch)
		*pitch = dumb.pitch;
	if (size)
		*size = dumb.size;
	return dumb.handle;
}

int __gem_dumb_map(int fd, uint32_t handle, uint64_t *offset)
{
	struct drm_mode_map_dumb arg = { .handle = handle };
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &arg);
	*offset = arg.offset;
	return ret;
}

int __gem_dumb_destroy(int fd, uint32_t handle)
{
	struct drm_mode_destroy_dumb arg = { .handle = handle };

	return vi915_ioctl(fd, DRM_IOCTL_MODE_DESTROY_DUMB, &arg);
}

int __gem_pread(int fd, uint32_t handle, uint64_t offset, void *data, uint64_t size)
{
	struct drm_i915_gem_pread arg = {
		.handle = handle,
		.offset = offset,
		.size = size,
		.data_ptr = (uintptr_t)data,
	};

	return vi915_ioctl(fd, DRM_IOCTL_I915_GEM_PREAD, &arg);
}

int __gem_pwrite(int fd, uint32_t handle, uint64_t offset, const void *data, uint64_t size)
{
	struct drm_i915_gem_pwrite arg = {
		.handle = handle,
		.offset = offset,
		.size = size,
		.data_ptr = (uintptr_t)data,
	};

	return vi915_ioctl(fd, DRM_IOCTL_I915_GEM_PWRITE, &arg);
}

int __gem_set_domain(int fd, uint32_t handle, uint32_t read, uint32_t write)
{
	struct drm_i915_gem_set_domain arg = {
		.handle = handle,
		.read_domains = read,
		.write_domain = write,
	};

	return vi915_ioctl(fd, DRM_IOCTL_I915_GEM_SET_DOMAIN, &arg);
}

int __gem_sw_finish(int fd, uint32_t handle)
{
	struct drm_i915_gem_sw_finish arg = { .handle = handle };

	return vi915_ioctl(fd, DRM_IOCTL_I915_GEM_SW_FINISH, &arg);
}

int __gem_busy(int fd, uint32_t handle, uint32_t *busy)
{
	struct drm_i915_gem_busy arg = { .handle = handle };
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_I915_GEM_BUSY, &arg);
	*busy = arg.busy;
	return ret;
}

uint32_t gem_busy_at(const char *at, int fd, uint32_t handle)
{
	uint32_t busy;

	vi915_check_at(at, "gem_busy", __gem_busy(fd, handle, &busy));
	return busy;
}

int __gem_wait(int fd, uint32_t handle, int64_t *timeout_ns)
{
	struct drm_i915_gem_wait arg = {
		.bo_handle = handle,
		.timeout_ns = timeout_ns ? *timeout_ns : -1,
	};
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_I915_GEM_WAIT, &arg);
	if (timeout_ns)
		*timeout_ns = arg.timeout_ns;
	return ret;
}

int __gem_set_caching(int fd, uint32_t handle, uint32_t caching)
{
	struct drm_i915_gem_caching arg = { .handle = handle, .caching = caching };

	return vi915_ioctl(fd, DRM_IOCTL_I915_GEM_SET_CACHING, &arg);
}

int __gem_get_caching(int fd, uint32_t handle, uint32_t *caching)
{
	struct drm_i915_gem_caching arg = { .handle = handle, .caching = ~0u };
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_I915_GEM_GET_CACHING, &arg);
	*caching = arg.caching;
	return ret;
}

int __gem_set_tiling(int fd, uint32_t handle, uint32_t tiling, uint32_t stride)
{
	struct drm_i915_gem_set_tiling arg = {
		.handle = handle,
		.tiling_mode = tiling,
		.stride = stride,
	};

	return vi915_ioctl(fd, DRM_IOCTL_I915_GEM_SET_TILING, &arg);
}

int __gem_get_tiling(int fd, uint32_t handle, struct drm_i915_gem_get_tiling *tiling)
{
	memset(tiling, 0xff, sizeof(*tiling));
	tiling->handle = handle;
	return vi915_ioctl(fd, DRM_IOCTL_I915_GEM_GET_TILING, tiling);
}

int __gem_madvise(int fd, uint32_t handle, uint32_t madv, uint32_t *retained)
{
	struct drm_i915_gem_madvise arg = {
		.handle = handle,
		.madv = madv,
		.retained = ~0u,
	};
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_I915_GEM_MADVISE, &arg);
	*retained = arg.retained;
	return ret;
}

uint32_t gem_madvise_at(const char *at, int fd, uint32_t handle, uint32_t madv)
{
	uint32_t retained;

	vi915_check_at(at, "gem_madvise", __gem_madvise(fd, handle, madv, &retained));
	return retained;
}

int __gem_getparam(int fd, int param, int *value)
{
	struct drm_i915_getparam arg = { .param = param, .value = value };

	return vi915_ioctl(fd, DRM_IOCTL_I915_GETPARAM, &arg);
}

int gem_getparam_at(const char *at, int fd, int param)
{
	int value = 0;

	vi915_check_at(at, "gem_getparam", __gem_getparam(fd, param, &value));
	return value;
}

int __gem_get_aperture(int fd, struct drm_i915_gem_get_aperture *aperture)
{
	memset(aperture, 0, sizeof(*aperture));
	return vi915_ioctl(fd, DRM_IOCTL_I915_GEM_GET_APERTURE, aperture);
}

int __gem_query(int fd, struct drm_i915_query_item *item)
{
	struct drm_i915_query arg = { .num_items = 1, .items_ptr = (uintptr_t)item };

	return vi915_ioctl(fd, DRM_IOCTL_I915_QUERY, &arg);
}

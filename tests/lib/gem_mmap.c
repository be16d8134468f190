// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <sys/mman.h>

#include "gem.h"
#include "gpu.h"

int __gem_mmap(int fd, uint32_t handle, uint64_t offset, uint64_t size, uint64_t flags,
	       void **ptr)
{
	struct drm_i915_gem_mmap arg = {
		.handle = handle,
		.offset = offset,
		.size = size,
		.flags = flags,
	};
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_I915_GEM_MMAP, &arg);
	*ptr = ret ? NULL : (void *)(uintptr_t)arg.addr_ptr;
	return ret;
}

void *gem_mmap_at(const char *at, int fd, uint32_t handle, uint64_t offset, uint64_t size,
		  uint64_t flags)
{
	void *ptr;

	vi915_check_at(at, "gem_mmap", __gem_mmap(fd, handle, offset, size, flags, &ptr));
	return ptr;
}

int __gem_mmap_gtt_offset(int fd, uint32_t handle, uint64_t *offset)
{
	struct drm_i915_gem_mmap_gtt arg = { .handle = handle };
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_I915_GEM_MMAP_GTT, &arg);
	*offset = arg.offset;
	return ret;
}

int __gem_mmap_offset(int fd, uint32_t handle, uint64_t type, uint64_t *offset)
{
	struct drm_i915_gem_mmap_offset arg = { .handle = handle, .flags = type };
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_I915_GEM_MMAP_OFFSET, &arg);
	*offset = arg.offset;
	return ret;
}

int __gem_mmap_at_offset(int fd, uint64_t offset, uint64_t size, void **ptr)
{
	*ptr = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
	if (*ptr == MAP_FAILED) {
		*ptr = NULL;
		return -errno;
	}
	return 0;
}

void *gem_mmap_gtt_at(const char *at, int fd, uint32_t handle, uint64_t size)
{
	uint64_t offset;
	void *ptr;

	vi915_check_at(at, "gem_mmap_gtt", __gem_mmap_gtt_offset(fd, handle, &offset));
	vi915_check_at(at, "mmap of a GTT offset", __gem_mmap_at_offset(fd, offset, size, &ptr));
	return ptr;
}

void *gem_mmap_type_at(const char *at, int fd, uint32_t handle, uint64_t size, uint64_t type)
{
	uint64_t offset;
	void *ptr;

	vi915_check_at(at, "gem_mmap_offset", __gem_mmap_offset(fd, handle, type, &offset));
	vi915_check_at(at, "mmap of a GEM offset", __gem_mmap_at_offset(fd, offset, size, &ptr));
	return ptr;
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "gpu.h"
#include "proc.h"
#include "syncobj.h"

uint32_t syncobj_create_at(const char *at, int fd, uint32_t flags)
{
	struct drm_syncobj_create arg = { .flags = flags };

	vi915_check_at(at, "syncobj_create", vi915_ioctl(fd, DRM_IOCTL_SYNCOBJ_CREATE, &arg));
	return arg.handle;
}

int __syncobj_destroy(int fd, uint32_t handle)
{
	struct drm_syncobj_destroy arg = { .handle = handle };

	return vi915_ioctl(fd, DRM_IOCTL_SYNCOBJ_DESTROY, &arg);
}

int __syncobj_wait(int fd, uint32_t handle, int timeout_ms, uint32_t flags)
{
	struct drm_syncobj_wait arg = {
		.handles = (uintptr_t)&handle,
		.count_handles = 1,
		.timeout_nsec = vi915_now() + timeout_ms * 1000000LL,
		.flags = flags,
	};

	return vi915_ioctl(fd, DRM_IOCTL_SYNCOBJ_WAIT, &arg);
}

int __syncobj_wait_point(int fd, uint32_t handle, uint64_t point, int timeout_ms, uint32_t flags)
{
	struct drm_syncobj_timeline_wait arg = {
		.handles = (uintptr_t)&handle,
		.points = (uintptr_t)&point,
		.count_handles = 1,
		.timeout_nsec = vi915_now() + timeout_ms * 1000000LL,
		.flags = flags,
	};

	return vi915_ioctl(fd, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &arg);
}

uint64_t syncobj_query_at(const char *at, int fd, uint32_t handle)
{
	uint64_t point = 0;
	struct drm_syncobj_timeline_array arg = {
		.handles = (uintptr_t)&handle,
		.points = (uintptr_t)&point,
		.count_handles = 1,
	};

	vi915_check_at(at, "syncobj_query", vi915_ioctl(fd, DRM_IOCTL_SYNCOBJ_QUERY, &arg));
	return point;
}

void syncobj_signal_point_at(const char *at, int fd, uint32_t handle, uint64_t point)
{
	struct drm_syncobj_timeline_array arg = {
		.handles = (uintptr_t)&handle,
		.points = (uintptr_t)&point,
		.count_handles = 1,
	};

	vi915_check_at(at, "syncobj_signal_point",
		       vi915_ioctl(fd, DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, &arg));
}

int __syncobj_export_sync_file(int fd, uint32_t handle, int *sync_file)
{
	struct drm_syncobj_handle arg = {
		.handle = handle,
		.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
		.fd = -1,
	};
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &arg);
	*sync_file = ret ? -1 : arg.fd;
	return ret;
}

int syncobj_export_sync_file_at(const char *at, int fd, uint32_t handle)
{
	int sync_file;

	vi915_check_at(at, "syncobj_export_sync_file",
		       __syncobj_export_sync_file(fd, handle, &sync_file));
	return sync_file;
}

void syncobj_import_sync_file_at(const char *at, int fd, uint32_t handle, int sync_file)
{
	struct drm_syncobj_handle arg = {
		.handle = handle,
		.flags = DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE,
		.fd = sync_file,
	};

	vi915_check_at(at, "syncobj_import_sync_file",
		       vi915_ioctl(fd, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &arg));
}

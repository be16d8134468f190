/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * DRM syncobjs, binary and timeline, of one file.
 */
#ifndef VI915_TESTS_SYNCOBJ_H
#define VI915_TESTS_SYNCOBJ_H

#include <stdint.h>

#include "fail.h"
#include "uapi.h"

/* @flags: 0 or DRM_SYNCOBJ_CREATE_SIGNALED. */
uint32_t syncobj_create_at(const char *at, int fd, uint32_t flags);
#define syncobj_create(fd, flags) syncobj_create_at(VI915_AT, fd, flags)
int __syncobj_destroy(int fd, uint32_t handle);
#define syncobj_destroy(fd, handle) vi915_check(__syncobj_destroy(fd, handle))

/* @timeout_ms from now. Answers -ETIME, or -EINVAL if there is no fence. */
int __syncobj_wait(int fd, uint32_t handle, int timeout_ms, uint32_t flags);
int __syncobj_wait_point(int fd, uint32_t handle, uint64_t point, int timeout_ms,
			 uint32_t flags);
/* Both wait 20 seconds. */
#define syncobj_wait(fd, handle) vi915_check(__syncobj_wait(fd, handle, 20000, 0))
#define syncobj_wait_point(fd, handle, point) \
	vi915_check(__syncobj_wait_point(fd, handle, point, 20000, 0))

/* The last signalled point of a timeline. */
uint64_t syncobj_query_at(const char *at, int fd, uint32_t handle);
#define syncobj_query(fd, handle) syncobj_query_at(VI915_AT, fd, handle)
void syncobj_signal_point_at(const char *at, int fd, uint32_t handle, uint64_t point);
#define syncobj_signal_point(fd, handle, point) \
	syncobj_signal_point_at(VI915_AT, fd, handle, point)

int __syncobj_export_sync_file(int fd, uint32_t handle, int *sync_file);
int syncobj_export_sync_file_at(const char *at, int fd, uint32_t handle);
#define syncobj_export_sync_file(fd, handle) syncobj_export_sync_file_at(VI915_AT, fd, handle)
void syncobj_import_sync_file_at(const char *at, int fd, uint32_t handle, int sync_file);
#define syncobj_import_sync_file(fd, handle, sync_file) \
	syncobj_import_sync_file_at(VI915_AT, fd, handle, sync_file)

#endif

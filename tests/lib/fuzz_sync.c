// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Steps with fences: sync files that are merged, syncobjs and their points,
 * eventfds that wait for them. The core has all this code; the fences are ours.
 */
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fuzz.h"
#include "proc.h"
#include "syncobj.h"
#include "uapi.h"

/* Number of handles that steps use: the first few. */
#define FUZZ_SYNCOBJS 6
#define FUZZ_POINTS 8
#define FUZZ_MERGED 16

static uint32_t fuzz_syncobj(struct fuzz *fuzz)
{
	return 1 + fuzz_below(&fuzz->random, FUZZ_SYNCOBJS);
}

static int fuzz_sync_call(struct fuzz *fuzz, unsigned long request, void *arg)
{
	int ret = ioctl(fuzz->world->files[fuzz->file], request, arg);

	if (ret < 0)
		fuzz->refused++;
	else
		fuzz->done++;
	return ret;
}

static void fuzz_sync_merge(struct fuzz *fuzz)
{
	struct sync_merge_data merge = { .name = "merged", .fd2 = fuzz_any_fd(fuzz) };

	if (ioctl(fuzz_any_fd(fuzz), SYNC_IOC_MERGE, &merge))
		fuzz->refused++;
	else
		fuzz_put_fd(fuzz, merge.fence);
}

static void fuzz_sync_info(struct fuzz *fuzz)
{
	struct sync_fence_info fences[FUZZ_MERGED];
	struct sync_file_info info = {
		.num_fences = fuzz_below(&fuzz->random, FUZZ_MERGED + 1),
		.sync_fence_info = (uintptr_t)fences,
	};

	memset(fences, 0, sizeof(fences));
	if (ioctl(fuzz_any_fd(fuzz), SYNC_IOC_FILE_INFO, &info))
		fuzz->refused++;
}

static void fuzz_sync_make(struct fuzz *fuzz)
{
	struct drm_syncobj_create create = { .flags = fuzz_below(&fuzz->random, 2) };
	struct drm_syncobj_destroy destroy = { .handle = fuzz_syncobj(fuzz) };

	/* Syncobjs with other handles would pile up. */
	if (fuzz_chance(&fuzz->random, 40))
		fuzz_sync_call(fuzz, DRM_IOCTL_SYNCOBJ_DESTROY, &destroy);
	else if (!fuzz_sync_call(fuzz, DRM_IOCTL_SYNCOBJ_CREATE, &create) &&
		 create.handle > FUZZ_SYNCOBJS)
		__syncobj_destroy(fuzz->world->files[fuzz->file], create.handle);
}

static void fuzz_sync_pass(struct fuzz *fuzz)
{
	struct drm_syncobj_handle handle = {
		.handle = fuzz_syncobj(fuzz),
		.flags = fuzz_below(&fuzz->random, 2),
		.fd = fuzz_any_fd(fuzz),
	};

	if (fuzz_chance(&fuzz->random, 50))
		handle.flags = DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE;
	if (fuzz_chance(&fuzz->random, 50)) {
		if (!fuzz_sync_call(fuzz, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &handle) &&
		    handle.handle > FUZZ_SYNCOBJS)
			__syncobj_destroy(fuzz->world->files[fuzz->file], handle.handle);
	} else if (!fuzz_sync_call(fuzz, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &handle)) {
		fuzz_put_fd(fuzz, handle.fd);
	}
}

/* The eventfd is closed while it waits, or kept. */
static void fuzz_sync_event(struct fuzz *fuzz)
{
	struct drm_syncobj_eventfd event = {
		.handle = fuzz_syncobj(fuzz),
		.flags = fuzz_below(&fuzz->random, 2),
		.point = fuzz_below(&fuzz->random, FUZZ_POINTS),
		.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
	};

	fuzz_sync_call(fuzz, DRM_IOCTL_SYNCOBJ_EVENTFD, &event);
	if (fuzz_chance(&fuzz->random, 50))
		close(event.fd);
	else
		fuzz_put_fd(fuzz, event.fd);
}

static void fuzz_sync_transfer(struct fuzz *fuzz)
{
	struct drm_syncobj_transfer transfer = {
		.src_handle = fuzz_syncobj(fuzz),
		.dst_handle = fuzz_syncobj(fuzz),
		.src_point = fuzz_below(&fuzz->random, FUZZ_POINTS),
		.dst_point = fuzz_below(&fuzz->random, FUZZ_POINTS),
	};

	fuzz_sync_call(fuzz, DRM_IOCTL_SYNCOBJ_TRANSFER, &transfer);
}

static void fuzz_sync_points(struct fuzz *fuzz)
{
	uint32_t handles[2] = { fuzz_syncobj(fuzz), fuzz_syncobj(fuzz) };
	uint64_t points[2] = {
		fuzz_below(&fuzz->random, FUZZ_POINTS), fuzz_below(&fuzz->random, FUZZ_POINTS),
	};
	struct drm_syncobj_timeline_array array = {
		.handles = (uintptr_t)handles,
		.points = (uintptr_t)points,
		.count_handles = 1 + fuzz_below(&fuzz->random, 2),
		.flags = fuzz_below(&fuzz->random, 2),
	};

	fuzz_sync_call(fuzz, fuzz_chance(&fuzz->random, 50) ?
		       DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL : DRM_IOCTL_SYNCOBJ_QUERY, &array);
}

static void fuzz_sync_wait(struct fuzz *fuzz)
{
	uint32_t handles[2] = { fuzz_syncobj(fuzz), fuzz_syncobj(fuzz) };
	uint64_t points[2] = { 0, fuzz_below(&fuzz->random, FUZZ_POINTS) };
	struct drm_syncobj_timeline_wait wait = {
		.handles = (uintptr_t)handles,
		.points = (uintptr_t)points,
		.timeout_nsec = vi915_now() + fuzz_below(&fuzz->random, 2000000),
		.count_handles = 2,
		.flags = fuzz_below(&fuzz->random, 8),
	};

	fuzz_sync_call(fuzz, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &wait);
}

static void (*const fuzz_syncs[])(struct fuzz *fuzz) = {
	fuzz_sync_merge, fuzz_sync_info, fuzz_sync_make, fuzz_sync_make, fuzz_sync_pass,
	fuzz_sync_event, fuzz_sync_transfer, fuzz_sync_points, fuzz_sync_wait,
};

void fuzz_step_sync(struct fuzz *fuzz)
{
	unsigned int step = fuzz_below(&fuzz->random, sizeof(fuzz_syncs) / sizeof(*fuzz_syncs));

	fuzz->file = fuzz_below(&fuzz->random, fuzz->world->num_files);
	fuzz_say(fuzz, "fences, %u", step);
	fuzz_syncs[step](fuzz);
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Outputs when memory runs out: each allocation of each call fails once. The
 * picture stays what it was, and the next commit shows another.
 */
#include "test.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "failnth.h"
#include "fb.h"
#include "gem.h"
#include "gpu.h"
#include "kms.h"
#include "look.h"

#define WIDTH	640
#define HEIGHT	480

/**
 * struct world - what the calls work on
 * @kms: the output
 * @writeback: its writeback connector
 * @mode: that it is lit with
 * @fbs: as large as the mode
 * @cursor: as large as a cursor
 * @request: of a commit, made by prepare functions
 * @fence: that a commit gives
 * @flipped: an event is to come
 */
struct world {
	struct kms kms;
	uint32_t writeback;
	drmModeModeInfo mode;
	struct kms_fb fbs[2];
	struct kms_fb cursor;
	drmModeAtomicReq *request;
	int fence;
	bool flipped;
};

FIXTURE(call)
{
	struct world world;
	struct failnth_balance before;
};

FIXTURE_VARIANT(call)
{
	struct failnth_call call;
};

#define CALL(...) FAILNTH_VARIANT(call, __VA_ARGS__)

static uint32_t find_writeback(const struct kms *kms)
{
	drmModeRes *res = drmModeGetResources(kms->fd);
	uint32_t found = 0;
	int i;

	for (i = 0; res && i < res->count_connectors; i++) {
		drmModeConnector *connector = drmModeGetConnector(kms->fd, res->connectors[i]);

		if (connector->connector_type == DRM_MODE_CONNECTOR_WRITEBACK && !found)
			found = connector->connector_id;
		drmModeFreeConnector(connector);
	}
	drmModeFreeResources(res);
	vi915_require(found);
	return found;
}

FIXTURE_SETUP(call)
{
	struct world *w = &self->world;

	kms_open(&w->kms, "gpu0", 0);
	w->writeback = find_writeback(&w->kms);
	w->fence = -1;
	w->mode = kms_mode(&w->kms, WIDTH, HEIGHT, 60);
	kms_fb_create(w->kms.fd, &w->fbs[0], WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	kms_fb_create(w->kms.fd, &w->fbs[1], WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	kms_fb_create(w->kms.fd, &w->cursor, 64, 64, DRM_FORMAT_ARGB8888);
	kms_fb_fill(w->kms.fd, &w->fbs[0], 0x00123456);
	kms_fb_fill(w->kms.fd, &w->fbs[1], 0x00654321);
	kms_light(&w->kms, &w->mode, &w->fbs[0]);
}

FIXTURE_TEARDOWN(call)
{
	kms_close(&self->world.kms);
}

TEST_F_TIMEOUT(call, fails_cleanly_whichever_allocation_does, 120)
{
	struct world *w = &self->world;
	struct failnth_result result;
	uint32_t before;

	if (variant->call.prepare)
		variant->call.prepare(w);
	ASSERT_EQ(0, variant->call.run(w));
	if (variant->call.undo)
		variant->call.undo(w);
	failnth_balance(&self->before, &w->kms.fd, 1);
	before = look_crc_now(&w->kms);
	result = failnth_sweep(&variant->call, w);
	vi915_note("%u allocations, without %u of them it is refused", result.chances,
		   result.refused);
	EXPECT_EQ(before, look_crc_now(&w->kms));
	failnth_same(&self->before);
}

/* Framebuffers, blobs, legacy calls. */

static int add_fb(void *arg)
{
	struct world *w = arg;
	uint32_t handles[4] = { w->fbs[0].handle }, pitches[4] = { w->fbs[0].pitch };
	uint32_t offsets[4] = { 0 }, fb;
	int ret = __kms_addfb(w->kms.fd, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888,
			      DRM_FORMAT_MOD_LINEAR, handles, pitches, offsets, &fb);

	return ret ? ret : __kms_rmfb(w->kms.fd, fb);
}

/* Two planes, in one object. */
static int add_fb_of_planes(void *arg)
{
	struct world *w = arg;
	uint32_t handles[4] = { w->fbs[0].handle, w->fbs[0].handle };
	uint32_t pitches[4] = { WIDTH, WIDTH }, offsets[4] = { 0, WIDTH * HEIGHT }, fb;
	int ret = __kms_addfb(w->kms.fd, WIDTH, HEIGHT, DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR,
			      handles, pitches, offsets, &fb);

	return ret ? ret : __kms_rmfb(w->kms.fd, fb);
}

static int get_fb(void *arg)
{
	struct world *w = arg;
	struct drm_mode_fb_cmd2 cmd = { .fb_id = w->fbs[0].fb };
	int ret = vi915_ioctl(w->kms.fd, DRM_IOCTL_MODE_GETFB2, &cmd);

	return ret ? ret : __gem_close(w->kms.fd, cmd.handles[0]);
}

static int create_blob(void *arg)
{
	struct world *w = arg;
	struct drm_mode_create_blob blob = {
		.data = (uintptr_t)&w->mode, .length = sizeof(w->mode),
	};
	struct drm_mode_destroy_blob destroy;
	int ret = vi915_ioctl(w->kms.fd, DRM_IOCTL_MODE_CREATEPROPBLOB, &blob);

	destroy.blob_id = blob.blob_id;
	return ret ? ret : vi915_ioctl(w->kms.fd, DRM_IOCTL_MODE_DESTROYPROPBLOB, &destroy);
}

static int dirty_fb(void *arg)
{
	struct world *w = arg;
	struct drm_clip_rect clip = { 1, 2, 30, 40 };

	return __fb_dirty(w->kms.fd, w->fbs[0].fb, &clip, 1);
}

static int set_crtc(void *arg)
{
	struct world *w = arg;
	struct drm_mode_crtc crtc = {
		.set_connectors_ptr = (uintptr_t)&w->kms.connector,
		.count_connectors = 1,
		.crtc_id = w->kms.crtc,
		.fb_id = w->fbs[0].fb,
		.mode_valid = 1,
	};

	memcpy(&crtc.mode, &w->mode, sizeof(crtc.mode));
	return vi915_ioctl(w->kms.fd, DRM_IOCTL_MODE_SETCRTC, &crtc);
}

static int set_cursor(void *arg)
{
	struct world *w = arg;
	struct drm_mode_cursor cursor = {
		.flags = DRM_MODE_CURSOR_BO | DRM_MODE_CURSOR_MOVE,
		.crtc_id = w->kms.crtc,
		.x = 5,
		.y = 5,
		.width = 64,
		.height = 64,
		.handle = w->cursor.handle,
	};

	return vi915_ioctl(w->kms.fd, DRM_IOCTL_MODE_CURSOR, &cursor);
}

static void drop_cursor(void *arg)
{
	struct world *w = arg;
	struct drm_mode_cursor cursor = {
		.flags = DRM_MODE_CURSOR_BO, .crtc_id = w->kms.crtc,
	};

	vi915_check(vi915_ioctl(w->kms.fd, DRM_IOCTL_MODE_CURSOR, &cursor));
}

static int get_connector(void *arg)
{
	struct world *w = arg;
	struct drm_mode_get_connector connector = { .connector_id = w->kms.connector };

	return vi915_ioctl(w->kms.fd, DRM_IOCTL_MODE_GETCONNECTOR, &connector);
}

CALL(addfb2, NULL, add_fb, NULL);
CALL(addfb2_of_two_planes, NULL, add_fb_of_planes, NULL);
CALL(getfb2, NULL, get_fb, NULL);
/* EINVAL is the DRM core's, for a blob that has no memory for its number. */
CALL(createpropblob, NULL, create_blob, NULL, EINVAL);
CALL(dirtyfb, NULL, dirty_fb, NULL);
CALL(setcrtc, NULL, set_crtc, NULL, EINVAL);
CALL(cursor, NULL, set_cursor, drop_cursor);
CALL(getconnector, NULL, get_connector, NULL);

/* Atomic commits. Their framebuffers and requests are made before. */

static void show_first(void *arg)
{
	struct world *w = arg;

	if (w->request)
		drmModeAtomicFree(w->request);
	w->request = NULL;
	kms_light(&w->kms, &w->mode, &w->fbs[0]);
}

static void make_modeset(void *arg)
{
	struct world *w = arg;

	kms_dark(&w->kms);
	w->request = drmModeAtomicAlloc();
	kms_add_mode(w->request, &w->kms, &w->mode);
	kms_add_plane(w->request, &w->kms, w->kms.primary, &w->fbs[0], 0, 0);
}

static int commit_modeset(void *arg)
{
	struct world *w = arg;

	return __kms_commit(w->kms.fd, w->request, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
}

static void make_flip(void *arg)
{
	struct world *w = arg;

	w->request = drmModeAtomicAlloc();
	w->fence = -1;
	kms_add_plane(w->request, &w->kms, w->kms.primary, &w->fbs[1], 0, 0);
	kms_add_plane(w->request, &w->kms, w->kms.overlay, &w->cursor, 10, 10);
	kms_add(w->request, w->kms.fd, w->kms.crtc, "OUT_FENCE_PTR", (uintptr_t)&w->fence);
}

static int commit_flip(void *arg)
{
	struct world *w = arg;

	int ret = __kms_commit(w->kms.fd, w->request,
			       DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT, 0);

	w->flipped = !ret;
	return ret;
}

/* A refused commit gives neither a fence nor an event. */
static void end_flip(void *arg)
{
	struct world *w = arg;
	struct kms_event event;

	vi915_require(!w->request || w->flipped == (w->fence >= 0));
	if (w->fence >= 0)
		close(w->fence);
	if (w->flipped)
		kms_event(w->kms.fd, &event);
	w->fence = -1;
	vi915_require(__kms_event(w->kms.fd, 0, &event) == -ETIME);
	kms_dark(&w->kms);
	show_first(w);
}

static void make_writeback(void *arg)
{
	struct world *w = arg;

	w->request = drmModeAtomicAlloc();
	w->fence = -1;
	kms_add(w->request, w->kms.fd, w->writeback, "CRTC_ID", w->kms.crtc);
	kms_add(w->request, w->kms.fd, w->writeback, "WRITEBACK_FB_ID", w->fbs[1].fb);
	kms_add(w->request, w->kms.fd, w->writeback, "WRITEBACK_OUT_FENCE_PTR",
		(uintptr_t)&w->fence);
}

static void end_writeback(void *arg)
{
	struct world *w = arg;

	if (w->fence >= 0)
		close(w->fence);
	drmModeAtomicFree(w->request);
	w->request = drmModeAtomicAlloc();
	kms_add(w->request, w->kms.fd, w->writeback, "CRTC_ID", 0);
	vi915_check(commit_modeset(w));
	show_first(w);
}

static void make_dark(void *arg)
{
	struct world *w = arg;

	w->request = drmModeAtomicAlloc();
	kms_add_mode(w->request, &w->kms, NULL);
	kms_add_plane_off(w->request, &w->kms, w->kms.primary);
}

static int page_flip(void *arg)
{
	struct world *w = arg;
	int ret = __kms_page_flip(&w->kms, &w->fbs[1], DRM_MODE_PAGE_FLIP_EVENT, 0);

	w->flipped = !ret;
	return ret;
}

CALL(atomic_modeset, make_modeset, commit_modeset, show_first);
CALL(atomic_flip, make_flip, commit_flip, end_flip);
CALL(atomic_writeback, make_writeback, commit_modeset, end_writeback);
CALL(atomic_dark, make_dark, commit_modeset, show_first);
CALL(page_flip, NULL, page_flip, end_flip);

/* Looking from outside. */

static int read_shot(void *arg)
{
	struct world *w = arg;
	char path[128], text[512];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), VI915_DRI_DEBUGFS "/%d/crtc-0/vi915_shot",
		 vi915_minor(w->kms.fd));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text));
	n = n < 0 ? -errno : 0;
	close(fd);
	return n;
}

static int open_crc(void *arg)
{
	struct world *w = arg;
	int fd = __look_crc_open(&w->kms, "auto");

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

CALL(shot, NULL, read_shot, NULL);
CALL(crc, NULL, open_crc, NULL);

TEST_HARNESS_MAIN

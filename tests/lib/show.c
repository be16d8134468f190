// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gem.h"
#include "gpu.h"
#include "proc.h"
#include "show.h"

#define SHOW_TIMEOUT_MS 20000

static uint32_t show_find_writeback(const struct show *show)
{
	drmModeRes *res = drmModeGetResources(show->kms.fd);
	uint32_t found = 0;
	int i;

	vi915_require(res);
	for (i = 0; i < res->count_connectors && !found; i++) {
		drmModeConnector *connector =
			drmModeGetConnector(show->kms.fd, res->connectors[i]);

		vi915_require(connector);
		if (connector->connector_type == DRM_MODE_CONNECTOR_WRITEBACK)
			found = connector->connector_id;
		drmModeFreeConnector(connector);
	}
	drmModeFreeResources(res);
	return found;
}

void show_open(struct show *show, int fd, bool paced)
{
	memset(show, 0, sizeof(*show));
	show->paced = paced;
	show->crc = -1;
	vi915_require(!drmSetClientCap(fd, DRM_CLIENT_CAP_ATOMIC, 1));
	vi915_require(!drmSetClientCap(fd, DRM_CLIENT_CAP_WRITEBACK_CONNECTORS, 1));
	kms_find(&show->kms, fd, 0);
	show->writeback = show_find_writeback(show);
}

static drmModeModeInfo show_mode(unsigned int width, unsigned int height, unsigned int hz)
{
	drmModeModeInfo mode = {
		.hdisplay = width,
		.hsync_start = width + 48,
		.hsync_end = width + 80,
		.htotal = width + 160,
		.vdisplay = height,
		.vsync_start = height + 3,
		.vsync_end = height + 8,
		.vtotal = height + 40,
		.vrefresh = hz,
		.type = DRM_MODE_TYPE_USERDEF,
	};

	mode.clock = (uint32_t)mode.htotal * mode.vtotal * hz / 1000;
	snprintf(mode.name, sizeof(mode.name), "%ux%u", width, height);
	return mode;
}

void show_fill(int fd, const struct kms_fb *fb, uint32_t seed)
{
	uint32_t *pixels;
	uint64_t offset, i;

	vi915_check(__gem_dumb_map(fd, fb->handle, &offset));
	pixels = mmap(NULL, fb->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
	vi915_require(pixels != MAP_FAILED);
	for (i = 0; i < fb->size / sizeof(*pixels); i++) {
		seed = seed * 1664525 + 1013904223;
		pixels[i] = seed | 0xff000000;
	}
	munmap(pixels, fb->size);
}

static void show_prepare(struct show *show, unsigned int n)
{
	struct kms *kms = &show->kms;
	uint64_t fence = (uintptr_t)&show->fence;

	show->flips[n] = drmModeAtomicAlloc();
	kms_add(show->flips[n], kms->fd, kms->primary, "FB_ID", show->fbs[n].fb);
	if (!show->writeback)
		return;

	show->writes[n] = drmModeAtomicAlloc();
	kms_add(show->writes[n], kms->fd, kms->primary, "FB_ID", show->fbs[n].fb);
	kms_add(show->writes[n], kms->fd, show->writeback, "CRTC_ID", kms->crtc);
	kms_add(show->writes[n], kms->fd, show->writeback, "WRITEBACK_FB_ID", show->target.fb);
	kms_add(show->writes[n], kms->fd, show->writeback, "WRITEBACK_OUT_FENCE_PTR", fence);
}

void show_light(struct show *show, unsigned int width, unsigned int height, unsigned int hz)
{
	struct kms *kms = &show->kms;
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	unsigned int i;
	int ret;

	if (show->flips[0])
		show_dark(show);
	show->mode = show_mode(width, height, hz);
	kms_fb_create(kms->fd, &show->target, width, height, DRM_FORMAT_XRGB8888);
	for (i = 0; i < 2; i++) {
		kms_fb_create(kms->fd, &show->fbs[i], width, height, DRM_FORMAT_XRGB8888);
		show_fill(kms->fd, &show->fbs[i], i);
		show_prepare(show, i);
	}

	kms_add_mode(req, kms, &show->mode);
	/* The connector must be on the CRTC before it gets work to do. */
	if (show->writeback)
		kms_add(req, kms->fd, show->writeback, "CRTC_ID", kms->crtc);
	kms_add_plane(req, kms, kms->primary, &show->fbs[0], 0, 0);
	ret = __kms_commit(kms->fd, req, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
	if (ret == -EINVAL && show->writeback) {
		/* vkms does not allow its two connectors on one CRTC. */
		kms_add(req, kms->fd, kms->connector, "CRTC_ID", 0);
		ret = __kms_commit(kms->fd, req, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
	}
	vi915_check(ret);
	drmModeAtomicFree(req);
	show->turn = 1;
}

void show_dark(struct show *show)
{
	struct kms *kms = &show->kms;
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	unsigned int i;

	kms_add_mode(req, kms, NULL);
	kms_add_plane_off(req, kms, kms->primary);
	kms_add_plane_off(req, kms, kms->overlay);
	kms_add_plane_off(req, kms, kms->cursor);
	if (show->writeback)
		kms_add(req, kms->fd, show->writeback, "CRTC_ID", 0);
	kms_commit_free(kms->fd, req, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
	for (i = 0; i < 2; i++) {
		drmModeAtomicFree(show->flips[i]);
		drmModeAtomicFree(show->writes[i]);
		show->flips[i] = NULL;
		show->writes[i] = NULL;
		kms_fb_destroy(kms->fd, &show->fbs[i]);
	}
	kms_fb_destroy(kms->fd, &show->target);
}

/* Returns: the time stamp of the event. */
static int64_t show_event(struct show *show)
{
	struct drm_event_vblank event;

	vi915_require(read(show->kms.fd, &event, sizeof(event)) == sizeof(event));
	return event.tv_sec * 1000000000ll + event.tv_usec * 1000ll;
}

void show_flip_to(struct show *show, uint32_t fb)
{
	struct drm_mode_crtc_page_flip flip = {
		.crtc_id = show->kms.crtc,
		.fb_id = fb,
		.flags = DRM_MODE_PAGE_FLIP_EVENT,
	};

	vi915_check(vi915_ioctl(show->kms.fd, DRM_IOCTL_MODE_PAGE_FLIP, &flip));
	show_event(show);
}

void show_flip(struct show *show)
{
	show_flip_to(show, show->fbs[show->turn].fb);
	show->turn ^= 1;
}

void show_crc_begin(struct show *show)
{
	char path[128];

	snprintf(path, sizeof(path), VI915_DRI_DEBUGFS "/%d/crtc-%u/crc/data",
		 vi915_minor(show->kms.fd), show->kms.pipe);
	show->crc = open(path, O_RDONLY | O_CLOEXEC);
	if (show->crc < 0)
		vi915_fail("open %s: %s", path, vi915_errname(errno));
}

void show_crc_end(struct show *show)
{
	close(show->crc);
	show->crc = -1;
}

/* Returns: the number of the frame. */
static uint32_t show_crc_read(struct show *show)
{
	char line[256];
	ssize_t n = read(show->crc, line, sizeof(line) - 1);

	vi915_require(n > 0);
	line[n] = '\0';
	return strtoul(line, NULL, 16);
}

static bool show_readable(int fd, int timeout_ms)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	return poll(&pollfd, 1, timeout_ms) > 0;
}

int64_t show_crc_of(struct show *show, drmModeAtomicReq *req)
{
	int64_t start;

	while (show_readable(show->crc, 0))
		show_crc_read(show);
	start = vi915_now();
	vi915_check(__kms_commit(show->kms.fd, req, 0, 0));
	show_crc_read(show);
	return vi915_now() - start;
}

int64_t show_crc(struct show *show)
{
	uint32_t sequence = 1;
	uint64_t ns;

	if (!show->paced) {
		show->turn ^= 1;
		return show_crc_of(show, show->flips[show->turn]);
	}
	vi915_check(__kms_vblank(&show->kms, DRM_VBLANK_RELATIVE, &sequence, 0, &ns));
	while ((int32_t)(show_crc_read(show) - sequence) < 0)
		;
	return vi915_now() - (int64_t)ns;
}

int64_t show_write(struct show *show)
{
	uint32_t sequence = 1;
	int64_t start = vi915_now();
	int64_t end, vblank;

	show->turn ^= 1;
	vi915_check(__kms_commit(show->kms.fd, show->writes[show->turn],
				 DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT, 0));
	vi915_require(show_readable(show->fence, SHOW_TIMEOUT_MS));
	end = vi915_now();
	vblank = show_event(show);
	close(show->fence);
	if (!show->paced)
		return end - start;
	/* vkms takes no new writeback job before this vblank. */
	vi915_check(__kms_vblank(&show->kms, DRM_VBLANK_RELATIVE, &sequence, 0, NULL));
	return end - vblank;
}

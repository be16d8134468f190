// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gpu.h"
#include "look.h"
#include "prime.h"
#include "share_screen.h"

static uint64_t screen_bytes(const drmModeModeInfo *mode)
{
	return 4ull * mode->hdisplay * mode->vdisplay;
}

static bool screen_take(struct share_screen *screen, uint32_t id)
{
	drmModeConnector *connector = drmModeGetConnector(screen->fd, id);
	int i;

	if (!connector)
		return false;
	if (connector->connection == DRM_MODE_CONNECTED && connector->count_modes) {
		screen->connector = id;
		screen->mode = connector->modes[0];
		for (i = 1; i < connector->count_modes; i++)
			if (screen_bytes(&connector->modes[i]) < screen_bytes(&screen->mode))
				screen->mode = connector->modes[i];
	}
	drmModeFreeConnector(connector);
	return screen->connector;
}

void screen_open_at(const char *at, struct share_screen *screen)
{
	screen_open_fd_at(at, screen, vi915_driver_open_at(at, "vkms"));
}

void screen_open_fd_at(const char *at, struct share_screen *screen, int fd)
{
	drmModeRes *res;
	int i;

	memset(screen, 0, sizeof(*screen));
	screen->fd = fd;
	res = drmModeGetResources(screen->fd);
	if (!res || !res->count_crtcs)
		vi915_fail_at(at, "the card has no CRTC");
	screen->crtc = res->crtcs[0];
	for (i = 0; i < res->count_connectors && !screen_take(screen, res->connectors[i]); i++)
		;
	drmModeFreeResources(res);
	if (!screen->connector)
		vi915_fail_at(at, "the card has no connected connector with a mode");
	screen->size = screen_bytes(&screen->mode);
}

void screen_close(struct share_screen *screen)
{
	drmModeSetCrtc(screen->fd, screen->crtc, 0, 0, 0, NULL, 0, NULL);
	close(screen->fd);
}

int __screen_show(struct share_screen *screen, uint32_t handle, uint32_t *fb)
{
	uint32_t handles[4] = { handle }, pitches[4] = { 4 * screen->mode.hdisplay };
	uint32_t offsets[4] = {};
	int ret;

	ret = drmModeAddFB2(screen->fd, screen->mode.hdisplay, screen->mode.vdisplay,
			    DRM_FORMAT_XRGB8888, handles, pitches, offsets, fb, 0);
	if (ret)
		return ret;
	ret = __screen_set(screen, *fb);
	if (ret)
		drmModeRmFB(screen->fd, *fb);
	return ret;
}

int __screen_set(struct share_screen *screen, uint32_t fb)
{
	return drmModeSetCrtc(screen->fd, screen->crtc, fb, 0, 0, &screen->connector, 1,
			      &screen->mode);
}

int __screen_flip(struct share_screen *screen, uint32_t fb)
{
	return drmModePageFlip(screen->fd, screen->crtc, fb, DRM_MODE_PAGE_FLIP_EVENT, NULL);
}

bool screen_flipped_at(const char *at, struct share_screen *screen, int timeout_ms)
{
	struct drm_event_vblank event;

	if (!fd_poll_at(at, screen->fd, POLLIN, timeout_ms))
		return false;
	if (read(screen->fd, &event, sizeof(event)) != sizeof(event) ||
	    event.base.type != DRM_EVENT_FLIP_COMPLETE)
		vi915_fail_at(at, "an event that is not of a flip");
	return true;
}

bool screen_shows_at(const char *at, int fd, const void *pixels, uint32_t pitch)
{
	const struct kms kms = { .fd = fd };
	uint32_t x, y, pixel;
	struct picture seen;
	bool same = true;

	vi915_check_at(at, "screen_shows", __look_shot(&kms, "vi915_shot", &seen));
	for (y = 0; y < seen.height; y++) {
		for (x = 0; x < seen.width; x++) {
			memcpy(&pixel, (const char *)pixels + (size_t)y * pitch + 4 * x, 4);
			same &= !((pixel ^ seen.pixels[y * seen.width + x]) & 0xffffff);
		}
	}
	picture_fini(&seen);
	return same;
}

static int screen_crc_open(const char *at, struct share_screen *screen, const char *file,
			   int flags)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), VI915_DRI_DEBUGFS "/%d/crtc-0/crc/%s",
		 vi915_minor_at(at, screen->fd), file);
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		vi915_fail_at(at, "open %s: %s", path, vi915_errname(errno));
	return fd;
}

uint32_t screen_crc_at(const char *at, struct share_screen *screen)
{
	char line[256], *value;
	int fd, i;

	fd = screen_crc_open(at, screen, "control", O_WRONLY);
	vi915_check_at(at, "write of crc/control", write(fd, "auto", 4) < 0 ? -errno : 0);
	close(fd);
	fd = screen_crc_open(at, screen, "data", O_RDONLY);
	/* The first frames may have been started before the change. */
	for (i = 0; i < 3; i++) {
		ssize_t n;

		if (!fd_poll_at(at, fd, POLLIN, 20000))
			vi915_fail_at(at, "no CRC in 20 s");
		n = read(fd, line, sizeof(line) - 1);
		vi915_check_at(at, "read of crc/data", n < 0 ? -errno : 0);
		line[n] = '\0';
	}
	close(fd);
	value = strchr(line, ' ');
	if (!value)
		vi915_fail_at(at, "crc/data has a line without CRC: %s", line);
	return strtoul(value, NULL, 16);
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The screen's own word on what it shows: vkms computes a CRC of each frame it
 * puts out, while it puts it out, and hands it out through debugfs. It needs
 * no call to the driver that owns the picture, so marks that are written into
 * a buffer while it is on the screen are seen at once, or never.
 */
#include "demo_screen.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Frames to wait for: the first ones may have begun before the last mark. */
#define VI915_DEMO_CRC_FRAMES 30
#define VI915_DEMO_CRC_TIMEOUT_MS 1000
#define VI915_DEMO_CRC_TRIES 5

static int vi915_demo_screen_crc_open(struct vi915_demo_screen *screen)
{
	struct stat st;
	char path[96];
	ssize_t len;
	int fd;

	if (fstat(screen->fd, &st))
		return -1;
	snprintf(path, sizeof(path), "/sys/kernel/debug/dri/%u/crtc-%u/crc/control",
		 minor(st.st_rdev), screen->pipe);
	/* Only root may choose a source, but "auto" is what it is anyway. */
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		len = write(fd, "auto", strlen("auto"));
		close(fd);
		if (len < 0)
			return -1;
	}
	snprintf(path, sizeof(path), "/sys/kernel/debug/dri/%u/crtc-%u/crc/data",
		 minor(st.st_rdev), screen->pipe);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* Read one frame's CRC: 1, 0 when none came in time, or -1. */
static int vi915_demo_screen_crc_read(int fd, uint32_t *crc)
{
	struct pollfd data = { .fd = fd, .events = POLLIN };
	char line[256];
	char *value;
	ssize_t len;
	int ret = poll(&data, 1, VI915_DEMO_CRC_TIMEOUT_MS);

	if (ret <= 0)
		return ret;
	len = read(fd, line, sizeof(line) - 1);
	if (len <= 0)
		return -1;
	line[len] = '\0';
	value = strchr(line, ' ');
	if (!value)
		return -1;
	*crc = (uint32_t)strtoul(value, NULL, 16);
	return 1;
}

/**
 * vi915_demo_screen_sees() - does the screen put out what is in the buffer now?
 * @screen: the screen, showing a buffer
 * @crc: what its CRC has to be, from vi915_demo_crc_vkms()
 * @sees: set to whether one of the next frames had it
 *
 * No CRC at all is vkms having turned its composer off at the end of the last
 * readback, see vi915_demo_screen_rest(); opening the file turns it on again.
 *
 * Return: 0, or -1 in silence when the CRC cannot be read here (no debugfs).
 */
int vi915_demo_screen_sees(struct vi915_demo_screen *screen, uint32_t crc, bool *sees)
{
	int ret = 0;

	*sees = false;
	vi915_demo_screen_rest(screen);
	for (int try = 0; try < VI915_DEMO_CRC_TRIES && ret == 0; try++) {
		int fd = vi915_demo_screen_crc_open(screen);

		if (fd < 0)
			return -1;
		for (int frame = 0; frame < VI915_DEMO_CRC_FRAMES && !*sees; frame++) {
			uint32_t seen = 0;

			ret = vi915_demo_screen_crc_read(fd, &seen);
			if (ret <= 0)
				break;
			*sees = seen == crc;
		}
		close(fd);
	}
	return ret > 0 ? 0 : -1;
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gem.h"
#include "gpu.h"
#include "look.h"
#include "prime.h"

static int look_open(const struct kms *kms, const char *file, int flags)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), VI915_DRI_DEBUGFS "/%d/crtc-%u/%s", vi915_minor(kms->fd),
		 kms->pipe, file);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int look_write(const struct kms *kms, const char *file, const char *text)
{
	int fd = look_open(kms, file, O_WRONLY), ret;

	if (fd < 0)
		return fd;
	ret = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

int __look_crc_open(const struct kms *kms, const char *source)
{
	int ret = look_write(kms, "crc/control", source);

	return ret ? ret : look_open(kms, "crc/data", O_RDONLY);
}

int __look_crc(int crc, int timeout_ms, uint32_t *frame, uint32_t *value)
{
	char line[64];
	ssize_t n;

	if (!(fd_poll(crc, POLLIN, timeout_ms) & POLLIN))
		return -ETIME;
	n = read(crc, line, sizeof(line) - 1);
	if (n < 0)
		return -errno;
	line[n] = '\0';
	return sscanf(line, "%x %x\n", frame, value) == 2 ? 0 : -EPROTO;
}

uint32_t look_crc_now_at(const char *at, const struct kms *kms)
{
	int crc = vi915_check_at(at, "open of the CRCs", __look_crc_open(kms, "auto"));
	uint32_t frame, value;

	vi915_check_at(at, "read of a CRC", __look_crc(crc, 20000, &frame, &value));
	vi915_check_at(at, "read of a CRC", __look_crc(crc, 20000, &frame, &value));
	close(crc);
	return value;
}

static int look_parse(FILE *file, struct picture *picture)
{
	unsigned int width, height, most;
	uint32_t i;

	if (fscanf(file, "P6 %u %u %u", &width, &height, &most) != 3 || most != 255 ||
	    fgetc(file) != '\n')
		return -EPROTO;
	picture_init(picture, width, height);
	for (i = 0; i < width * height; i++) {
		uint8_t rgb[3];

		if (fread(rgb, 3, 1, file) != 1)
			break;
		picture->pixels[i] = (uint32_t)rgb[0] << 16 | rgb[1] << 8 | rgb[2];
	}
	if (i == width * height && fgetc(file) == EOF)
		return 0;
	picture_fini(picture);
	return -EPROTO;
}

int __look_shot(const struct kms *kms, const char *name, struct picture *picture)
{
	int fd = look_open(kms, name, O_RDONLY), ret;
	FILE *file;

	if (fd < 0)
		return fd;
	file = fdopen(fd, "r");
	if (!file)
		vi915_fail("fdopen: %s", vi915_errname(errno));
	ret = look_parse(file, picture);
	fclose(file);
	return ret;
}

int __look_keep(const struct kms *kms, const char *text)
{
	return look_write(kms, "vi915_last", text);
}

void look_draw_at(const char *at, int fd, const struct kms_fb *fb, const struct picture *picture)
{
	uint8_t *map = gem_mmap_at(at, fd, fb->handle, 0, fb->size, 0);
	uint32_t y;

	for (y = 0; y < picture->height; y++)
		memcpy(map + y * fb->pitch, picture->pixels + y * picture->width,
		       picture->width * sizeof(*picture->pixels));
	gem_munmap(map, fb->size);
}

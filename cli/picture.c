// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Pictures of outputs: the driver gives binary PPM, the command writes PNG.
 */
#include "picture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "box/say.h"
#include "outfile.h"
#include "pngfile.h"

#define VI915_PICTURE_MAX 65535
/* Bytes of the first buffer for a picture, which is doubled as needed. */
#define VI915_PICTURE_ROOM (1024 * 1024)

/**
 * vi915_picture_parse() - find the pixels in a binary PPM
 * @picture: filled; its pixels stay where they are
 * @ppm: the bytes; a NUL at the end is not needed
 * @len: how many
 *
 * Return: 0, or -EBADMSG when they are not a whole picture with 8 bits a colour.
 */
int vi915_picture_parse(struct vi915_picture *picture, const char *ppm, size_t len)
{
	char head[64] = "";
	int end = 0, max = 0;

	*picture = (struct vi915_picture){ 0 };
	if (!len)
		return -EBADMSG;
	memcpy(head, ppm, len < sizeof(head) - 1 ? len : sizeof(head) - 1);
	if (sscanf(head, "P6 %u %u %d%n", &picture->width, &picture->height, &max, &end) < 3)
		return -EBADMSG;
	if (!end || max != 255 || !picture->width || picture->width > VI915_PICTURE_MAX ||
	    !picture->height || picture->height > VI915_PICTURE_MAX)
		return -EBADMSG;
	/* One white space follows the head. */
	if (len != (size_t)end + 1 + 3ull * picture->width * picture->height)
		return -EBADMSG;
	picture->rgb = (const uint8_t *)ppm + end + 1;
	return 0;
}

static int vi915_picture_read(int fd, char **bytes, size_t *len)
{
	size_t room = VI915_PICTURE_ROOM;
	ssize_t n = 1;

	*len = 0;
	*bytes = NULL;
	while (n > 0) {
		if (!*bytes || *len == room) {
			char *more = realloc(*bytes, *bytes ? room *= 2 : room);

			if (!more)
				return -ENOMEM;
			*bytes = more;
		}
		n = read(fd, *bytes + *len, room - *len);
		if (n < 0)
			return -errno;
		*len += n;
	}
	return 0;
}

/**
 * vi915_picture_take() - read the picture of an output
 * @picture: filled; vi915_picture_fini() frees it
 * @path: the output's vi915_shot or vi915_last in debugfs
 *
 * Return: 0, -ENODATA when the output is dark, -EBADMSG when the file has no picture, or another
 * negative errno of reading it.
 */
int vi915_picture_take(struct vi915_picture *picture, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;
	char *bytes;
	size_t len;

	*picture = (struct vi915_picture){ 0 };
	if (fd < 0)
		return -errno;
	ret = vi915_picture_read(fd, &bytes, &len);
	close(fd);
	if (!ret)
		ret = vi915_picture_parse(picture, bytes, len);
	if (ret)
		free(bytes);
	else
		picture->ppm = bytes;
	return ret;
}

/**
 * vi915_picture_fini() - free what a picture holds
 * @picture: the picture
 */
void vi915_picture_fini(struct vi915_picture *picture)
{
	free(picture->ppm);
	*picture = (struct vi915_picture){ 0 };
}

/**
 * vi915_picture_write() - write a picture as PNG
 * @picture: the picture
 * @file: the file to write to
 *
 * Return: 0 or a negative errno.
 */
int vi915_picture_write(const struct vi915_picture *picture, FILE *file)
{
	const struct vi915_png png = {
		.pixels = picture->rgb,
		.pitch = 3 * picture->width,
		.width = picture->width,
		.height = picture->height,
		.rgb = true,
	};

	return vi915_png_put(file, &png);
}

/**
 * vi915_picture_save() - make a PNG file of a picture
 * @picture: the picture
 * @path: path of the file; replaced if it exists, removed if this fails
 *
 * Return: 0, or the exit code after printing an error.
 */
int vi915_picture_save(const struct vi915_picture *picture, const char *path)
{
	FILE *file = fopen(path, "wbe");
	struct stat st;
	int ret;

	if (!file)
		return vi915_say("cannot make %s: %s; name a file in a folder that can be written",
				 path, strerror(errno));
	ret = vi915_picture_write(picture, file);
	if (fclose(file) && !ret)
		ret = -errno;
	if (!ret)
		return 0;
	/* Only a regular file is removed, not a device. */
	if (!stat(path, &st) && S_ISREG(st.st_mode))
		unlink(path);
	return vi915_say("cannot write %s: %s; free some space, or name a file elsewhere",
			 path, strerror(-ret));
}

/**
 * vi915_picture_save_in() - make a PNG file of a picture that a box has sent
 * @picture: the picture
 * @dir: the file's folder
 * @name: the file's name, without its suffix
 *
 * Return: 0, or the exit code after saying what is wrong.
 */
int vi915_picture_save_in(const struct vi915_picture *picture, const struct vi915_outdir *dir,
			  const char *name)
{
	struct vi915_outfile out;
	char file[NAME_MAX + 1];
	int ret;

	snprintf(file, sizeof(file), "%s.png", name);
	ret = vi915_outfile_open(&out, dir, file);
	if (ret)
		return ret;
	out.err = -vi915_picture_write(picture, out.file);
	return vi915_outfile_close(&out);
}

/**
 * vi915_picture_folder() - check a folder for pictures, and make it if needed
 * @option: name of the option that gives the folder, for error messages
 * @path: path of the folder
 *
 * Return: 0, or the exit code after printing an error.
 */
int vi915_picture_folder(const char *option, const char *path)
{
	struct stat st;

	if (mkdir(path, 0777) && errno != EEXIST)
		return vi915_say("--%s %s: cannot make this folder: %s; give one that can be written",
				 option, path, strerror(errno));
	if (stat(path, &st) || !S_ISDIR(st.st_mode))
		return vi915_say("--%s %s: not a folder; give one, or the name of a new one",
				 option, path);
	if (access(path, W_OK | X_OK))
		return vi915_say("--%s %s: %s; give a folder that can be written", option, path,
				 strerror(errno));
	return 0;
}

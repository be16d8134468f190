// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Files that exist as a whole or not at all: they are written under another name, and renamed at
 * the end.
 *
 * The box may be able to write the folder. So the folder is opened before the box starts, and no
 * link in it is followed: the files go into this folder and no other, even if the box puts links
 * there.
 */
#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "box/say.h"
#include "picture.h"

/**
 * vi915_outdir_open() - open a folder for files, and make it if needed
 * @dir: filled
 * @option: name of the option that gives the folder, for error messages
 * @path: path of the folder; must outlive @dir
 *
 * Return: 0, or the exit code after printing an error.
 */
int vi915_outdir_open(struct vi915_outdir *dir, const char *option, const char *path)
{
	int ret = vi915_picture_folder(option, path);

	if (ret)
		return ret;
	vi915_outdir_close(dir);
	dir->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir->fd < 0)
		return vi915_say("--%s %s: %s; give a folder that can be written", option, path,
				 strerror(errno));
	dir->path = path;
	return 0;
}

/**
 * vi915_outdir_close() - close a folder
 * @dir: the folder; it may be all zero
 */
void vi915_outdir_close(struct vi915_outdir *dir)
{
	if (dir->path)
		close(dir->fd);
	dir->path = NULL;
}

/**
 * vi915_outfile_open() - begin a file
 * @out: filled
 * @dir: its folder
 * @name: its name
 *
 * Return: 0, or the exit code after saying what is wrong.
 */
int vi915_outfile_open(struct vi915_outfile *out, const struct vi915_outdir *dir,
		       const char *name)
{
	const size_t size = sizeof(out->name);
	int fd;

	out->file = NULL;
	out->err = 0;
	out->dir = dir;
	if (strchr(name, '/') || (size_t)snprintf(out->name, size, "%s", name) >= size ||
	    (size_t)snprintf(out->draft, size, ".%s.%d", name, getpid()) >= size)
		return vi915_say("%s: cannot name a file after %s there", dir->path, name);
	unlinkat(dir->fd, out->draft, 0);
	fd = openat(dir->fd, out->draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0666);
	if (fd >= 0)
		out->file = fdopen(fd, "w");
	if (out->file)
		return 0;
	if (fd >= 0)
		close(fd);
	return vi915_say("cannot make %s/%s: %s; give a folder that can be written", dir->path,
			 name, strerror(errno));
}

/**
 * vi915_outfile_close() - a file is complete
 * @out: the file, open
 *
 * Return: 0, or the exit code after printing an error; then there is no file.
 */
int vi915_outfile_close(struct vi915_outfile *out)
{
	const int dir = out->dir->fd;
	int err = out->err ?: ferror(out->file) ? EIO : 0;

	if (fclose(out->file))
		err = errno;
	if (!err && renameat(dir, out->draft, dir, out->name))
		err = errno;
	if (!err)
		return 0;
	unlinkat(dir, out->draft, 0);
	return vi915_say("cannot write %s/%s: %s; free some space, or give another folder",
			 out->dir->path, out->name, strerror(err));
}

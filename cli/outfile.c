// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Files that are there as a whole or not at all: they are written under another
 * name, and get theirs at the end.
 */
#include "outfile.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "box/say.h"

/**
 * vi915_outfile_open() - begin a file
 * @out: filled
 * @dir: its folder
 * @name: its name
 *
 * Return: 0, or the exit code after saying what is wrong.
 */
int vi915_outfile_open(struct vi915_outfile *out, const char *dir, const char *name)
{
	size_t size = sizeof(out->path);

	out->file = NULL;
	if ((size_t)snprintf(out->path, size, "%s/%s", dir, name) >= size ||
	    (size_t)snprintf(out->draft, size, "%s/.%s.%d", dir, name, getpid()) >= size)
		return vi915_say("%s/%s: this path is too long; give a folder with a shorter one",
				 dir, name);
	out->file = fopen(out->draft, "we");
	if (!out->file)
		return vi915_say("cannot make %s: %s; give a folder that can be written", out->path,
				 strerror(errno));
	return 0;
}

/**
 * vi915_outfile_close() - a file is complete
 * @out: the file, open
 *
 * Return: 0, or the exit code after saying what is wrong; then there is none.
 */
int vi915_outfile_close(struct vi915_outfile *out)
{
	int err = ferror(out->file) ? EIO : 0;

	if (fclose(out->file))
		err = errno;
	if (!err && rename(out->draft, out->path))
		err = errno;
	if (!err)
		return 0;
	unlink(out->draft);
	return vi915_say("cannot write %s: %s; free some space, or give another folder", out->path,
			 strerror(err));
}

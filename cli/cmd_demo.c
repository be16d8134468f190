// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * vi915 demo: on the host, see that the folder for the pictures can be written
 * and have `vi915 run` run this same command in a box; in there (--inside), do
 * the job.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "demo_fail.h"
#include "demo_job.h"

#define VI915_DEMO_FAILED 125
#define VI915_DEMO_FRAMES_MAX 10000

struct vi915_demo_options {
	const char *out;
	const char *frames_text;
	const char *kernel;
	unsigned int frames;
	bool json;
	bool inside;
};

static int vi915_demo_frames(const char *text, unsigned int *frames)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end || value < 1 || value > VI915_DEMO_FRAMES_MAX)
		return vi915_demo_fail("--frames %s: write a number from 1 to %d", text,
				       VI915_DEMO_FRAMES_MAX);
	*frames = (unsigned int)value;
	return 0;
}

static int vi915_demo_parse(int argc, char **argv, struct vi915_demo_options *options)
{
	static const struct option known[] = {
		{ "out", required_argument, NULL, 'o' },
		{ "frames", required_argument, NULL, 'f' },
		{ "json", no_argument, NULL, 'j' },
		{ "kernel", required_argument, NULL, 'k' },
		{ "inside", no_argument, NULL, 'i' },
		{ 0 },
	};
	int option;

	opterr = 0;
	optind = 1;
	while ((option = getopt_long(argc, argv, "+:", known, NULL)) != -1) {
		switch (option) {
		case 'o':
			options->out = optarg;
			break;
		case 'f':
			options->frames_text = optarg;
			break;
		case 'j':
			options->json = true;
			break;
		case 'k':
			options->kernel = optarg;
			break;
		case 'i':
			options->inside = true;
			break;
		case ':':
			return vi915_demo_fail("%s needs a value", argv[optind - 1]);
		default:
			return vi915_demo_fail("unknown option '%s'; there are --out DIR, --frames N, --kernel fast|debug and --json",
					       argv[optind - 1]);
		}
	}
	if (optind < argc)
		return vi915_demo_fail("unexpected '%s': the folder for the pictures goes after --out", argv[optind]);
	return vi915_demo_frames(options->frames_text, &options->frames);
}

/* The pictures of an earlier run must not pass for those of this one. */
static int vi915_demo_clear(const char *out)
{
	static const char *const names[] = { "outputs.png", "offload.png", "report.txt" };
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((size_t)snprintf(path, sizeof(path), "%s/%s", out, names[i]) >= sizeof(path))
			return vi915_demo_fail("--out %s: the path is too long", out);
		if (unlink(path) && errno != ENOENT)
			return vi915_demo_fail("cannot replace %s: %s", path, strerror(errno));
	}
	return 0;
}

static int vi915_demo_prepare(const char *out)
{
	struct stat st;

	if (mkdir(out, 0777) && errno != EEXIST)
		return vi915_demo_fail("--out %s: cannot make this folder: %s; give one that can be written", out, strerror(errno));
	if (stat(out, &st) || !S_ISDIR(st.st_mode))
		return vi915_demo_fail("--out %s: not a folder", out);
	if (access(out, W_OK | X_OK))
		return vi915_demo_fail("--out %s: %s; give a folder that can be written", out,
				       strerror(errno));
	return vi915_demo_clear(out);
}

/* Returns only when the box could not even be tried. */
static int vi915_demo_in_box(const struct vi915_demo_options *options)
{
	char self[PATH_MAX], out[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *argv[] = {
		"vi915", "run", "--gpus", "1", "--peers", "vkms,vivid", "--rw", out,
		"--kernel", options->kernel, "--", self, "demo", "--inside", "--out", options->out,
		"--frames", options->frames_text, options->json ? "--json" : NULL, NULL,
	};

	if (len < 0)
		return vi915_demo_fail("/proc/self/exe: %s", strerror(errno));
	self[len] = '\0';
	if (!realpath(options->out, out))
		return vi915_demo_fail("--out %s: %s", options->out, strerror(errno));
	execv(self, (char *const *)(uintptr_t)argv);
	return vi915_demo_fail("cannot run %s again: %s", self, strerror(errno));
}

/**
 * vi915_cmd_demo() - vi915 demo [--out DIR] [--frames N] [--kernel FLAVOUR] [--json]
 * @argc: number of words, the command's own name being the first
 * @argv: the words
 *
 * Returns: the exit code.
 */
int vi915_cmd_demo(int argc, char **argv)
{
	struct vi915_demo_options options = {
		.out = "vi915-demo",
		.frames_text = "8",
		.kernel = "fast",
	};

	if (vi915_demo_parse(argc, argv, &options))
		return VI915_DEMO_FAILED;
	if (options.inside) {
		int ret = vi915_demo_job_run(options.out, options.frames, options.json);

		return ret < 0 ? VI915_DEMO_FAILED : ret;
	}
	if (vi915_demo_prepare(options.out) == 0)
		vi915_demo_in_box(&options);
	return VI915_DEMO_FAILED;
}

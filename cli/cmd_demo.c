// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * vi915 demo: on the host, check that the folder for the pictures can be written and run this same
 * command in a box; inside (--inside), run the demo.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "box/box.h"
#include "box/say.h"
#include "cmd.h"
#include "demo_fail.h"
#include "demo_job.h"
#include "options.h"

#define VI915_DEMO_FRAMES_MAX 10000
#define VI915_DEMO_DELAY_MAX 10000
/* A box that takes longer than this and two seconds a frame hangs. */
#define VI915_DEMO_LIMIT_MS 60000
/* Jobs that a frame waits for one after the other: four ways in three tilings. */
#define VI915_DEMO_JOBS 12

struct vi915_demo_options {
	const char *out;
	const char *frames_text;
	const char *flavour;
	unsigned long frames;
	const char *clock;
	unsigned long delay;
	bool forget;
	bool json;
	bool inside;
};

static int vi915_demo_set_out(void *to, const char *value)
{
	((struct vi915_demo_options *)to)->out = value;
	return 0;
}

static int vi915_demo_set_frames(void *to, const char *value)
{
	struct vi915_demo_options *options = to;

	options->frames_text = value;
	return vi915_options_number("frames", value, 1, VI915_DEMO_FRAMES_MAX, &options->frames);
}

static int vi915_demo_set_kernel(void *to, const char *value)
{
	if (strcmp(value, "fast") && strcmp(value, "debug"))
		return vi915_say("--kernel %s: there is no such kernel; write --kernel fast or --kernel debug",
				 value);
	((struct vi915_demo_options *)to)->flavour = value;
	return 0;
}

/* Refuses clock=manual, since nothing in the demo steps it. */
static int vi915_demo_set_clock(void *to, const char *value)
{
	struct vi915_demo_options *options = to;
	char *end = NULL;

	options->clock = value;
	options->delay = 0;
	if (!strcmp(value, "now") || !strcmp(value, "lazy"))
		return 0;
	if (!strncmp(value, "delay=", 6) && value[6] >= '0' && value[6] <= '9')
		options->delay = strtoul(value + 6, &end, 10);
	if (!end || *end || !options->delay || options->delay > VI915_DEMO_DELAY_MAX)
		return vi915_say("--clock %s: write --clock now, --clock lazy or --clock delay=MS, MS from 1 to %d",
				 value, VI915_DEMO_DELAY_MAX);
	return 0;
}

static int vi915_demo_set_forget(void *to, const char *value)
{
	(void)value;
	((struct vi915_demo_options *)to)->forget = true;
	return 0;
}

static int vi915_demo_set_json(void *to, const char *value)
{
	(void)value;
	((struct vi915_demo_options *)to)->json = true;
	return 0;
}

static int vi915_demo_set_inside(void *to, const char *value)
{
	(void)value;
	((struct vi915_demo_options *)to)->inside = true;
	return 0;
}

static const struct vi915_option vi915_demo_table[] = {
	{ "out", "DIR", "where the pictures and the report go (vi915-demo)", vi915_demo_set_out },
	{ "frames", "N", "how many pictures to show each way (4)", vi915_demo_set_frames },
	{ "kernel", "fast|debug", "which kernel the box has (fast)", vi915_demo_set_kernel },
	{ "clock", "now|delay=MS|lazy", "when the GPUs' jobs are done (now)",
	  vi915_demo_set_clock },
	{ "forget-wait", NULL, "show a race: GPU B's output does not wait for GPU A",
	  vi915_demo_set_forget },
	{ "json", NULL, "print the report for programs", vi915_demo_set_json },
	{ "inside", NULL, "no box: use the devices of this machine", vi915_demo_set_inside },
	{ 0 },
};

const struct vi915_usage vi915_demo_usage = {
	.name = "demo",
	.help = "Have two GPUs render and show for each other what a camera sees; nobody copies.",
	.options = vi915_demo_table,
};

/* The pictures of an earlier run must not pass for those of this one. */
static int vi915_demo_clear(const char *out)
{
	static const char *const names[] = {
		"outputs-on-a.png", "outputs-on-b.png", "rendering-by-a.png", "rendering-by-b.png",
		"outputs-on-a-meant.png", "outputs-on-b-meant.png", "rendering-by-a-meant.png",
		"rendering-by-b-meant.png", "report.txt",
	};
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
		return vi915_demo_fail("--out %s: cannot make this folder: %s; give one that can be written",
				       out, strerror(errno));
	if (stat(out, &st) || !S_ISDIR(st.st_mode))
		return vi915_demo_fail("--out %s: not a folder", out);
	if (access(out, W_OK | X_OK))
		return vi915_demo_fail("--out %s: %s; give a folder that can be written", out,
				       strerror(errno));
	return vi915_demo_clear(out);
}

static int vi915_demo_in_box(const struct vi915_demo_options *options)
{
	char self[PATH_MAX], out[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *words[] = {
		self, "demo", "--inside", "--out", (char *)(uintptr_t)options->out,
		"--frames", (char *)(uintptr_t)options->frames_text,
		NULL, NULL, NULL,
	};
	char gpus[128];
	int num = 7;
	char *peers[] = { "vgem", "vkms", "vivid", NULL };
	/* This file too: the box has a /tmp of its own, and it may be in ours. */
	char *rw[] = { out, self, NULL };
	const struct vi915_box_options box = {
		.argv = words,
		.flavour = options->flavour,
		.gpus = gpus,
		.peers = peers,
		.rw = rw,
		.timeout_ms = VI915_DEMO_LIMIT_MS + 2000 * (long long)options->frames +
			      VI915_DEMO_JOBS * (long long)(options->delay * options->frames),
	};

	if (options->json)
		words[num++] = "--json";
	if (options->forget)
		words[num++] = "--forget-wait";
	/* For a race GPU B must not be held back as GPU A is. */
	snprintf(gpus, sizeof(gpus), "gpu0,clock=%s;gpu1,clock=%s", options->clock,
		 options->forget ? "now" : options->clock);
	if (len < 0)
		return vi915_say("demo: cannot tell where this command is: /proc/self/exe: %s; mount /proc",
				 strerror(errno));
	self[len] = '\0';
	if (!realpath(options->out, out))
		return vi915_say("--out %s: %s; give a folder that can be reached",
				 options->out, strerror(errno));
	return vi915_box_run(&box);
}

/**
 * vi915_cmd_demo() - vi915 demo [OPTION]...
 * @argc: number of words, the subcommand's name being the first
 * @argv: the words
 *
 * Return: the exit code.
 */
int vi915_cmd_demo(int argc, char **argv)
{
	struct vi915_demo_options options = {
		.out = "vi915-demo",
		.frames_text = "4",
		.flavour = "fast",
		.frames = 4,
	};
	int rest, ret;

	ret = vi915_options_parse(&vi915_demo_usage, &options, argc, argv, &rest);
	if (ret)
		return ret == VI915_OPTIONS_HELPED ? 0 : ret;
	if (rest < argc)
		return vi915_say("demo: unexpected '%s'; the folder for the pictures goes after --out",
				 argv[rest]);
	if (options.inside && options.clock)
		return vi915_say("demo: --clock is for the box that the demo makes; with --inside the GPUs keep theirs");
	/* Jobs that run at once show no race. */
	if (!options.clock)
		options.clock = options.forget ? "lazy" : "now";
	if (options.inside) {
		ret = vi915_demo_job_run(options.out, (unsigned int)options.frames,
					 options.forget, options.json);
		return ret < 0 ? VI915_EXIT_FAILED : ret;
	}
	if (vi915_demo_prepare(options.out))
		return VI915_EXIT_FAILED;
	return vi915_demo_in_box(&options);
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Selecting outputs, and taking pictures of them.
 */
#include "shot.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "box/outputs.h"
#include "box/say.h"
#include "picture.h"

/* -- which outputs --------------------------------------------------------- */

static bool vi915_shot_is_number(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

/* The number in "1", "card1" and "/dev/dri/card1"; -1 for any other text. */
static int vi915_shot_card_number(const char *text)
{
	if (!strncmp(text, "/dev/dri/", 9))
		text += 9;
	if (!strncmp(text, "card", 4) && vi915_shot_is_number(text + 4))
		text += 4;
	return vi915_shot_is_number(text) ? atoi(text) : -1;
}

static bool vi915_shot_card_fits(const struct vi915_output *output, const char *card)
{
	int number = card ? vi915_shot_card_number(card) : -1;

	return !card || (number >= 0 ? output->card == number : !strcmp(output->gpu, card));
}

static bool vi915_shot_output_fits(const struct vi915_output *output, const char *name)
{
	if (!name)
		return true;
	if (vi915_shot_is_number(name))
		return output->crtc == strtoul(name, NULL, 10);
	return !strcmp(output->connector, name);
}

/* The driver of a card that is not ours; NULL when there is no such card. */
static const char *vi915_shot_driver(int card, char target[PATH_MAX])
{
	char path[PATH_MAX];
	ssize_t len;

	snprintf(path, sizeof(path), "/sys/class/drm/card%d", card);
	if (access(path, F_OK))
		return NULL;
	snprintf(path, sizeof(path), "/sys/class/drm/card%d/device/driver", card);
	len = readlink(path, target, PATH_MAX - 1);
	/* vgem and vkms have devices that no driver is bound to. */
	if (len < 0) {
		snprintf(path, sizeof(path), "/sys/class/drm/card%d/device", card);
		len = readlink(path, target, PATH_MAX - 1);
	}
	target[len < 0 ? 0 : len] = '\0';
	return strrchr(target, '/') ? strrchr(target, '/') + 1 : target;
}

/* Prints why no output is selected. */
static int vi915_shot_none(const struct vi915_shot_options *options,
			   const struct vi915_outputs *outputs)
{
	int card = options->card ? vi915_shot_card_number(options->card) : -1;
	char names[512] = "", target[PATH_MAX];
	const char *driver;
	size_t n = 0;

	for (size_t i = 0; i < outputs->num && n < sizeof(names); i++)
		if (vi915_shot_card_fits(&outputs->all[i], options->card))
			n += snprintf(names + n, sizeof(names) - n, "%s%u (%s)", n ? ", " : "",
				      outputs->all[i].crtc, outputs->all[i].connector);
	if (n && options->output)
		return vi915_say("shot: there is no output '%s' on %s; its outputs are %s",
				 options->output, options->card ?: "any card", names);
	driver = card >= 0 ? vi915_shot_driver(card, target) : NULL;
	if (driver && !strcmp(driver, "vi915"))
		return vi915_say("shot: card%d has no outputs; give the GPU some: vi915 run --gpu NAME,outputs=1",
				 card);
	if (driver)
		return vi915_say("shot: card%d is driven by %s, which lets nobody else look; have its own client use a writeback connector, or give --card a GPU that is driven by vi915",
				 card, driver);
	for (size_t i = 0; i < outputs->num && n < sizeof(names); i++)
		if (!i || outputs->all[i].card != outputs->all[i - 1].card)
			n += snprintf(names + n, sizeof(names) - n, "%s%d (%s)", n ? ", " : "",
				      outputs->all[i].card, outputs->all[i].gpu);
	if (options->card && n)
		return vi915_say("shot: there is no card '%s'; those with outputs of ours are %s",
				 options->card, names);
	return vi915_say("shot: no GPU of vi915.ko here has an output; look into a box: vi915 run -- sh -c 'MY-PROGRAM & sleep 1; vi915 shot FILE.png', or vi915 run --shots DIR -- MY-PROGRAM");
}

/* Reduces @outputs to the selected ones; prints an error if there are none. */
static int vi915_shot_find(const struct vi915_shot_options *options, struct vi915_outputs *outputs)
{
	int ret = vi915_outputs_read(outputs);
	size_t num = 0;

	if (ret)
		return vi915_say("shot: /sys/kernel/debug/dri: %s; %s", strerror(-ret),
				 ret == -ENOENT ? "mount debugfs" : "run this as root");
	for (size_t i = 0; i < outputs->num; i++)
		num += vi915_shot_card_fits(&outputs->all[i], options->card) &&
		       vi915_shot_output_fits(&outputs->all[i], options->output);
	if (!num) {
		ret = vi915_shot_none(options, outputs);
		vi915_outputs_fini(outputs);
		return ret;
	}
	num = 0;
	for (size_t i = 0; i < outputs->num; i++)
		if (vi915_shot_card_fits(&outputs->all[i], options->card) &&
		    vi915_shot_output_fits(&outputs->all[i], options->output))
			outputs->all[num++] = outputs->all[i];
	outputs->num = num;
	return 0;
}

/* -- pictures -------------------------------------------------------------- */

/* Returns 0, VI915_SHOT_EXIT_DARK without a message, or the exit code after printing an error. */
static int vi915_shot_take(const struct vi915_output *output, struct vi915_picture *picture)
{
	char path[PATH_MAX];
	int ret;

	vi915_outputs_path(output, "vi915_shot", path, sizeof(path));
	ret = vi915_picture_take(picture, path);
	if (ret == -ENODATA)
		return VI915_SHOT_EXIT_DARK;
	return ret ? vi915_say("shot: %s %s: %s: %s", output->gpu, output->connector, path,
			       strerror(-ret)) : 0;
}

static int vi915_shot_to_stdout(const struct vi915_picture *picture)
{
	int ret = vi915_picture_write(picture, stdout);

	if (fflush(stdout) && !ret)
		ret = -errno;
	return ret ? vi915_say("shot: cannot write to stdout: %s", strerror(-ret)) : 0;
}

/**
 * vi915_shot_one() - make a picture of one output
 * @options: which output
 * @file: the file, or "-" for stdout
 *
 * Return: the exit code.
 */
int vi915_shot_one(const struct vi915_shot_options *options, const char *file)
{
	struct vi915_outputs outputs;
	struct vi915_picture picture;
	int ret = vi915_shot_find(options, &outputs);

	if (ret)
		return ret;
	ret = vi915_shot_take(&outputs.all[0], &picture);
	if (ret == VI915_SHOT_EXIT_DARK)
		vi915_say("shot: %s %s is off: no program shows anything on it; make the picture while one does, or name another with --output",
			  outputs.all[0].gpu, outputs.all[0].connector);
	if (!ret)
		ret = strcmp(file, "-") ? vi915_picture_save(&picture, file) :
					  vi915_shot_to_stdout(&picture);
	vi915_picture_fini(&picture);
	vi915_outputs_fini(&outputs);
	return ret;
}

/* -- series ---------------------------------------------------------------- */

/* Takes the @nth round of pictures; @made counts the files. */
static int vi915_shot_round(const struct vi915_shot_options *options, unsigned long nth,
			    unsigned long *made)
{
	struct vi915_outputs outputs;
	struct vi915_picture picture;
	char path[PATH_MAX], number[16] = "";
	int ret = vi915_shot_find(options, &outputs);

	if (ret)
		return ret;
	if (options->every)
		snprintf(number, sizeof(number), "-%05lu", nth);
	for (size_t i = 0; i < outputs.num && !ret; i++) {
		const struct vi915_output *output = &outputs.all[i];

		ret = vi915_shot_take(output, &picture);
		if (ret == VI915_SHOT_EXIT_DARK) {
			ret = 0;
			continue;
		}
		snprintf(path, sizeof(path), "%s/%s-%s%s.png", options->out, output->gpu,
			 output->connector, number);
		if (!ret)
			ret = vi915_picture_save(&picture, path);
		*made += !ret;
		vi915_picture_fini(&picture);
	}
	vi915_outputs_fini(&outputs);
	return ret;
}

/*
 * Sleeps until the next multiple of @every after @start; true when a signal of @ends came. Missed
 * rounds are not made up for.
 */
static bool vi915_shot_sleep(const struct timespec *start, unsigned long every,
			     const sigset_t *ends)
{
	struct timespec now, rest;
	unsigned long long passed, left;

	clock_gettime(CLOCK_MONOTONIC, &now);
	passed = (now.tv_sec - start->tv_sec) * 1000000000ll + now.tv_nsec - start->tv_nsec;
	left = every * 1000000ull - passed % (every * 1000000ull);
	rest.tv_sec = left / 1000000000;
	rest.tv_nsec = left % 1000000000;
	/* EINTR after a stop and SIGCONT only makes this round early. */
	return sigtimedwait(ends, NULL, &rest) > 0;
}

/**
 * vi915_shot_series() - make pictures of outputs, once or repeatedly
 * @options: which outputs, where, and how often
 *
 * An output that is off gives no file in that round. All files of a round have the same number, so
 * an output may lack a number.
 *
 * Return: the exit code.
 */
int vi915_shot_series(const struct vi915_shot_options *options)
{
	unsigned long made = 0, nth = 1;
	struct timespec start;
	sigset_t ends;
	int ret;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	if (options->every)
		sigprocmask(SIG_BLOCK, &ends, NULL);
	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		ret = vi915_shot_round(options, nth, &made);
	} while (!ret && options->every && nth++ != options->count &&
		 !vi915_shot_sleep(&start, options->every, &ends));
	if (ret || made)
		return ret;
	vi915_say("shot: no file was made: no program showed anything on %s; make pictures while one does",
		  options->card || options->output ? "this output" : "any output");
	return VI915_SHOT_EXIT_DARK;
}

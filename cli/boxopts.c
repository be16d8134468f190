// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box/say.h"
#include "boxopts.h"
#include "complete.h"
#include "picture.h"

/* The largest time limit, in seconds. */
#define VI915_BOXOPTS_MAX_TIMEOUT_S 1e9
#define VI915_BOXOPTS_MAX_MEM_MIB (1024 * 1024)

static const char *const vi915_boxopts_peers[] = {
	"dma-heap", "udmabuf", "vgem", "virtio-gpu", "vivid", "vkms",
};

static void vi915_list_add(struct vi915_list *list, const char *item)
{
	char **items = realloc(list->items,
			       (list->num + 2) * sizeof(*list->items));

	if (!items)
		exit(vi915_say("out of memory"));
	items[list->num++] = strdup(item);
	items[list->num] = NULL;
	list->items = items;
}

static void vi915_list_fini(struct vi915_list *list)
{
	while (list->num)
		free(list->items[--list->num]);
	free(list->items);
}

static int vi915_boxopts_only_one(void)
{
	return vi915_say("--gpus and --gpu exclude each other; write --gpu once for each GPU");
}

static int vi915_boxopts_set_gpus(void *to, const char *value)
{
	struct vi915_boxopts *opts = to;

	if (opts->described)
		return vi915_boxopts_only_one();
	opts->counted = true;
	return vi915_gpus_set_all(&opts->gpus, value);
}

static int vi915_boxopts_set_gpu(void *to, const char *value)
{
	struct vi915_boxopts *opts = to;

	if (opts->counted)
		return vi915_boxopts_only_one();
	opts->described = true;
	return vi915_gpus_add(&opts->gpus, value);
}

static int vi915_boxopts_add_peer(struct vi915_boxopts *opts, const char *peer)
{
	size_t len = strcspn(peer, ":"), i;
	unsigned int j;

	for (i = 0; i < sizeof(vi915_boxopts_peers) / sizeof(char *); i++)
		if (strlen(vi915_boxopts_peers[i]) == len &&
		    !memcmp(vi915_boxopts_peers[i], peer, len))
			break;
	if (i == sizeof(vi915_boxopts_peers) / sizeof(char *))
		return vi915_say("--peers: there is no peer '%.*s'; the peers are dma-heap, udmabuf, vgem, virtio-gpu, vivid, vkms",
				 (int)len, peer);
	if (peer[len] && i < 2)
		return vi915_say("--peers %s: %.*s takes no parameters; write its name alone",
				 peer, (int)len, peer);
	/* A space would begin another parameter, and quotes would hide one. */
	if (strpbrk(peer, " \t\n\"'"))
		return vi915_say("--peers %s: write parameters as NAME:key=value+key=value",
				 peer);
	for (j = 0; j < opts->peers.num; j++)
		if (!strncmp(opts->peers.items[j], peer, len) &&
		    (!opts->peers.items[j][len] ||
		     opts->peers.items[j][len] == ':'))
			return vi915_say("--peers: %.*s is named twice; name it once",
					 (int)len, peer);
	vi915_list_add(&opts->peers, peer);
	return 0;
}

static int vi915_boxopts_set_peers(void *to, const char *value)
{
	struct vi915_boxopts *opts = to;
	char *copy = strdup(value), *rest = copy, *peer;
	int ret = 0;

	while (!ret && (peer = strsep(&rest, ",")))
		if (*peer)
			ret = vi915_boxopts_add_peer(opts, peer);
	free(copy);
	return ret;
}

/**
 * vi915_boxopts_complete_peers() - print completions of a list of peers
 * @word: the word so far
 * @kept: bytes of @word before the list
 */
void vi915_boxopts_complete_peers(const char *word, size_t kept)
{
	const char *list = word + kept, *last = strrchr(list, ',');
	size_t i, len;

	kept = last ? (size_t)(last + 1 - word) : kept;
	for (i = 0; i < sizeof(vi915_boxopts_peers) / sizeof(char *); i++) {
		const char *peer = vi915_boxopts_peers[i], *at;

		len = strlen(peer);
		for (at = list; at < word + kept; at += strcspn(at, ",") + 1)
			if (!strncmp(at, peer, len) && strchr(",:", at[len]))
				break;
		if (at >= word + kept)
			vi915_complete_offer(word, kept, peer, NULL, NULL);
	}
}

static int vi915_boxopts_set_kernel(void *to, const char *value)
{
	struct vi915_boxopts *opts = to;

	if (strcmp(value, "fast") && strcmp(value, "debug") &&
	    strcmp(value, "stock"))
		return vi915_say("--kernel %s: there is no such kernel; write --kernel fast, --kernel debug or --kernel stock",
				 value);
	opts->box.flavour = value;
	return 0;
}

static int vi915_boxopts_set_timeout(void *to, const char *value)
{
	struct vi915_boxopts *opts = to;
	char *end;
	double seconds = strtod(value, &end);

	if (!isdigit((unsigned char)*value) || *end || !(seconds > 0) ||
	    seconds > VI915_BOXOPTS_MAX_TIMEOUT_S)
		return vi915_say("--timeout %s: write seconds, as 10 or 0.5",
				 value);
	opts->box.timeout_ms = seconds * 1000;
	if (!opts->box.timeout_ms)
		opts->box.timeout_ms = 1;
	return 0;
}

static int vi915_boxopts_set_mem(void *to, const char *value)
{
	struct vi915_boxopts *opts = to;

	return vi915_options_number("mem", value, VI915_BOX_MIN_MEM_MIB,
				    VI915_BOXOPTS_MAX_MEM_MIB,
				    &opts->box.mem_mib);
}

static int vi915_boxopts_set_log(void *to, const char *value)
{
	struct vi915_boxopts *opts = to;

	opts->box.log = value;
	return 0;
}

static int vi915_boxopts_set_rw(void *to, const char *value)
{
	struct vi915_boxopts *opts = to;

	vi915_list_add(&opts->rw, value);
	return 0;
}

static int vi915_boxopts_shot(void *to, const char *name, const char *ppm, size_t len)
{
	struct vi915_boxopts *opts = to;
	struct vi915_picture picture;
	int ret = 0, report = 0;

	if (vi915_picture_parse(&picture, ppm, len)) {
		vi915_warn("--shots: the picture of %s is not complete; it is left out", name);
		return 0;
	}
	if (opts->shots.path)
		ret = vi915_picture_save_in(&picture, &opts->shots, name);
	if (opts->report.dir.path)
		report = vi915_picture_save_in(&picture, &opts->report.shots, name);
	if (opts->report.dir.path && !report)
		vi915_report_picture(&opts->report, name);
	return ret ?: report;
}

static void vi915_boxopts_said(void *to, int stream, const char *bytes, size_t len)
{
	vi915_report_said(&((struct vi915_boxopts *)to)->report, stream, bytes, len);
}

static void vi915_boxopts_document(void *to, const char *name, const char *bytes, size_t len)
{
	vi915_report_document(&((struct vi915_boxopts *)to)->report, name, bytes, len);
}

static int vi915_boxopts_end(void *to, const struct vi915_box_outcome *outcome)
{
	return vi915_report_end(&((struct vi915_boxopts *)to)->report, outcome);
}

/* Opens the folder before the boot, so that a bad one is refused at once. */
static int vi915_boxopts_set_shots(void *to, const char *value)
{
	struct vi915_boxopts *opts = to;

	opts->box.shot = vi915_boxopts_shot;
	return vi915_outdir_open(&opts->shots, "shots", value);
}

static int vi915_boxopts_set_report(void *to, const char *value)
{
	static const struct vi915_box_report report = {
		.said = vi915_boxopts_said,
		.document = vi915_boxopts_document,
		.end = vi915_boxopts_end,
	};
	struct vi915_boxopts *opts = to;

	opts->box.shot = vi915_boxopts_shot;
	opts->box.report = &report;
	return vi915_report_open(&opts->report, value);
}

static int vi915_boxopts_set_leaks(void *to, const char *value)
{
	struct vi915_boxopts *opts = to;

	(void)value;
	opts->box.leaks = true;
	return 0;
}

static int vi915_boxopts_set_privileged(void *to, const char *value)
{
	struct vi915_boxopts *opts = to;

	(void)value;
	opts->box.privileged = true;
	return 0;
}

static int vi915_boxopts_set_session(void *to, const char *value)
{
	struct vi915_boxopts *opts = to;

	(void)value;
	opts->box.session = true;
	return 0;
}

static int vi915_boxopts_set_verbose(void *to, const char *value)
{
	struct vi915_boxopts *opts = to;

	(void)value;
	opts->box.verbose = true;
	return 0;
}

static int vi915_boxopts_set_time(void *to, const char *value)
{
	struct vi915_boxopts *opts = to;

	(void)value;
	opts->box.time = true;
	return 0;
}

/* The options of every subcommand that starts a box. */
const struct vi915_option vi915_boxopts_table[] = {
	{ "gpus", "N[,key=value...]", "how many GPUs there are (1), all alike",
	  vi915_boxopts_set_gpus },
	{ "gpu", "NAME[,key=value...]",
	  "one GPU, described; `vi915 gpu keys` lists the keys",
	  vi915_boxopts_set_gpu },
	{ "peers", "NAME[,NAME...]",
	  "other drivers: dma-heap, udmabuf, vgem, virtio-gpu, vivid, vkms",
	  vi915_boxopts_set_peers },
	{ "session", NULL, "what a desktop needs: a seat, udev, a user who is not root",
	  vi915_boxopts_set_session },
	{ "kernel", "fast|debug|stock", "which kernel (fast)",
	  vi915_boxopts_set_kernel },
	{ "timeout", "SECONDS", "end it after that time, with status 124",
	  vi915_boxopts_set_timeout },
	{ "mem", "MIB", "the box's memory (1024)", vi915_boxopts_set_mem },
	{ "rw", "PATH", "make PATH writable, as the current folder is",
	  vi915_boxopts_set_rw },
	{ "privileged", NULL, "let root inside mount, load modules and the like",
	  vi915_boxopts_set_privileged },
	{ "log", "FILE", "write the kernel's log to FILE",
	  vi915_boxopts_set_log },
	{ "shots", "DIR", "at the end, a picture of each output as DIR/GPU-OUTPUT.png",
	  vi915_boxopts_set_shots },
	{ "report", "DIR", "at the end, write into DIR what a CI job keeps: junit.xml,\n"
	  "                          index.html, shots/, graph.svg, graph.json, gpus.json, kernel.log",
	  vi915_boxopts_set_report },
	{ "leaks", NULL, "fail when vi915 has lost memory (--kernel debug)",
	  vi915_boxopts_set_leaks },
	{ "time", NULL, "at the end, say where the time went",
	  vi915_boxopts_set_time },
	{ "verbose", NULL, "say what is done (-v)",
	  vi915_boxopts_set_verbose },
	{ 0 }
};

/* Checks options that depend on each other, and fills in defaults. */
static int vi915_boxopts_finish(struct vi915_boxopts *opts)
{
	int ret;

	if (opts->box.leaks && strcmp(opts->box.flavour, "debug"))
		return vi915_say("only the debug kernel looks for leaks; write --kernel debug --leaks");
	if (!opts->counted && !opts->described)
		vi915_gpus_set_all(&opts->gpus, "1");
	ret = vi915_gpus_check(&opts->gpus);
	/* A desktop would decode videos with the video engines, and show blank ones. */
	if (!ret && opts->box.session)
		ret = vi915_gpus_default(&opts->gpus, "media", "0");
	if (ret)
		return ret;
	opts->box.gpus = opts->gpus.text;
	opts->box.peers = opts->peers.items;
	opts->box.rw = opts->rw.items;
	opts->box.to = opts;
	return opts->report.dir.path ? vi915_report_begin(&opts->report, &opts->box) : 0;
}

/**
 * vi915_boxopts_parse() - read the options of a subcommand that starts a box
 * @opts: filled; its box's @argv are the words after the options
 * @usage: the subcommand
 * @argc: number of words
 * @argv: the words, the subcommand's name being the first
 *
 * Return: 0, VI915_OPTIONS_HELPED, or the exit code after printing an error.
 */
int vi915_boxopts_parse(struct vi915_boxopts *opts,
			const struct vi915_usage *usage, int argc, char **argv)
{
	int rest, ret;

	memset(opts, 0, sizeof(*opts));
	opts->box.flavour = "fast";
	ret = vi915_options_parse(usage, opts, argc, argv, &rest);
	if (ret)
		return ret;
	opts->box.argv = argv + rest;
	return vi915_boxopts_finish(opts);
}

/**
 * vi915_boxopts_fini() - free the collected options
 * @opts: the options
 */
void vi915_boxopts_fini(struct vi915_boxopts *opts)
{
	free(opts->gpus.text);
	vi915_list_fini(&opts->peers);
	vi915_list_fini(&opts->rw);
	vi915_outdir_close(&opts->shots);
	vi915_report_fini(&opts->report);
}

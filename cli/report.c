// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include "report.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "box/say.h"
#include "graph.h"
#include "junit.h"
#include "model.h"
#include "outfile.h"
#include "picture.h"
#include "report_html.h"

/**
 * DOC: the report of a run
 *
 * It is collected while the box runs and written when the box is gone, even if the run failed.
 * Files of an earlier report are removed before the box starts, so that none of them is taken for
 * one of this run.
 */

static const char *const vi915_report_files[] = {
	"gpus.json", "graph.json", "graph.svg", "index.html", "junit.xml", "kernel.log",
};

/**
 * vi915_report_open() - open the folder of a report, and make it if needed
 * @report: all zero
 * @dir: path of the folder
 *
 * Return: 0, or the exit code after saying what is wrong.
 */
int vi915_report_open(struct vi915_report *report, const char *dir)
{
	char *shots = report->shots_path;
	const size_t size = sizeof(report->shots_path);
	int ret = vi915_outdir_open(&report->dir, "report", dir);

	if (ret)
		return ret;
	if ((size_t)snprintf(shots, size, "%s/shots", dir) >= size)
		return vi915_say("--report %s: this path is too long; give a shorter one", dir);
	return vi915_outdir_open(&report->shots, "report", shots);
}

/**
 * vi915_report_begin() - begin the report of a run
 * @report: the report
 * @box: options of the box; the command may be set later
 *
 * Return: 0, or the exit code after saying what is wrong.
 */
int vi915_report_begin(struct vi915_report *report, const struct vi915_box_options *box)
{
	const struct vi915_outdir *dir = &report->dir;

	report->box = box;
	report->started = time(NULL);
	for (size_t i = 0; i < sizeof(vi915_report_files) / sizeof(char *); i++) {
		if (unlinkat(dir->fd, vi915_report_files[i], 0) && errno != ENOENT)
			return vi915_say("--report %s: cannot replace %s/%s: %s; give another folder",
					 dir->path, dir->path, vi915_report_files[i],
					 strerror(errno));
	}
	return 0;
}

static void vi915_report_name_command(struct vi915_report *report, char **argv)
{
	size_t size;
	FILE *file = open_memstream(&report->command, &size);

	for (char **word = argv; file && *word; word++)
		fprintf(file, "%s%s", word == argv ? "" : " ", *word);
	if (!file || fclose(file))
		exit(vi915_say("out of memory"));
}

/**
 * vi915_report_picture() - note that there is a picture of an output
 * @report: the report
 * @name: name of the picture, without its suffix
 */
void vi915_report_picture(struct vi915_report *report, const char *name)
{
	vi915_queue_put(&report->pictures, name, strlen(name) + 1);
}

/**
 * vi915_report_said() - collect output of the command
 * @report: the report
 * @stream: stdout (1) or stderr (2)
 * @bytes: the output
 * @len: how many bytes
 */
void vi915_report_said(struct vi915_report *report, int stream, const char *bytes, size_t len)
{
	if (stream != 1 && stream != 2)
		return;
	if (stream == 1)
		vi915_tap_feed(&report->tap, bytes, len);
	vi915_tail_feed(&report->tails[stream], bytes, len);
}

/**
 * vi915_report_document() - keep a document that the guest has made
 * @report: the report
 * @name: name of the document
 * @bytes: its content; incomplete if the guest's time was up
 * @len: how many bytes
 */
void vi915_report_document(struct vi915_report *report, const char *name, const char *bytes,
			   size_t len)
{
	struct json_object **to = !strcmp(name, "graph.json") ? &report->graph : &report->gpus;
	struct json_tokener *tokener = json_tokener_new();

	if (!tokener)
		exit(vi915_say("out of memory"));
	if (len && !*to)
		*to = json_tokener_parse_ex(tokener, bytes, (int)len);
	json_tokener_free(tokener);
}

static int vi915_report_write_json(const struct vi915_outdir *dir, const char *name,
				   struct json_object *model)
{
	struct vi915_outfile out;
	int ret;

	if (!model)
		return 0;
	ret = vi915_outfile_open(&out, dir, name);
	if (ret)
		return ret;
	fputs(json_object_to_json_string_ext(model, JSON_C_TO_STRING_PRETTY |
							    JSON_C_TO_STRING_NOSLASHESCAPE),
	      out.file);
	fputc('\n', out.file);
	return vi915_outfile_close(&out);
}

static int vi915_report_write_log(const struct vi915_report *report)
{
	struct vi915_outfile out;
	int ret = vi915_outfile_open(&out, &report->dir, "kernel.log");

	if (ret)
		return ret;
	fwrite(report->outcome.klog, 1, report->outcome.klog_len, out.file);
	return vi915_outfile_close(&out);
}

static int vi915_report_write(const struct vi915_report *report, const char *name,
			      void (*put)(const struct vi915_report *report, FILE *file))
{
	struct vi915_outfile out;
	int ret = vi915_outfile_open(&out, &report->dir, name);

	if (ret)
		return ret;
	put(report, out.file);
	return vi915_outfile_close(&out);
}

static void vi915_report_put_graph(const struct vi915_report *report, FILE *file)
{
	vi915_graph_put_svg(report->graph, file);
}

/**
 * vi915_report_end() - write the report
 * @report: the report
 * @outcome: how the run went
 *
 * junit.xml is written last, so when it exists the report is complete.
 *
 * Return: 0, or the exit code after saying what is wrong.
 */
int vi915_report_end(struct vi915_report *report, const struct vi915_box_outcome *outcome)
{
	int ret = 0;

	report->outcome = *outcome;
	vi915_report_name_command(report, report->box->argv);
	vi915_tap_end(&report->tap);
	vi915_results_init(&report->results, report->command, &report->tap, outcome);
	if (outcome->klog)
		ret = vi915_report_write_log(report);
	if (!ret)
		ret = vi915_report_write_json(&report->dir, "gpus.json", report->gpus);
	if (!ret)
		ret = vi915_report_write_json(&report->dir, "graph.json", report->graph);
	if (!ret && report->graph)
		ret = vi915_report_write(report, "graph.svg", vi915_report_put_graph);
	if (!ret)
		ret = vi915_report_write(report, "index.html", vi915_report_put_html);
	if (!ret)
		ret = vi915_report_write(report, "junit.xml", vi915_junit_put);
	return ret;
}

/**
 * vi915_report_fini() - free a report
 * @report: the report; it may be all zero
 */
void vi915_report_fini(struct vi915_report *report)
{
	vi915_outdir_close(&report->dir);
	vi915_outdir_close(&report->shots);
	vi915_results_fini(&report->results);
	vi915_tap_fini(&report->tap);
	vi915_tail_fini(&report->tails[1]);
	vi915_tail_fini(&report->tails[2]);
	vi915_queue_fini(&report->pictures);
	json_object_put(report->graph);
	json_object_put(report->gpus);
	free(report->command);
}

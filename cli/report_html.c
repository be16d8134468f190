// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The report as one page that needs only the files beside it, to be opened first among a job's
 * artefacts.
 */
#include "report_html.h"

#include <json-c/json.h>
#include <string.h>

#include "box/box.h"
#include "box/say.h"
#include "model.h"
#include "report.h"
#include "xml.h"

/* Most passes that the page lists. */
#define VI915_HTML_PASSES 200

static const char *const vi915_html_words[] = {
	[VI915_RESULT_PASS] = "passed",
	[VI915_RESULT_FAILURE] = "failed",
	[VI915_RESULT_ERROR] = "error",
	[VI915_RESULT_SKIPPED] = "skipped",
};

static const char vi915_html_style[] =
	"</title>\n<style>\n"
	"body { font: 15px/1.5 system-ui, sans-serif; color: #1a202c; max-width: 64rem; margin: 2rem auto; padding: 0 1rem }\n"
	"h1 { font-size: 1.3rem; overflow-wrap: anywhere } h2 { font-size: 1.05rem; margin-top: 2rem }\n"
	"table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #e2e8f0 }\n"
	"pre { background: #f7fafc; padding: .75rem; overflow-x: auto; margin: .25rem 0 } code { overflow-wrap: anywhere }\n"
	".verdict { border-left: .4rem solid #2f855a; padding-left: .75rem } .verdict.bad { border-color: #c53030 }\n"
	".results td:first-child, .results td:last-child { width: 1%; white-space: nowrap }\n"
	".passed { color: #2f855a } .failed, .error { color: #c53030; font-weight: bold } .skipped { color: #975a16 }\n"
	"figure { display: inline-block; margin: 0 1rem 1rem 0 } figure img { max-width: 30rem; border: 1px solid #cbd5e0 } .graph { max-width: 100% }\n"
	"</style></head><body>\n";

static void vi915_html_head(const struct vi915_report *report, FILE *file)
{
	const struct vi915_results *results = &report->results;
	size_t bad = results->count[VI915_RESULT_FAILURE] + results->count[VI915_RESULT_ERROR];
	char stamp[32];

	strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S UTC", gmtime(&report->started));
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>", file);
	vi915_xml_text(file, report->command);
	fputs(vi915_html_style, file);
	fprintf(file, "<div class=\"verdict%s\"><h1><code>", bad ? " bad" : "");
	vi915_xml_text(file, report->command);
	fprintf(file, "</code></h1>\n<p>exit status <b>%d</b> after %.2f s, %s. ",
		report->outcome.ret, report->outcome.total, stamp);
	for (size_t i = 0, some = 0; i < VI915_NUM_RESULTS; i++)
		if (results->count[i])
			fprintf(file, "%s<span class=\"%s\">%zu %s</span>", some++ ? ", " : "",
				vi915_html_words[i], results->count[i], vi915_html_words[i]);
	fputs(".</p></div>\n", file);
}

/* Prints what is missing in the report, and why. */
static void vi915_html_warnings(FILE *file)
{
	if (!*vi915_warned())
		return;
	fputs("<h2>Warnings</h2>\n<pre>", file);
	vi915_xml_text(file, vi915_warned());
	fputs("</pre>\n", file);
}

static void vi915_html_result(const struct vi915_result *one, FILE *file)
{
	fprintf(file, "<tr><td class=\"%s\">%s</td><td>", vi915_html_words[one->kind],
		vi915_html_words[one->kind]);
	vi915_xml_text(file, one->group);
	fputs(": <b>", file);
	vi915_xml_text(file, one->name);
	fputs("</b>", file);
	if (*one->message) {
		fputs("<br>", file);
		vi915_xml_text(file, one->message);
	}
	if (*one->text && strchr(one->text, '\n') != one->text + strlen(one->text) - 1) {
		fputs("<pre>", file);
		vi915_xml_text(file, one->text);
		fputs("</pre>", file);
	}
	fprintf(file, "</td><td>%.3f s</td></tr>\n", one->seconds);
}

/* Prints the results; errors and failures come first. */
static void vi915_html_results(const struct vi915_report *report, FILE *file)
{
	static const enum vi915_result_kind order[] = {
		VI915_RESULT_ERROR, VI915_RESULT_FAILURE, VI915_RESULT_SKIPPED, VI915_RESULT_PASS,
	};
	const struct vi915_results *results = &report->results;
	size_t passes = 0;

	fputs("<h2>Results</h2>\n<table class=\"results\">\n", file);
	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++)
		for (size_t i = 0; i < results->num; i++)
			if (results->all[i].kind == order[k] &&
			    (order[k] != VI915_RESULT_PASS || passes++ < VI915_HTML_PASSES))
				vi915_html_result(&results->all[i], file);
	fputs("</table>\n", file);
	if (passes > VI915_HTML_PASSES)
		fprintf(file, "<p>%zu more passed: see <a href=\"junit.xml\">junit.xml</a>.</p>\n",
			passes - VI915_HTML_PASSES);
}

static void vi915_html_shots(const struct vi915_report *report, FILE *file)
{
	const char *at = vi915_queue_head(&report->pictures);
	const char *end = at + vi915_queue_len(&report->pictures);

	if (at == end)
		return;
	fputs("<h2>What the outputs showed at the end</h2>\n", file);
	for (; at < end; at += strlen(at) + 1) {
		fputs("<figure><a href=\"shots/", file);
		vi915_xml_text(file, at);
		fputs(".png\"><img src=\"shots/", file);
		vi915_xml_text(file, at);
		fputs(".png\" alt=\"\"></a><figcaption>", file);
		vi915_xml_text(file, at);
		fputs("</figcaption></figure>\n", file);
	}
}

static void vi915_html_gpu(struct json_object *device, FILE *file)
{
	struct json_object *objects, *engines = vi915_model_list(device, "engines");
	struct json_object *outputs = vi915_model_list(device, "outputs");
	long long frames = 0, jobs = 0, hangs = 0, blits = 0, bytes = 0, busy = 0;
	char size[24];

	for (size_t i = 0; i < json_object_array_length(engines); i++) {
		struct json_object *engine = json_object_array_get_idx(engines, i);

		jobs += vi915_model_number(engine, "jobs");
		hangs += vi915_model_number(engine, "hangs");
		blits += vi915_model_number(engine, "blits");
		bytes += vi915_model_number(engine, "bytes");
		busy += vi915_model_number(engine, "busy_ns");
	}
	for (size_t i = 0; i < json_object_array_length(outputs); i++)
		frames += vi915_model_number(json_object_array_get_idx(outputs, i), "frames");
	fputs("<tr><td><b>", file);
	vi915_xml_text(file, vi915_model_text(device, "name"));
	fputs("</b></td><td>", file);
	vi915_xml_text(file, vi915_model_text(device, "card"));
	fputs(" ", file);
	vi915_xml_text(file, vi915_model_text(device, "render"));
	fprintf(file, "</td><td>%lld</td><td>%lld</td><td>%lld</td><td>%s</td><td>%.3f ms</td><td>%lld</td>",
		jobs, hangs, blits, vi915_model_size(bytes, size), (double)busy / 1e6, frames);
	if (json_object_object_get_ex(device, "objects", &objects))
		fprintf(file, "<td>%lld, %lld exported, %lld imported</td>",
			(long long)vi915_model_number(objects, "count"),
			(long long)vi915_model_number(objects, "exported"),
			(long long)vi915_model_number(objects, "imported"));
	else
		fputs("<td></td>", file);
	fputs("</tr>\n", file);
}

static void vi915_html_gpus(const struct vi915_report *report, FILE *file)
{
	struct json_object *devices;

	if (!report->gpus)
		return;
	devices = vi915_model_list(report->gpus, "devices");
	fputs("<h2>GPUs and their peers</h2>\n<table><tr><th>name</th><th>nodes</th><th>jobs</th><th>hangs</th><th>blits</th><th>moved</th><th>busy</th><th>frames</th><th>objects left</th></tr>\n",
	      file);
	for (size_t i = 0; i < json_object_array_length(devices); i++)
		vi915_html_gpu(json_object_array_get_idx(devices, i), file);
	fputs("</table>\n", file);
}

static void vi915_html_graph(const struct vi915_report *report, FILE *file)
{
	fputs("<h2>Who shared what at the end</h2>\n", file);
	if (!report->graph)
		fprintf(file, "<p>That is not known: %s.</p>\n",
			*vi915_warned() ? "see the warnings" : "the box did not live to tell");
	else if (!json_object_array_length(vi915_model_list(report->graph, "buffers")))
		fputs("<p>Nothing was shared any more when the command had ended.</p>\n", file);
	else
		fputs("<a href=\"graph.svg\"><img class=\"graph\" src=\"graph.svg\" alt=\"\"></a>\n",
		      file);
}

static void vi915_html_stream(const struct vi915_report *report, int stream, const char *title,
			      FILE *file)
{
	if (!report->tails[stream].total)
		return;
	fprintf(file, "<details><summary>%s, %llu bytes</summary><pre>", title,
		report->tails[stream].total);
	vi915_tail_put_xml(&report->tails[stream], file);
	fputs("</pre></details>\n", file);
}

static void vi915_html_files(const struct vi915_report *report, FILE *file)
{
	fputs("<h2>More</h2>\n", file);
	vi915_html_stream(report, 1, "what the command wrote to stdout", file);
	vi915_html_stream(report, 2, "what the command wrote to stderr", file);
	fputs("<p><a href=\"junit.xml\">junit.xml</a>", file);
	if (report->outcome.klog)
		fputs(", <a href=\"kernel.log\">kernel.log</a>", file);
	if (report->gpus)
		fputs(", <a href=\"gpus.json\">gpus.json</a>", file);
	if (report->graph)
		fputs(", <a href=\"graph.json\">graph.json</a>", file);
	fputs("</p>\n</body></html>\n", file);
}

/**
 * vi915_report_put_html() - write a report as a page
 * @report: the report of the run
 * @file: the file to write to
 */
void vi915_report_put_html(const struct vi915_report *report, FILE *file)
{
	vi915_html_head(report, file);
	vi915_html_warnings(file);
	vi915_html_results(report, file);
	vi915_html_shots(report, file);
	vi915_html_gpus(report, file);
	vi915_html_graph(report, file);
	vi915_html_files(report, file);
}

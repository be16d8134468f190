// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The results of a run as JUnit XML, in the form that GitLab, GitHub's actions
 * and Jenkins have in common: one suite, and in it one testcase per result.
 */
#include "junit.h"

#include <string.h>
#include <time.h>

#include "box/box.h"
#include "box/say.h"
#include "report.h"
#include "xml.h"

static void vi915_junit_attribute(FILE *file, const char *name, const char *value)
{
	fprintf(file, " %s=\"", name);
	vi915_xml_text(file, value);
	fputc('"', file);
}

static void vi915_junit_property(FILE *file, const char *name, const char *value)
{
	fputs("      <property", file);
	vi915_junit_attribute(file, "name", name);
	vi915_junit_attribute(file, "value", value);
	fputs("/>\n", file);
}

static void vi915_junit_properties(const struct vi915_report *report, FILE *file)
{
	const struct vi915_box_options *box = report->box;
	char text[32], line[4096];
	const char *warned;
	char **peer;

	fputs("    <properties>\n", file);
	vi915_junit_property(file, "kernel", box->flavour);
	vi915_junit_property(file, "gpus", box->gpus);
	for (peer = box->peers; peer && *peer; peer++)
		vi915_junit_property(file, "peer", *peer);
	snprintf(text, sizeof(text), "%d", report->outcome.ret);
	vi915_junit_property(file, "exit-status", text);
	for (warned = vi915_warned(); *warned; warned += strcspn(warned, "\n") + 1) {
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(warned, "\n"), warned);
		vi915_junit_property(file, "warning", line);
	}
	fputs("    </properties>\n", file);
}

static void vi915_junit_streams(const struct vi915_report *report, FILE *file, const char *indent)
{
	static const char *const names[] = { NULL, "system-out", "system-err" };

	for (int i = 1; i <= 2; i++) {
		if (!report->tails[i].total)
			continue;
		fprintf(file, "%s<%s>", indent, names[i]);
		vi915_tail_put_xml(&report->tails[i], file);
		fprintf(file, "</%s>\n", names[i]);
	}
}

static void vi915_junit_reason(const struct vi915_result *one, FILE *file)
{
	static const char *const names[] = {
		[VI915_RESULT_FAILURE] = "failure",
		[VI915_RESULT_ERROR] = "error",
		[VI915_RESULT_SKIPPED] = "skipped",
	};

	if (one->kind == VI915_RESULT_PASS)
		return;
	fprintf(file, "      <%s", names[one->kind]);
	if (*one->message)
		vi915_junit_attribute(file, "message", one->message);
	if (one->kind != VI915_RESULT_SKIPPED)
		vi915_junit_attribute(file, "type", one->type);
	if (*one->text && one->kind != VI915_RESULT_SKIPPED) {
		fputc('>', file);
		vi915_xml_text(file, one->text);
		fprintf(file, "</%s>\n", names[one->kind]);
	} else {
		fputs("/>\n", file);
	}
}

static void vi915_junit_case(const struct vi915_report *report, const struct vi915_result *one,
			     FILE *file)
{
	fputs("    <testcase", file);
	vi915_junit_attribute(file, "classname", one->group);
	vi915_junit_attribute(file, "name", one->name);
	fprintf(file, " time=\"%.3f\"", one->seconds);
	if (one->kind == VI915_RESULT_PASS && report->results.from_tap) {
		fputs("/>\n", file);
		return;
	}
	fputs(">\n", file);
	vi915_junit_reason(one, file);
	/* GitLab shows the output of a testcase, but not that of a suite. */
	if (!report->results.from_tap)
		vi915_junit_streams(report, file, "      ");
	fputs("    </testcase>\n", file);
}

static void vi915_junit_counts(const struct vi915_results *results, double seconds, FILE *file)
{
	fprintf(file, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.3f\"",
		results->num, results->count[VI915_RESULT_FAILURE],
		results->count[VI915_RESULT_ERROR], results->count[VI915_RESULT_SKIPPED], seconds);
}

/**
 * vi915_junit_put() - write the results of a run as JUnit XML
 * @report: the report of the run
 * @file: the file to write to
 */
void vi915_junit_put(const struct vi915_report *report, FILE *file)
{
	const struct vi915_results *results = &report->results;
	char stamp[32];

	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", gmtime(&report->started));
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"vi915 run\"", file);
	vi915_junit_counts(results, report->outcome.total, file);
	fputs(">\n  <testsuite", file);
	vi915_junit_attribute(file, "name", report->command);
	vi915_junit_counts(results, report->outcome.total, file);
	vi915_junit_attribute(file, "timestamp", stamp);
	fputs(">\n", file);
	vi915_junit_properties(report, file);
	for (size_t i = 0; i < results->num; i++)
		vi915_junit_case(report, &results->all[i], file);
	if (results->from_tap)
		vi915_junit_streams(report, file, "    ");
	fputs("  </testsuite>\n</testsuites>\n", file);
}

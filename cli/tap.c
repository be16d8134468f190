// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include "tap.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "box/say.h"

/**
 * DOC: TAP and KTAP, as far as a report needs them
 *
 * Results are flattened: a test that has subtests only sums them up, and its name becomes part of
 * their path. Its line comes after them and is less indented. It counts itself only if it failed
 * and none of them did.
 *
 * Comments belong to the failure before them (Test::More and similar) or to the one after them
 * (kselftest, KUnit). The format does not tell which, so both failures get comments that are
 * between them. YAML belongs to the result before it.
 */

/* Longer lines are not read as TAP. */
#define VI915_TAP_LINE_MAX (64 * 1024)
/* Most bytes of comments and YAML that are kept for one test. */
#define VI915_TAP_TEXT_MAX (16 * 1024)

static double vi915_tap_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static char *vi915_tap_copy(const char *text, size_t len)
{
	char *copy = strndup(text, len);

	if (!copy)
		exit(vi915_say("out of memory"));
	return copy;
}

/* Appends text up to the limit. */
static void vi915_tap_keep(struct vi915_queue *to, const char *text, size_t len)
{
	size_t has = vi915_queue_len(to);

	if (has >= VI915_TAP_TEXT_MAX)
		return;
	vi915_queue_put(to, text, len < VI915_TAP_TEXT_MAX - has ? len : VI915_TAP_TEXT_MAX - has);
}

/* Length of a line without white space at its end. */
static size_t vi915_tap_trim(const char *text, size_t len)
{
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	return len;
}

/* Makes earlier results with more indentation the subtests of this one. */
static bool vi915_tap_adopt(struct vi915_tap *tap, const char *name, size_t indent, bool *failed)
{
	bool adopted = false;
	size_t i = tap->num;

	*failed = false;
	while (i && tap->cases[i - 1].indent > indent) {
		struct vi915_tap_case *one = &tap->cases[--i];
		char *path;

		if (asprintf(&path, "%s%s%s", name, *one->path ? "." : "", one->path) < 0)
			exit(vi915_say("out of memory"));
		free(one->path);
		one->path = path;
		one->indent = indent;
		adopted = true;
		*failed |= one->verdict == VI915_TAP_FAIL;
	}
	return adopted;
}

/* Gives the comments since the last result to it, to the next one, or to both, if they failed. */
static void vi915_tap_share_comments(struct vi915_tap *tap, struct vi915_tap_case *next)
{
	const char *text = vi915_queue_head(&tap->comments);
	size_t len = vi915_queue_len(&tap->comments);

	if (!len)
		return;
	if (tap->num && tap->cases[tap->num - 1].verdict == VI915_TAP_FAIL)
		vi915_tap_keep(&tap->cases[tap->num - 1].text, text, len);
	if (next && next->verdict == VI915_TAP_FAIL)
		vi915_tap_keep(&next->text, text, len);
	vi915_queue_taken(&tap->comments, len);
}

static void vi915_tap_add(struct vi915_tap *tap, struct vi915_tap_case *one)
{
	double now = vi915_tap_now();
	bool failed;

	vi915_tap_share_comments(tap, one);
	if (vi915_tap_adopt(tap, one->name, one->indent, &failed) &&
	    (one->verdict != VI915_TAP_FAIL || failed)) {
		free(one->name);
		free(one->path);
		free(one->reason);
		vi915_queue_fini(&one->text);
		return;
	}
	one->seconds = tap->last > 0 ? now - tap->last : 0;
	tap->last = now;
	tap->cases = reallocarray(tap->cases, tap->num + 1, sizeof(*one));
	if (!tap->cases)
		exit(vi915_say("out of memory"));
	tap->cases[tap->num++] = *one;
}

/* Finds "# SKIP why" at the end of a result: returns its offset, or @len. */
static size_t vi915_tap_directive(const char *text, size_t len, const char **word)
{
	static const char *const words[] = { "skip", "todo", "xfail" };
	size_t at, next;

	*word = NULL;
	for (at = 0; at < len; at++) {
		if (text[at] != '#' || (at && text[at - 1] == '\\'))
			continue;
		for (next = at + 1; next < len && text[next] == ' '; next++)
			;
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (len - next >= strlen(words[i]) &&
			    !strncasecmp(text + next, words[i], strlen(words[i]))) {
				*word = words[i];
				return at;
			}
	}
	return len;
}

/* Copies the reason behind the directive at @text. */
static char *vi915_tap_reason(const char *text, size_t len)
{
	size_t at = 1;

	while (at < len && text[at] == ' ')
		at++;
	while (at < len && isalpha((unsigned char)text[at]))
		at++;
	while (at < len && (text[at] == ' ' || text[at] == ':'))
		at++;
	return vi915_tap_copy(text + at, len - at);
}

/* Reads a result, "ok 1 - name # SKIP why"; @text is behind the "ok". */
static void vi915_tap_result(struct vi915_tap *tap, size_t indent, bool ok, const char *text,
			     size_t len)
{
	struct vi915_tap_case one = { .indent = indent };
	unsigned long number = 0;
	const char *word;
	size_t at = 0, end;

	while (at < len && text[at] == ' ')
		at++;
	for (; at < len && isdigit((unsigned char)text[at]); at++)
		number = number * 10 + text[at] - '0';
	while (at < len && text[at] == ' ')
		at++;
	if (len - at >= 2 && text[at] == '-' && text[at + 1] == ' ')
		at += 2;
	text += at;
	len -= at;

	end = vi915_tap_directive(text, len, &word);
	one.verdict = ok ? VI915_TAP_PASS : VI915_TAP_FAIL;
	if (word && ok && *word == 's')
		one.verdict = VI915_TAP_SKIP;
	else if (word && !ok && *word != 's')
		one.verdict = VI915_TAP_TODO;
	one.reason = word ? vi915_tap_reason(text + end, len - end) : vi915_tap_copy("", 0);
	one.path = vi915_tap_copy("", 0);
	one.name = vi915_tap_copy(text, vi915_tap_trim(text, end));
	if (!indent)
		tap->seen++;
	if (!*one.name) {
		free(one.name);
		if (asprintf(&one.name, "test %lu", number ?: tap->seen) < 0)
			exit(vi915_say("out of memory"));
	}
	vi915_tap_add(tap, &one);
}

/* Reads a plan, "1..N" or "1..0 # SKIP why". */
static void vi915_tap_plan(struct vi915_tap *tap, size_t indent, const char *text, size_t len)
{
	unsigned long number = strtoul(text + 3, NULL, 10);
	struct vi915_tap_case one = { .verdict = VI915_TAP_SKIP };
	const char *word;
	size_t at;

	tap->spoken = true;
	if (tap->last <= 0)
		tap->last = vi915_tap_now();
	if (indent)
		return;
	tap->planned += number;
	if (number)
		return;
	at = vi915_tap_directive(text, len, &word);
	one.name = vi915_tap_copy("all tests", 9);
	one.path = vi915_tap_copy("", 0);
	one.reason = word ? vi915_tap_reason(text + at, len - at) : vi915_tap_copy("", 0);
	vi915_tap_add(tap, &one);
}

static bool vi915_tap_begins(const char *text, size_t len, const char *with)
{
	return len >= strlen(with) && !memcmp(text, with, strlen(with));
}

/* Returns the length of "ok" or "not ok" at the start of @text, or 0. */
static size_t vi915_tap_is_result(const char *text, size_t len)
{
	size_t at = vi915_tap_begins(text, len, "not ") ? 4 : 0;

	if (!vi915_tap_begins(text + at, len - at, "ok"))
		return 0;
	at += 2;
	return at == len || text[at] == ' ' ? at : 0;
}

static bool vi915_tap_explains(struct vi915_tap *tap, size_t indent, const char *text, size_t len)
{
	if (!tap->yaml && (!tap->num || !indent || len != 3 || memcmp(text, "---", 3)))
		return false;
	if (tap->yaml && len == 3 && !memcmp(text, "...", 3)) {
		tap->yaml = false;
		return true;
	}
	if (tap->yaml && tap->cases[tap->num - 1].verdict == VI915_TAP_FAIL) {
		vi915_tap_keep(&tap->cases[tap->num - 1].text, text - indent, len + indent);
		vi915_tap_keep(&tap->cases[tap->num - 1].text, "\n", 1);
	}
	tap->yaml = true;
	return true;
}

/* Reads one line without its newline; a NUL follows it. */
static void vi915_tap_line(struct vi915_tap *tap, const char *text, size_t len)
{
	size_t indent = 0, word;

	len = vi915_tap_trim(text, len);
	while (indent < len && text[indent] == ' ')
		indent++;
	text += indent;
	len -= indent;
	if (vi915_tap_explains(tap, indent, text, len))
		return;

	word = vi915_tap_is_result(text, len);
	if (word) {
		vi915_tap_result(tap, indent, *text == 'o', text + word, len - word);
	} else if (len > 3 && !memcmp(text, "1..", 3) && isdigit((unsigned char)text[3])) {
		vi915_tap_plan(tap, indent, text, len);
	} else if (vi915_tap_begins(text, len, "TAP version ") ||
		   vi915_tap_begins(text, len, "KTAP version ")) {
		tap->spoken = true;
		tap->last = vi915_tap_now();
	} else if (vi915_tap_begins(text, len, "Bail out!") && !tap->bail) {
		tap->bail = vi915_tap_copy(text + 9, len - 9);
	} else if (len && *text == '#' && !vi915_tap_begins(text, len, "# Subtest:")) {
		word = len > 1 && text[1] == ' ' ? 2 : 1;
		vi915_tap_keep(&tap->comments, text + word, len - word);
		vi915_tap_keep(&tap->comments, "\n", 1);
	}
}

/* Reads the collected bytes as a line. */
static void vi915_tap_cut(struct vi915_tap *tap)
{
	size_t len = vi915_queue_len(&tap->line);

	vi915_queue_put(&tap->line, "", 1);
	if (!tap->dropped && len)
		vi915_tap_line(tap, vi915_queue_head(&tap->line), len);
	vi915_queue_taken(&tap->line, len + 1);
	tap->dropped = false;
}

/**
 * vi915_tap_feed() - read more output
 * @tap: all zero at first
 * @bytes: output of the command
 * @len: how many bytes
 */
void vi915_tap_feed(struct vi915_tap *tap, const char *bytes, size_t len)
{
	while (len) {
		const char *newline = memchr(bytes, '\n', len);
		size_t num = newline ? (size_t)(newline - bytes) : len;

		if (vi915_queue_len(&tap->line) + num > VI915_TAP_LINE_MAX)
			tap->dropped = true;
		else
			vi915_queue_put(&tap->line, bytes, num);
		if (newline)
			vi915_tap_cut(tap);
		num += !!newline;
		bytes += num;
		len -= num;
	}
}

/**
 * vi915_tap_end() - finish reading
 * @tap: the results so far
 */
void vi915_tap_end(struct vi915_tap *tap)
{
	vi915_tap_cut(tap);
	vi915_tap_share_comments(tap, NULL);
}

/**
 * vi915_tap_speaks() - check whether the output was TAP
 * @tap: the results
 *
 * A line that begins with "ok" is not enough; a version or a plan is needed.
 *
 * Return: true if it was.
 */
bool vi915_tap_speaks(const struct vi915_tap *tap)
{
	return tap->spoken && (tap->num || tap->planned || tap->bail);
}

/**
 * vi915_tap_fini() - free the results
 * @tap: then all zero
 */
void vi915_tap_fini(struct vi915_tap *tap)
{
	for (size_t i = 0; i < tap->num; i++) {
		free(tap->cases[i].name);
		free(tap->cases[i].path);
		free(tap->cases[i].reason);
		vi915_queue_fini(&tap->cases[i].text);
	}
	free(tap->cases);
	free(tap->bail);
	vi915_queue_fini(&tap->line);
	vi915_queue_fini(&tap->comments);
	*tap = (struct vi915_tap){ 0 };
}

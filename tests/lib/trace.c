// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace.h"

#define INSTANCE "/sys/kernel/tracing/instances/vi915-test"

static int trace_write(const char *file, const char *text)
{
	ssize_t n;
	int fd;

	fd = open(file, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = write(fd, text, strlen(text));
	close(fd);
	return n < 0 ? -errno : 0;
}

void vi915_trace_start_at(const char *at)
{
	/* Remove an instance that an earlier test left when it failed. */
	vi915_trace_stop();
	if (mkdir(INSTANCE, 0700))
		vi915_fail_at(at, "mkdir " INSTANCE ": %s", vi915_errname(errno));
	vi915_check_at(at, "enable events", trace_write(INSTANCE "/events/vi915/enable", "1"));
}

void vi915_trace_stop(void)
{
	if (!trace_write(INSTANCE "/events/vi915/enable", "0"))
		rmdir(INSTANCE);
}

static bool trace_has_word(const char *text, const char *word)
{
	size_t len = strlen(word);
	const char *c = text;

	while ((c = strstr(c, word))) {
		if ((c == text || c[-1] == ' ') && strchr(" \n", c[len]))
			return true;
		c += len;
	}
	return false;
}

/* A line is "comm-pid [cpu] flags time: event: text"; a comm may hold anything. */
static const char *trace_text(const char *line, const char *event)
{
	char mark[64];
	const char *c;

	if (line[0] == '#')
		return NULL;
	snprintf(mark, sizeof(mark), ": %s: ", event);
	c = strstr(line, mark);
	return c ? c + strlen(mark) : NULL;
}

bool vi915_trace_find(const char *event, const char *word, int nth, char *text, size_t size)
{
	FILE *f = fopen(INSTANCE "/trace", "re");
	bool found = false;
	char line[1024];
	const char *c;

	while (f && !found && fgets(line, sizeof(line), f)) {
		c = trace_text(line, event);
		if (!c || (word && !trace_has_word(c, word)) || nth-- > 0)
			continue;
		snprintf(text, size, "%s", c);
		found = true;
	}
	if (f)
		fclose(f);
	return found;
}

int vi915_trace_count(const char *event, const char *word)
{
	char text[1024];
	int n = 0;

	while (vi915_trace_find(event, word, n, text, sizeof(text)))
		n++;
	return n;
}

const char *vi915_trace_word(const char *text, const char *key)
{
	static char value[128];
	size_t len = strlen(key);
	const char *c = text;

	while ((c = strstr(c, key))) {
		if ((c == text || c[-1] == ' ') && c[len] == '=' &&
		    sscanf(c + len + 1, "%127s", value) == 1)
			return value;
		c += len;
	}
	return "";
}

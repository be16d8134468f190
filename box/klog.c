// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "klog.h"
#include "say.h"

/**
 * DOC: the kernel's log
 *
 * The box's kernel writes its console into a file by itself: no line is lost when it dies, no
 * reader has to keep up with it, and it is read only when the command has ended. Without --log the
 * file is in memory.
 */

/* The guest may write a log of any length; only this many bytes of it are read. */
#define VI915_KLOG_MAX (256 * 1024 * 1024)

/*
 * Lines with these beginnings are complaints of the kernel. Lines that only contain such words, and
 * the banners that a checker prints when it starts, are not.
 */
static const char *const vi915_klog_splats[] = {
	"BUG: ", "WARNING: ", "kernel BUG at ", "Kernel panic",
	"Oops: ", "Oops:", "UBSAN: ", "INFO: task ", "INFO: rcu",
	"INFO: trying to register", "INFO: lockdep is turned off",
	"ODEBUG: ", "DMA-API: ", "refcount_t: ",
	"general protection fault", "list_add corruption",
	"list_del corruption", "rcu: INFO: ", "watchdog: BUG: ",
	"kmemleak: Cannot insert", "kmemleak: Freeing unknown",
	"possible circular", "------------[ cut here ]------------",
};

static const char *const vi915_klog_banners[] = {
	"DMA-API: preallocated ", "DMA-API: debugging ",
	"UBSAN: enabled",
};

/**
 * vi915_klog_open() - open the file for the kernel's log
 * @klog: filled
 * @path: the file the user wants it in, or NULL
 *
 * Return: 0, or the exit code after printing an error.
 */
int vi915_klog_open(struct vi915_klog *klog, const char *path)
{
	struct stat st;

	*klog = (struct vi915_klog){ .path = path, .copy_fd = -1 };
	if (path) {
		klog->fd = open(path,
				O_RDWR | O_CREAT | O_TRUNC | O_APPEND |
				O_CLOEXEC, 0666);
		if (klog->fd >= 0 && !fstat(klog->fd, &st) &&
		    S_ISREG(st.st_mode))
			return 0;
		if (klog->fd >= 0)
			close(klog->fd);
		klog->copy_fd = open(path, O_WRONLY | O_CLOEXEC);
		if (klog->copy_fd < 0)
			return vi915_say("cannot write the kernel's log to %s: %s; name another file with --log",
					 path, strerror(errno));
	}

	klog->fd = memfd_create("vi915-kernel-log", MFD_CLOEXEC);
	if (klog->fd < 0)
		return vi915_say("cannot keep the kernel's log in memory: %s; name a file with --log",
				 strerror(errno));
	fcntl(klog->fd, F_SETFL, O_APPEND);
	return 0;
}

/**
 * vi915_klog_append() - append text to the kernel's log
 * @klog: the log
 * @text: the text
 * @len: bytes of @text
 */
void vi915_klog_append(struct vi915_klog *klog, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(klog->fd, text, len);

		if (n <= 0)
			return;
		text += n;
		len -= n;
	}
}

/**
 * vi915_klog_load() - read the log so far
 * @klog: the log; its text is replaced
 */
void vi915_klog_load(struct vi915_klog *klog)
{
	struct stat st = { 0 };
	size_t size;
	ssize_t n;

	fstat(klog->fd, &st);
	size = st.st_size < VI915_KLOG_MAX ? st.st_size : VI915_KLOG_MAX;
	free(klog->text);
	klog->len = 0;
	klog->text = malloc(size + 1);
	if (!klog->text)
		exit(vi915_say("out of memory"));
	while (klog->len < size) {
		n = pread(klog->fd, klog->text + klog->len,
			  size - klog->len, klog->len);
		if (n <= 0)
			break;
		klog->len += n;
	}
	klog->text[klog->len] = '\0';
}

/**
 * vi915_klog_has_grown() - check whether the log has grown since the last call
 * @klog: the log
 *
 * Return: true if it has.
 */
bool vi915_klog_has_grown(struct vi915_klog *klog)
{
	struct stat st = { .st_size = klog->seen };
	bool grown;

	fstat(klog->fd, &st);
	grown = st.st_size > klog->seen;
	klog->seen = st.st_size;
	return grown;
}

/**
 * vi915_klog_has() - search a text in the log
 * @klog: the log; loaded again
 * @text: the text
 *
 * Return: true if it is there.
 */
bool vi915_klog_has(struct vi915_klog *klog, const char *text)
{
	vi915_klog_load(klog);
	return klog->text &&
	       memmem(klog->text, klog->len, text, strlen(text));
}

/* The line that begins at @at, without its time stamp. */
static struct vi915_klog_line vi915_klog_line(const char *at)
{
	const char *end = at + strcspn(at, "\r\n"), *close;

	if (*at == '[') {
		close = memchr(at, ']', end - at);
		if (close && close + 1 < end && close[1] == ' ')
			at = close + 2;
	}
	return (struct vi915_klog_line){ at, end - at };
}

static const char *vi915_klog_next(const char *at)
{
	at += strcspn(at, "\n");
	return *at ? at + 1 : at;
}

static bool vi915_klog_begins(const struct vi915_klog_line *line,
			      const char *const *heads, size_t num)
{
	size_t i, len;

	for (i = 0; i < num; i++) {
		len = strlen(heads[i]);
		if (line->len >= len && !memcmp(line->text, heads[i], len))
			return true;
	}
	return false;
}

#define VI915_KLOG_BEGINS(line, heads) \
	vi915_klog_begins(line, heads, sizeof(heads) / sizeof(*(heads)))

/**
 * vi915_klog_find_splat() - find the first complaint of the kernel
 * @klog: the log, loaded
 * @line: filled
 *
 * "cut here" only opens a report, so the line after it is taken.
 *
 * Return: true if there is one.
 */
bool vi915_klog_find_splat(const struct vi915_klog *klog,
			   struct vi915_klog_line *line)
{
	const char *at = klog->text;
	struct vi915_klog_line next;

	for (; at && *at; at = vi915_klog_next(at)) {
		*line = vi915_klog_line(at);
		if (!VI915_KLOG_BEGINS(line, vi915_klog_splats) ||
		    VI915_KLOG_BEGINS(line, vi915_klog_banners))
			continue;
		if (!strncmp(line->text, "---", 3)) {
			next = vi915_klog_line(vi915_klog_next(at));
			if (next.len)
				*line = next;
		}
		return true;
	}
	return false;
}

static bool vi915_klog_find(const struct vi915_klog *klog, const char *head,
			    struct vi915_klog_line *line)
{
	const char *at = klog->text;

	for (; at && *at; at = vi915_klog_next(at)) {
		*line = vi915_klog_line(at);
		if (vi915_klog_begins(line, &head, 1))
			return true;
	}
	return false;
}

/**
 * vi915_klog_find_panic() - find the line of a kernel panic
 * @klog: the log, loaded
 * @line: filled
 *
 * Return: true if there is one.
 */
bool vi915_klog_find_panic(const struct vi915_klog *klog,
			   struct vi915_klog_line *line)
{
	return vi915_klog_find(klog, "Kernel panic", line);
}

/**
 * vi915_klog_find_killed() - find the first process killed for lack of memory
 * @klog: the log, loaded
 * @line: filled with the kernel's line about it
 *
 * Return: true if there is one.
 */
bool vi915_klog_find_killed(const struct vi915_klog *klog, struct vi915_klog_line *line)
{
	return vi915_klog_find(klog, "Out of memory: Killed process", line);
}

static bool vi915_klog_has_line(const struct vi915_klog *klog, const char *const *heads, size_t num)
{
	const char *at = klog->text;
	struct vi915_klog_line line;

	for (; at && *at; at = vi915_klog_next(at)) {
		line = vi915_klog_line(at);
		if (vi915_klog_begins(&line, heads, num))
			return true;
	}
	return false;
}

/**
 * vi915_klog_has_bus_error() - check whether the memory's file ran out of space
 * @klog: the log, loaded
 *
 * Return: true if the kernel died of that.
 */
bool vi915_klog_has_bus_error(const struct vi915_klog *klog)
{
	static const char *const errors[] = { "Bus error - the host" };

	return vi915_klog_has_line(klog, errors, 1);
}

/**
 * vi915_klog_lost_process() - check whether the host ended a process of the box
 * @klog: the log, loaded
 *
 * Each process in the box is a process of the host. When one is gone, the box's kernel takes it for
 * faulty.
 *
 * Return: true if it did.
 */
bool vi915_klog_lost_process(const struct vi915_klog *klog)
{
	static const char *const lines[] = {
		"userspace - child stopped with signal", "userspace - PTRACE_GETREGS failed",
		"userspace - ptrace continue failed", "userspace - ptrace set regs failed",
		"userspace - wait failed", "wait_stub_done : failed to wait for SIGTRAP",
	};

	return vi915_klog_has_line(klog, lines, sizeof(lines) / sizeof(lines[0]));
}

/**
 * vi915_klog_lacked_mappings() - check whether the host refused a mapping
 * @klog: the log, loaded
 *
 * Return: true if it did.
 */
bool vi915_klog_lacked_mappings(const struct vi915_klog *klog)
{
	static const char *const lines[] = { "UML ran out of memory on the host side!" };

	return vi915_klog_has_line(klog, lines, 1);
}

/**
 * vi915_klog_lacked_processes() - check whether the host refused a process
 * @klog: the log, loaded
 *
 * Return: true if it did.
 */
bool vi915_klog_lacked_processes(const struct vi915_klog *klog)
{
	static const char *const words[] = {
		"start_userspace : clone failed, errno = 11\n",
		"start_ptraced_child : fork failed: Resource temporarily unavailable",
	};

	for (size_t i = 0; klog->text && i < sizeof(words) / sizeof(words[0]); i++)
		if (memmem(klog->text, klog->len, words[i], strlen(words[i])))
			return true;
	return false;
}

/**
 * vi915_klog_find_leak() - find the first leak with a module in its backtrace
 * @text: kmemleak's report, ended by a NUL
 * @name: the module
 * @line: filled with the line of the backtrace that names it
 *
 * Only backtrace lines count, "[<address>] function [module]", since a process may have the
 * module's name, and the leaked memory may contain it.
 *
 * Return: true if there is one.
 */
bool vi915_klog_find_leak(const char *text, const char *name,
			  struct vi915_klog_line *line)
{
	for (; *text; text = vi915_klog_next(text)) {
		text += strspn(text, " ");
		*line = (struct vi915_klog_line){ text, strcspn(text, "\n") };
		if (!strncmp(text, "[<", 2) &&
		    memmem(line->text, line->len, name, strlen(name)))
			return true;
	}
	return false;
}

/**
 * vi915_klog_show() - print a part of the log on stderr
 * @klog: the log, loaded
 * @from: a place in its text; printing begins with the line around it
 * @num_lines: how many lines at most
 */
void vi915_klog_show(const struct vi915_klog *klog, const char *from,
		     unsigned int num_lines)
{
	while (from > klog->text && from[-1] != '\n')
		from--;
	for (; *from && num_lines; num_lines--) {
		vi915_tell("kernel: %.*s", (int)strcspn(from, "\r\n"), from);
		from = vi915_klog_next(from);
	}
}

/**
 * vi915_klog_show_last() - print the end of the log on stderr
 * @klog: the log, loaded
 * @num_lines: how many lines at most
 */
void vi915_klog_show_last(const struct vi915_klog *klog,
			  unsigned int num_lines)
{
	const char *at = klog->text + klog->len;
	unsigned int n = num_lines + 1;

	while (at > klog->text && n)
		if (*--at == '\n')
			n--;
	if (*at == '\n')
		at++;
	vi915_klog_show(klog, at, num_lines);
}

/**
 * vi915_klog_close() - copy the log to the user's file if needed, and close it
 * @klog: the log
 */
void vi915_klog_close(struct vi915_klog *klog)
{
	if (klog->copy_fd >= 0) {
		size_t done = 0;
		ssize_t n;

		vi915_klog_load(klog);
		while (done < klog->len &&
		       (n = write(klog->copy_fd, klog->text + done,
				  klog->len - done)) > 0)
			done += n;
		close(klog->copy_fd);
	}
	free(klog->text);
	close(klog->fd);
}

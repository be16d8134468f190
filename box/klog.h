/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_KLOG_H
#define VI915_KLOG_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct vi915_klog - the log of the box's kernel
 * @fd: the file that the kernel writes to
 * @path: the file the user wants it in, or NULL
 * @copy_fd: that file, if it cannot be read back (a pipe, for example); the log is copied to it at
 *	the end. Else -1
 * @text: the whole log, once loaded, ended by a NUL
 * @len: bytes of @text
 * @seen: length of the file at the last vi915_klog_has_grown()
 */
struct vi915_klog {
	int fd;
	const char *path;
	int copy_fd;
	char *text;
	size_t len;
	long long seen;
};

/**
 * struct vi915_klog_line - one line of the log
 * @text: its first byte behind the time stamp; not ended by a NUL
 * @len: bytes up to the newline
 */
struct vi915_klog_line {
	const char *text;
	size_t len;
};

int vi915_klog_open(struct vi915_klog *klog, const char *path);
void vi915_klog_append(struct vi915_klog *klog, const char *text, size_t len);
void vi915_klog_load(struct vi915_klog *klog);
bool vi915_klog_has_grown(struct vi915_klog *klog);
bool vi915_klog_has(struct vi915_klog *klog, const char *text);
bool vi915_klog_find_splat(const struct vi915_klog *klog,
			   struct vi915_klog_line *line);
bool vi915_klog_find_panic(const struct vi915_klog *klog,
			   struct vi915_klog_line *line);
bool vi915_klog_find_killed(const struct vi915_klog *klog, struct vi915_klog_line *line);
bool vi915_klog_has_bus_error(const struct vi915_klog *klog);
bool vi915_klog_lost_process(const struct vi915_klog *klog);
bool vi915_klog_lacked_mappings(const struct vi915_klog *klog);
bool vi915_klog_lacked_processes(const struct vi915_klog *klog);
bool vi915_klog_find_leak(const char *text, const char *name,
			  struct vi915_klog_line *line);
void vi915_klog_show(const struct vi915_klog *klog, const char *from,
		     unsigned int num_lines);
void vi915_klog_show_last(const struct vi915_klog *klog,
			  unsigned int num_lines);
void vi915_klog_close(struct vi915_klog *klog);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Observing the process and the kernel: page frames behind an
 * address, a GPU's objects in debugfs, faults, threads and children.
 */
#ifndef VI915_TESTS_PROC_H
#define VI915_TESTS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "fail.h"

#define VI915_PAGE 4096UL

/* Page frames. */

/**
 * vi915_pfn() - page frame number behind an address of this process
 *
 * The page must have been touched. Needs root. The kernel tells frames of
 * ordinary mappings only: mappings of GEM objects and of most dma-bufs are
 * VM_PFNMAP and look like holes. To find out whether two of those show one
 * page, write through one and read through the other.
 *
 * Returns: the number, 0 when no page is mapped there.
 */
uint64_t vi915_pfn_at(const char *at, const volatile void *ptr);
#define vi915_pfn(ptr) vi915_pfn_at(VI915_AT, ptr)

/* Patterns. */

/**
 * vi915_fill() - write a pattern that depends on the seed and the offset
 */
void vi915_fill(void *ptr, size_t size, uint32_t seed);

/**
 * vi915_verify() - compare with the pattern of vi915_fill()
 *
 * Returns: the offset of the first difference, or -1.
 */
ssize_t vi915_verify(const void *ptr, size_t size, uint32_t seed);

/**
 * vi915_same_at() - end the test unless all @size bytes match the pattern
 */
void vi915_same_at(const char *at, const void *ptr, size_t size, uint32_t seed);
#define vi915_same(ptr, size, seed) vi915_same_at(VI915_AT, ptr, size, seed)

/* debugfs. */

/**
 * struct vi915_object - one line of a GPU's vi915_objects
 */
struct vi915_object {
	uint64_t ino;
	uint64_t size;
	uint64_t pages;
	int users;
	int shares;
	int mapped;
	uint64_t copy;
	char kind[16];
	char dir[16];
	char madv[16];
};

/**
 * vi915_object_count() - number of objects alive on the GPU of this file
 *
 * The first number in i915_gem_objects, read when no object is about to be
 * freed any more, also none of a file that an earlier test left to be closed.
 */
long vi915_object_count_at(const char *at, int fd);
#define vi915_object_count(fd) vi915_object_count_at(VI915_AT, fd)

/**
 * vi915_object_find() - the first object that has this inode and this size
 * @ino: inode of its dma-buf, 0 for any
 * @size: size in bytes, 0 for any
 */
bool __vi915_object_find(int fd, uint64_t ino, uint64_t size, struct vi915_object *object);
void vi915_object_find_at(const char *at, int fd, uint64_t ino, uint64_t size,
			  struct vi915_object *object);
#define vi915_object_find(fd, ino, size, object) \
	vi915_object_find_at(VI915_AT, fd, ino, size, object)

/* Bits of i915_gem_drop_caches. */
#define DROP_UNBOUND 0x1
#define DROP_BOUND 0x2
#define DROP_RETIRE 0x4
#define DROP_ACTIVE 0x8
#define DROP_FREED 0x10
#define DROP_SHRINK_ALL 0x20
#define DROP_IDLE 0x40
#define DROP_RESET_ACTIVE 0x80
#define DROP_RESET_SEQNO 0x100
#define DROP_RCU 0x200
#define DROP_ALL 0x3ff
/* Takes back every page that can be reclaimed; waits for nothing. */
#define DROP_PAGES (DROP_UNBOUND | DROP_BOUND | DROP_SHRINK_ALL)

/**
 * vi915_drop_caches() - write i915_gem_drop_caches of the GPU of this file
 */
int __vi915_drop_caches(int fd, uint64_t bits);
#define vi915_drop_caches(fd, bits) vi915_check(__vi915_drop_caches(fd, bits))

/**
 * vi915_debugfs_read() - read a file of this GPU's debugfs folder
 *
 * Returns: number of bytes, without the closing 0, or -errno.
 */
ssize_t __vi915_debugfs_read(int fd, const char *file, char *buf, size_t size);
int __vi915_debugfs_write(int fd, const char *file, const char *text);

/**
 * vi915_meminfo() - one line of /proc/meminfo, in KiB
 */
long vi915_meminfo_at(const char *at, const char *key);
#define vi915_meminfo(key) vi915_meminfo_at(VI915_AT, key)

/* Faults. */

/**
 * vi915_read_signal() - read one byte
 *
 * Returns: 0, or the signal that reading raised: SIGBUS or SIGSEGV.
 */
int vi915_read_signal(const volatile void *ptr);

/**
 * vi915_write_signal() - write one byte back to where it was read from
 */
int vi915_write_signal(volatile void *ptr);

/* Threads and children. */

/**
 * vi915_threads() - run a function in n threads that start together
 * @fn: gets @arg and the thread's index
 *
 * Returns when all have returned.
 */
void vi915_threads(int n, void (*fn)(void *arg, int index), void *arg);

/**
 * vi915_child() - run a function in a child process
 *
 * The child ends with success when @fn returns and with failure when
 * vi915_fail() was called in it.
 */
pid_t vi915_child(void (*fn)(void *arg), void *arg);

/**
 * vi915_child_join() - wait for a child; its failure is this test's
 */
void vi915_child_join_at(const char *at, pid_t pid);
#define vi915_child_join(pid) vi915_child_join_at(VI915_AT, pid)

/**
 * vi915_now() - CLOCK_MONOTONIC in nanoseconds
 */
int64_t vi915_now(void);

/**
 * vi915_after() - run a function in a thread of its own, some time from now
 */
void vi915_after(int64_t ns, void (*fn)(void *arg), void *arg);

#endif

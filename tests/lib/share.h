/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Helpers of the sharing tests: an object's state in its GPU's debugfs, taking
 * a GPU away and bringing it back, and repeatable random numbers.
 */
#ifndef VI915_TESTS_SHARE_H
#define VI915_TESTS_SHARE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "fail.h"
#include "uapi.h"

/* Size of most shared objects: more than one page, less than a fault maps. */
#define SHARE_SIZE (4 * 4096UL)

/**
 * share_state() - one number from the line of vi915_objects with this inode
 * @fd: file of the GPU
 * @ino: inode of the dma-buf, from dmabuf_inode()
 * @key: "pages", "users", "shares", "mapped", "size"
 *
 * Returns: the number behind @key, or -1 when there is no such object.
 */
long share_state_at(const char *at, int fd, ino_t ino, const char *key);
#define share_state(fd, ino, key) share_state_at(VI915_AT, fd, ino, key)

/**
 * share_word() - as share_state(), for "kind", "dir" and "madv"
 *
 * Returns: the word in a static buffer of this thread, "" without an object.
 */
const char *share_word_at(const char *at, int fd, ino_t ino, const char *key);
#define share_word(fd, ino, key) share_word_at(VI915_AT, fd, ino, key)

/**
 * share_platform() - the platform device behind an open GPU, "vi915.1"
 */
void share_platform_at(const char *at, int fd, char name[64]);
#define share_platform(fd, name) share_platform_at(VI915_AT, fd, name)

/**
 * share_unbind() - unbind a GPU from the driver, as unplugging does
 * @name: from share_platform()
 */
int __share_unbind(const char *name);
#define share_unbind(name) vi915_check(__share_unbind(name))

/**
 * share_bind() - bind it again
 */
int __share_bind(const char *name);
#define share_bind(name) vi915_check(__share_bind(name))

/**
 * share_rand() - a step of a linear congruential generator
 * @state: the seed at first, then the generator's state
 *
 * Returns: a number below @n.
 */
uint32_t share_rand(uint32_t *state, uint32_t n);

/**
 * __share_reads() - map a dma-buf, compare it with a pattern, unmap it
 *
 * Returns: -1 when all bytes are those of vi915_fill() with @seed, else the
 * offset of the first that is not, or -2 when it cannot be mapped.
 */
ssize_t __share_reads(int dmabuf, uint64_t size, uint32_t seed);
ssize_t __share_gtt_reads(int fd, uint32_t handle, uint64_t size, uint32_t seed);

/**
 * share_reads() - map a dma-buf, compare it with a pattern, unmap it
 *
 * Ends the test when the bytes differ from those of vi915_fill() with @seed.
 */
void share_reads_at(const char *at, int dmabuf, uint64_t size, uint32_t seed);
#define share_reads(dmabuf, size, seed) share_reads_at(VI915_AT, dmabuf, size, seed)

/**
 * share_gtt_reads() - the same through the GTT view of a handle
 */
void share_gtt_reads_at(const char *at, int fd, uint32_t handle, uint64_t size, uint32_t seed);
#define share_gtt_reads(fd, handle, size, seed) \
	share_gtt_reads_at(VI915_AT, fd, handle, size, seed)

/* Write the pattern instead of comparing. */
void share_writes_at(const char *at, int dmabuf, uint64_t size, uint32_t seed);
#define share_writes(dmabuf, size, seed) share_writes_at(VI915_AT, dmabuf, size, seed)
void share_gtt_writes_at(const char *at, int fd, uint32_t handle, uint64_t size, uint32_t seed);
#define share_gtt_writes(fd, handle, size, seed) \
	share_gtt_writes_at(VI915_AT, fd, handle, size, seed)

/**
 * share_both_ways() - check that each side reads what the other writes
 * @import: our handle of the buffer, read and written through its GTT view
 * @theirs: the peer's mapping of it
 */
void share_both_ways_at(const char *at, int gpu, uint32_t import, void *theirs, uint64_t size);
#define share_both_ways(gpu, import, theirs, size) \
	share_both_ways_at(VI915_AT, gpu, import, theirs, size)

/**
 * __share_take_dumb() - import a dumb buffer of a DRM driver, and check both
 * ways
 *
 * Returns: 0, or -errno of the import.
 */
int __share_take_dumb(int gpu, int peer);

/**
 * struct share_crumbs - many single pages of a GPU, scattered over memory
 * @gpu: file of the GPU
 * @handles: objects of one page; 0: already given back
 */
struct share_crumbs {
	int gpu;
#define SHARE_CRUMBS 512
	uint32_t handles[SHARE_CRUMBS];
};

/**
 * share_strew() - fragment free memory, so that the next object is not
 * contiguous
 *
 * Allocates many single pages and frees every second one: each free page then
 * has used neighbours, and the next object is made of these.
 */
void share_strew(struct share_crumbs *crumbs, int gpu);
void share_sweep(struct share_crumbs *crumbs);

/**
 * share_scattered() - create an object whose pages are not contiguous
 * @size: size in bytes, more than a page
 *
 * Returns: its handle; the pages are allocated.
 */
uint32_t share_scattered(int gpu, uint64_t size);

/**
 * share_signal_later() - have a sw_sync timeline make one step in 50 ms
 * @timeline: file of the timeline; the pointer must stay valid until then
 */
void share_signal_later(const int *timeline);

#endif

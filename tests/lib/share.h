/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the sharing tests add: an object's state as its GPU tells it, taking a
 * GPU away and bringing it back, and repeatable random numbers.
 */
#ifndef VI915_TESTS_SHARE_H
#define VI915_TESTS_SHARE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "fail.h"
#include "uapi.h"

/* The size of what most tests share: more than one page, less than a fault maps. */
#define SHARE_SIZE (4 * 4096UL)

/**
 * share_state() - one word of the line of vi915_objects with this inode
 * @fd: the GPU
 * @ino: inode of the dma-buf, from dmabuf_inode()
 * @key: "pages", "users", "shares", "mapped", "size"
 *
 * Returns: the number behind the word, or -1 when there is no such object.
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
 * share_unbind() - take a GPU away, as unplugging does
 * @name: from share_platform()
 */
int __share_unbind(const char *name);
#define share_unbind(name) vi915_check(__share_unbind(name))

/**
 * share_bind() - bring it back
 */
int __share_bind(const char *name);
#define share_bind(name) vi915_check(__share_bind(name))

/**
 * share_rand() - a step of a linear congruential generator
 * @state: the seed first, and then whatever this made of it
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

/* Write the pattern there instead. */
void share_writes_at(const char *at, int dmabuf, uint64_t size, uint32_t seed);
#define share_writes(dmabuf, size, seed) share_writes_at(VI915_AT, dmabuf, size, seed)
void share_gtt_writes_at(const char *at, int fd, uint32_t handle, uint64_t size, uint32_t seed);
#define share_gtt_writes(fd, handle, size, seed) \
	share_gtt_writes_at(VI915_AT, fd, handle, size, seed)

/**
 * share_both_ways() - what one side writes is what the other reads
 * @import: our handle of the buffer, read and written through its GTT view
 * @theirs: the peer's mapping of it
 */
void share_both_ways_at(const char *at, int gpu, uint32_t import, void *theirs, uint64_t size);
#define share_both_ways(gpu, import, theirs, size) \
	share_both_ways_at(VI915_AT, gpu, import, theirs, size)

/**
 * __share_take_dumb() - import a dumb buffer of a DRM driver, and look both ways
 *
 * Returns: 0 or -errno of the import.
 */
int __share_take_dumb(int gpu, int peer);

/**
 * struct share_crumbs - many single pages of a GPU, strewn over memory
 * @gpu: its file
 * @handles: of objects of one page; 0: given back already
 */
struct share_crumbs {
	int gpu;
#define SHARE_CRUMBS 512
	uint32_t handles[SHARE_CRUMBS];
};

/**
 * share_strew() - have what is taken next not lie in one piece
 *
 * Every second of many single pages is given back: what is free then has
 * neighbours that are not, and the next object is made of that.
 */
void share_strew(struct share_crumbs *crumbs, int gpu);
void share_sweep(struct share_crumbs *crumbs);

/**
 * share_scattered() - an object whose pages are not one piece
 * @size: more than a page
 *
 * Returns: its handle; its pages are present.
 */
uint32_t share_scattered(int gpu, uint64_t size);

/**
 * share_signal_later() - have a sw_sync timeline make one step in 50 ms
 * @timeline: its file; must stay valid until then
 */
void share_signal_later(const int *timeline);

#endif

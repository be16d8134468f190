/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The object ioctls of i915. __gem_x() answers 0 or -errno and gives results
 * through pointers; gem_x() ends the test with file and line when the call is
 * refused. For arguments that only refusal tests set (pads, invalid flags), use
 * vi915_ioctl() with the plain struct.
 */
#ifndef VI915_TESTS_GEM_H
#define VI915_TESTS_GEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#include "fail.h"
#include "uapi.h"

/* Objects: create, close, names. */

int __gem_create(int fd, uint64_t *size, uint32_t *handle);
uint32_t gem_create_at(const char *at, int fd, uint64_t size);
#define gem_create(fd, size) gem_create_at(VI915_AT, fd, size)

int __gem_create_ext(int fd, uint64_t *size, uint32_t flags, void *extensions,
		     uint32_t *handle);
uint32_t gem_create_ext_at(const char *at, int fd, uint64_t size, uint32_t flags,
			   void *extensions);
#define gem_create_ext(fd, size, flags, extensions) \
	gem_create_ext_at(VI915_AT, fd, size, flags, extensions)

int __gem_close(int fd, uint32_t handle);
#define gem_close(fd, handle) vi915_check(__gem_close(fd, handle))

int __gem_flink(int fd, uint32_t handle, uint32_t *name);
uint32_t gem_flink_at(const char *at, int fd, uint32_t handle);
#define gem_flink(fd, handle) gem_flink_at(VI915_AT, fd, handle)

int __gem_open(int fd, uint32_t name, uint32_t *handle, uint64_t *size);
uint32_t gem_open_at(const char *at, int fd, uint32_t name);
#define gem_open(fd, name) gem_open_at(VI915_AT, fd, name)

int __gem_userptr(int fd, void *ptr, uint64_t size, uint32_t flags, uint32_t *handle);
uint32_t gem_userptr_at(const char *at, int fd, void *ptr, uint64_t size, uint32_t flags);
#define gem_userptr(fd, ptr, size, flags) gem_userptr_at(VI915_AT, fd, ptr, size, flags)

/* Dumb buffers. */

int __gem_dumb_create(int fd, struct drm_mode_create_dumb *dumb);
uint32_t gem_dumb_create_at(const char *at, int fd, uint32_t width, uint32_t height,
			    uint32_t bpp, uint32_t *pitch, uint64_t *size);
#define gem_dumb_create(fd, width, height, bpp, pitch, size) \
	gem_dumb_create_at(VI915_AT, fd, width, height, bpp, pitch, size)

int __gem_dumb_map(int fd, uint32_t handle, uint64_t *offset);
int __gem_dumb_destroy(int fd, uint32_t handle);

/* Mapping. __gem_mmap_x() answers the address through @ptr. */

int __gem_mmap(int fd, uint32_t handle, uint64_t offset, uint64_t size, uint64_t flags,
	       void **ptr);
void *gem_mmap_at(const char *at, int fd, uint32_t handle, uint64_t offset, uint64_t size,
		  uint64_t flags);
#define gem_mmap_wb(fd, handle, offset, size) gem_mmap_at(VI915_AT, fd, handle, offset, size, 0)
#define gem_mmap_wc(fd, handle, offset, size) \
	gem_mmap_at(VI915_AT, fd, handle, offset, size, I915_MMAP_WC)

int __gem_mmap_gtt_offset(int fd, uint32_t handle, uint64_t *offset);
int __gem_mmap_offset(int fd, uint32_t handle, uint64_t type, uint64_t *offset);

/* mmap(2) of a fake offset, read and write, shared. */
int __gem_mmap_at_offset(int fd, uint64_t offset, uint64_t size, void **ptr);

/* GEM_MMAP_GTT and mmap(2). */
void *gem_mmap_gtt_at(const char *at, int fd, uint32_t handle, uint64_t size);
#define gem_mmap_gtt(fd, handle, size) gem_mmap_gtt_at(VI915_AT, fd, handle, size)

/* GEM_MMAP_OFFSET of an I915_MMAP_OFFSET_x type and mmap(2). */
void *gem_mmap_type_at(const char *at, int fd, uint32_t handle, uint64_t size, uint64_t type);
#define gem_mmap_type(fd, handle, size, type) gem_mmap_type_at(VI915_AT, fd, handle, size, type)

#define gem_munmap(ptr, size) vi915_check(munmap(ptr, size) ? -errno : 0)

/* Data and coherency. */

int __gem_pread(int fd, uint32_t handle, uint64_t offset, void *data, uint64_t size);
#define gem_pread(fd, handle, offset, data, size) \
	vi915_check(__gem_pread(fd, handle, offset, data, size))
int __gem_pwrite(int fd, uint32_t handle, uint64_t offset, const void *data, uint64_t size);
#define gem_pwrite(fd, handle, offset, data, size) \
	vi915_check(__gem_pwrite(fd, handle, offset, data, size))
int __gem_set_domain(int fd, uint32_t handle, uint32_t read, uint32_t write);
#define gem_set_domain(fd, handle, read, write) \
	vi915_check(__gem_set_domain(fd, handle, read, write))
int __gem_sw_finish(int fd, uint32_t handle);
#define gem_sw_finish(fd, handle) vi915_check(__gem_sw_finish(fd, handle))

/* Fences. */

int __gem_busy(int fd, uint32_t handle, uint32_t *busy);
uint32_t gem_busy_at(const char *at, int fd, uint32_t handle);
#define gem_busy(fd, handle) gem_busy_at(VI915_AT, fd, handle)
/* @timeout_ns may be NULL: wait for ever. The time that is left is written there. */
int __gem_wait(int fd, uint32_t handle, int64_t *timeout_ns);

/* State. */

int __gem_set_caching(int fd, uint32_t handle, uint32_t caching);
#define gem_set_caching(fd, handle, caching) vi915_check(__gem_set_caching(fd, handle, caching))
int __gem_get_caching(int fd, uint32_t handle, uint32_t *caching);
int __gem_set_tiling(int fd, uint32_t handle, uint32_t tiling, uint32_t stride);
#define gem_set_tiling(fd, handle, tiling, stride) \
	vi915_check(__gem_set_tiling(fd, handle, tiling, stride))
int __gem_get_tiling(int fd, uint32_t handle, struct drm_i915_gem_get_tiling *tiling);
int __gem_madvise(int fd, uint32_t handle, uint32_t madv, uint32_t *retained);
/* Returns: the ioctl's retained value. */
uint32_t gem_madvise_at(const char *at, int fd, uint32_t handle, uint32_t madv);
#define gem_madvise(fd, handle, madv) gem_madvise_at(VI915_AT, fd, handle, madv)

/* The device. */

int __gem_getparam(int fd, int param, int *value);
int gem_getparam_at(const char *at, int fd, int param);
#define gem_getparam(fd, param) gem_getparam_at(VI915_AT, fd, param)
int __gem_get_aperture(int fd, struct drm_i915_gem_get_aperture *aperture);
/* One item; @item->length is in and out, and holds the item's errno. */
int __gem_query(int fd, struct drm_i915_query_item *item);

#endif

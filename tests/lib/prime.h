/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Sharing: PRIME, the dma-buf's own ioctls, and fences that are put on an
 * object from outside.
 */
#ifndef VI915_TESTS_PRIME_H
#define VI915_TESTS_PRIME_H

#include <fcntl.h>
#include <stdint.h>
#include <sys/types.h>

#include "fail.h"
#include "uapi.h"

int __prime_export(int fd, uint32_t handle, uint32_t flags, int *dmabuf);
/* Exports with DRM_CLOEXEC | DRM_RDWR. */
int prime_export_at(const char *at, int fd, uint32_t handle);
#define prime_export(fd, handle) prime_export_at(VI915_AT, fd, handle)

int __prime_import(int fd, int dmabuf, uint32_t *handle);
uint32_t prime_import_at(const char *at, int fd, int dmabuf);
#define prime_import(fd, dmabuf) prime_import_at(VI915_AT, fd, dmabuf)

/* @flags: DMA_BUF_SYNC_START or _END, with _READ, _WRITE or both. */
int __dmabuf_sync(int dmabuf, uint64_t flags);
#define dmabuf_sync(dmabuf, flags) vi915_check(__dmabuf_sync(dmabuf, flags))

int __dmabuf_mmap(int dmabuf, uint64_t offset, uint64_t size, int prot, void **ptr);
void *dmabuf_mmap_at(const char *at, int dmabuf, uint64_t size);
#define dmabuf_mmap(dmabuf, size) dmabuf_mmap_at(VI915_AT, dmabuf, size)

/* lseek(END), and back to 0. */
uint64_t dmabuf_size_at(const char *at, int dmabuf);
#define dmabuf_size(dmabuf) dmabuf_size_at(VI915_AT, dmabuf)

/* Inode: the same for two fds exactly when they are one dma-buf. */
ino_t dmabuf_inode_at(const char *at, int dmabuf);
#define dmabuf_inode(dmabuf) dmabuf_inode_at(VI915_AT, dmabuf)

/* poll(2) of any fd. Returns: revents, 0 when @timeout_ms passed. */
int fd_poll_at(const char *at, int fd, short events, int timeout_ms);
#define fd_poll(fd, events, timeout_ms) fd_poll_at(VI915_AT, fd, events, timeout_ms)

/* @flags: DMA_BUF_SYNC_READ, _WRITE or both. */
int __dmabuf_export_sync_file(int dmabuf, uint32_t flags, int *sync_file);
int dmabuf_export_sync_file_at(const char *at, int dmabuf, uint32_t flags);
#define dmabuf_export_sync_file(dmabuf, flags) \
	dmabuf_export_sync_file_at(VI915_AT, dmabuf, flags)
int __dmabuf_import_sync_file(int dmabuf, uint32_t flags, int sync_file);
#define dmabuf_import_sync_file(dmabuf, flags, sync_file) \
	vi915_check(__dmabuf_import_sync_file(dmabuf, flags, sync_file))

/* SYNC_IOC_FILE_INFO: 1 signalled, 0 active, negative errno of the fence. */
int sync_file_status_at(const char *at, int sync_file);
#define sync_file_status(sync_file) sync_file_status_at(VI915_AT, sync_file)

/*
 * Timelines of sw_sync: fences that only the test signals. Closing the
 * timeline signals what is left, with -ENOENT.
 */
int sw_timeline_at(const char *at);
#define sw_timeline() sw_timeline_at(VI915_AT)
/* A sync_file that signals when the timeline reaches @seqno. */
int sw_fence_at(const char *at, int timeline, uint32_t seqno);
#define sw_fence(timeline, seqno) sw_fence_at(VI915_AT, timeline, seqno)
void sw_signal_at(const char *at, int timeline, uint32_t steps);
#define sw_signal(timeline, steps) sw_signal_at(VI915_AT, timeline, steps)

/*
 * Puts the next fence of a timeline on an object, as a reader's or a writer's
 * (@flags: DMA_BUF_SYNC_READ or _WRITE), through a temporary dma-buf.
 */
void gem_attach_fence_at(const char *at, int fd, uint32_t handle, int sync_file,
			 uint32_t flags);
#define gem_attach_fence(fd, handle, sync_file, flags) \
	gem_attach_fence_at(VI915_AT, fd, handle, sync_file, flags)

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Finding and opening GPUs by the name in their description, and the other
 * DRM devices of the box by the name of their driver.
 */
#ifndef VI915_TESTS_GPU_H
#define VI915_TESTS_GPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fail.h"
#include "uapi.h"

#define VI915_DRI_DEBUGFS "/sys/kernel/debug/dri"

/**
 * struct vi915_gpu - one GPU of this box, as described in its debugfs
 * @name: name in the description
 * @card: minor of the card node
 * @render: minor of the render node, or -1
 * @imports_cpu: rule R5: imports may be read and written by the CPU
 */
struct vi915_gpu {
	char name[64];
	int card;
	int render;
	bool imports_cpu;
};

/**
 * vi915_ioctl() - ioctl(2), repeated after EINTR and EAGAIN as drmIoctl() does
 *
 * Returns: the ioctl's answer (0 or more), or -errno.
 */
int vi915_ioctl(int fd, unsigned long request, void *arg);

/**
 * __vi915_gpu_find() - look a GPU up by the name in its description
 *
 * Returns: 0 or -ENOENT.
 */
int __vi915_gpu_find(const char *name, struct vi915_gpu *gpu);
void vi915_gpu_find_at(const char *at, const char *name, struct vi915_gpu *gpu);
#define vi915_gpu_find(name, gpu) vi915_gpu_find_at(VI915_AT, name, gpu)

/**
 * vi915_open() - open a GPU's card node, O_RDWR | O_CLOEXEC
 */
int vi915_open_at(const char *at, const char *name);
#define vi915_open(name) vi915_open_at(VI915_AT, name)

/**
 * vi915_open_render() - open a GPU's render node, O_RDWR | O_CLOEXEC
 */
int vi915_open_render_at(const char *at, const char *name);
#define vi915_open_render(name) vi915_open_render_at(VI915_AT, name)

/**
 * vi915_reopen() - a second, independent open file of the same device node
 */
int vi915_reopen_at(const char *at, int fd);
#define vi915_reopen(fd) vi915_reopen_at(VI915_AT, fd)

/**
 * __vi915_driver_open() - open the first card whose driver has this name
 * @driver: "vgem", "vkms", ...
 *
 * Returns: a file descriptor, or -ENOENT.
 */
int __vi915_driver_open(const char *driver);
int vi915_driver_open_at(const char *at, const char *driver);
#define vi915_driver_open(driver) vi915_driver_open_at(VI915_AT, driver)

/**
 * vi915_minor() - DRM minor of an open device node
 */
int vi915_minor_at(const char *at, int fd);
#define vi915_minor(fd) vi915_minor_at(VI915_AT, fd)

/**
 * struct vi915_version - what DRM_IOCTL_VERSION tells, strings cut to 63 bytes
 */
struct vi915_version {
	int major;
	int minor;
	int patchlevel;
	char name[64];
	char date[64];
	char desc[64];
};

int __vi915_version(int fd, struct vi915_version *version);

/**
 * vi915_cap() - value of a DRM_CAP_x
 *
 * Returns: 0 or -errno.
 */
int __vi915_cap(int fd, uint64_t cap, uint64_t *value);

#endif

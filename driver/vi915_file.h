/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_FILE_H
#define VI915_FILE_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "vi915_engine.h"
#include "vi915_turns.h"

struct drm_device;
struct drm_file;
struct vi915_context;
struct vi915_device;

/**
 * struct vi915_file - one open file: its contexts and address spaces
 */
struct vi915_file {
	/** @ref: held by the DRM file and by contexts */
	struct kref ref;
	/** @dev: the GPU; the DRM file and every context hold it */
	struct vi915_device *dev;
	/** @contexts: &struct vi915_context by id, from 1 */
	struct xarray contexts;
	/** @vms: &struct vi915_vm by id, from 1 */
	struct xarray vms;
	/** @default_ctx: context 0 */
	struct vi915_context *default_ctx;
	/** @handles: how many handles it has */
	atomic_t handles;
	/** @kept: memory charged by vi915_file_charge(), in bytes */
	atomic64_t kept;
	/** @turns: its share of each engine; under that engine's lock */
	struct vi915_turns_client turns[VI915_NUM_ENGINES];
	/** @busy_ns: time its jobs ran, by engine class */
	atomic64_t busy_ns[4];
	/** @jobs: its jobs that ended, by engine class */
	atomic64_t jobs[4];
	/** @skipped: 3D and media commands stepped over, by engine class */
	atomic64_t skipped[4];
	/** @strays: accesses to unmapped addresses by its jobs that ended */
	atomic64_t strays;
};

struct vi915_file *vi915_file_get(struct vi915_file *client);
void vi915_file_put(struct vi915_file *client);
int vi915_file_take_handle(struct vi915_file *client);
void vi915_file_give_handle(struct vi915_file *client);
int vi915_file_charge(struct vi915_file *client, size_t bytes);
void vi915_file_uncharge(struct vi915_file *client, size_t bytes);
int vi915_file_open(struct drm_device *drm, struct drm_file *file);
void vi915_file_close(struct drm_device *drm, struct drm_file *file);

#endif

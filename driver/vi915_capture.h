/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CAPTURE_H
#define VI915_CAPTURE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct drm_crtc;
struct drm_writeback_job;
struct vi915_composer;
struct vi915_crc;
struct vi915_frame;
struct vi915_output;

/**
 * struct vi915_capture_buffers - buffers and tables for pictures
 * @composer: makes the bands of a picture
 * @crc: tables for the CRCs of bands
 * @bands: the CRC of each band of the last frame that had one
 */
struct vi915_capture_buffers {
	struct vi915_composer *composer;
	struct vi915_crc *crc;
	u32 *bands;
};

/**
 * struct vi915_capture - CRCs and writeback of an output's frames
 *
 * The vblank orders the work, workers do it.
 */
struct vi915_capture {
	/**
	 * @lock: guards @users to @height, and @holds; held while a picture is
	 * made. Writeback fences wait for it, so nothing is allocated under it.
	 */
	struct mutex lock;
	/** @users: open CRC files, and writeback jobs until they are freed */
	unsigned int users;
	/** @buffers: set while there are users */
	struct vi915_capture_buffers buffers;
	/** @serial: number of the frame that @buffers has CRCs of; 0: none */
	u64 serial;
	/** @width: width of that frame, in pixels */
	u32 width;
	/** @height: height of that frame, in pixels */
	u32 height;

	/** @work: takes the CRC of @frame */
	struct work_struct work;
	/** @job_work: writes @job_frame back; never waits for @work */
	struct work_struct job_work;
	/** @crc: each vblank is to have a CRC; under vi915_output.lock */
	bool crc;
	/** @frame: frame to take the CRC of or NULL; under vi915_output.lock */
	struct vi915_frame *frame;
	/** @first: first vblank for @frame's CRC; under vi915_output.lock */
	u64 first;
	/** @last: last vblank for @frame's CRC; under vi915_output.lock */
	u64 last;
	/** @job_frame: frame to write back or NULL; under vi915_output.lock */
	struct vi915_frame *job_frame;
	/** @job: where to write @job_frame; under vi915_output.lock */
	struct drm_writeback_job *job;
	/** @commits: counts commits in place of vblanks if vblank=off */
	u64 commits;

	/** @holds: keep the GPU while CRC files are open; under @lock */
	struct list_head holds;
	/** @queued: job for the frame that the current commit makes */
	struct drm_writeback_job *queued;
};

int vi915_capture_init(struct vi915_output *output);
int vi915_capture_begin(struct vi915_output *output);
void vi915_capture_end(struct vi915_output *output);
void vi915_capture_shown(struct vi915_output *output);
void vi915_capture_vblank(struct vi915_output *output, u64 count);
void vi915_capture_flush(struct vi915_output *output);
void vi915_capture_off(struct vi915_output *output, struct vi915_frame *last);

const char *const *vi915_capture_get_sources(struct drm_crtc *crtc,
					     size_t *count);
int vi915_capture_verify_source(struct drm_crtc *crtc, const char *source,
				size_t *values);
int vi915_capture_set_source(struct drm_crtc *crtc, const char *source);

#endif

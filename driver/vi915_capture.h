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
 * struct vi915_capture_buffers - what a picture is made in
 * @composer: makes its bands
 * @crc: works out their CRCs
 * @bands: the CRC of each band of the last frame that had one
 */
struct vi915_capture_buffers {
	struct vi915_composer *composer;
	struct vi915_crc *crc;
	u32 *bands;
};

/**
 * struct vi915_capture - who looks at the frames of an output
 *
 * The vblank says what is to be done, a worker does it.
 */
struct vi915_capture {
	/**
	 * @lock: guards the next six, and is held while a picture is made.
	 * Writeback's fences wait for that, so nothing is allocated under it.
	 */
	struct mutex lock;
	/** @users: open CRC files, and writeback jobs until they are freed */
	unsigned int users;
	/** @buffers: while there are users */
	struct vi915_capture_buffers buffers;
	/** @serial: of the frame that the bands' CRCs are of; 0 for none */
	u64 serial;
	/** @width: likewise, in pixels */
	u32 width;
	/** @height: likewise */
	u32 height;

	/** @work: takes CRCs as the next ones say, which vi915_output.lock guards */
	struct work_struct work;
	/** @job_work: writes back as they say; never waits for @work */
	struct work_struct job_work;
	/** @crc: each vblank is to have a CRC */
	bool crc;
	/** @frame: to have its CRC taken, or NULL: nothing to be done */
	struct vi915_frame *frame;
	/** @first: the first vblank that @frame's CRC is for */
	u64 first;
	/** @last: the last one */
	u64 last;
	/** @job_frame: to be written to where @job says, or NULL */
	struct vi915_frame *job_frame;
	/** @job: see @job_frame */
	struct drm_writeback_job *job;
	/** @commits: counted in place of vblanks by a GPU without */
	u64 commits;

	/** @holds: keep the GPU while files of the CRCs are open; under @lock */
	struct list_head holds;
	/** @queued: for the frame that a commit is making; only that commit's */
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

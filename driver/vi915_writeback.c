// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_writeback.h>
#include <linux/list.h>

#include "vi915_writeback.h"

/**
 * vi915_writeback_complete() - tell whoever waits for a picture
 * @job: that was queued; the caller's no longer
 * @status: 0, or why there is none
 *
 * In any context.
 */
void vi915_writeback_complete(struct drm_writeback_job *job, int status)
{
	struct drm_writeback_connector *connector = job->connector;
	unsigned long flags;

	/* The DRM core completes the first: one may come before another. */
	spin_lock_irqsave(&connector->job_lock, flags);
	list_move(&job->list_entry, &connector->job_queue);
	spin_unlock_irqrestore(&connector->job_lock, flags);
	drm_writeback_signal_completion(connector, status);
}

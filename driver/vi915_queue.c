// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/errno.h>
#include <linux/workqueue.h>

#include "vi915_queue.h"

/* There from module init to module exit. */
static struct workqueue_struct *vi915_queue_wq;

/**
 * vi915_queue_init() - make the work queue of the module
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_queue_init(void)
{
	vi915_queue_wq = alloc_workqueue("vi915", WQ_UNBOUND, 0);
	return vi915_queue_wq ? 0 : -ENOMEM;
}

/**
 * vi915_queue_fini() - wait for all work to end, and remove the queue
 */
void vi915_queue_fini(void)
{
	destroy_workqueue(vi915_queue_wq);
}

/**
 * vi915_queue_add() - queue work that needs a context where it may sleep
 * @work: the work; may hold the last reference to its GPU
 *
 * Module exit waits for the work to end: a reference that it drops may be the
 * last one that keeps the module loaded.
 */
void vi915_queue_add(struct work_struct *work)
{
	queue_work(vi915_queue_wq, work);
}

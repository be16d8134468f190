// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/dma-fence.h>
#include <linux/err.h>

#include "vi915_drv.h"
#include "vi915_fence.h"
#include "vi915_foreign.h"
#include "vi915_waits.h"

/**
 * DOC: what a job waits for
 *
 * A client may have a job wait for thousands of fences, and for each of them
 * thousands of times. Of those that follow each other in one fence context only
 * the last one counts, so there is one per context, found by its number. When
 * all are known, those that are not ours get one that stands for them and loses
 * patience (vi915_foreign.c).
 *
 * The scheduler has a list of its own, which it goes through for each fence that
 * is added. It is left empty, and asks here.
 */

/**
 * vi915_waits_init() - wait for nothing
 * @waits: to be filled
 */
void vi915_waits_init(struct vi915_waits *waits)
{
	xa_init_flags(&waits->fences, XA_FLAGS_ACCOUNT);
}

/**
 * vi915_waits_fini() - let go of all fences
 * @waits: not needed any more
 */
void vi915_waits_fini(struct vi915_waits *waits)
{
	struct dma_fence *fence;
	unsigned long context;

	xa_for_each(&waits->fences, context, fence)
		dma_fence_put(fence);
	xa_destroy(&waits->fences);
}

/**
 * vi915_waits_add() - wait for one more fence
 * @waits: not settled yet
 * @fence: neither a chain nor an array; the caller keeps its reference
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_waits_add(struct vi915_waits *waits, struct dma_fence *fence)
{
	struct dma_fence *old;

	if (dma_fence_is_signaled(fence))
		return 0;
	old = xa_load(&waits->fences, fence->context);
	if (old && !dma_fence_is_later(fence, old))
		return 0;

	old = xa_store(&waits->fences, fence->context, dma_fence_get(fence),
		       GFP_KERNEL_ACCOUNT);
	if (xa_is_err(old)) {
		dma_fence_put(fence);
		return xa_err(old);
	}
	if (!old && !vi915_fence_is_ours(fence))
		waits->foreign++;
	dma_fence_put(old);
	return 0;
}

/**
 * vi915_waits_cost() - what is kept for those that are not ours
 * @waits: not settled yet
 *
 * Return: in bytes, at most.
 */
size_t vi915_waits_cost(const struct vi915_waits *waits)
{
	return waits->foreign * vi915_foreign_size();
}

/**
 * vi915_waits_settle() - see that none of them is waited for without end
 * @waits: all are known
 *
 * Return: 0; -ENOMEM; -EINTR.
 */
int vi915_waits_settle(struct vi915_waits *waits)
{
	struct dma_fence *fence, *stand_in;
	unsigned long context;
	size_t i = 1;

	xa_for_each(&waits->fences, context, fence) {
		if (vi915_relax(i++))
			return -EINTR;
		if (vi915_fence_is_ours(fence))
			continue;
		stand_in = vi915_foreign_create(fence, NULL);
		if (IS_ERR(stand_in))
			return PTR_ERR(stand_in);
		/* In place of another, this allocates nothing. */
		xa_store(&waits->fences, context, stand_in, GFP_KERNEL);
		dma_fence_put(fence);
	}
	return 0;
}

/**
 * vi915_waits_next() - the next fence that has not signalled
 * @waits: settled
 *
 * Called on the way to a fence; allocates nothing.
 *
 * Return: a fence that has not signalled, with a reference; NULL when there is
 * none left.
 */
struct dma_fence *vi915_waits_next(struct vi915_waits *waits)
{
	struct dma_fence *fence;

	while ((fence = xa_find(&waits->fences, &waits->next, ULONG_MAX,
				XA_PRESENT))) {
		waits->next++;
		if (!dma_fence_is_signaled(fence))
			return dma_fence_get(fence);
	}
	return NULL;
}

/**
 * vi915_waits_are_late() - did one that is not ours not come in time?
 * @waits: settled, and nothing is left to be waited for
 *
 * Return: whether one lost patience.
 */
bool vi915_waits_are_late(struct vi915_waits *waits)
{
	struct dma_fence *fence;
	unsigned long context;

	xa_for_each(&waits->fences, context, fence)
		if (vi915_foreign_is_late(fence))
			return true;
	return false;
}

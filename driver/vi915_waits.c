// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/dma-fence.h>
#include <linux/err.h>

#include "vi915_fence.h"
#include "vi915_foreign.h"
#include "vi915_refuse.h"
#include "vi915_waits.h"

/**
 * DOC: fences that a job waits for
 *
 * A client may let a job wait for thousands of fences, and for each of them
 * thousands of times. Only the last fence of each fence context counts, so one
 * per context is kept, indexed by the context's number. Once all are known,
 * foreign fences are replaced by proxies with a time limit (vi915_foreign.c).
 *
 * The scheduler's own list is searched for each fence added. So it stays empty,
 * and the scheduler asks here for the next fence.
 */

/**
 * vi915_waits_init() - start with no fences
 * @waits: out: without fences
 */
void vi915_waits_init(struct vi915_waits *waits)
{
	xa_init_flags(&waits->fences, XA_FLAGS_ACCOUNT);
}

/**
 * vi915_waits_fini() - drop the references to all fences
 * @waits: the fences, no longer needed
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
 * vi915_waits_cost() - memory for the proxies of foreign fences
 * @waits: not settled yet
 *
 * Return: upper bound in bytes.
 */
size_t vi915_waits_cost(const struct vi915_waits *waits)
{
	return waits->foreign * vi915_foreign_size();
}

/**
 * vi915_waits_settle() - replace foreign fences by proxies with a time limit
 * @waits: the fences; none are added later
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
		/* Replacing an entry allocates nothing. */
		xa_store(&waits->fences, context, stand_in, GFP_KERNEL);
		dma_fence_put(fence);
	}
	return 0;
}

/**
 * vi915_waits_next() - the next fence that has not signalled
 * @waits: settled
 *
 * The job's fence depends on this, so it allocates nothing.
 *
 * Return: the fence, with a reference; NULL if none is left.
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
 * vi915_waits_are_late() - did a foreign fence miss its time limit?
 * @waits: settled, and all fences have signalled
 *
 * Return: whether a proxy timed out.
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

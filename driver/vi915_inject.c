// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_file.h>
#include <kunit/visibility.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/fault-inject.h>
#include <linux/math64.h>
#include <linux/ratelimit.h>

#include "vi915_device.h"
#include "vi915_drv.h"
#include "vi915_inject.h"

/**
 * DOC: faults on order
 *
 * A GPU's description can say that calls of a kind fail, and which of them; so
 * can debugfs, at any time. A call counts when all that it asks for is right:
 * it would go on, if it were not for the order. It fails before anything of it
 * can be seen, with the one errno.
 *
 * Who decides is the kernel's fault injection framework, as for memory and
 * disks that fail on order; with it come probabilities, and a task's fail-nth
 * that makes its n-th chance a failure wherever that is. It is there in kernels
 * made for tests. In others we count ourselves, to the same end.
 *
 * What the DRM core answers by itself is not ours to count: an import of what
 * the file has a handle of, and the second export of an object.
 *
 * Unlike vi915_fault.c, which is about page faults.
 */

/* Of a fault that has no errno of its own yet: every call may run out of it. */
#define VI915_INJECT_ERROR	(-ENOMEM)

/**
 * vi915_inject_is_due() - is a call one of those that are to fail?
 * @when: which are
 * @call: its number, from 1
 *
 * Return: whether it is.
 */
bool vi915_inject_is_due(const struct vi915_when *when, u64 call)
{
	u32 rest;

	switch (when->kind) {
	case VI915_WHEN_ONCE:
		return call == when->number;
	case VI915_WHEN_EVERY:
		div_u64_rem(call, when->number, &rest);
		return !rest;
	case VI915_WHEN_AFTER:
		return call > when->number;
	default:
		return false;
	}
}
EXPORT_SYMBOL_IF_KUNIT(vi915_inject_is_due);

#ifdef CONFIG_FAULT_INJECTION

static const struct fault_attr vi915_inject_attr = FAULT_ATTR_INITIALIZER;

static void vi915_inject_init_attr(struct vi915_inject_point *point)
{
	point->attr = vi915_inject_attr;
	/* Failing as ordered is no news, and must not look like a splat. */
	point->attr.verbose = 0;
	ratelimit_state_init(&point->attr.ratelimit_state, 0, 0);
}

/*
 * A call that finds a space of more than 1 takes 1 and goes through; so the
 * first to fail is the one whose number is the space.
 */
static void vi915_inject_order_attr(struct vi915_inject_point *point)
{
	const struct vi915_when *when = &point->when;
	struct fault_attr *attr = &point->attr;

	attr->count = 0;
	attr->interval = 1;
	attr->probability = when->kind == VI915_WHEN_NEVER ? 0 : 100;
	atomic_set(&attr->times, when->kind == VI915_WHEN_ONCE ? 1 : -1);
	atomic_set(&attr->space, 0);

	switch (when->kind) {
	case VI915_WHEN_ONCE:
		atomic_set(&attr->space, when->number);
		break;
	case VI915_WHEN_EVERY:
		attr->interval = when->number;
		break;
	case VI915_WHEN_AFTER:
		atomic_set(&attr->space, when->number + 1);
		break;
	default:
		break;
	}
}

static bool vi915_inject_decide(struct vi915_inject_point *point)
{
	return should_fail(&point->attr, 1);
}

#else

static void vi915_inject_init_attr(struct vi915_inject_point *point)
{
}

static void vi915_inject_order_attr(struct vi915_inject_point *point)
{
}

static bool vi915_inject_decide(struct vi915_inject_point *point)
{
	return vi915_inject_is_due(&point->when, point->ordered);
}

#endif

/**
 * vi915_inject_order() - say which calls are to fail from now on
 * @point: where
 * @when: which, the next one being the first
 */
void vi915_inject_order(struct vi915_inject_point *point,
			const struct vi915_when *when)
{
	spin_lock(&point->lock);
	point->when = *when;
	point->ordered = 0;
	vi915_inject_order_attr(point);
	spin_unlock(&point->lock);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_inject_order);

/**
 * vi915_inject_set_error() - say what calls fail with from now on
 * @point: where
 * @error: a negative errno
 */
void vi915_inject_set_error(struct vi915_inject_point *point, int error)
{
	spin_lock(&point->lock);
	point->error = error;
	spin_unlock(&point->lock);
}

/**
 * vi915_inject_init_point() - set up a point of which nobody knows yet
 * @point: filled
 * @when: which calls are to fail
 * @error: with what
 */
void vi915_inject_init_point(struct vi915_inject_point *point,
			     const struct vi915_when *when, int error)
{
	memset(point, 0, sizeof(*point));
	spin_lock_init(&point->lock);
	point->error = error;
	vi915_inject_init_attr(point);
	vi915_inject_order(point, when);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_inject_init_point);

/**
 * vi915_inject_strike() - one more call has come to where it may fail
 * @point: where
 * @strikes: whether it is to fail
 *
 * Return: the negative errno if it is; else 0.
 */
int vi915_inject_strike(struct vi915_inject_point *point, bool *strikes)
{
	int error = 0;

	spin_lock(&point->lock);
	point->calls++;
	point->ordered++;
	*strikes = vi915_inject_decide(point);
	if (*strikes) {
		point->failures++;
		error = point->error;
	}
	spin_unlock(&point->lock);
	return error;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_inject_strike);

/**
 * vi915_inject() - is a call to fail here, on order?
 * @dev: the GPU
 * @id: the kind of call; nothing else is wrong with it, and nothing done yet
 *
 * Return: 0, or the negative errno that was ordered.
 */
int vi915_inject(struct vi915_device *dev, enum vi915_fault_id id)
{
	bool strikes;
	int error;

	error = vi915_inject_strike(&dev->inject.points[id], &strikes);
	if (strikes)
		drm_dbg_driver(&dev->drm, "%s fails on order: %pe\n",
			       vi915_config_fault_name(id), ERR_PTR(error));
	return error;
}

/**
 * vi915_inject_file() - the same, where the kernel may be the caller itself
 * @file: who calls
 * @id: the kind of call
 *
 * The kernel's own clients, such as the text console, make no file: their calls
 * are no user's, and neither fail nor count.
 *
 * Return: 0, or the negative errno that was ordered.
 */
int vi915_inject_file(struct drm_file *file, enum vi915_fault_id id)
{
	if (!file->filp)
		return 0;
	return vi915_inject(to_vi915_device(file->minor->dev), id);
}

/**
 * vi915_inject_hang() - is a batch to hang, on order?
 * @dev: the GPU; the batch is as good as submitted
 *
 * Return: whether it is.
 */
bool vi915_inject_hang(struct vi915_device *dev)
{
	bool strikes;

	vi915_inject_strike(&dev->inject.hang, &strikes);
	if (strikes)
		drm_dbg_driver(&dev->drm, "a batch hangs on order\n");
	return strikes;
}

/**
 * vi915_inject_init() - take a GPU's orders from its description
 * @dev: the GPU, being made
 */
void vi915_inject_init(struct vi915_device *dev)
{
	const struct vi915_fault_config *faults = dev->config.faults;
	struct vi915_inject *inject = &dev->inject;
	unsigned int i;

	for (i = 0; i < VI915_NUM_FAULTS; i++)
		vi915_inject_init_point(&inject->points[i], &faults[i].when,
					faults[i].error ?: VI915_INJECT_ERROR);
	vi915_inject_init_point(&inject->hang, &dev->config.hang, 0);
}

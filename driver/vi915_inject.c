// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_file.h>
#include <kunit/visibility.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/fault-inject.h>
#include <linux/math64.h>
#include <linux/ratelimit.h>

#include "vi915_device.h"
#include "vi915_inject.h"

/**
 * DOC: faults on order
 *
 * A GPU's description can order that calls of a kind fail, and which of them;
 * debugfs can do so at any time. Only calls that would otherwise go on are
 * counted, after all checks of their arguments. A failing call has no visible
 * effect but its errno.
 *
 * The kernel's fault injection framework decides, as for memory and disks that
 * fail on order; it adds probabilities, and a task's fail-nth, which makes the
 * task's n-th possible failure happen. Only kernels made for tests have it. In
 * other kernels this file counts calls itself, with the same result.
 *
 * Calls that the DRM core answers without the driver are not counted: an import
 * of a buffer for which the file has a handle, and an object's second export.
 *
 * Page faults are another thing: see vi915_fault.c.
 */

/* Default errno: any call may run out of memory. */
#define VI915_INJECT_ERROR	(-ENOMEM)

/**
 * vi915_inject_is_due() - must a call fail?
 * @when: which calls fail
 * @call: the call's number, from 1
 *
 * Return: whether it must.
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
	/* A failure on order needs no backtrace in the kernel log. */
	point->attr.verbose = 0;
	ratelimit_state_init(&point->attr.ratelimit_state, 0, 0);
}

/*
 * A call that finds a space above 1 takes 1 of it and succeeds; so the first
 * call to fail is the one whose number is the space.
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
 * vi915_inject_order() - order which calls fail from now on
 * @point: the kind of call
 * @when: which calls; the next call has the number 1
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
 * vi915_inject_set_error() - set the errno of failures from now on
 * @point: the kind of call
 * @error: a negative errno
 */
void vi915_inject_set_error(struct vi915_inject_point *point, int error)
{
	spin_lock(&point->lock);
	point->error = error;
	spin_unlock(&point->lock);
}

/**
 * vi915_inject_init_point() - set up a point before its GPU is published
 * @point: filled
 * @when: which calls fail
 * @error: negative errno of a failing call; 0 for batches
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
 * vi915_inject_strike() - count a call and decide whether it fails
 * @point: the kind of call
 * @strikes: out: whether the call fails
 *
 * Return: the point's errno if it fails; else 0.
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
 * vi915_inject() - count a call of a GPU; does it fail on order?
 * @dev: the GPU
 * @id: kind of the call, which is valid and has done nothing yet
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
 * vi915_inject_file() - vi915_inject() for a file that may be the kernel's
 * @file: file of the caller
 * @id: the kind of call
 *
 * The kernel's own clients, such as the text console, have no struct file:
 * their calls neither fail nor count.
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
 * vi915_inject_hang() - count a batch; does it hang on order?
 * @dev: the GPU; the batch has passed all checks of its submission
 *
 * Return: whether it hangs.
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

/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_REFUSE_H
#define VI915_REFUSE_H

#include <drm/drm_print.h>
#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

/**
 * VI915_REFUSE() - test for a client's mistake, and log it at debug level
 * @drm: the device, for the log line
 * @condition: true if the argument is to be refused; becomes the value
 *
 * Every refusal of an argument goes through here, so that drm.debug shows
 * which condition a client broke, and no client can fill the log.
 */
#define VI915_REFUSE(drm, condition) ({					\
	bool __refused = !!(condition);					\
									\
	if (__refused)							\
		drm_dbg_driver(drm, "%s: refused: %s\n", __func__,	\
			       #condition);				\
	__refused;							\
})

/**
 * vi915_relax() - yield the CPU in a loop whose length a client chooses
 * @i: number of iterations so far
 *
 * May be called with mutexes and reservations held: keeping the CPU would not
 * help those who wait for them.
 *
 * Return: 0; -EINTR when the client is being killed, so that its request does
 * not matter any more.
 */
static inline int vi915_relax(size_t i)
{
	if (i % 1024)
		return 0;
	cond_resched();
	return fatal_signal_pending(current) ? -EINTR : 0;
}

#endif

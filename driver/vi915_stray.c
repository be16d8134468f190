// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/mm.h>

#include "vi915_stray.h"

/**
 * DOC: strays
 *
 * On gen9, access to an unmapped address is no fault: i915 maps all unused
 * pages of an address space to one read-only page of zeros. Programs rely on
 * that unknowingly, for example with a blit that reads a few rows too many. So
 * here, too, reads give zeros, writes vanish, and the job goes on; the access
 * is counted, since it is still a mistake. With unmapped=hang the job hangs,
 * which shows the mistake where it is made.
 *
 * Writes to unmapped addresses go to memory of the job's own ring, so that no
 * job sees another's data.
 */

/**
 * vi915_stray_access() - find memory to use for an unmapped address
 * @stray: the job's; counts this access
 * @addr: the unmapped address
 * @kind: kind of the access
 * @left: out: bytes from @addr to the end of its page
 *
 * Called for every access of a batch to an unmapped address, and for no others.
 *
 * Return: zeros, which must not be written; or memory to write to, whose old
 * bytes must not be exposed.
 */
void *vi915_stray_access(struct vi915_stray *stray, u64 addr,
			 enum vi915_stray_kind kind, size_t *left)
{
	size_t in_page = addr & ~PAGE_MASK;

	if (!stray->count++)
		stray->first = addr;
	*left = PAGE_SIZE - in_page;
	if (kind == VI915_STRAY_READ)
		return page_address(ZERO_PAGE(0)) + in_page;
	return stray->sink + in_page;
}

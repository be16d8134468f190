// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/mm.h>

#include "vi915_stray.h"

/**
 * DOC: strays
 *
 * An address at which no object is mapped is no fault on gen9: i915 has every
 * such page of an address space point to one page of zeros that cannot be
 * written. Programs depend on it without knowing, with a blit that reads a few
 * rows too many. So reads give zeros here too, writes vanish, and the job goes
 * on; it is counted, as it is a mistake all the same. With unmapped=hang it is
 * a hang of the job, which finds the mistake where it is made.
 *
 * What a job writes into nothing goes to memory of its own ring, so that no
 * job sees anything of another's.
 */

/**
 * vi915_stray_access() - find what stands for memory that is not there
 * @stray: of the job; counts this one
 * @addr: where nothing is mapped
 * @kind: what is wanted of it
 * @left: out: bytes from @addr to the end of its page
 *
 * Every access of a batch that reaches nothing comes by here, and none but
 * those.
 *
 * Return: zeros, which must not be written, or room to write to, whose bytes
 * must get nowhere.
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

/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_FAULT_H
#define VI915_FAULT_H

#include <linux/types.h>

/* Most pages that one fault maps; a power of two. */
#define VI915_FAULT_PAGES 512

struct vm_operations_struct;

/**
 * struct vi915_fault_range - the pages that one fault maps
 * @first: the first page, counted from the start of the mapping
 * @end: the page after the last
 */
struct vi915_fault_range {
	pgoff_t first;
	pgoff_t end;
};

struct vi915_fault_range vi915_fault_around(unsigned long address,
					    unsigned long vm_start,
					    unsigned long vm_end);
bool vi915_fault_around_huge(unsigned long address, unsigned long vm_start,
			     unsigned long vm_end,
			     struct vi915_fault_range *range);

extern const struct vm_operations_struct vi915_fault_vm_ops;

#endif

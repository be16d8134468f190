/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_RELOC_H
#define VI915_RELOC_H

#include <linux/types.h>

struct drm_i915_gem_relocation_entry;
struct vi915_execbuf;

/**
 * struct vi915_relocs - the relocations of an execbuf
 * @entries: copies for all objects, in the order of the object list
 * @count: number of @entries
 * @loaded: vi915_reloc_load() has run
 * @by_handle: indices of the object list, sorted by handle; NULL with a LUT
 */
struct vi915_relocs {
	struct drm_i915_gem_relocation_entry *entries;
	size_t count;
	bool loaded;
	u32 *by_handle;
};

int vi915_reloc_load(struct vi915_execbuf *eb);
int vi915_reloc_prepare(struct vi915_execbuf *eb);
void vi915_reloc_apply(struct vi915_execbuf *eb);
void vi915_reloc_write_back(struct vi915_execbuf *eb);
void vi915_reloc_release(struct vi915_execbuf *eb);

#endif

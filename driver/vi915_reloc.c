// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <linux/align.h>
#include <linux/dma-resv.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/uaccess.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_device.h"
#include "vi915_exec.h"
#include "vi915_gem.h"
#include "vi915_pages.h"
#include "vi915_refuse.h"
#include "vi915_reloc.h"
#include "vi915_vm.h"
#include "vi915_wait.h"

/**
 * DOC: relocations
 *
 * A relocation names a place in an object, and a target object whose address is
 * to be written there. Relocations are copied from the client before any
 * reservation is taken, and the results are copied back after all are released:
 * user memory must not be accessed in between. Nothing is written if the target
 * is where the client presumed, and with NO_RELOC the relocations are not even
 * read.
 *
 * Writing waits until the object is idle: an earlier batch may still read it.
 */

/* The domains that a batch can read and write in. */
#define VI915_RELOC_DOMAINS						\
	(I915_GEM_DOMAIN_RENDER | I915_GEM_DOMAIN_SAMPLER |		\
	 I915_GEM_DOMAIN_COMMAND | I915_GEM_DOMAIN_INSTRUCTION |	\
	 I915_GEM_DOMAIN_VERTEX)

/* Most relocations of one call. */
#define VI915_RELOC_MAX		SZ_1M
/* Relocations copied between two checks for fatal signals. */
#define VI915_RELOC_CHUNK	SZ_4K

/* Marks an entry that was not written; no valid address. */
#define VI915_RELOC_UNTOUCHED	1

static int vi915_reloc_compare(const void *a, const void *b, const void *priv)
{
	const struct vi915_execbuf *eb = priv;
	u32 x = eb->objects[*(const u32 *)a].handle;
	u32 y = eb->objects[*(const u32 *)b].handle;

	return x < y ? -1 : x > y;
}

/* Without HANDLE_LUT targets are named by handle: sort for a binary search. */
static int vi915_reloc_index(struct vi915_execbuf *eb)
{
	u32 *index;
	u32 i;

	if (eb->args->flags & I915_EXEC_HANDLE_LUT)
		return 0;

	index = kvmalloc_array(eb->count, sizeof(*index),
			       GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!index)
		return -ENOMEM;
	for (i = 0; i < eb->count; i++)
		index[i] = i;
	sort_r(index, eb->count, sizeof(*index), vi915_reloc_compare, NULL, eb);
	eb->relocs.by_handle = index;
	return 0;
}

/* The index of a target in the object list, or -ENOENT. */
static int vi915_reloc_find(const struct vi915_execbuf *eb, u32 target)
{
	u32 low = 0, high = eb->count, middle;

	if (!eb->relocs.by_handle)
		return target < eb->count ? (int)target : -ENOENT;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (eb->objects[eb->relocs.by_handle[middle]].handle < target)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == eb->count ||
	    eb->objects[eb->relocs.by_handle[low]].handle != target)
		return -ENOENT;
	return eb->relocs.by_handle[low];
}

/* Checks all relocations, and replaces target_handle by an entry's index. */
static int vi915_reloc_check(struct vi915_execbuf *eb)
{
	struct drm_i915_gem_relocation_entry *r;
	struct drm_device *drm = &eb->dev->drm;
	size_t i;
	int target;

	for (i = 0; i < eb->relocs.count; i++) {
		r = &eb->relocs.entries[i];
		target = vi915_reloc_find(eb, r->target_handle);
		if (VI915_REFUSE(drm, target < 0))
			return -ENOENT;
		if (VI915_REFUSE(drm, r->write_domain & (r->write_domain - 1)))
			return -EINVAL;
		if (VI915_REFUSE(drm, (r->write_domain | r->read_domains) &
				 ~VI915_RELOC_DOMAINS))
			return -EINVAL;
		r->target_handle = eb->which[target];
		if (r->write_domain)
			eb->entries[r->target_handle].flags |= EXEC_OBJECT_WRITE;
		if (vi915_relax(i))
			return -EINTR;
	}
	return 0;
}

static int vi915_reloc_copy(struct drm_i915_gem_relocation_entry *to,
			    const struct drm_i915_gem_exec_object2 *o)
{
	struct drm_i915_gem_relocation_entry __user *from =
		u64_to_user_ptr(o->relocs_ptr);
	u32 left = o->relocation_count, n;

	for (; left; left -= n, from += n, to += n) {
		n = min_t(u32, left, VI915_RELOC_CHUNK);
		if (copy_from_user(to, from, n * sizeof(*to)))
			return -EFAULT;
		/* 0: check for signals after each chunk. */
		if (vi915_relax(0))
			return -EINTR;
	}
	return 0;
}

/**
 * vi915_reloc_load() - copy the relocations from the client and check them
 * @eb: the execbuf, its objects looked up and no reservation held
 *
 * Objects that they declare written get EXEC_OBJECT_WRITE.
 *
 * Return: 0, also when it was done before; -ENOENT for a target that is not in
 * the object list; -EINVAL for domains that are not the GPU's, more than one to
 * write, or more than 1 Mi relocations; -EFAULT; -ENOMEM; -EINTR.
 * (i915 contract, section 9)
 */
int vi915_reloc_load(struct vi915_execbuf *eb)
{
	struct drm_i915_gem_relocation_entry *at;
	unsigned int i;
	u32 total = 0;
	int ret;

	if (eb->relocs.loaded)
		return 0;

	for (i = 0; i < eb->count; i++) {
		if (VI915_REFUSE(&eb->dev->drm,
				 eb->objects[i].relocation_count >
				 VI915_RELOC_MAX - total))
			return -EINVAL;
		total += eb->objects[i].relocation_count;
	}
	eb->relocs.loaded = true;
	if (!total)
		return 0;

	at = kvmalloc_array(total, sizeof(*at), GFP_KERNEL_ACCOUNT |
			    __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
	if (!at)
		return -ENOMEM;
	eb->relocs.entries = at;
	eb->relocs.count = total;

	for (i = 0; i < eb->count; i++) {
		ret = vi915_relax(i) ?: vi915_reloc_copy(at, &eb->objects[i]);
		if (ret)
			return ret;
		at += eb->objects[i].relocation_count;
	}
	ret = vi915_reloc_index(eb);
	return ret ?: vi915_reloc_check(eb);
}

static void vi915_reloc_write(const struct vi915_bo *bo, u64 offset, u64 value)
{
	unsigned long frame;
	unsigned int half;
	char *page;

	/* By dwords: a qword may straddle a page. */
	for (half = 0; half < 2; half++, offset += 4, value >>= 32) {
		frame = vi915_pages_frame(bo, offset >> PAGE_SHIFT);
		page = kmap_local_page(pfn_to_page(frame));
		WRITE_ONCE(*(u32 *)(page + offset_in_page(offset)), (u32)value);
		kunmap_local(page);
	}
}

/* Returns 1 if a relocation must be written, 0 if not, or a negative errno. */
static int vi915_reloc_judge(struct vi915_execbuf *eb,
			     const struct vi915_exec_entry *entry,
			     const struct drm_i915_gem_relocation_entry *r)
{
	struct drm_device *drm = &eb->dev->drm;

	if (r->presumed_offset ==
	    vi915_vm_canonical(eb->entries[r->target_handle].address))
		return 0;
	if (VI915_REFUSE(drm, r->offset > entry->bo->base.size - 8))
		return -EINVAL;
	if (VI915_REFUSE(drm, !IS_ALIGNED(r->offset, 4)))
		return -EINVAL;
	return 1;
}

static void vi915_reloc_apply_one(struct vi915_execbuf *eb,
				  struct vi915_exec_entry *entry,
				  struct drm_i915_gem_relocation_entry *r)
{
	u64 target = vi915_vm_canonical(eb->entries[r->target_handle].address);

	if (r->presumed_offset == target) {
		r->presumed_offset = VI915_RELOC_UNTOUCHED;
		return;
	}
	vi915_reloc_write(entry->bo, r->offset,
			  vi915_vm_canonical(target + (s32)r->delta));
	r->presumed_offset = target;
}

/*
 * Checks, before anything is written, that all relocations of an object are
 * possible, and that the object is idle if one of them must be written.
 */
static int vi915_reloc_prepare_one(struct vi915_execbuf *eb,
				   struct vi915_exec_entry *entry,
				   const struct drm_i915_gem_relocation_entry *r,
				   u32 count)
{
	bool write = false;
	int ret;
	u32 n;

	for (n = 0; n < count; n++) {
		ret = vi915_reloc_judge(eb, entry, &r[n]);
		if (ret < 0)
			return ret;
		write |= ret;
		if (vi915_relax(n))
			return -EINTR;
	}
	if (!write)
		return 0;

	/* The CPU writes, so no job may use the object any more. */
	if (!dma_resv_test_signaled(entry->bo->base.resv,
				    vi915_wait_usage(entry->bo))) {
		drm_gem_object_get(&entry->bo->base);
		eb->busy = entry->bo;
		return -EBUSY;
	}
	entry->flags &= ~EXEC_OBJECT_ASYNC;
	return 0;
}

/**
 * vi915_reloc_prepare() - check that all addresses can be written
 * @eb: the execbuf, checked, everything bound and locked
 *
 * Return: 0; -EINVAL for a place that is unaligned or outside its object;
 * -EBUSY with @eb->busy set; -EINTR.
 */
int vi915_reloc_prepare(struct vi915_execbuf *eb)
{
	struct drm_i915_gem_relocation_entry *r = eb->relocs.entries;
	unsigned int i;
	int ret;

	if (!eb->relocs.count)
		return 0;

	for (i = 0; i < eb->count; i++) {
		if (vi915_relax(i))
			return -EINTR;
		ret = vi915_reloc_prepare_one(eb, vi915_execbuf_entry(eb, i), r,
					      eb->objects[i].relocation_count);
		if (ret)
			return ret;
		r += eb->objects[i].relocation_count;
	}
	return 0;
}

/**
 * vi915_reloc_apply() - write the addresses
 * @eb: the execbuf, prepared; its submission cannot fail any more
 */
void vi915_reloc_apply(struct vi915_execbuf *eb)
{
	struct drm_i915_gem_relocation_entry *r = eb->relocs.entries;
	unsigned int i;
	u32 n;

	if (!eb->relocs.count)
		return;

	for (i = 0; i < eb->count; i++) {
		for (n = eb->objects[i].relocation_count; n; n--, r++) {
			vi915_reloc_apply_one(eb, vi915_execbuf_entry(eb, i),
					      r);
			if (!(n % 4096))
				cond_resched();
		}
	}
}

/**
 * vi915_reloc_write_back() - tell the client the targets' addresses
 * @eb: the execbuf, submitted, no reservation held
 *
 * The array may be in read-only memory; then the client's next call presumes
 * old addresses again.
 */
void vi915_reloc_write_back(struct vi915_execbuf *eb)
{
	struct drm_i915_gem_relocation_entry __user *user;
	struct drm_i915_gem_relocation_entry *r = eb->relocs.entries;
	u32 i, n;

	if (!eb->relocs.count)
		return;

	for (i = 0; i < eb->count; i++) {
		user = u64_to_user_ptr(eb->objects[i].relocs_ptr);
		for (n = 0; n < eb->objects[i].relocation_count; n++, r++) {
			if (r->presumed_offset == VI915_RELOC_UNTOUCHED)
				continue;
			if (put_user(r->presumed_offset,
				     &user[n].presumed_offset) ||
			    vi915_relax(n))
				break;
		}
		r += eb->objects[i].relocation_count - n;
	}
}

/**
 * vi915_reloc_release() - free the copies
 * @eb: the execbuf
 */
void vi915_reloc_release(struct vi915_execbuf *eb)
{
	kvfree(eb->relocs.entries);
	kvfree(eb->relocs.by_handle);
}

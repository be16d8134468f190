// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_device.h"
#include "vi915_exec.h"
#include "vi915_exec_check.h"
#include "vi915_exec_list.h"
#include "vi915_gem.h"
#include "vi915_job.h"
#include "vi915_refuse.h"
#include "vi915_vm.h"

/**
 * DOC: the object list
 *
 * Each line of a client's list names an object by a handle and says where the
 * object should be. An object may be named by several lines, and by several
 * handles. Everything but the wished address is kept per object, not per line:
 * the lines live only as long as the call, and the job holds each object once.
 */

/* A client that asks for too much gets ENOMEM, not the OOM killer. */
#define VI915_EXEC_LIST_GFP						\
	(GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

/**
 * vi915_exec_list_copy() - copy the object list from the client
 * @eb: the execbuf
 *
 * Return: 0; -EFAULT; -ENOMEM.
 */
int vi915_exec_list_copy(struct vi915_execbuf *eb)
{
	eb->slot_bits = order_base_2(eb->count) + 1;
	eb->objects = kvmalloc_array(eb->count, sizeof(*eb->objects),
				     VI915_EXEC_LIST_GFP);
	eb->which = kvmalloc_array(eb->count, sizeof(*eb->which),
				   VI915_EXEC_LIST_GFP);
	eb->entries = kvcalloc(eb->count, sizeof(*eb->entries),
			       VI915_EXEC_LIST_GFP);
	eb->slots = kvcalloc(1ul << eb->slot_bits, sizeof(*eb->slots),
			     VI915_EXEC_LIST_GFP);
	if (!eb->objects || !eb->which || !eb->entries || !eb->slots)
		return -ENOMEM;

	if (copy_from_user(eb->objects, u64_to_user_ptr(eb->args->buffers_ptr),
			   eb->count * sizeof(*eb->objects)))
		return -EFAULT;
	return 0;
}

/* Find an object's slot in the hash table, or the free slot for it. */
static u32 *vi915_exec_list_slot(const struct vi915_execbuf *eb,
				 const struct vi915_bo *bo)
{
	u32 mask = (1u << eb->slot_bits) - 1, i = hash_ptr(bo, eb->slot_bits);

	while (eb->slots[i] && eb->entries[eb->slots[i] - 1].bo != bo)
		i = (i + 1) & mask;
	return &eb->slots[i];
}

/* Enter one more line. The reference to the object is consumed. */
static void vi915_exec_list_add(struct vi915_execbuf *eb, unsigned int line,
				struct vi915_bo *bo)
{
	u32 *slot = vi915_exec_list_slot(eb, bo);
	u64 flags = eb->objects[line].flags;
	struct vi915_exec_entry *entry;

	if (*slot) {
		entry = &eb->entries[*slot - 1];
		entry->flags |= flags & (EXEC_OBJECT_WRITE |
					 EXEC_OBJECT_CAPTURE);
		if (!(flags & EXEC_OBJECT_ASYNC))
			entry->flags &= ~EXEC_OBJECT_ASYNC;
		vi915_bo_put(bo);
	} else {
		entry = &eb->entries[eb->num_entries++];
		entry->bo = bo;
		entry->flags = flags;
		*slot = eb->num_entries;
	}
	eb->which[line] = *slot - 1;
}

/**
 * vi915_exec_list_look_up() - find the objects that the lines name
 * @eb: the execbuf, its list copied; gets its entries
 *
 * Return: 0; -ENOENT for a bad handle; errors of vi915_exec_check_object();
 * -ENOSPC if the objects do not fit even into an empty address space; -EINTR.
 */
int vi915_exec_list_look_up(struct vi915_execbuf *eb)
{
	struct drm_i915_gem_exec_object2 *o;
	unsigned int i, seen = 0;
	struct vi915_bo *bo;
	u64 low = 0;
	int ret;

	for (i = 0; i < eb->count; i++) {
		o = &eb->objects[i];
		bo = vi915_bo_lookup(eb->file, o->handle);
		if (!bo)
			return -ENOENT;
		ret = vi915_exec_check_object(eb, o, bo);
		if (ret) {
			vi915_bo_put(bo);
			return ret;
		}
		/* Addresses are 48 bits from here on. */
		o->offset &= VI915_VM_SIZE - 1;
		vi915_exec_list_add(eb, i, bo);

		if (eb->num_entries > seen &&
		    !(o->flags & EXEC_OBJECT_SUPPORTS_48B_ADDRESS))
			low += min_t(u64, SZ_4G,
				     max_t(u64, o->pad_to_size, bo->base.size));
		seen = eb->num_entries;
		ret = vi915_relax(i);
		if (ret)
			return ret;
	}
	if (VI915_REFUSE(&eb->dev->drm, low > VI915_VM_LOW_END))
		return -ENOSPC;
	return 0;
}

/**
 * vi915_exec_list_give() - give the references to the objects to the job
 * @eb: the execbuf, its objects looked up, with a job that has room for them
 */
void vi915_exec_list_give(struct vi915_execbuf *eb)
{
	unsigned int i;

	for (i = 0; i < eb->num_entries; i++)
		eb->job->bos[i] = eb->entries[i].bo;
	eb->job->num_bos = eb->num_entries;
	eb->given = true;
}

/**
 * vi915_exec_list_write_back() - tell the client where its objects are
 * @eb: the execbuf, submitted
 *
 * The job is submitted already, so a fault here is ignored.
 */
void vi915_exec_list_write_back(const struct vi915_execbuf *eb)
{
	struct drm_i915_gem_exec_object2 __user *user =
		u64_to_user_ptr(eb->args->buffers_ptr);
	unsigned int i;
	u64 address;

	for (i = 0; i < eb->count && !vi915_relax(i); i++) {
		address = vi915_execbuf_entry(eb, i)->address;
		if (address != eb->objects[i].offset &&
		    put_user(vi915_vm_canonical(address), &user[i].offset))
			break;
	}
}

/**
 * vi915_exec_list_release() - free the list
 * @eb: the execbuf
 */
void vi915_exec_list_release(struct vi915_execbuf *eb)
{
	unsigned int i;

	for (i = 0; i < eb->num_entries && !eb->given; i++) {
		vi915_bo_put(eb->entries[i].bo);
		cond_resched();
	}
	kvfree(eb->slots);
	kvfree(eb->entries);
	kvfree(eb->which);
	kvfree(eb->objects);
}

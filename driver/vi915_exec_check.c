// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <linux/align.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_device.h"
#include "vi915_engine.h"
#include "vi915_exec.h"
#include "vi915_exec_check.h"
#include "vi915_gem.h"
#include "vi915_refuse.h"
#include "vi915_vm.h"

/**
 * DOC: argument checks of EXECBUFFER2
 *
 * All checks that can be made before anything is locked.
 * (i915 contract, section 9)
 */

/* More objects are a mistake, and would hold all their locks for seconds. */
#define VI915_EXEC_MAX_OBJECTS	SZ_256K

#define VI915_EXECBUF_FLAGS						\
	(I915_EXEC_RING_MASK | I915_EXEC_CONSTANTS_MASK |		\
	 I915_EXEC_GEN7_SOL_RESET | I915_EXEC_SECURE |			\
	 I915_EXEC_IS_PINNED | I915_EXEC_NO_RELOC |			\
	 I915_EXEC_HANDLE_LUT | I915_EXEC_BSD_MASK |			\
	 I915_EXEC_RESOURCE_STREAMER | I915_EXEC_FENCE_IN |		\
	 I915_EXEC_FENCE_OUT | I915_EXEC_BATCH_FIRST |			\
	 I915_EXEC_FENCE_ARRAY | I915_EXEC_FENCE_SUBMIT |		\
	 I915_EXEC_USE_EXTENSIONS)

#define VI915_EXEC_OBJECT_FLAGS						\
	(EXEC_OBJECT_NEEDS_FENCE | EXEC_OBJECT_NEEDS_GTT |		\
	 EXEC_OBJECT_WRITE | EXEC_OBJECT_SUPPORTS_48B_ADDRESS |		\
	 EXEC_OBJECT_PINNED | EXEC_OBJECT_PAD_TO_SIZE |			\
	 EXEC_OBJECT_ASYNC | EXEC_OBJECT_CAPTURE)

/**
 * vi915_exec_check_args() - check the arguments
 * @drm: the GPU
 * @args: the execbuf; a DR4 of all ones, which is known garbage, is cleared
 *
 * Return: 0; -EINVAL for unknown flags, those of other generations, cliprects,
 * DR1 or DR4, a batch not aligned to 8 bytes, no or too many objects; -EPERM
 * for SECURE.
 */
int vi915_exec_check_args(struct drm_device *drm,
			  struct drm_i915_gem_execbuffer2 *args)
{
	if (VI915_REFUSE(drm, args->flags & ~VI915_EXECBUF_FLAGS))
		return -EINVAL;
	/* Only other generations have these. */
	if (VI915_REFUSE(drm, args->flags & (I915_EXEC_CONSTANTS_MASK |
					     I915_EXEC_GEN7_SOL_RESET |
					     I915_EXEC_RESOURCE_STREAMER)))
		return -EINVAL;
	if (args->flags & I915_EXEC_SECURE)
		return -EPERM;
	if (VI915_REFUSE(drm, !(args->flags & (I915_EXEC_FENCE_ARRAY |
					       I915_EXEC_USE_EXTENSIONS)) &&
			 (args->num_cliprects || args->cliprects_ptr)))
		return -EINVAL;
	/* An X driver left all ones there. */
	if (args->DR4 == U32_MAX)
		args->DR4 = 0;
	if (VI915_REFUSE(drm, args->DR1 || args->DR4))
		return -EINVAL;
	if (VI915_REFUSE(drm, !IS_ALIGNED(args->batch_start_offset |
					  args->batch_len, 8)))
		return -EINVAL;
	if (VI915_REFUSE(drm, !args->buffer_count ||
			 args->buffer_count > VI915_EXEC_MAX_OBJECTS))
		return -EINVAL;
	return 0;
}

/**
 * vi915_exec_check_legacy_slot() - translate a legacy ring number
 * @eb: the execbuf
 *
 * Return: a slot of the default engine map; -EINVAL for an unknown ring, or BSD
 * flags for another.
 */
int vi915_exec_check_legacy_slot(const struct vi915_execbuf *eb)
{
	static const enum vi915_engine_id slots[] = {
		[I915_EXEC_DEFAULT] = VI915_RCS0,
		[I915_EXEC_RENDER] = VI915_RCS0,
		[I915_EXEC_BSD] = VI915_VCS0,
		[I915_EXEC_BLT] = VI915_BCS0,
		[I915_EXEC_VEBOX] = VI915_VECS0,
	};
	u64 ring = eb->args->flags & I915_EXEC_RING_MASK;

	/* There is one video engine, so which of two does not matter. */
	if (VI915_REFUSE(&eb->dev->drm, ring != I915_EXEC_BSD &&
			 eb->args->flags & I915_EXEC_BSD_MASK))
		return -EINVAL;
	if (VI915_REFUSE(&eb->dev->drm, ring >= ARRAY_SIZE(slots)))
		return -EINVAL;
	return slots[ring];
}

static int vi915_exec_check_pinned(const struct vi915_execbuf *eb,
				   const struct drm_i915_gem_exec_object2 *o,
				   u64 size)
{
	struct drm_device *drm = &eb->dev->drm;
	u64 start = o->offset & (VI915_VM_SIZE - 1);
	u64 limit = o->flags & EXEC_OBJECT_SUPPORTS_48B_ADDRESS ?
		    VI915_VM_SIZE : VI915_VM_LOW_END;

	if (VI915_REFUSE(drm, o->offset != vi915_vm_canonical(start)))
		return -EINVAL;
	if (VI915_REFUSE(drm, offset_in_page(start)))
		return -EINVAL;
	if (VI915_REFUSE(drm, size > limit || start > limit - size))
		return -EINVAL;
	if (VI915_REFUSE(drm, o->alignment && !IS_ALIGNED(start, o->alignment)))
		return -EINVAL;
	return 0;
}

/**
 * vi915_exec_check_object() - check a line of the object list
 * @eb: the execbuf
 * @o: the line; its pad_to_size is cleared unless flagged as valid
 * @bo: the object it names
 *
 * Return: 0; -EINVAL for unknown flags, an alignment that is no power of two,
 * padding that is not whole pages, or a pinned address that is not canonical,
 * not aligned, or out of range.
 */
int vi915_exec_check_object(const struct vi915_execbuf *eb,
			    struct drm_i915_gem_exec_object2 *o,
			    const struct vi915_bo *bo)
{
	struct drm_device *drm = &eb->dev->drm;

	if (VI915_REFUSE(drm, o->flags & ~VI915_EXEC_OBJECT_FLAGS))
		return -EINVAL;
	if (VI915_REFUSE(drm, o->alignment && !is_power_of_2(o->alignment)))
		return -EINVAL;
	/* Older headers have no such field, so it may hold garbage. */
	if (!(o->flags & EXEC_OBJECT_PAD_TO_SIZE))
		o->pad_to_size = 0;
	if (VI915_REFUSE(drm, offset_in_page(o->pad_to_size)))
		return -EINVAL;
	if (o->flags & EXEC_OBJECT_PINNED)
		return vi915_exec_check_pinned(eb, o,
				max_t(u64, o->pad_to_size, bo->base.size));
	return 0;
}

/**
 * vi915_exec_check_batch() - check the batch's object and range
 * @eb: the execbuf, its objects looked up
 *
 * Return: 0; -EINVAL for a range outside the object, or EXEC_OBJECT_WRITE on
 * the batch.
 */
int vi915_exec_check_batch(const struct vi915_execbuf *eb)
{
	const struct vi915_bo *bo = vi915_execbuf_entry(eb, eb->batch)->bo;
	struct drm_device *drm = &eb->dev->drm;
	u64 start = eb->args->batch_start_offset;

	if (VI915_REFUSE(drm, eb->objects[eb->batch].flags & EXEC_OBJECT_WRITE))
		return -EINVAL;
	/* A length of 0 means: to the end. */
	if (VI915_REFUSE(drm, start >= bo->base.size))
		return -EINVAL;
	if (VI915_REFUSE(drm, eb->args->batch_len > bo->base.size - start))
		return -EINVAL;
	return 0;
}

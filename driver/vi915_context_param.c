// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <linux/capability.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_context.h"
#include "vi915_context_param.h"
#include "vi915_device.h"
#include "vi915_engine.h"
#include "vi915_extension.h"
#include "vi915_file.h"
#include "vi915_refuse.h"
#include "vi915_ring.h"
#include "vi915_vm.h"

/* One slice of a Skylake GT2; clients may not change it. */
#define VI915_SSEU_SLICES	0x1
#define VI915_SSEU_SUBSLICES	0x7
#define VI915_SSEU_EUS		8

static int vi915_context_param_set_flag(struct vi915_context *ctx,
					enum vi915_context_flag flag,
					const struct drm_i915_gem_context_param *param)
{
	if (VI915_REFUSE(&ctx->dev->drm, param->size))
		return -EINVAL;
	assign_bit(flag, &ctx->flags, param->value);
	return 0;
}

static int vi915_context_param_set_bannable(struct vi915_context *ctx,
					    const struct drm_i915_gem_context_param *param)
{
	if (VI915_REFUSE(&ctx->dev->drm, param->size))
		return -EINVAL;
	if (!param->value && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	return vi915_context_param_set_flag(ctx, VI915_CONTEXT_BANNABLE, param);
}

static int vi915_context_param_set_persistence(struct vi915_context *ctx,
					       const struct drm_i915_gem_context_param *param)
{
	if (VI915_REFUSE(&ctx->dev->drm, param->size))
		return -EINVAL;
	/* Off needs reset, to cancel jobs; on needs hangcheck. */
	if (!param->value && !READ_ONCE(ctx->dev->params.reset))
		return -ENODEV;
	if (param->value && !READ_ONCE(ctx->dev->params.hangcheck))
		return -EINVAL;
	return vi915_context_param_set_flag(ctx, VI915_CONTEXT_PERSISTENT,
					    param);
}

static int vi915_context_param_set_priority(struct vi915_context *ctx,
					    const struct drm_i915_gem_context_param *param)
{
	s64 priority = param->value;

	if (VI915_REFUSE(&ctx->dev->drm, param->size))
		return -EINVAL;
	if (VI915_REFUSE(&ctx->dev->drm,
			 priority > I915_CONTEXT_MAX_USER_PRIORITY ||
			 priority < I915_CONTEXT_MIN_USER_PRIORITY))
		return -EINVAL;
	if (priority > I915_CONTEXT_DEFAULT_PRIORITY && !capable(CAP_SYS_NICE))
		return -EPERM;

	WRITE_ONCE(ctx->priority, priority);
	return 0;
}

static int vi915_context_param_set_vm(struct vi915_context *ctx,
				      const struct drm_i915_gem_context_param *param)
{
	struct vi915_vm *vm;

	lockdep_assert_held(&ctx->lock);

	if (VI915_REFUSE(&ctx->dev->drm, param->size || ctx->sealed))
		return -EINVAL;
	if (VI915_REFUSE(&ctx->dev->drm, upper_32_bits(param->value)))
		return -ENOENT;
	vm = vi915_vm_lookup(ctx->file, param->value);
	if (!vm)
		return -ENOENT;

	swap(ctx->vm, vm);
	vi915_vm_put(vm);
	return 0;
}

static int vi915_context_param_copy_slots(struct vi915_context *ctx,
					  struct vi915_context_slot *slots,
					  unsigned int count, u64 user)
{
	struct i915_context_param_engines __user *map = u64_to_user_ptr(user);
	struct i915_engine_class_instance ci;
	unsigned int i;
	u64 extensions;

	for (i = 0; i < count; i++) {
		if (copy_from_user(&ci, &map->engines[i], sizeof(ci)))
			return -EFAULT;
		if (ci.engine_class == (u16)I915_ENGINE_CLASS_INVALID &&
		    ci.engine_instance == (u16)I915_ENGINE_CLASS_INVALID_NONE)
			continue;
		slots[i].engine = vi915_engine_lookup(ctx->dev, ci.engine_class,
						      ci.engine_instance);
		if (VI915_REFUSE(&ctx->dev->drm, !slots[i].engine))
			return -ENOENT;
	}

	if (get_user(extensions, &map->extensions))
		return -EFAULT;
	/* Each class has one engine: there is nothing to balance or to bond. */
	return vi915_extension_walk(extensions, NULL, 0, NULL);
}

static int vi915_context_param_set_engines(struct vi915_context *ctx,
					   const struct drm_i915_gem_context_param *param)
{
	struct vi915_context_slot *slots;
	unsigned int count;
	size_t length;
	int ret;

	lockdep_assert_held(&ctx->lock);

	if (VI915_REFUSE(&ctx->dev->drm, ctx->user_map || ctx->sealed))
		return -EINVAL;
	if (VI915_REFUSE(&ctx->dev->drm,
			 param->size < sizeof(struct i915_context_param_engines)))
		return -EINVAL;
	length = param->size - sizeof(struct i915_context_param_engines);
	if (VI915_REFUSE(&ctx->dev->drm,
			 length % sizeof(struct i915_engine_class_instance)))
		return -EINVAL;
	if (VI915_REFUSE(&ctx->dev->drm,
			 length / sizeof(struct i915_engine_class_instance) >
			 VI915_CONTEXT_SLOTS))
		return -EINVAL;
	count = length / sizeof(struct i915_engine_class_instance);

	slots = kcalloc(count ?: 1, sizeof(*slots), GFP_KERNEL_ACCOUNT);
	if (!slots)
		return -ENOMEM;

	ret = vi915_context_param_copy_slots(ctx, slots, count, param->value);
	if (ret) {
		kfree(slots);
		return ret;
	}

	/* An unsealed context has no rings. */
	kfree(ctx->slots);
	ctx->slots = slots;
	ctx->num_slots = count;
	ctx->user_map = true;
	return 0;
}

static int vi915_context_param_set_sealable(struct vi915_context *ctx,
					    const struct drm_i915_gem_context_param *param)
{
	int ret;

	if (mutex_lock_interruptible(&ctx->lock))
		return -EINTR;
	if (param->param == I915_CONTEXT_PARAM_VM)
		ret = vi915_context_param_set_vm(ctx, param);
	else
		ret = vi915_context_param_set_engines(ctx, param);
	mutex_unlock(&ctx->lock);
	return ret;
}

/**
 * vi915_context_param_set() - change a parameter of a context
 * @ctx: the context
 * @param: the parameter and its new value; ctx_id is ignored
 *
 * Return: 0; -EINVAL for an unknown parameter, a wrong size, a value out of
 * range, or VM and ENGINES once the context was used; -EPERM without
 * CAP_SYS_ADMIN (BANNABLE off) or CAP_SYS_NICE (a raised priority); -ENOENT for
 * an unknown address space or engine; -EFAULT; -E2BIG; -ENODEV for SSEU, which
 * Skylake cannot change, and PERSISTENCE off without reset; -ENOMEM; -EINTR.
 * (i915 contract, section 8)
 */
int vi915_context_param_set(struct vi915_context *ctx,
			    const struct drm_i915_gem_context_param *param)
{
	switch (param->param) {
	case I915_CONTEXT_PARAM_NO_ERROR_CAPTURE:
		return vi915_context_param_set_flag(ctx,
				VI915_CONTEXT_NO_ERROR_CAPTURE, param);
	case I915_CONTEXT_PARAM_RECOVERABLE:
		return vi915_context_param_set_flag(ctx,
				VI915_CONTEXT_RECOVERABLE, param);
	case I915_CONTEXT_PARAM_BANNABLE:
		return vi915_context_param_set_bannable(ctx, param);
	case I915_CONTEXT_PARAM_PERSISTENCE:
		return vi915_context_param_set_persistence(ctx, param);
	case I915_CONTEXT_PARAM_PRIORITY:
		return vi915_context_param_set_priority(ctx, param);
	case I915_CONTEXT_PARAM_VM:
	case I915_CONTEXT_PARAM_ENGINES:
		return vi915_context_param_set_sealable(ctx, param);
	case I915_CONTEXT_PARAM_SSEU:
		if (VI915_REFUSE(&ctx->dev->drm, param->size <
				 sizeof(struct drm_i915_gem_context_param_sseu)))
			return -EINVAL;
		return -ENODEV;
	default:
		return -EINVAL;
	}
}

static int vi915_context_param_get_sseu(struct vi915_context *ctx,
					struct drm_i915_gem_context_param *param)
{
	struct drm_i915_gem_context_param_sseu sseu;
	struct vi915_engine *engine;
	unsigned int slot;

	if (!param->size)
		goto out_size;
	if (VI915_REFUSE(&ctx->dev->drm, param->size < sizeof(sseu)))
		return -EINVAL;
	if (copy_from_user(&sseu, u64_to_user_ptr(param->value), sizeof(sseu)))
		return -EFAULT;
	if (VI915_REFUSE(&ctx->dev->drm, sseu.rsvd || sseu.flags &
			 ~I915_CONTEXT_SSEU_FLAG_ENGINE_INDEX))
		return -EINVAL;

	slot = sseu.engine.engine_instance;
	if (!(sseu.flags & I915_CONTEXT_SSEU_FLAG_ENGINE_INDEX))
		engine = vi915_engine_lookup(ctx->dev, sseu.engine.engine_class,
					     slot);
	else if (sseu.engine.engine_class == (u16)I915_ENGINE_CLASS_INVALID &&
		 slot < ctx->num_slots)
		engine = ctx->slots[slot].engine;
	else
		engine = NULL;
	if (VI915_REFUSE(&ctx->dev->drm, !engine))
		return -EINVAL;

	sseu.slice_mask = VI915_SSEU_SLICES;
	sseu.subslice_mask = VI915_SSEU_SUBSLICES;
	sseu.min_eus_per_subslice = VI915_SSEU_EUS;
	sseu.max_eus_per_subslice = VI915_SSEU_EUS;
	if (copy_to_user(u64_to_user_ptr(param->value), &sseu, sizeof(sseu)))
		return -EFAULT;

out_size:
	param->size = sizeof(sseu);
	return 0;
}

/* The address space gets a new id, which the client has to destroy. */
static int vi915_context_param_get_vm(struct vi915_context *ctx,
				      struct drm_i915_gem_context_param *param)
{
	u32 id;
	int ret;

	ret = vi915_vm_publish(vi915_vm_get(ctx->vm), &id);
	if (ret)
		return ret;
	param->value = id;
	param->size = 0;
	return 0;
}

static int vi915_context_param_get(struct vi915_context *ctx,
				   struct drm_i915_gem_context_param *param)
{
	s64 value;

	switch (param->param) {
	case I915_CONTEXT_PARAM_GTT_SIZE:
		value = VI915_VM_SIZE;
		break;
	case I915_CONTEXT_PARAM_NO_ERROR_CAPTURE:
		value = test_bit(VI915_CONTEXT_NO_ERROR_CAPTURE, &ctx->flags);
		break;
	case I915_CONTEXT_PARAM_BANNABLE:
		value = test_bit(VI915_CONTEXT_BANNABLE, &ctx->flags);
		break;
	case I915_CONTEXT_PARAM_RECOVERABLE:
		value = test_bit(VI915_CONTEXT_RECOVERABLE, &ctx->flags);
		break;
	case I915_CONTEXT_PARAM_PERSISTENCE:
		value = test_bit(VI915_CONTEXT_PERSISTENT, &ctx->flags);
		break;
	case I915_CONTEXT_PARAM_PRIORITY:
		value = READ_ONCE(ctx->priority);
		break;
	case I915_CONTEXT_PARAM_PROTECTED_CONTENT:
		/* gen9 has no protected content. */
		value = 0;
		break;
	case I915_CONTEXT_PARAM_SSEU:
		return vi915_context_param_get_sseu(ctx, param);
	case I915_CONTEXT_PARAM_VM:
		return vi915_context_param_get_vm(ctx, param);
	default:
		return -EINVAL;
	}

	param->size = 0;
	param->value = value;
	return 0;
}

/**
 * vi915_context_param_get_ioctl() - DRM_IOCTL_I915_GEM_CONTEXT_GETPARAM
 * @drm: the GPU
 * @data: &struct drm_i915_gem_context_param; value and size are out
 * @file: open file that the context belongs to
 *
 * A query counts as use: it fixes the context's address space and map.
 *
 * Return: 0; -ENOENT for a bad id; -EINVAL for an unknown parameter, or one
 * that cannot be read; -EFAULT; -ENOMEM; -EINTR.
 */
int vi915_context_param_get_ioctl(struct drm_device *drm, void *data,
				  struct drm_file *file)
{
	struct drm_i915_gem_context_param *args = data;
	struct vi915_context *ctx;
	int ret;

	ctx = vi915_context_lookup(file->driver_priv, args->ctx_id);
	if (!ctx)
		return -ENOENT;

	ret = vi915_context_seal(ctx);
	if (!ret)
		ret = vi915_context_param_get(ctx, args);
	vi915_context_put(ctx);
	return ret;
}

/**
 * vi915_context_param_set_ioctl() - DRM_IOCTL_I915_GEM_CONTEXT_SETPARAM
 * @drm: the GPU
 * @data: &struct drm_i915_gem_context_param
 * @file: open file that the context belongs to
 *
 * Return: 0; -ENOENT for a bad id; else as vi915_context_param_set().
 */
int vi915_context_param_set_ioctl(struct drm_device *drm, void *data,
				  struct drm_file *file)
{
	struct drm_i915_gem_context_param *args = data;
	struct vi915_context *ctx;
	int ret;

	ctx = vi915_context_lookup(file->driver_priv, args->ctx_id);
	if (!ctx)
		return -ENOENT;

	ret = vi915_context_param_set(ctx, args);
	vi915_context_put(ctx);
	return ret;
}

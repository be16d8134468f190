// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <linux/dma-fence.h>
#include <linux/jiffies.h>
#include <linux/nospec.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
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

/**
 * DOC: contexts
 *
 * A context is an address space, a map of engines, and a ring for each slot of
 * the map that is used: a timeline with registers of its own. Map and address
 * space can be chosen until the first use of the context, which seals it.
 *
 * Closing a context frees its id. Its jobs go on and hold it, unless it is not
 * persistent, or their hangs would not be found: without hangcheck, or on an
 * engine without a heartbeat. The running job is asked to let go of the engine,
 * and ends if it does not.
 */

/* Three hangs within this time ban a context. */
#define VI915_CONTEXT_FAST_HANG	(120 * HZ)

/* Bytes, with the largest engine map and an entry in the table of ids. */
#define VI915_CONTEXT_COST						\
	(sizeof(struct vi915_context) + 64 +				\
	 VI915_CONTEXT_SLOTS * sizeof(struct vi915_context_slot))

static void vi915_context_free(struct kref *ref)
{
	struct vi915_context *ctx = container_of(ref, struct vi915_context, ref);
	struct vi915_device *dev = ctx->dev;
	unsigned int i;

	for (i = 0; i < ctx->num_slots; i++)
		vi915_ring_destroy(ctx->slots[i].ring);
	kfree(ctx->slots);
	dma_fence_put(ctx->last_fence);
	vi915_vm_put(ctx->vm);
	put_pid(ctx->pid);
	vi915_file_uncharge(ctx->file, VI915_CONTEXT_COST);
	vi915_file_put(ctx->file);
	mutex_destroy(&ctx->lock);
	kfree(ctx);
	drm_dev_put(&dev->drm);
}

/**
 * vi915_context_get() - take a reference
 * @ctx: the context
 *
 * Return: @ctx.
 */
struct vi915_context *vi915_context_get(struct vi915_context *ctx)
{
	kref_get(&ctx->ref);
	return ctx;
}

/**
 * vi915_context_put() - give back a reference
 * @ctx: the context; no reservation held
 */
void vi915_context_put(struct vi915_context *ctx)
{
	kref_put(&ctx->ref, vi915_context_free);
}

/* Do the jobs of the context go on after it is closed? */
static bool vi915_context_persists(const struct vi915_context *ctx)
{
	return test_bit(VI915_CONTEXT_PERSISTENT, &ctx->flags) &&
	       READ_ONCE(ctx->dev->params.hangcheck);
}

/**
 * vi915_context_create() - make a context with every engine and no memory
 * @client: open file that it belongs to
 *
 * Return: the context with one reference, or an ERR_PTR: -ENOMEM, also if the
 * client has too many.
 */
struct vi915_context *vi915_context_create(struct vi915_file *client)
{
	struct vi915_device *dev = client->dev;
	struct vi915_context *ctx;
	unsigned int i;
	int ret;

	ret = vi915_file_charge(client, VI915_CONTEXT_COST);
	if (ret)
		return ERR_PTR(ret);

	ret = -ENOMEM;
	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL_ACCOUNT);
	if (!ctx)
		goto err_uncharge;
	ctx->num_slots = vi915_engine_count(dev);
	ctx->slots = kcalloc(ctx->num_slots, sizeof(*ctx->slots),
			     GFP_KERNEL_ACCOUNT);
	if (!ctx->slots)
		goto err_free;
	for (i = 0; i < ctx->num_slots; i++)
		ctx->slots[i].engine = &dev->engines[i];

	kref_init(&ctx->ref);
	mutex_init(&ctx->lock);
	spin_lock_init(&ctx->hang_lock);
	ctx->flags = BIT(VI915_CONTEXT_BANNABLE) |
		     BIT(VI915_CONTEXT_RECOVERABLE) |
		     BIT(VI915_CONTEXT_PERSISTENT);
	for (i = 0; i < ARRAY_SIZE(ctx->hang_times); i++)
		ctx->hang_times[i] = jiffies - VI915_CONTEXT_FAST_HANG;
	drm_dev_get(&dev->drm);
	ctx->dev = dev;
	ctx->file = vi915_file_get(client);
	ctx->pid = get_task_pid(current->group_leader, PIDTYPE_PID);
	return ctx;

err_free:
	kfree(ctx);
err_uncharge:
	vi915_file_uncharge(client, VI915_CONTEXT_COST);
	return ERR_PTR(ret);
}

/**
 * vi915_context_lookup() - find the context of an id
 * @client: open file that the id belongs to
 * @id: the id; 0 is the default context
 *
 * Return: the context with a reference for the caller, or NULL.
 */
struct vi915_context *vi915_context_lookup(struct vi915_file *client, u32 id)
{
	struct vi915_context *ctx;

	if (!id)
		return vi915_context_get(client->default_ctx);

	xa_lock(&client->contexts);
	ctx = xa_load(&client->contexts, id);
	if (ctx)
		vi915_context_get(ctx);
	xa_unlock(&client->contexts);
	return ctx;
}

/**
 * vi915_context_seal() - fix a context's map and address space on first use
 * @ctx: the context
 *
 * Return: 0; -ENOMEM if it has no address space yet and cannot get one; -EINTR.
 */
int vi915_context_seal(struct vi915_context *ctx)
{
	struct vi915_vm *vm;
	int ret = 0;

	/* Pairs with the release below: @vm and @slots are final if set. */
	if (smp_load_acquire(&ctx->sealed))
		return 0;
	if (mutex_lock_interruptible(&ctx->lock))
		return -EINTR;

	if (!ctx->vm) {
		vm = vi915_vm_create(ctx->file);
		if (IS_ERR(vm))
			ret = PTR_ERR(vm);
		else
			ctx->vm = vm;
	}
	if (ret)
		goto out_unlock;
	/* Pairs with the acquire above. */
	smp_store_release(&ctx->sealed, true);

out_unlock:
	mutex_unlock(&ctx->lock);
	return ret;
}

/**
 * vi915_context_ring() - get the ring of a slot of the engine map
 * @ctx: the context, sealed
 * @slot: index of the slot
 *
 * Return: the ring, which belongs to @ctx; or an ERR_PTR: -EINVAL for an empty
 * slot or one out of range; -ENOMEM; -EINTR.
 */
struct vi915_ring *vi915_context_ring(struct vi915_context *ctx,
				      unsigned int slot)
{
	struct vi915_context_slot *s;
	struct vi915_ring *ring;

	if (VI915_REFUSE(&ctx->dev->drm, slot >= ctx->num_slots))
		return ERR_PTR(-EINVAL);
	s = &ctx->slots[array_index_nospec(slot, ctx->num_slots)];
	if (VI915_REFUSE(&ctx->dev->drm, !s->engine))
		return ERR_PTR(-EINVAL);

	/* Pairs with the release below: a ring that is seen is complete. */
	ring = smp_load_acquire(&s->ring);
	if (ring)
		return ring;

	if (mutex_lock_interruptible(&ctx->lock))
		return ERR_PTR(-EINTR);
	ring = s->ring;
	if (ring)
		goto out_unlock;
	ring = vi915_ring_create(ctx, s->engine);
	if (IS_ERR(ring))
		goto out_unlock;
	/* Pairs with the acquires above and below. */
	smp_store_release(&s->ring, ring);

out_unlock:
	mutex_unlock(&ctx->lock);
	return ring;
}

static void vi915_context_for_each_ring(struct vi915_context *ctx,
					void (*fn)(struct vi915_ring *ring))
{
	struct vi915_ring *ring;
	unsigned int i;

	for (i = 0; i < ctx->num_slots; i++) {
		/* Pairs with the release in vi915_context_ring(). */
		ring = smp_load_acquire(&ctx->slots[i].ring);
		if (ring)
			fn(ring);
	}
}

static void vi915_context_cancel_ring(struct vi915_ring *ring)
{
	vi915_engine_cancel_ring(ring, -EIO);
}

static void vi915_context_cancel(struct vi915_context *ctx)
{
	vi915_context_for_each_ring(ctx, vi915_context_cancel_ring);
}

/**
 * vi915_context_check_closed() - cancel jobs if a context was closed or banned
 * @ctx: the context
 * @ring: its ring where a job was just submitted, maybe after the others were
 *	cancelled
 */
void vi915_context_check_closed(struct vi915_context *ctx,
				struct vi915_ring *ring)
{
	bool closed = test_bit(VI915_CONTEXT_CLOSED, &ctx->flags);

	if (test_bit(VI915_CONTEXT_BANNED, &ctx->flags) ||
	    (closed && !vi915_context_persists(ctx)))
		vi915_engine_cancel_ring(ring, -EIO);
	else if (closed)
		vi915_engine_close_ring(ring);
}

/**
 * vi915_context_close() - close a context
 * @ctx: the context; the reference of its id is consumed
 */
void vi915_context_close(struct vi915_context *ctx)
{
	set_bit(VI915_CONTEXT_CLOSED, &ctx->flags);
	/* The lock keeps an unsealed context's map from being replaced. */
	mutex_lock(&ctx->lock);
	if (vi915_context_persists(ctx))
		vi915_context_for_each_ring(ctx, vi915_engine_close_ring);
	else
		vi915_context_cancel(ctx);
	mutex_unlock(&ctx->lock);
	vi915_context_put(ctx);
}

/**
 * vi915_context_hung() - count a hang of a context, and ban it if need be
 * @ctx: the context
 *
 * Called on the way to a fence. Bans a bannable context for its first hang if
 * it is not recoverable, else for its third hang within two minutes.
 */
void vi915_context_hung(struct vi915_context *ctx)
{
	unsigned long flags;
	bool ban;

	atomic_inc(&ctx->hangs);

	spin_lock_irqsave(&ctx->hang_lock, flags);
	ban = !test_bit(VI915_CONTEXT_RECOVERABLE, &ctx->flags) ||
	      time_before(jiffies,
			  ctx->hang_times[0] + VI915_CONTEXT_FAST_HANG);
	ctx->hang_times[0] = ctx->hang_times[1];
	ctx->hang_times[1] = jiffies;
	spin_unlock_irqrestore(&ctx->hang_lock, flags);

	if (!ban || !test_bit(VI915_CONTEXT_BANNABLE, &ctx->flags))
		return;
	set_bit(VI915_CONTEXT_BANNED, &ctx->flags);
	vi915_context_cancel(ctx);
}

static int vi915_context_ext_setparam(struct i915_user_extension __user *base,
				      void *data)
{
	struct drm_i915_gem_context_create_ext_setparam ext;

	if (copy_from_user(&ext, base, sizeof(ext)))
		return -EFAULT;
	/* The context has no id yet. */
	if (ext.param.ctx_id)
		return -EINVAL;
	return vi915_context_param_set(data, &ext.param);
}

static int vi915_context_ext_clone(struct i915_user_extension __user *base,
				   void *data)
{
	/* i915 had this extension only for a while. */
	return -EINVAL;
}

static const vi915_extension_fn vi915_context_extensions[] = {
	[I915_CONTEXT_CREATE_EXT_SETPARAM] = vi915_context_ext_setparam,
	[I915_CONTEXT_CREATE_EXT_CLONE] = vi915_context_ext_clone,
};

/**
 * vi915_context_create_ioctl() - DRM_IOCTL_I915_GEM_CONTEXT_CREATE(_EXT)
 * @drm: the GPU
 * @data: &struct drm_i915_gem_context_create_ext; the DRM core has zeroed what
 *	the shorter struct lacks
 * @file: open file that gets the id
 *
 * Return: 0; -EINVAL for unknown flags or extensions; -EFAULT; -E2BIG; errors
 * of vi915_context_param_set(); -ENOMEM; -EINTR.
 */
int vi915_context_create_ioctl(struct drm_device *drm, void *data,
			       struct drm_file *file)
{
	struct drm_i915_gem_context_create_ext *args = data;
	struct vi915_file *client = file->driver_priv;
	struct vi915_context *ctx;
	int ret = 0;
	u32 id;

	if (VI915_REFUSE(drm, args->flags & I915_CONTEXT_CREATE_FLAGS_UNKNOWN))
		return -EINVAL;

	ctx = vi915_context_create(client);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);

	ctx->single = args->flags & I915_CONTEXT_CREATE_FLAGS_SINGLE_TIMELINE;
	if (args->flags & I915_CONTEXT_CREATE_FLAGS_USE_EXTENSIONS)
		ret = vi915_extension_walk(args->extensions,
					   vi915_context_extensions,
					   ARRAY_SIZE(vi915_context_extensions),
					   ctx);
	if (ret)
		goto err_put_ctx;

	/* Once it has an id, another thread may destroy it. */
	vi915_context_get(ctx);
	ret = xa_alloc(&client->contexts, &id, ctx, xa_limit_32b,
		       GFP_KERNEL_ACCOUNT);
	if (ret) {
		vi915_context_put(ctx);
		goto err_put_ctx;
	}
	WRITE_ONCE(ctx->id, id);
	args->ctx_id = id;
	vi915_context_put(ctx);
	return 0;

err_put_ctx:
	vi915_context_put(ctx);
	return ret;
}

/**
 * vi915_context_destroy_ioctl() - DRM_IOCTL_I915_GEM_CONTEXT_DESTROY
 * @drm: the GPU
 * @data: &struct drm_i915_gem_context_destroy
 * @file: open file that the id belongs to
 *
 * Return: 0; -EINVAL for pad; -ENOENT for an unknown id and for 0.
 */
int vi915_context_destroy_ioctl(struct drm_device *drm, void *data,
				struct drm_file *file)
{
	struct drm_i915_gem_context_destroy *args = data;
	struct vi915_file *client = file->driver_priv;
	struct vi915_context *ctx;

	if (VI915_REFUSE(drm, args->pad))
		return -EINVAL;

	ctx = args->ctx_id ? xa_erase(&client->contexts, args->ctx_id) : NULL;
	if (!ctx)
		return -ENOENT;

	vi915_context_close(ctx);
	return 0;
}

/**
 * vi915_context_reset_stats_ioctl() - DRM_IOCTL_I915_GET_RESET_STATS
 * @drm: the GPU
 * @data: &struct drm_i915_reset_stats
 * @file: open file that the context belongs to
 *
 * Only CAP_SYS_ADMIN sees the number of all resets; others see 0.
 *
 * Return: 0; -EINVAL for flags or pad; -ENOENT; -ENOMEM; -EINTR.
 */
int vi915_context_reset_stats_ioctl(struct drm_device *drm, void *data,
				    struct drm_file *file)
{
	struct drm_i915_reset_stats *args = data;
	struct vi915_context *ctx;
	int ret;

	if (VI915_REFUSE(drm, args->flags || args->pad))
		return -EINVAL;

	ctx = vi915_context_lookup(file->driver_priv, args->ctx_id);
	if (!ctx)
		return -ENOENT;

	ret = vi915_context_seal(ctx);
	if (!ret) {
		args->reset_count = capable(CAP_SYS_ADMIN) ?
			atomic_read(&ctx->dev->error.resets) : 0;
		args->batch_active = atomic_read(&ctx->hangs);
		args->batch_pending = atomic_read(&ctx->victims);
	}
	vi915_context_put(ctx);
	return ret;
}

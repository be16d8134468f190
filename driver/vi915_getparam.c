// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <linux/kernel.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_device.h"
#include "vi915_getparam.h"
#include "vi915_params.h"
#include "vi915_refuse.h"

/**
 * DOC: parameters
 *
 * The GPU says it is a Skylake GT2. Parameters that ask for a part of the uAPI
 * tell whether this driver has it. A parameter without a row in the table is
 * unknown, and several that once existed are refused with ENODEV, as i915 does.
 *
 * (i915 contract, section 6)
 */

struct vi915_param {
	bool known;
	int value;
	/* Replaces the value if it depends on the GPU. */
	int (*ask)(const struct vi915_device *dev);
	/* Replaces both if not 0. */
	int error;
};

#define VI915_PARAM_SCHEDULER						\
	(I915_SCHEDULER_CAP_ENABLED | I915_SCHEDULER_CAP_PRIORITY |	\
	 I915_SCHEDULER_CAP_PREEMPTION |				\
	 I915_SCHEDULER_CAP_SEMAPHORES |				\
	 I915_SCHEDULER_CAP_ENGINE_BUSY_STATS)

#define VI915_PARAM(name, val)						\
	[I915_PARAM_##name] = { .known = true, .value = (val) }
#define VI915_PARAM_ASK(name, function)					\
	[I915_PARAM_##name] = { .known = true, .ask = (function) }
#define VI915_PARAM_GONE(name)						\
	[I915_PARAM_##name] = { .known = true, .error = -ENODEV }

static int vi915_getparam_outputs(const struct vi915_device *dev)
{
	return dev->display.count > 0;
}

static int vi915_getparam_media(const struct vi915_device *dev)
{
	return dev->config.media;
}

static const struct vi915_param vi915_params[] = {
	/* From the time before GEM. */
	VI915_PARAM_GONE(IRQ_ACTIVE),
	VI915_PARAM_GONE(ALLOW_BATCHBUFFER),
	VI915_PARAM_GONE(LAST_DISPATCH),
	VI915_PARAM_GONE(HAS_EXEC_CONSTANTS),

	/* Identity and topology. */
	VI915_PARAM(CHIPSET_ID, 0x1916),
	VI915_PARAM(REVISION, 7),
	VI915_PARAM(EU_TOTAL, 24),
	VI915_PARAM(SUBSLICE_TOTAL, 3),
	VI915_PARAM(SLICE_MASK, 1),
	VI915_PARAM(SUBSLICE_MASK, 7),
	VI915_PARAM(CS_TIMESTAMP_FREQUENCY, 12000000),
	VI915_PARAM(HAS_LLC, 1),
	VI915_PARAM(HAS_WT, 0),
	VI915_PARAM(HAS_OVERLAY, 0),
	VI915_PARAM(HAS_POOLED_EU, 0),
	VI915_PARAM(MIN_EU_IN_POOL, 0),
	VI915_PARAM(HAS_CONTEXT_ISOLATION, 0),

	/* Objects and mappings. */
	VI915_PARAM(HAS_GEM, 1),
	VI915_PARAM(NUM_FENCES_AVAIL, 32),
	VI915_PARAM(MMAP_VERSION, 1),
	VI915_PARAM(MMAP_GTT_VERSION, 5),
	VI915_PARAM(MMAP_GTT_COHERENT, 1),
	VI915_PARAM(HAS_RELAXED_FENCING, 1),
	VI915_PARAM(HAS_COHERENT_PHYS_GTT, 1),
	VI915_PARAM(HAS_PRIME_VMAP_FLUSH, 1),
	VI915_PARAM(HAS_WAIT_TIMEOUT, 1),
	VI915_PARAM(HAS_USERPTR_PROBE, 1),

	/* Execution. */
	VI915_PARAM(HAS_EXECBUF2, 1),
	VI915_PARAM_ASK(HAS_BSD, vi915_getparam_media),
	VI915_PARAM(HAS_BLT, 1),
	VI915_PARAM_ASK(HAS_VEBOX, vi915_getparam_media),
	VI915_PARAM(HAS_BSD2, 0),
	VI915_PARAM(HAS_COHERENT_RINGS, 1),
	VI915_PARAM(HAS_RELAXED_DELTA, 1),
	VI915_PARAM(HAS_GEN7_SOL_RESET, 1),
	VI915_PARAM(HAS_ALIASING_PPGTT, I915_GEM_PPGTT_FULL),
	VI915_PARAM(HAS_SEMAPHORES, 1),
	VI915_PARAM(HAS_SECURE_BATCHES, 0),
	VI915_PARAM(HAS_PINNED_BATCHES, 1),
	VI915_PARAM(HAS_EXEC_NO_RELOC, 1),
	VI915_PARAM(HAS_EXEC_HANDLE_LUT, 1),
	/* A batch is not copied: writes while it runs take effect. */
	VI915_PARAM(CMD_PARSER_VERSION, 0),
	VI915_PARAM_ASK(HAS_GPU_RESET, vi915_params_gpu_reset),
	VI915_PARAM(HAS_RESOURCE_STREAMER, 0),
	VI915_PARAM(HAS_EXEC_SOFTPIN, 1),
	VI915_PARAM(HAS_SCHEDULER, VI915_PARAM_SCHEDULER),
	VI915_PARAM(HAS_EXEC_ASYNC, 1),
	VI915_PARAM(HAS_EXEC_FENCE, 1),
	VI915_PARAM(HAS_EXEC_CAPTURE, 1),
	VI915_PARAM(HAS_EXEC_BATCH_FIRST, 1),
	VI915_PARAM(HAS_EXEC_FENCE_ARRAY, 1),
	VI915_PARAM(HAS_EXEC_SUBMIT_FENCE, 1),
	VI915_PARAM(HAS_EXEC_TIMELINE_FENCES, 1),

	/* Outputs. */
	VI915_PARAM_ASK(HAS_PAGEFLIPPING, vi915_getparam_outputs),
};

/**
 * vi915_getparam_ioctl() - DRM_IOCTL_I915_GETPARAM
 * @drm: the GPU
 * @data: &struct drm_i915_getparam
 * @file: file of the caller
 *
 * Return: 0; -EINVAL for an unknown parameter; -ENODEV for an obsolete one;
 * -EFAULT.
 */
int vi915_getparam_ioctl(struct drm_device *drm, void *data,
			 struct drm_file *file)
{
	struct drm_i915_getparam *args = data;
	const struct vi915_param *param;
	unsigned int index = args->param;
	int value;

	if (VI915_REFUSE(drm, index >= ARRAY_SIZE(vi915_params)))
		return -EINVAL;
	param = &vi915_params[array_index_nospec(index,
						 ARRAY_SIZE(vi915_params))];
	if (VI915_REFUSE(drm, !param->known))
		return -EINVAL;
	if (param->error)
		return param->error;

	value = param->ask ? param->ask(to_vi915_device(drm)) : param->value;
	return put_user(value, args->value) ? -EFAULT : 0;
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>

#include "ctx.h"
#include "gpu.h"

int __ctx_create(int fd, uint32_t *ctx)
{
	struct drm_i915_gem_context_create arg = {};
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_I915_GEM_CONTEXT_CREATE, &arg);
	*ctx = arg.ctx_id;
	return ret;
}

uint32_t ctx_create_at(const char *at, int fd)
{
	uint32_t ctx = 0;

	vi915_check_at(at, "ctx_create", __ctx_create(fd, &ctx));
	if (!ctx)
		vi915_fail_at(at, "ctx_create: gave context 0");
	return ctx;
}

int __ctx_create_ext(int fd, uint32_t flags, const void *extensions, uint32_t *ctx)
{
	struct drm_i915_gem_context_create_ext arg = {
		.flags = flags,
		.extensions = (uintptr_t)extensions,
	};
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_I915_GEM_CONTEXT_CREATE_EXT, &arg);
	*ctx = arg.ctx_id;
	return ret;
}

uint32_t ctx_create_ext_at(const char *at, int fd, const void *extensions)
{
	uint32_t ctx = 0;

	vi915_check_at(at, "ctx_create_ext",
		       __ctx_create_ext(fd, I915_CONTEXT_CREATE_FLAGS_USE_EXTENSIONS, extensions,
					&ctx));
	return ctx;
}

int __ctx_destroy(int fd, uint32_t ctx)
{
	struct drm_i915_gem_context_destroy arg = { .ctx_id = ctx };

	return vi915_ioctl(fd, DRM_IOCTL_I915_GEM_CONTEXT_DESTROY, &arg);
}

int __ctx_getparam(int fd, struct drm_i915_gem_context_param *param)
{
	return vi915_ioctl(fd, DRM_IOCTL_I915_GEM_CONTEXT_GETPARAM, param);
}

int __ctx_setparam(int fd, struct drm_i915_gem_context_param *param)
{
	return vi915_ioctl(fd, DRM_IOCTL_I915_GEM_CONTEXT_SETPARAM, param);
}

int __ctx_get(int fd, uint32_t ctx, uint64_t param, uint64_t *value)
{
	struct drm_i915_gem_context_param arg = { .ctx_id = ctx, .param = param };
	int ret;

	ret = __ctx_getparam(fd, &arg);
	*value = arg.value;
	return ret;
}

uint64_t ctx_get_at(const char *at, int fd, uint32_t ctx, uint64_t param)
{
	uint64_t value = 0;

	vi915_check_at(at, "ctx_get", __ctx_get(fd, ctx, param, &value));
	return value;
}

int __ctx_set(int fd, uint32_t ctx, uint64_t param, uint64_t value)
{
	struct drm_i915_gem_context_param arg = {
		.ctx_id = ctx,
		.param = param,
		.value = value,
	};

	return __ctx_setparam(fd, &arg);
}

struct drm_i915_gem_context_create_ext_setparam ctx_ext_setparam(uint64_t param, uint64_t value,
								 const void *next)
{
	return (struct drm_i915_gem_context_create_ext_setparam){
		.base = {
			.name = I915_CONTEXT_CREATE_EXT_SETPARAM,
			.next_extension = (uintptr_t)next,
		},
		.param = { .param = param, .value = value },
	};
}

int __ctx_set_engines(int fd, uint32_t ctx, const struct ctx_engines *engines, unsigned int n)
{
	struct drm_i915_gem_context_param arg = {
		.ctx_id = ctx,
		.param = I915_CONTEXT_PARAM_ENGINES,
		.size = CTX_ENGINES_SIZE(n),
		.value = (uintptr_t)engines,
	};

	return __ctx_setparam(fd, &arg);
}

uint32_t ctx_create_slots_at(const char *at, int fd, uint16_t class, unsigned int n)
{
	uint32_t ctx = ctx_create_at(at, fd);
	struct ctx_engines engines = {};
	unsigned int i;

	for (i = 0; i < n; i++)
		engines.slots[i].engine_class = class;
	vi915_check_at(at, "set ENGINES", __ctx_set_engines(fd, ctx, &engines, n));
	return ctx;
}

int __ctx_reset_stats(int fd, uint32_t ctx, struct drm_i915_reset_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	stats->ctx_id = ctx;
	return vi915_ioctl(fd, DRM_IOCTL_I915_GET_RESET_STATS, stats);
}

struct drm_i915_reset_stats ctx_reset_stats_at(const char *at, int fd, uint32_t ctx)
{
	struct drm_i915_reset_stats stats;

	vi915_check_at(at, "GET_RESET_STATS", __ctx_reset_stats(fd, ctx, &stats));
	return stats;
}

int __vm_create(int fd, uint32_t *vm)
{
	struct drm_i915_gem_vm_control arg = {};
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_I915_GEM_VM_CREATE, &arg);
	*vm = arg.vm_id;
	return ret;
}

uint32_t vm_create_at(const char *at, int fd)
{
	uint32_t vm = 0;

	vi915_check_at(at, "vm_create", __vm_create(fd, &vm));
	if (!vm)
		vi915_fail_at(at, "vm_create: gave address space 0");
	return vm;
}

int __vm_destroy(int fd, uint32_t vm)
{
	struct drm_i915_gem_vm_control arg = { .vm_id = vm };

	return vi915_ioctl(fd, DRM_IOCTL_I915_GEM_VM_DESTROY, &arg);
}

uint32_t ctx_create_in_vm_at(const char *at, int fd, uint32_t vm)
{
	struct drm_i915_gem_context_create_ext_setparam ext =
		ctx_ext_setparam(I915_CONTEXT_PARAM_VM, vm, NULL);

	return ctx_create_ext_at(at, fd, &ext);
}

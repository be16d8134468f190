// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Every ioctl that reaches the driver, the meaning of its fields, and the
 * errnos that it may be refused with: those of its kernel-doc, with EINTR for
 * ERESTARTSYS. EFAULT for an argument that cannot be read comes from the core
 * and is not in the lists.
 */
#include <errno.h>
#include <linux/dma-buf.h>
#include <stddef.h>

#include "fuzz.h"
#include "uapi.h"

#define FIELD(type, member, kind, ...)                                          \
	{ offsetof(struct type, member), sizeof(((struct type *)0)->member),    \
	  FUZZ_##kind, __VA_ARGS__ }

/* The core's argument of MMAP_GTT is shorter than the driver's. */
const struct fuzz_call fuzz_calls[] = {
	{
		"GETPARAM", DRM_IOCTL_I915_GETPARAM, .weight = 1, .unchanged = true,
		.fields = { FIELD(drm_i915_getparam, param, FEW, 64),
			    FIELD(drm_i915_getparam, value, BUFFER) },
		.errors = { EINVAL, ENODEV, EFAULT },
	}, {
		"GEM_BUSY", DRM_IOCTL_I915_GEM_BUSY, .unchanged = true,
		.fields = { FIELD(drm_i915_gem_busy, handle, HANDLE),
			    FIELD(drm_i915_gem_busy, busy, OUT) },
		.errors = { ENOENT },
	}, {
		"GEM_CREATE", DRM_IOCTL_I915_GEM_CREATE, .weight = 6, .unchanged = true,
		.gives = FUZZ_GIVES_HANDLE,
		.gives_at = offsetof(struct drm_i915_gem_create, handle),
		.fields = { FIELD(drm_i915_gem_create, size, SIZE),
			    FIELD(drm_i915_gem_create, handle, OUT),
			    FIELD(drm_i915_gem_create, pad, PAD) },
		.errors = { EINVAL, E2BIG, ENOMEM },
	}, {
		"GEM_CREATE_EXT", DRM_IOCTL_I915_GEM_CREATE_EXT, .unchanged = true,
		.gives = FUZZ_GIVES_HANDLE,
		.gives_at = offsetof(struct drm_i915_gem_create_ext, handle),
		.fields = { FIELD(drm_i915_gem_create_ext, size, SIZE),
			    FIELD(drm_i915_gem_create_ext, handle, OUT),
			    FIELD(drm_i915_gem_create_ext, flags, PAD),
			    FIELD(drm_i915_gem_create_ext, extensions, CHAIN) },
		.errors = { EINVAL, E2BIG, ENOMEM, EFAULT, ENODEV, EINTR },
	}, {
		"GEM_PREAD", DRM_IOCTL_I915_GEM_PREAD, .weight = 4, .unchanged = true,
		.fields = { FIELD(drm_i915_gem_pread, handle, HANDLE),
			    FIELD(drm_i915_gem_pread, pad, PAD),
			    FIELD(drm_i915_gem_pread, offset, OFFSET),
			    FIELD(drm_i915_gem_pread, size, LENGTH),
			    FIELD(drm_i915_gem_pread, data_ptr, BUFFER) },
		.errors = { EFAULT, ENOENT, EINVAL, ENOMEM, EOPNOTSUPP, EINTR },
	}, {
		"GEM_PWRITE", DRM_IOCTL_I915_GEM_PWRITE, .weight = 4, .unchanged = true,
		.fields = { FIELD(drm_i915_gem_pwrite, handle, HANDLE),
			    FIELD(drm_i915_gem_pwrite, pad, PAD),
			    FIELD(drm_i915_gem_pwrite, offset, OFFSET),
			    FIELD(drm_i915_gem_pwrite, size, LENGTH),
			    FIELD(drm_i915_gem_pwrite, data_ptr, BUFFER) },
		.errors = { EFAULT, ENOENT, EINVAL, ENOMEM, EOPNOTSUPP, EINTR },
	}, {
		"GEM_MMAP", DRM_IOCTL_I915_GEM_MMAP, .weight = 4, .unchanged = true,
		.gives = FUZZ_GIVES_MAP,
		.gives_at = offsetof(struct drm_i915_gem_mmap, addr_ptr),
		.fields = { FIELD(drm_i915_gem_mmap, handle, HANDLE),
			    FIELD(drm_i915_gem_mmap, pad, PAD),
			    FIELD(drm_i915_gem_mmap, offset, OFFSET),
			    FIELD(drm_i915_gem_mmap, size, LENGTH),
			    FIELD(drm_i915_gem_mmap, addr_ptr, OUT),
			    FIELD(drm_i915_gem_mmap, flags, BITS, I915_MMAP_WC) },
		/* The last three errnos are those of mmap(2). */
		.errors = { EINVAL, ENOENT, ENXIO, ENOMEM, ENOSPC, EACCES, EOVERFLOW },
	}, {
		"GEM_SET_DOMAIN", DRM_IOCTL_I915_GEM_SET_DOMAIN, .weight = 6, .unchanged = true,
		.fields = { FIELD(drm_i915_gem_set_domain, handle, HANDLE),
			    FIELD(drm_i915_gem_set_domain, read_domains, READ),
			    FIELD(drm_i915_gem_set_domain, write_domain, WRITE) },
		/* EAGAIN and EBUSY: for user memory that changes all the time. */
		.errors = { EINVAL, ENOENT, EFAULT, EINTR, ENOMEM, EAGAIN, EBUSY },
	}, {
		"GEM_SW_FINISH", DRM_IOCTL_I915_GEM_SW_FINISH, .unchanged = true,
		.fields = { FIELD(drm_i915_gem_sw_finish, handle, HANDLE) },
		.errors = { ENOENT },
	}, {
		/* Reports the current tiling, also when it refuses. */
		"GEM_SET_TILING", DRM_IOCTL_I915_GEM_SET_TILING,
		.fields = { FIELD(drm_i915_gem_set_tiling, handle, HANDLE),
			    FIELD(drm_i915_gem_set_tiling, tiling_mode, FEW, 3),
			    FIELD(drm_i915_gem_set_tiling, stride, STRIDE),
			    FIELD(drm_i915_gem_set_tiling, swizzle_mode, OUT) },
		.errors = { EINVAL, ENOENT, ENXIO, EBUSY, EINTR },
	}, {
		"GEM_GET_TILING", DRM_IOCTL_I915_GEM_GET_TILING, .unchanged = true,
		.fields = { FIELD(drm_i915_gem_get_tiling, handle, HANDLE) },
		.errors = { ENOENT },
	}, {
		"GEM_GET_APERTURE", DRM_IOCTL_I915_GEM_GET_APERTURE, .weight = 1, .unchanged = true,
	}, {
		"GEM_MMAP_OFFSET", DRM_IOCTL_I915_GEM_MMAP_OFFSET, .weight = 5, .unchanged = true,
		.gives = FUZZ_GIVES_OFFSET,
		.gives_at = offsetof(struct drm_i915_gem_mmap_offset, offset),
		.fields = { FIELD(drm_i915_gem_mmap_offset, handle, HANDLE),
			    FIELD(drm_i915_gem_mmap_offset, pad, PAD),
			    FIELD(drm_i915_gem_mmap_offset, offset, OUT),
			    FIELD(drm_i915_gem_mmap_offset, flags, FEW, 5),
			    FIELD(drm_i915_gem_mmap_offset, extensions, CHAIN) },
		.errors = { ENOENT, EINVAL, EFAULT, ENODEV, ENXIO, ENOSPC, ENOMEM, EINTR },
	}, {
		"GEM_MMAP_GTT", DRM_IOCTL_I915_GEM_MMAP_GTT, .unchanged = true,
		.gives = FUZZ_GIVES_OFFSET,
		.gives_at = offsetof(struct drm_i915_gem_mmap_gtt, offset),
		.fields = { FIELD(drm_i915_gem_mmap_gtt, handle, HANDLE),
			    FIELD(drm_i915_gem_mmap_gtt, pad, PAD),
			    FIELD(drm_i915_gem_mmap_gtt, offset, OUT) },
		.errors = { ENOENT, ENODEV, ENOSPC, ENOMEM },
	}, {
		"GEM_MADVISE", DRM_IOCTL_I915_GEM_MADVISE, .unchanged = true,
		.fields = { FIELD(drm_i915_gem_madvise, handle, HANDLE),
			    FIELD(drm_i915_gem_madvise, madv, FEW, 2),
			    FIELD(drm_i915_gem_madvise, retained, OUT) },
		.errors = { EINVAL, ENOENT, EINTR },
	}, {
		"GEM_WAIT", DRM_IOCTL_I915_GEM_WAIT,
		.fields = { FIELD(drm_i915_gem_wait, bo_handle, HANDLE),
			    FIELD(drm_i915_gem_wait, flags, PAD),
			    FIELD(drm_i915_gem_wait, timeout_ns, TIMEOUT) },
		.errors = { EINVAL, ENOENT, ETIME, EINTR },
	}, {
		"GEM_SET_CACHING", DRM_IOCTL_I915_GEM_SET_CACHING, .unchanged = true,
		.fields = { FIELD(drm_i915_gem_caching, handle, HANDLE),
			    FIELD(drm_i915_gem_caching, caching, FEW, 3) },
		.errors = { EINVAL, ENOENT, ENXIO },
	}, {
		"GEM_GET_CACHING", DRM_IOCTL_I915_GEM_GET_CACHING, .unchanged = true,
		.fields = { FIELD(drm_i915_gem_caching, handle, HANDLE),
			    FIELD(drm_i915_gem_caching, caching, OUT) },
		.errors = { ENOENT },
	}, {
		"GEM_USERPTR", DRM_IOCTL_I915_GEM_USERPTR, .unchanged = true,
		.gives = FUZZ_GIVES_HANDLE,
		.gives_at = offsetof(struct drm_i915_gem_userptr, handle),
		.fields = { FIELD(drm_i915_gem_userptr, user_size, SIZE),
			    FIELD(drm_i915_gem_userptr, user_ptr, USER_MEMORY),
			    FIELD(drm_i915_gem_userptr, flags, BITS, I915_USERPTR_PROBE),
			    FIELD(drm_i915_gem_userptr, handle, OUT) },
		.errors = { EINVAL, E2BIG, EFAULT, ENODEV, ENOMEM, EINTR },
	}, {
		"QUERY", DRM_IOCTL_I915_QUERY, .unchanged = true,
		.fields = { FIELD(drm_i915_query, num_items, FEW, 5),
			    FIELD(drm_i915_query, flags, PAD),
			    FIELD(drm_i915_query, items_ptr, ITEMS) },
		.errors = { EINVAL, EFAULT, EINTR },
	}, {
		"GEM_CONTEXT_CREATE", DRM_IOCTL_I915_GEM_CONTEXT_CREATE_EXT, .weight = 3,
		.unchanged = true,
		.fields = { FIELD(drm_i915_gem_context_create_ext, ctx_id, OUT),
			    FIELD(drm_i915_gem_context_create_ext, flags, BITS, 3),
			    FIELD(drm_i915_gem_context_create_ext, extensions, CHAIN) },
		/* All errnos of all parameters in extensions. */
		.errors = { EINVAL, EFAULT, E2BIG, ENOMEM, ENOENT, EPERM, ENODEV, EIO, EINTR },
	}, {
		"GEM_CONTEXT_DESTROY", DRM_IOCTL_I915_GEM_CONTEXT_DESTROY, .unchanged = true,
		.fields = { FIELD(drm_i915_gem_context_destroy, ctx_id, ID),
			    FIELD(drm_i915_gem_context_destroy, pad, PAD) },
		.errors = { EINVAL, ENOENT, EINTR },
	}, {
		"GEM_CONTEXT_GETPARAM", DRM_IOCTL_I915_GEM_CONTEXT_GETPARAM,
		.fields = { FIELD(drm_i915_gem_context_param, ctx_id, ID),
			    FIELD(drm_i915_gem_context_param, size, PARAM_SIZE),
			    FIELD(drm_i915_gem_context_param, param, FEW, 17),
			    FIELD(drm_i915_gem_context_param, value, PARAM_VALUE) },
		.errors = { EINVAL, ENOENT, EFAULT, ENODEV, ENOMEM, EINTR },
	}, {
		"GEM_CONTEXT_SETPARAM", DRM_IOCTL_I915_GEM_CONTEXT_SETPARAM, .weight = 4,
		.fields = { FIELD(drm_i915_gem_context_param, ctx_id, ID),
			    FIELD(drm_i915_gem_context_param, size, PARAM_SIZE),
			    FIELD(drm_i915_gem_context_param, param, FEW, 17),
			    FIELD(drm_i915_gem_context_param, value, PARAM_VALUE) },
		.errors = { EINVAL, ENOENT, EFAULT, ENODEV, EPERM, ENOMEM, E2BIG, EINTR },
	}, {
		"GEM_VM_CREATE", DRM_IOCTL_I915_GEM_VM_CREATE, .weight = 1, .unchanged = true,
		.fields = { FIELD(drm_i915_gem_vm_control, extensions, CHAIN),
			    FIELD(drm_i915_gem_vm_control, flags, PAD),
			    FIELD(drm_i915_gem_vm_control, vm_id, OUT) },
		.errors = { EINVAL, EFAULT, ENOMEM, E2BIG, EINTR },
	}, {
		"GEM_VM_DESTROY", DRM_IOCTL_I915_GEM_VM_DESTROY, .weight = 1, .unchanged = true,
		.fields = { FIELD(drm_i915_gem_vm_control, extensions, PAD),
			    FIELD(drm_i915_gem_vm_control, flags, PAD),
			    FIELD(drm_i915_gem_vm_control, vm_id, ID) },
		.errors = { EINVAL, ENOENT },
	}, {
		"REG_READ", DRM_IOCTL_I915_REG_READ, .weight = 1, .unchanged = true,
		.fields = { FIELD(drm_i915_reg_read, offset, REGISTER),
			    FIELD(drm_i915_reg_read, val, OUT) },
		.errors = { EINVAL },
	}, {
		"GET_RESET_STATS", DRM_IOCTL_I915_GET_RESET_STATS, .weight = 1, .unchanged = true,
		.fields = { FIELD(drm_i915_reset_stats, ctx_id, ID),
			    FIELD(drm_i915_reset_stats, flags, PAD),
			    FIELD(drm_i915_reset_stats, pad, PAD) },
		.errors = { EINVAL, ENOENT },
	}, {
		"GEM_THROTTLE", DRM_IOCTL_I915_GEM_THROTTLE, .weight = 1,
		.errors = { EIO, EINTR },
	}, {
		"GEM_CLOSE", DRM_IOCTL_GEM_CLOSE, .weight = 1, .unchanged = true,
		.fields = { FIELD(drm_gem_close, handle, HANDLE),
			    FIELD(drm_gem_close, pad, PAD) },
		.errors = { EINVAL },
	}, {
		"GEM_FLINK", DRM_IOCTL_GEM_FLINK, .unchanged = true,
		.gives = FUZZ_GIVES_NAME, .gives_at = offsetof(struct drm_gem_flink, name),
		.fields = { FIELD(drm_gem_flink, handle, HANDLE),
			    FIELD(drm_gem_flink, name, OUT) },
		.errors = { ENOENT, EACCES, ENOMEM },
	}, {
		"GEM_OPEN", DRM_IOCTL_GEM_OPEN,
		.gives = FUZZ_GIVES_HANDLE, .gives_at = offsetof(struct drm_gem_open, handle),
		.fields = { FIELD(drm_gem_open, name, NAME),
			    FIELD(drm_gem_open, handle, OUT),
			    FIELD(drm_gem_open, size, OUT) },
		.errors = { ENOENT, EACCES, ENOMEM },
	}, {
		"PRIME_HANDLE_TO_FD", DRM_IOCTL_PRIME_HANDLE_TO_FD, .weight = 8,
		.gives = FUZZ_GIVES_FD, .gives_at = offsetof(struct drm_prime_handle, fd),
		.fields = { FIELD(drm_prime_handle, handle, HANDLE),
			    FIELD(drm_prime_handle, flags, CLOEXEC_RDWR),
			    FIELD(drm_prime_handle, fd, OUT) },
		.errors = { EINVAL, ENOENT, ENOMEM, EMFILE, EINTR },
	}, {
		"PRIME_FD_TO_HANDLE", DRM_IOCTL_PRIME_FD_TO_HANDLE, .weight = 8,
		.gives = FUZZ_GIVES_HANDLE,
		.gives_at = offsetof(struct drm_prime_handle, handle),
		.fields = { FIELD(drm_prime_handle, handle, OUT),
			    FIELD(drm_prime_handle, flags, PAD),
			    FIELD(drm_prime_handle, fd, FD) },
		.errors = { EBADF, EINVAL, E2BIG, ENOMEM, ENODEV },
	}, {
		"MODE_CREATE_DUMB", DRM_IOCTL_MODE_CREATE_DUMB,
		.gives = FUZZ_GIVES_HANDLE,
		.gives_at = offsetof(struct drm_mode_create_dumb, handle),
		.fields = { FIELD(drm_mode_create_dumb, height, PIXELS),
			    FIELD(drm_mode_create_dumb, width, PIXELS),
			    FIELD(drm_mode_create_dumb, bpp, DEPTH),
			    FIELD(drm_mode_create_dumb, flags, PAD),
			    FIELD(drm_mode_create_dumb, handle, OUT),
			    FIELD(drm_mode_create_dumb, pitch, OUT),
			    FIELD(drm_mode_create_dumb, size, OUT) },
		.errors = { EINVAL, E2BIG, ENOMEM, EACCES },
	}, {
		"MODE_MAP_DUMB", DRM_IOCTL_MODE_MAP_DUMB, .unchanged = true,
		.gives = FUZZ_GIVES_OFFSET,
		.gives_at = offsetof(struct drm_mode_map_dumb, offset),
		.fields = { FIELD(drm_mode_map_dumb, handle, HANDLE),
			    FIELD(drm_mode_map_dumb, pad, PAD),
			    FIELD(drm_mode_map_dumb, offset, OUT) },
		.errors = { ENOENT, ENODEV, EINVAL, ENXIO, ENOSPC, ENOMEM, EACCES },
	}, {
		"MODE_DESTROY_DUMB", DRM_IOCTL_MODE_DESTROY_DUMB, .weight = 1, .unchanged = true,
		.fields = { FIELD(drm_mode_destroy_dumb, handle, HANDLE) },
		.errors = { EINVAL, EACCES },
	}, {
		"VERSION", DRM_IOCTL_VERSION, .weight = 1,
		.fields = { FIELD(drm_version, name_len, STRING_LENGTH),
			    FIELD(drm_version, name, BUFFER),
			    FIELD(drm_version, date_len, STRING_LENGTH),
			    FIELD(drm_version, date, BUFFER),
			    FIELD(drm_version, desc_len, STRING_LENGTH),
			    FIELD(drm_version, desc, BUFFER) },
		.errors = { EFAULT },
	}, {
		"GET_CAP", DRM_IOCTL_GET_CAP, .weight = 1,
		.fields = { FIELD(drm_get_cap, capability, FEW, 0x16),
			    FIELD(drm_get_cap, value, OUT) },
		.errors = { EINVAL, EOPNOTSUPP },
	}, {
		"DMA_BUF_SYNC", DMA_BUF_IOCTL_SYNC, .on_dmabuf = true, .unchanged = true,
		.fields = { FIELD(dma_buf_sync, flags, BITS, DMA_BUF_SYNC_VALID_FLAGS_MASK) },
		.errors = { EINVAL, EFAULT, EINTR, ENOMEM },
	}, {
		"DMA_BUF_SET_NAME", DMA_BUF_SET_NAME_B, .on_dmabuf = true, .unchanged = true,
		.errors = { EFAULT, EINVAL, ENOMEM },
	}, {
		"DMA_BUF_EXPORT_SYNC_FILE", DMA_BUF_IOCTL_EXPORT_SYNC_FILE, .on_dmabuf = true,
		.gives = FUZZ_GIVES_FD,
		.gives_at = offsetof(struct dma_buf_export_sync_file, fd),
		.fields = { FIELD(dma_buf_export_sync_file, flags, BITS, DMA_BUF_SYNC_RW),
			    FIELD(dma_buf_export_sync_file, fd, OUT) },
		.errors = { EINVAL, EFAULT, ENOMEM, EMFILE },
	}, {
		"DMA_BUF_IMPORT_SYNC_FILE", DMA_BUF_IOCTL_IMPORT_SYNC_FILE, .on_dmabuf = true,
		.unchanged = true,
		.fields = { FIELD(dma_buf_import_sync_file, flags, BITS, DMA_BUF_SYNC_RW),
			    FIELD(dma_buf_import_sync_file, fd, FD) },
		.errors = { EINVAL, EFAULT, ENOMEM },
	},
};

const unsigned int fuzz_num_calls = sizeof(fuzz_calls) / sizeof(*fuzz_calls);

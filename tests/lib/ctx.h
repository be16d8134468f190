/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Contexts and address spaces. __x() answers 0 or -errno and gives results
 * through pointers; x() ends the test when the call is refused.
 */
#ifndef VI915_TESTS_CTX_H
#define VI915_TESTS_CTX_H

#include <stdint.h>

#include "fail.h"
#include "uapi.h"

/* Contexts. */

int __ctx_create(int fd, uint32_t *ctx);
uint32_t ctx_create_at(const char *at, int fd);
#define ctx_create(fd) ctx_create_at(VI915_AT, fd)

int __ctx_create_ext(int fd, uint32_t flags, const void *extensions, uint32_t *ctx);
/* With USE_EXTENSIONS. */
uint32_t ctx_create_ext_at(const char *at, int fd, const void *extensions);
#define ctx_create_ext(fd, extensions) ctx_create_ext_at(VI915_AT, fd, extensions)

int __ctx_destroy(int fd, uint32_t ctx);
#define ctx_destroy(fd, ctx) vi915_check(__ctx_destroy(fd, ctx))

/* Parameters: with the plain struct, and as one number. */

int __ctx_getparam(int fd, struct drm_i915_gem_context_param *param);
int __ctx_setparam(int fd, struct drm_i915_gem_context_param *param);
int __ctx_get(int fd, uint32_t ctx, uint64_t param, uint64_t *value);
uint64_t ctx_get_at(const char *at, int fd, uint32_t ctx, uint64_t param);
#define ctx_get(fd, ctx, param) ctx_get_at(VI915_AT, fd, ctx, param)
int __ctx_set(int fd, uint32_t ctx, uint64_t param, uint64_t value);
#define ctx_set(fd, ctx, param, value) vi915_check(__ctx_set(fd, ctx, param, value))

/* An extension that sets a parameter at creation; @next may be NULL. */
struct drm_i915_gem_context_create_ext_setparam ctx_ext_setparam(uint64_t param, uint64_t value,
								 const void *next);

/* The map of engines. */

#define CTX_SLOTS 64

/**
 * struct ctx_engines - a map of engines; the size passed with it says how many
 * slots count
 */
struct ctx_engines {
	uint64_t extensions;
	struct i915_engine_class_instance slots[CTX_SLOTS + 1];
};

/* sizeof a map of n slots */
#define CTX_ENGINES_SIZE(n) \
	(sizeof(uint64_t) + (n) * sizeof(struct i915_engine_class_instance))

int __ctx_set_engines(int fd, uint32_t ctx, const struct ctx_engines *engines, unsigned int n);
/* A new context with @n slots that all are one engine. */
uint32_t ctx_create_slots_at(const char *at, int fd, uint16_t class, unsigned int n);
#define ctx_create_slots(fd, class, n) ctx_create_slots_at(VI915_AT, fd, class, n)

/* GET_RESET_STATS. */

int __ctx_reset_stats(int fd, uint32_t ctx, struct drm_i915_reset_stats *stats);
struct drm_i915_reset_stats ctx_reset_stats_at(const char *at, int fd, uint32_t ctx);
#define ctx_reset_stats(fd, ctx) ctx_reset_stats_at(VI915_AT, fd, ctx)

/* Address spaces. */

int __vm_create(int fd, uint32_t *vm);
uint32_t vm_create_at(const char *at, int fd);
#define vm_create(fd) vm_create_at(VI915_AT, fd)
int __vm_destroy(int fd, uint32_t vm);
#define vm_destroy(fd, vm) vi915_check(__vm_destroy(fd, vm))
/* A new context in that address space. */
uint32_t ctx_create_in_vm_at(const char *at, int fd, uint32_t vm);
#define ctx_create_in_vm(fd, vm) ctx_create_in_vm_at(VI915_AT, fd, vm)

#endif

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Atomic commits: complete and valid ones, some words of which are then spoilt,
 * and random properties with random values.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "fail.h"
#include "fuzz_kms.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define U64(ptr) ((uintptr_t)(ptr))

/* One entry for each property, so an object may occur more than once. */
struct fuzz_request {
	uint32_t objects[FUZZ_KMS_REQUEST];
	uint32_t counts[FUZZ_KMS_REQUEST];
	uint32_t props[FUZZ_KMS_REQUEST];
	uint64_t values[FUZZ_KMS_REQUEST];
	unsigned int n;
};

static void fuzz_put(struct fuzz_request *request, uint32_t object, uint32_t prop,
		     uint64_t value)
{
	if (request->n == FUZZ_KMS_REQUEST)
		return;
	request->objects[request->n] = object;
	request->counts[request->n] = 1;
	request->props[request->n] = prop;
	request->values[request->n++] = value;
}

static void fuzz_set(struct fuzz *fuzz, struct fuzz_request *request,
		     const struct fuzz_object *object, const char *name, uint64_t value)
{
	const struct fuzz_prop *prop;

	prop = object ? fuzz_kms_prop_named(fuzz_kms(fuzz), object, name) : NULL;
	if (prop)
		fuzz_put(request, object->id, prop->id, value);
}

static uint64_t fuzz_value_of(struct fuzz *fuzz, const struct fuzz_prop *prop)
{
	uint32_t type = prop->flags & (DRM_MODE_PROP_LEGACY_TYPE | DRM_MODE_PROP_EXTENDED_TYPE);
	uint64_t low, span;

	if (!strcmp(prop->name, "IN_FENCE_FD"))
		return fuzz_chance(&fuzz->random, 30) ? -1 : fuzz_any_fd(fuzz);
	if (strstr(prop->name, "OUT_FENCE_PTR"))
		return fuzz_chance(&fuzz->random, 30) ? 0 :
			U64(fuzz->arena) + FUZZ_AT_KMS_OUT + 4 * fuzz_below(&fuzz->random, 8);
	if (!strcmp(prop->name, "MODE_ID"))
		return fuzz_kms_blob(fuzz, FUZZ_BLOB_MODE);
	if (!strcmp(prop->name, "FB_DAMAGE_CLIPS"))
		return fuzz_chance(&fuzz->random, 30) ? 0 : fuzz_kms_blob(fuzz, FUZZ_BLOB_CLIPS);
	if (!strcmp(prop->name, "FB_ID") || !strcmp(prop->name, "WRITEBACK_FB_ID"))
		return fuzz_kms_fb(fuzz);
	if (!strcmp(prop->name, "CRTC_ID"))
		return fuzz_kms_id(fuzz, DRM_MODE_OBJECT_CRTC);
	if (!strncmp(prop->name, "SRC_", 4))
		return (uint64_t)fuzz_below(&fuzz->random, 320) << 16;
	if (!strncmp(prop->name, "CRTC_", 5))
		return fuzz_kms_place(fuzz);
	if (type == DRM_MODE_PROP_BLOB)
		return fuzz_kms_blob(fuzz, FUZZ_BLOB_LUT);
	if (!prop->num_values)
		return fuzz_number(&fuzz->random);
	if (type != DRM_MODE_PROP_RANGE && type != DRM_MODE_PROP_SIGNED_RANGE)
		return prop->values[fuzz_below(&fuzz->random, prop->num_values)];
	low = prop->values[0];
	span = prop->values[1] - low;
	return low + (span == UINT64_MAX ? fuzz_random(&fuzz->random) :
					   fuzz_random(&fuzz->random) % (span + 1));
}

static void fuzz_put_any(struct fuzz *fuzz, struct fuzz_request *request)
{
	struct fuzz_object *object = fuzz_kms_pick(fuzz, DRM_MODE_OBJECT_ANY);
	const struct fuzz_prop *prop;
	uint64_t value;

	if (!object || !object->num_props)
		return;
	prop = fuzz_kms_prop(fuzz_kms(fuzz),
			     object->props[fuzz_below(&fuzz->random, object->num_props)]);
	if (!prop)
		return;
	value = fuzz_chance(&fuzz->random, 85) ? fuzz_value_of(fuzz, prop) :
						 fuzz_number(&fuzz->random);
	fuzz_put(request, object->id, prop->id, value);
}

/* Shows a part of a framebuffer somewhere on the CRTC. */
static void fuzz_put_plane(struct fuzz *fuzz, struct fuzz_request *request,
			   const struct fuzz_object *plane, uint32_t crtc)
{
	struct fuzz_kms *kms = fuzz_kms(fuzz);
	const struct fuzz_prop *prop;
	uint32_t width, height;
	uint64_t x = 0, y = 0;
	unsigned int slot;

	if (!plane)
		return;
	slot = plane->subtype == FUZZ_PLANE_CURSOR ? fuzz_kms_cursor_slot(fuzz) :
						     fuzz_kms_fb_slot(fuzz);
	width = kms->fbs[slot].width;
	height = kms->fbs[slot].height;
	if (fuzz_chance(&fuzz->random, 30) && width > 1 && height > 1) {
		x = fuzz_below(&fuzz->random, width);
		y = fuzz_below(&fuzz->random, height);
		width -= x;
		height -= y;
	}
	fuzz_set(fuzz, request, plane, "FB_ID", kms->fbs[slot].id);
	fuzz_set(fuzz, request, plane, "CRTC_ID", crtc);
	fuzz_set(fuzz, request, plane, "SRC_X", x << 16);
	fuzz_set(fuzz, request, plane, "SRC_Y", y << 16);
	fuzz_set(fuzz, request, plane, "SRC_W", (uint64_t)width << 16);
	fuzz_set(fuzz, request, plane, "SRC_H", (uint64_t)height << 16);
	fuzz_set(fuzz, request, plane, "CRTC_X", (int64_t)fuzz_kms_place(fuzz));
	fuzz_set(fuzz, request, plane, "CRTC_Y", (int64_t)fuzz_kms_place(fuzz));
	fuzz_set(fuzz, request, plane, "CRTC_W", width);
	fuzz_set(fuzz, request, plane, "CRTC_H", height);
	while (fuzz_chance(&fuzz->random, 40)) {
		prop = fuzz_kms_prop(kms, plane->props[fuzz_below(&fuzz->random,
								  plane->num_props)]);
		if (prop && strncmp(prop->name, "SRC_", 4) && strncmp(prop->name, "CRTC_", 5))
			fuzz_put(request, plane->id, prop->id, fuzz_value_of(fuzz, prop));
	}
}

static const struct fuzz_object *fuzz_pipe_plane(struct fuzz *fuzz, uint32_t type,
						 unsigned int pipe)
{
	return fuzz_kms_of_pipe(fuzz_kms(fuzz), DRM_MODE_OBJECT_PLANE, type, pipe);
}

static void fuzz_put_light(struct fuzz *fuzz, struct fuzz_request *request, unsigned int pipe)
{
	struct fuzz_kms *kms = fuzz_kms(fuzz);
	struct fuzz_object *crtc = fuzz_kms_of_pipe(kms, DRM_MODE_OBJECT_CRTC, 0, pipe);

	fuzz_set(fuzz, request, crtc, "MODE_ID", fuzz_kms_blob(fuzz, FUZZ_BLOB_MODE));
	fuzz_set(fuzz, request, crtc, "ACTIVE", 1);
	fuzz_set(fuzz, request, fuzz_kms_of_pipe(kms, DRM_MODE_OBJECT_CONNECTOR, 0, pipe),
		 "CRTC_ID", crtc->id);
	fuzz_put_plane(fuzz, request, fuzz_pipe_plane(fuzz, FUZZ_PLANE_PRIMARY, pipe),
		       crtc->id);
}

static void fuzz_put_dark(struct fuzz *fuzz, struct fuzz_request *request, unsigned int pipe)
{
	struct fuzz_kms *kms = fuzz_kms(fuzz);
	struct fuzz_object *crtc = fuzz_kms_of_pipe(kms, DRM_MODE_OBJECT_CRTC, 0, pipe);
	const struct fuzz_object *plane;
	uint32_t type;

	fuzz_set(fuzz, request, crtc, "ACTIVE", 0);
	if (fuzz_chance(&fuzz->random, 50))
		return;
	fuzz_set(fuzz, request, crtc, "MODE_ID", 0);
	fuzz_set(fuzz, request, fuzz_kms_of_pipe(kms, DRM_MODE_OBJECT_CONNECTOR, 0, pipe),
		 "CRTC_ID", 0);
	for (type = 0; type < FUZZ_PLANE_TYPES; type++) {
		plane = fuzz_pipe_plane(fuzz, type, pipe);
		fuzz_set(fuzz, request, plane, "FB_ID", 0);
		fuzz_set(fuzz, request, plane, "CRTC_ID", 0);
	}
}

static void fuzz_put_writeback(struct fuzz *fuzz, struct fuzz_request *request,
			       unsigned int pipe)
{
	struct fuzz_kms *kms = fuzz_kms(fuzz);
	struct fuzz_object *connector =
		fuzz_kms_of_pipe(kms, DRM_MODE_OBJECT_CONNECTOR,
				 DRM_MODE_CONNECTOR_WRITEBACK, pipe);
	struct fuzz_object *crtc = fuzz_kms_of_pipe(kms, DRM_MODE_OBJECT_CRTC, 0, pipe);

	fuzz_set(fuzz, request, connector, "CRTC_ID", crtc->id);
	fuzz_set(fuzz, request, connector, "WRITEBACK_FB_ID", fuzz_kms_fb(fuzz));
	if (fuzz_chance(&fuzz->random, 60))
		fuzz_set(fuzz, request, connector, "WRITEBACK_OUT_FENCE_PTR",
			 U64(fuzz->arena) + FUZZ_AT_KMS_OUT);
}

static void fuzz_put_pipe(struct fuzz *fuzz, struct fuzz_request *request, unsigned int pipe)
{
	struct fuzz_object *crtc =
		fuzz_kms_of_pipe(fuzz_kms(fuzz), DRM_MODE_OBJECT_CRTC, 0, pipe);
	uint32_t type;

	switch (fuzz_below(&fuzz->random, 10)) {
	case 0:
		fuzz_put_dark(fuzz, request, pipe);
		break;
	case 1:
	case 2:
		fuzz_put_light(fuzz, request, pipe);
		break;
	default:
		type = fuzz_below(&fuzz->random, FUZZ_PLANE_TYPES);
		fuzz_put_plane(fuzz, request, fuzz_pipe_plane(fuzz, type, pipe), crtc->id);
	}
	if (fuzz_chance(&fuzz->random, 30))
		fuzz_set(fuzz, request, crtc, "OUT_FENCE_PTR",
			 U64(fuzz->arena) + FUZZ_AT_KMS_OUT + 8);
	if (fuzz_chance(&fuzz->random, 20))
		fuzz_put_writeback(fuzz, request, pipe);
	while (fuzz_chance(&fuzz->random, 30))
		fuzz_put_any(fuzz, request);
}

static void fuzz_spoil(struct fuzz *fuzz, struct fuzz_request *request)
{
	unsigned int at = fuzz_below(&fuzz->random, request->n);

	switch (fuzz_below(&fuzz->random, 6)) {
	case 0:
		request->objects[at] = fuzz_kms_id(fuzz, DRM_MODE_OBJECT_ANY);
		break;
	case 1:
		request->counts[at] = fuzz_chance(&fuzz->random, 80) ?
			fuzz_below(&fuzz->random, 4) : fuzz_number(&fuzz->random);
		break;
	case 2:
		request->props[at] = request->props[fuzz_below(&fuzz->random, request->n)];
		break;
	default:
		request->values[at] = fuzz_number(&fuzz->random);
	}
}

static uint32_t fuzz_flags(struct fuzz *fuzz)
{
	static const uint32_t flags[] = {
		DRM_MODE_ATOMIC_ALLOW_MODESET,
		DRM_MODE_ATOMIC_ALLOW_MODESET | DRM_MODE_ATOMIC_NONBLOCK,
		DRM_MODE_ATOMIC_ALLOW_MODESET | DRM_MODE_ATOMIC_NONBLOCK |
			DRM_MODE_PAGE_FLIP_EVENT,
		DRM_MODE_ATOMIC_ALLOW_MODESET | DRM_MODE_ATOMIC_TEST_ONLY,
		DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT,
		DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_ASYNC,
		DRM_MODE_PAGE_FLIP_EVENT,
		0,
	};

	if (fuzz_chance(&fuzz->random, 5))
		return fuzz_number(&fuzz->random);
	return flags[fuzz_below(&fuzz->random, COUNT(flags))];
}

static void fuzz_fill_atomic(struct fuzz *fuzz)
{
	struct fuzz_request *request = fuzz_kms_memory(fuzz);
	struct drm_mode_atomic *atomic = (void *)fuzz->arg;
	struct fuzz_kms *kms = fuzz_kms(fuzz);

	_Static_assert(sizeof(*request) <= 8192, "fits where other calls' memory is");
	request->n = 0;
	do
		fuzz_put_pipe(fuzz, request, fuzz_below(&fuzz->random, kms->pipes));
	while (fuzz_chance(&fuzz->random, 20));
	if (fuzz_chance(&fuzz->random, 30) && request->n)
		do
			fuzz_spoil(fuzz, request);
		while (fuzz_chance(&fuzz->random, 40));

	atomic->flags = fuzz_flags(fuzz);
	atomic->count_objs = fuzz_chance(&fuzz->random, 99) ? request->n :
							      fuzz_number(&fuzz->random);
	atomic->objs_ptr = U64(request->objects);
	atomic->count_props_ptr = U64(request->counts);
	atomic->props_ptr = U64(request->props);
	atomic->prop_values_ptr = U64(request->values);
	atomic->user_data = fuzz_random(&fuzz->random);
}

/* Out-fences are put into slots like other descriptors. */
static void fuzz_take_fences(struct fuzz *fuzz)
{
	int32_t *out = (int32_t *)(fuzz->arena + FUZZ_AT_KMS_OUT);
	unsigned int i;

	for (i = 0; i < 8; i++)
		if (out[i] > 2)
			fuzz_put_fd(fuzz, out[i]);
}

/* The caller checks whether the state must be unchanged after it. */
static const struct fuzz_kms_call fuzz_atomic_call = {
	"ATOMIC", DRM_IOCTL_MODE_ATOMIC, .fill = fuzz_fill_atomic,
	.errors = { EBUSY, ERANGE, ENOSPC, E2BIG, EAGAIN },
};

void fuzz_kms_atomic(struct fuzz *fuzz)
{
	const struct drm_mode_atomic *atomic = (const void *)fuzz->before;
	bool look = !fuzz->world->concurrent && fuzz_chance(&fuzz->random, 20);
	int32_t *out = (int32_t *)(fuzz->arena + FUZZ_AT_KMS_OUT);
	static struct fuzz_kms_state state;
	uint64_t refused = fuzz->refused;

	if (fuzz_chance(&fuzz->random, 90))
		fuzz_kms_caps(fuzz->world->files[fuzz->file]);
	if (look)
		fuzz_kms_state(fuzz, &state);
	memset(out, 0xff, 32);
	fuzz_kms_run(fuzz, &fuzz_atomic_call);
	if (look && refused != fuzz->refused)
		fuzz_kms_state_same(fuzz, &state, "a commit that was refused");
	else if (look && atomic->flags & DRM_MODE_ATOMIC_TEST_ONLY)
		fuzz_kms_state_same(fuzz, &state, "a commit that was a test");
	fuzz_take_fences(fuzz);
}

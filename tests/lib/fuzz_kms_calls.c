// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The ioctls for outputs, except framebuffers, leases and atomic commits. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "fail.h"
#include "fuzz_kms.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define U64(ptr) ((uintptr_t)(ptr))

static uint32_t fuzz_count(struct fuzz *fuzz)
{
	return fuzz_chance(&fuzz->random, 90) ? fuzz_below(&fuzz->random, 40) :
						fuzz_number(&fuzz->random);
}

/* An address that a call may write to, rarely one that it cannot. */
static uint64_t fuzz_room(struct fuzz *fuzz)
{
	switch (fuzz_below(&fuzz->random, 20)) {
	case 0:
		return fuzz_number(&fuzz->random);
	case 1:
		return U64(fuzz->arena);
	default:
		return U64(fuzz->arena) + FUZZ_AT_KMS_OUT +
		       fuzz_below(&fuzz->random, 64) * 1024;
	}
}

static void fuzz_get_resources(struct fuzz *fuzz)
{
	struct drm_mode_card_res *res = (void *)fuzz->arg;

	res->fb_id_ptr = fuzz_room(fuzz);
	res->crtc_id_ptr = fuzz_room(fuzz);
	res->connector_id_ptr = fuzz_room(fuzz);
	res->encoder_id_ptr = fuzz_room(fuzz);
	res->count_fbs = fuzz_count(fuzz);
	res->count_crtcs = fuzz_count(fuzz);
	res->count_connectors = fuzz_count(fuzz);
	res->count_encoders = fuzz_count(fuzz);
}

static void fuzz_get_crtc(struct fuzz *fuzz)
{
	((struct drm_mode_crtc *)fuzz->arg)->crtc_id = fuzz_kms_id(fuzz, DRM_MODE_OBJECT_CRTC);
}

static void fuzz_set_crtc(struct fuzz *fuzz)
{
	struct drm_mode_crtc *crtc = (void *)fuzz->arg;
	uint32_t *connectors = fuzz_kms_memory(fuzz);
	struct fuzz_kms *kms = fuzz_kms(fuzz);
	unsigned int pipe = fuzz_below(&fuzz->random, kms->pipes);
	unsigned int slot = fuzz_kms_fb_slot(fuzz);

	connectors[0] = fuzz_kms_of_pipe(kms, DRM_MODE_OBJECT_CONNECTOR, 0, pipe)->id;
	connectors[1] = fuzz_kms_id(fuzz, DRM_MODE_OBJECT_CONNECTOR);
	crtc->set_connectors_ptr = U64(connectors);
	crtc->crtc_id = fuzz_kms_of_pipe(kms, DRM_MODE_OBJECT_CRTC, 0, pipe)->id;
	/* Turns the CRTC off. */
	if (fuzz_chance(&fuzz->random, 20))
		return;
	crtc->count_connectors = fuzz_chance(&fuzz->random, 95) ? 1 : fuzz_count(fuzz);
	crtc->fb_id = fuzz_chance(&fuzz->random, 5) ? ~0u : kms->fbs[slot].id;
	crtc->mode_valid = 1;
	fuzz_kms_mode(fuzz, &crtc->mode);
	if (crtc->mode.hdisplay > kms->fbs[slot].width && fuzz_chance(&fuzz->random, 90))
		crtc->mode.hdisplay = kms->fbs[slot].width;
	if (crtc->mode.vdisplay > kms->fbs[slot].height && fuzz_chance(&fuzz->random, 90))
		crtc->mode.vdisplay = kms->fbs[slot].height;
	if (fuzz_chance(&fuzz->random, 10)) {
		crtc->x = fuzz_kms_place(fuzz);
		crtc->y = fuzz_kms_place(fuzz);
	}
}

static void fuzz_cursor(struct fuzz *fuzz)
{
	struct drm_mode_cursor2 *cursor = (void *)fuzz->arg;
	static const uint32_t sizes[] = { 64, 64, 64, 128, 256, 32, 1, 65, 257 };

	/* CURSOR has the same argument without a hot spot. */
	cursor->flags = fuzz_chance(&fuzz->random, 95) ? 1 + fuzz_below(&fuzz->random, 3) :
							 fuzz_number(&fuzz->random);
	cursor->crtc_id = fuzz_kms_id(fuzz, DRM_MODE_OBJECT_CRTC);
	cursor->x = fuzz_kms_place(fuzz);
	cursor->y = fuzz_kms_place(fuzz);
	cursor->width = sizes[fuzz_below(&fuzz->random, COUNT(sizes))];
	cursor->height = fuzz_chance(&fuzz->random, 80) ? cursor->width :
							  fuzz_number(&fuzz->random);
	cursor->handle = fuzz_chance(&fuzz->random, 20) ? 0 :
		fuzz->world->handles[fuzz->file][fuzz_below(&fuzz->random, FUZZ_HANDLES)];
	cursor->hot_x = fuzz_kms_place(fuzz);
	cursor->hot_y = fuzz_kms_place(fuzz);
}

static void fuzz_gamma(struct fuzz *fuzz)
{
	struct drm_mode_crtc_lut *lut = (void *)fuzz->arg;

	lut->crtc_id = fuzz_kms_id(fuzz, DRM_MODE_OBJECT_CRTC);
	lut->gamma_size = fuzz_chance(&fuzz->random, 50) ? 256 : fuzz_count(fuzz);
	lut->red = fuzz_room(fuzz);
	lut->green = fuzz_room(fuzz);
	lut->blue = fuzz_room(fuzz);
}

static void fuzz_get_encoder(struct fuzz *fuzz)
{
	((struct drm_mode_get_encoder *)fuzz->arg)->encoder_id =
		fuzz_kms_id(fuzz, DRM_MODE_OBJECT_ENCODER);
}

static void fuzz_get_connector(struct fuzz *fuzz)
{
	struct drm_mode_get_connector *get = (void *)fuzz->arg;

	get->connector_id = fuzz_kms_id(fuzz, DRM_MODE_OBJECT_CONNECTOR);
	get->encoders_ptr = fuzz_room(fuzz);
	get->modes_ptr = fuzz_room(fuzz);
	get->props_ptr = fuzz_room(fuzz);
	get->prop_values_ptr = fuzz_room(fuzz);
	get->count_encoders = fuzz_count(fuzz);
	get->count_modes = fuzz_count(fuzz);
	get->count_props = fuzz_count(fuzz);
}

static uint32_t fuzz_prop_id(struct fuzz *fuzz, const struct fuzz_object *object)
{
	const struct fuzz_kms *kms = fuzz_kms(fuzz);

	if (!fuzz_chance(&fuzz->random, 85) || !object || !object->num_props)
		return kms->props[fuzz_below(&fuzz->random, kms->num_props)].id;
	return object->props[fuzz_below(&fuzz->random, object->num_props)];
}

static uint64_t fuzz_prop_value(struct fuzz *fuzz, uint32_t id)
{
	const struct fuzz_prop *prop = fuzz_kms_prop(fuzz_kms(fuzz), id);

	if (prop && prop->num_values && fuzz_chance(&fuzz->random, 80))
		return prop->values[fuzz_below(&fuzz->random, prop->num_values)];
	if (fuzz_chance(&fuzz->random, 50))
		return fuzz_kms_blob(fuzz, fuzz_below(&fuzz->random, FUZZ_BLOB_KINDS));
	return fuzz_chance(&fuzz->random, 50) ? fuzz_below(&fuzz->random, 4) :
						fuzz_number(&fuzz->random);
}

static void fuzz_get_property(struct fuzz *fuzz)
{
	struct drm_mode_get_property *get = (void *)fuzz->arg;

	get->prop_id = fuzz_prop_id(fuzz, NULL);
	get->values_ptr = fuzz_room(fuzz);
	get->enum_blob_ptr = fuzz_room(fuzz);
	get->count_values = fuzz_count(fuzz);
	get->count_enum_blobs = fuzz_count(fuzz);
}

static void fuzz_set_property(struct fuzz *fuzz)
{
	struct drm_mode_connector_set_property *set = (void *)fuzz->arg;
	struct fuzz_object *object = fuzz_kms_pick(fuzz, DRM_MODE_OBJECT_CONNECTOR);

	set->connector_id = fuzz_chance(&fuzz->random, 90) ? object->id :
		fuzz_kms_id(fuzz, DRM_MODE_OBJECT_ANY);
	set->prop_id = fuzz_prop_id(fuzz, object);
	set->value = fuzz_prop_value(fuzz, set->prop_id);
}

static void fuzz_obj_get_properties(struct fuzz *fuzz)
{
	struct drm_mode_obj_get_properties *get = (void *)fuzz->arg;
	struct fuzz_object *object = fuzz_kms_pick(fuzz, DRM_MODE_OBJECT_ANY);

	get->obj_id = fuzz_chance(&fuzz->random, 90) ? object->id :
		fuzz_kms_id(fuzz, DRM_MODE_OBJECT_ANY);
	get->obj_type = fuzz_chance(&fuzz->random, 90) ? object->type :
		fuzz_number(&fuzz->random);
	get->props_ptr = fuzz_room(fuzz);
	get->prop_values_ptr = fuzz_room(fuzz);
	get->count_props = fuzz_count(fuzz);
}

static void fuzz_obj_set_property(struct fuzz *fuzz)
{
	struct drm_mode_obj_set_property *set = (void *)fuzz->arg;
	struct fuzz_object *object = fuzz_kms_pick(fuzz, DRM_MODE_OBJECT_ANY);

	set->obj_id = object->id;
	set->obj_type = fuzz_chance(&fuzz->random, 90) ? object->type : 0;
	set->prop_id = fuzz_prop_id(fuzz, object);
	set->value = fuzz_prop_value(fuzz, set->prop_id);
}

static void fuzz_get_blob(struct fuzz *fuzz)
{
	struct drm_mode_get_blob *get = (void *)fuzz->arg;

	get->blob_id = fuzz_kms_blob(fuzz, fuzz_below(&fuzz->random, FUZZ_BLOB_KINDS));
	get->length = fuzz_count(fuzz);
	get->data = fuzz_room(fuzz);
}

static void fuzz_page_flip(struct fuzz *fuzz)
{
	struct drm_mode_crtc_page_flip_target *flip = (void *)fuzz->arg;

	flip->crtc_id = fuzz_kms_id(fuzz, DRM_MODE_OBJECT_CRTC);
	flip->fb_id = fuzz_kms_fb(fuzz);
	flip->flags = fuzz_chance(&fuzz->random, 90) ?
		fuzz_below(&fuzz->random, DRM_MODE_PAGE_FLIP_ASYNC << 1) :
		fuzz_number(&fuzz->random);
	if (fuzz_chance(&fuzz->random, 5))
		flip->sequence = fuzz_number(&fuzz->random);
	flip->user_data = fuzz_random(&fuzz->random);
}

static void fuzz_get_plane_resources(struct fuzz *fuzz)
{
	struct drm_mode_get_plane_res *res = (void *)fuzz->arg;

	res->plane_id_ptr = fuzz_room(fuzz);
	res->count_planes = fuzz_count(fuzz);
}

static void fuzz_get_plane(struct fuzz *fuzz)
{
	struct drm_mode_get_plane *get = (void *)fuzz->arg;

	get->plane_id = fuzz_kms_id(fuzz, DRM_MODE_OBJECT_PLANE);
	get->format_type_ptr = fuzz_room(fuzz);
	get->count_format_types = fuzz_count(fuzz);
}

static void fuzz_set_plane(struct fuzz *fuzz)
{
	struct drm_mode_set_plane *set = (void *)fuzz->arg;
	struct fuzz_kms *kms = fuzz_kms(fuzz);
	struct fuzz_object *plane = fuzz_kms_pick(fuzz, DRM_MODE_OBJECT_PLANE);
	unsigned int slot = fuzz_kms_fb_slot(fuzz), pipe;

	for (pipe = 0; pipe < kms->pipes && !(plane->pipes >> pipe & 1); pipe++)
		;
	set->plane_id = plane->id;
	set->crtc_id = fuzz_chance(&fuzz->random, 95) && pipe < kms->pipes ?
		fuzz_kms_of_pipe(kms, DRM_MODE_OBJECT_CRTC, 0, pipe)->id :
		fuzz_kms_id(fuzz, DRM_MODE_OBJECT_CRTC);
	set->fb_id = fuzz_chance(&fuzz->random, 15) ? 0 : kms->fbs[slot].id;
	set->crtc_x = fuzz_kms_place(fuzz);
	set->crtc_y = fuzz_kms_place(fuzz);
	set->crtc_w = 1 + fuzz_below(&fuzz->random, kms->fbs[slot].width + 1);
	set->crtc_h = 1 + fuzz_below(&fuzz->random, kms->fbs[slot].height + 1);
	set->src_w = set->crtc_w << 16;
	set->src_h = set->crtc_h << 16;
	if (fuzz_chance(&fuzz->random, 20))
		set->src_x = fuzz_random(&fuzz->random) % (64 << 16);
}

static void fuzz_wait_vblank(struct fuzz *fuzz)
{
	union drm_wait_vblank *wait = (void *)fuzz->arg;
	uint32_t pipe = fuzz_below(&fuzz->random, fuzz_kms(fuzz)->pipes);

	wait->request.type = fuzz_below(&fuzz->random, 2);
	if (fuzz_chance(&fuzz->random, 30))
		wait->request.type |= _DRM_VBLANK_EVENT;
	if (fuzz_chance(&fuzz->random, 20))
		wait->request.type |= _DRM_VBLANK_NEXTONMISS;
	wait->request.type |= pipe << _DRM_VBLANK_HIGH_CRTC_SHIFT;
	if (fuzz_chance(&fuzz->random, 10))
		wait->request.type = fuzz_number(&fuzz->random) | _DRM_VBLANK_EVENT;
	wait->request.sequence = fuzz_below(&fuzz->random, 3);
	/* The core waits seconds for a sequence far away. */
	if (wait->request.type & _DRM_VBLANK_EVENT && fuzz_chance(&fuzz->random, 10))
		wait->request.sequence = fuzz_number(&fuzz->random);
	wait->request.signal = fuzz_random(&fuzz->random);
}

static void fuzz_get_sequence(struct fuzz *fuzz)
{
	((struct drm_crtc_get_sequence *)fuzz->arg)->crtc_id =
		fuzz_kms_id(fuzz, DRM_MODE_OBJECT_CRTC);
}

static void fuzz_queue_sequence(struct fuzz *fuzz)
{
	struct drm_crtc_queue_sequence *queue = (void *)fuzz->arg;

	queue->crtc_id = fuzz_kms_id(fuzz, DRM_MODE_OBJECT_CRTC);
	queue->flags = fuzz_chance(&fuzz->random, 90) ? fuzz_below(&fuzz->random, 4) :
							fuzz_number(&fuzz->random);
	queue->sequence = fuzz_chance(&fuzz->random, 80) ? fuzz_below(&fuzz->random, 4) :
							   fuzz_number(&fuzz->random);
	queue->user_data = fuzz_random(&fuzz->random);
}

static void fuzz_client_cap(struct fuzz *fuzz)
{
	struct drm_set_client_cap *cap = (void *)fuzz->arg;

	cap->capability = fuzz_chance(&fuzz->random, 95) ? fuzz_below(&fuzz->random, 8) :
							   fuzz_number(&fuzz->random);
	cap->value = fuzz_chance(&fuzz->random, 90) ? fuzz_below(&fuzz->random, 3) :
						      fuzz_number(&fuzz->random);
}

/* SET_MASTER and DROP_MASTER have no argument. */
static void fuzz_nothing(struct fuzz *fuzz)
{
	(void)fuzz;
}

static void fuzz_magic(struct fuzz *fuzz)
{
	((struct drm_auth *)fuzz->arg)->magic = fuzz_number(&fuzz->random);
}

const struct fuzz_kms_call fuzz_kms_calls[] = {
	{ "GETRESOURCES", DRM_IOCTL_MODE_GETRESOURCES, .weight = 1, .fill = fuzz_get_resources },
	{ "GETCRTC", DRM_IOCTL_MODE_GETCRTC, .weight = 1, .fill = fuzz_get_crtc },
	{ "SETCRTC", DRM_IOCTL_MODE_SETCRTC, .weight = 6, .fill = fuzz_set_crtc,
	  .errors = { ERANGE, ENOSPC, EBUSY } },
	{ "CURSOR", DRM_IOCTL_MODE_CURSOR, .weight = 4, .fill = fuzz_cursor,
	  .errors = { ERANGE, ENXIO, EBUSY, ENOSPC } },
	{ "CURSOR2", DRM_IOCTL_MODE_CURSOR2, .weight = 4, .fill = fuzz_cursor,
	  .errors = { ERANGE, ENXIO, EBUSY, ENOSPC } },
	{ "GETGAMMA", DRM_IOCTL_MODE_GETGAMMA, .weight = 1, .fill = fuzz_gamma,
	  .errors = { FUZZ_NO_HOOK } },
	{ "SETGAMMA", DRM_IOCTL_MODE_SETGAMMA, .weight = 1, .fill = fuzz_gamma,
	  .errors = { FUZZ_NO_HOOK } },
	{ "GETENCODER", DRM_IOCTL_MODE_GETENCODER, .weight = 1, .fill = fuzz_get_encoder },
	{ "GETCONNECTOR", DRM_IOCTL_MODE_GETCONNECTOR, .weight = 2, .fill = fuzz_get_connector },
	{ "GETPROPERTY", DRM_IOCTL_MODE_GETPROPERTY, .weight = 1, .fill = fuzz_get_property },
	{ "SETPROPERTY", DRM_IOCTL_MODE_SETPROPERTY, .weight = 2, .fill = fuzz_set_property,
	  .errors = { EBUSY } },
	{ "OBJ_GETPROPERTIES", DRM_IOCTL_MODE_OBJ_GETPROPERTIES, .weight = 1,
	  .fill = fuzz_obj_get_properties },
	{ "OBJ_SETPROPERTY", DRM_IOCTL_MODE_OBJ_SETPROPERTY, .weight = 4,
	  .fill = fuzz_obj_set_property,
	  .errors = { EBUSY, ERANGE, ENOSPC } },
	{ "GETPROPBLOB", DRM_IOCTL_MODE_GETPROPBLOB, .weight = 1, .fill = fuzz_get_blob },
	{ "PAGE_FLIP", DRM_IOCTL_MODE_PAGE_FLIP, .weight = 12, .fill = fuzz_page_flip,
	  .errors = { EBUSY, ENOSPC, ERANGE } },
	{ "GETPLANERESOURCES", DRM_IOCTL_MODE_GETPLANERESOURCES, .weight = 1,
	  .fill = fuzz_get_plane_resources },
	{ "GETPLANE", DRM_IOCTL_MODE_GETPLANE, .weight = 1, .fill = fuzz_get_plane },
	{ "SETPLANE", DRM_IOCTL_MODE_SETPLANE, .weight = 8, .fill = fuzz_set_plane,
	  .errors = { ERANGE, ENOSPC, EBUSY } },
	{ "WAIT_VBLANK", DRM_IOCTL_WAIT_VBLANK, .weight = 3, .fill = fuzz_wait_vblank,
	  .errors = { EBUSY } },
	{ "CRTC_GET_SEQUENCE", DRM_IOCTL_CRTC_GET_SEQUENCE, .weight = 2,
	  .fill = fuzz_get_sequence },
	{ "CRTC_QUEUE_SEQUENCE", DRM_IOCTL_CRTC_QUEUE_SEQUENCE, .weight = 3,
	  .fill = fuzz_queue_sequence },
	{ "SET_CLIENT_CAP", DRM_IOCTL_SET_CLIENT_CAP, .weight = 1, .fill = fuzz_client_cap },
	{ "SET_MASTER", DRM_IOCTL_SET_MASTER, .weight = 3, .fill = fuzz_nothing,
	  .errors = { EBUSY } },
	{ "DROP_MASTER", DRM_IOCTL_DROP_MASTER, .weight = 1, .fill = fuzz_nothing },
	{ "AUTH_MAGIC", DRM_IOCTL_AUTH_MAGIC, .weight = 1, .fill = fuzz_magic },
};

const unsigned int fuzz_num_kms_calls = COUNT(fuzz_kms_calls);

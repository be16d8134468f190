// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Reads the mode objects of each file, and chooses arguments from them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "fuzz_kms.h"
#include "gpu.h"
#include "proc.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define U64(ptr) ((uintptr_t)(ptr))

/* Percentage of valid ids: with fewer, almost every call would be refused. */
#define FUZZ_GOOD 90

static void fuzz_learn_prop(struct fuzz_kms *kms, int fd, uint32_t id)
{
	struct fuzz_prop *prop = &kms->props[kms->num_props];
	struct drm_mode_get_property get = {
		.values_ptr = U64(prop->values), .prop_id = id,
		.count_values = FUZZ_KMS_VALUES,
	};

	if (fuzz_kms_prop(kms, id) || kms->num_props == FUZZ_KMS_PROPS)
		return;
	if (vi915_ioctl(fd, DRM_IOCTL_MODE_GETPROPERTY, &get))
		return;
	prop->id = id;
	prop->flags = get.flags;
	prop->num_values = get.count_values < FUZZ_KMS_VALUES ? get.count_values :
								 FUZZ_KMS_VALUES;
	memcpy(prop->name, get.name, sizeof(prop->name));
	kms->num_props++;
}

static struct fuzz_object *fuzz_learn_object(struct fuzz_kms *kms, int fd, uint32_t id,
					     uint32_t type)
{
	struct fuzz_object *object = &kms->objects[kms->num_objects];
	uint64_t values[FUZZ_KMS_OBJECT_PROPS] = { 0 };
	struct drm_mode_obj_get_properties get = {
		.props_ptr = U64(object->props), .prop_values_ptr = U64(values),
		.count_props = FUZZ_KMS_OBJECT_PROPS, .obj_id = id, .obj_type = type,
	};
	const struct fuzz_prop *prop;
	unsigned int i;

	vi915_require(kms->num_objects < FUZZ_KMS_OBJECTS);
	kms->num_objects++;
	object->id = id;
	object->type = type;
	/* Encoders have no properties. */
	if (vi915_ioctl(fd, DRM_IOCTL_MODE_OBJ_GETPROPERTIES, &get))
		return object;
	vi915_require(get.count_props <= FUZZ_KMS_OBJECT_PROPS);
	object->num_props = get.count_props;
	for (i = 0; i < object->num_props; i++) {
		fuzz_learn_prop(kms, fd, object->props[i]);
		prop = fuzz_kms_prop(kms, object->props[i]);
		if (type == DRM_MODE_OBJECT_PLANE && prop && !strcmp(prop->name, "type"))
			object->subtype = values[i];
	}
	return object;
}

static void fuzz_learn_connector(struct fuzz_kms *kms, int fd, uint32_t id)
{
	struct fuzz_object *object = fuzz_learn_object(kms, fd, id,
						       DRM_MODE_OBJECT_CONNECTOR);
	uint32_t encoders[8] = { 0 };
	struct drm_mode_get_connector get = {
		.encoders_ptr = U64(encoders), .count_encoders = 8, .connector_id = id,
	};
	struct drm_mode_get_encoder encoder = { 0 };

	vi915_check(vi915_ioctl(fd, DRM_IOCTL_MODE_GETCONNECTOR, &get));
	object->subtype = get.connector_type;
	object->number = get.connector_type_id;
	encoder.encoder_id = encoders[0];
	if (!vi915_ioctl(fd, DRM_IOCTL_MODE_GETENCODER, &encoder))
		object->pipes = encoder.possible_crtcs;
}

static void fuzz_learn_planes(struct fuzz_kms *kms, int fd)
{
	uint32_t planes[32];
	struct drm_mode_get_plane_res res = { .plane_id_ptr = U64(planes), .count_planes = 32 };
	struct drm_mode_get_plane get;
	struct fuzz_object *object;
	unsigned int i;

	vi915_check(vi915_ioctl(fd, DRM_IOCTL_MODE_GETPLANERESOURCES, &res));
	vi915_require(res.count_planes <= 32);
	for (i = 0; i < res.count_planes; i++) {
		object = fuzz_learn_object(kms, fd, planes[i], DRM_MODE_OBJECT_PLANE);
		get = (struct drm_mode_get_plane){ .plane_id = planes[i] };
		vi915_check(vi915_ioctl(fd, DRM_IOCTL_MODE_GETPLANE, &get));
		object->pipes = get.possible_crtcs;
	}
}

void fuzz_kms_caps(int fd)
{
	static const uint64_t caps[] = {
		DRM_CLIENT_CAP_UNIVERSAL_PLANES, DRM_CLIENT_CAP_ATOMIC,
		DRM_CLIENT_CAP_WRITEBACK_CONNECTORS,
	};
	struct drm_set_client_cap cap;
	unsigned int i;

	for (i = 0; i < COUNT(caps); i++) {
		cap = (struct drm_set_client_cap){ caps[i], 1 };
		vi915_ioctl(fd, DRM_IOCTL_SET_CLIENT_CAP, &cap);
	}
}

static void fuzz_learn(struct fuzz_kms *kms, int fd)
{
	uint32_t crtcs[8], connectors[32], encoders[32];
	struct drm_mode_card_res res = {
		.crtc_id_ptr = U64(crtcs), .connector_id_ptr = U64(connectors),
		.encoder_id_ptr = U64(encoders),
		.count_crtcs = 8, .count_connectors = 32, .count_encoders = 32,
	};
	unsigned int i;

	for (i = 0; i < FUZZ_KMS_LESSEES; i++)
		kms->lessees[i] = -1;
	for (i = 0; i < FUZZ_KMS_CRCS; i++)
		kms->crcs[i] = -1;
	fuzz_kms_caps(fd);
	if (vi915_ioctl(fd, DRM_IOCTL_MODE_GETRESOURCES, &res))
		return;
	vi915_require(res.count_crtcs <= 8 && res.count_connectors <= 32 &&
		      res.count_encoders <= 32);
	for (i = 0; i < res.count_crtcs; i++)
		fuzz_learn_object(kms, fd, crtcs[i], DRM_MODE_OBJECT_CRTC)->pipes = 1 << i;
	for (i = 0; i < res.count_connectors; i++)
		fuzz_learn_connector(kms, fd, connectors[i]);
	for (i = 0; i < res.count_encoders; i++)
		fuzz_learn_object(kms, fd, encoders[i], DRM_MODE_OBJECT_ENCODER);
	fuzz_learn_planes(kms, fd);
	kms->pipes = res.count_crtcs;
}

void fuzz_kms_open(struct fuzz_world *world)
{
	unsigned int i;

	world->kms = calloc(FUZZ_FILES, sizeof(*world->kms));
	vi915_require(world->kms);
	for (i = 0; i < world->num_files; i++)
		fuzz_learn(&world->kms[i], world->files[i]);
}

void fuzz_kms_close(struct fuzz_world *world)
{
	unsigned int i, j;

	for (i = 0; world->kms && i < world->num_files; i++) {
		for (j = 0; j < FUZZ_KMS_LESSEES; j++)
			if (world->kms[i].lessees[j] >= 0)
				close(world->kms[i].lessees[j]);
		for (j = 0; j < FUZZ_KMS_CRCS; j++)
			if (world->kms[i].crcs[j] >= 0)
				close(world->kms[i].crcs[j]);
		fuzz_kms_restore(world, i);
	}
	free(world->kms);
	world->kms = NULL;
}

struct fuzz_kms *fuzz_kms(struct fuzz *fuzz)
{
	return &fuzz->world->kms[fuzz->file];
}

const struct fuzz_prop *fuzz_kms_prop(struct fuzz_kms *kms, uint32_t id)
{
	unsigned int i;

	for (i = 0; i < kms->num_props; i++)
		if (kms->props[i].id == id)
			return &kms->props[i];
	return NULL;
}

const struct fuzz_prop *fuzz_kms_prop_named(struct fuzz_kms *kms,
					    const struct fuzz_object *object, const char *name)
{
	const struct fuzz_prop *prop;
	unsigned int i;

	for (i = 0; i < object->num_props; i++) {
		prop = fuzz_kms_prop(kms, object->props[i]);
		if (prop && !strcmp(prop->name, name))
			return prop;
	}
	return NULL;
}

struct fuzz_object *fuzz_kms_pick(struct fuzz *fuzz, uint32_t type)
{
	struct fuzz_kms *kms = fuzz_kms(fuzz);
	unsigned int at = fuzz_below(&fuzz->random, kms->num_objects), i;

	for (i = 0; i < kms->num_objects; i++, at = (at + 1) % kms->num_objects)
		if (type == DRM_MODE_OBJECT_ANY || kms->objects[at].type == type)
			return &kms->objects[at];
	return NULL;
}

struct fuzz_object *fuzz_kms_of_pipe(struct fuzz_kms *kms, uint32_t type, uint32_t subtype,
				     unsigned int pipe)
{
	bool wants_writeback = subtype == DRM_MODE_CONNECTOR_WRITEBACK;
	struct fuzz_object *object;
	bool writeback;

	for (object = kms->objects; object < kms->objects + kms->num_objects; object++) {
		if (object->type != type || !(object->pipes >> pipe & 1))
			continue;
		writeback = object->subtype == DRM_MODE_CONNECTOR_WRITEBACK;
		if (type == DRM_MODE_OBJECT_CRTC ||
		    (type == DRM_MODE_OBJECT_PLANE && object->subtype == subtype) ||
		    (type == DRM_MODE_OBJECT_CONNECTOR &&
		     writeback == wants_writeback))
			return object;
	}
	return NULL;
}

uint32_t fuzz_kms_id(struct fuzz *fuzz, uint32_t type)
{
	struct fuzz_object *object;

	if (!fuzz_chance(&fuzz->random, FUZZ_GOOD)) {
		if (fuzz_chance(&fuzz->random, 30))
			return fuzz_number(&fuzz->random);
		type = DRM_MODE_OBJECT_ANY;
	}
	object = fuzz_kms_pick(fuzz, type);
	return object ? object->id : 0;
}

unsigned int fuzz_kms_fb_slot(struct fuzz *fuzz)
{
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_KMS_FBS), i;

	for (i = 0; i < FUZZ_KMS_FBS && !fuzz_kms(fuzz)->fbs[slot].id; i++)
		slot = (slot + 1) % FUZZ_KMS_FBS;
	return slot;
}

unsigned int fuzz_kms_cursor_slot(struct fuzz *fuzz)
{
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_KMS_FBS), i;

	for (i = 0; i < FUZZ_KMS_FBS && !fuzz_kms(fuzz)->fbs[slot].is_cursor; i++)
		slot = (slot + 1) % FUZZ_KMS_FBS;
	return slot;
}

uint32_t fuzz_kms_fb(struct fuzz *fuzz)
{
	unsigned int slot = fuzz_kms_fb_slot(fuzz);
	unsigned int file = fuzz->file;

	if (!fuzz_chance(&fuzz->random, FUZZ_GOOD)) {
		if (fuzz_chance(&fuzz->random, 30))
			return fuzz_number(&fuzz->random);
		file = fuzz_below(&fuzz->random, fuzz->world->num_files);
	}
	return fuzz->world->kms[file].fbs[slot].id;
}

uint32_t fuzz_kms_blob(struct fuzz *fuzz, enum fuzz_blob kind)
{
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_KMS_BLOBS), i;
	uint32_t *blobs;

	if (!fuzz_chance(&fuzz->random, FUZZ_GOOD)) {
		if (fuzz_chance(&fuzz->random, 30))
			return fuzz_number(&fuzz->random);
		kind = fuzz_below(&fuzz->random, FUZZ_BLOB_KINDS);
	}
	blobs = fuzz_kms(fuzz)->blobs[kind];
	for (i = 0; i < FUZZ_KMS_BLOBS && !blobs[slot]; i++)
		slot = (slot + 1) % FUZZ_KMS_BLOBS;
	return blobs[slot];
}

uint32_t fuzz_kms_width(struct fuzz *fuzz)
{
	static const uint32_t widths[] = { 64, 128, 128, 256, 256, 320 };

	return widths[fuzz_below(&fuzz->random, COUNT(widths))];
}

uint32_t fuzz_kms_height(struct fuzz *fuzz)
{
	static const uint32_t heights[] = { 32, 64, 64, 128, 128, 240 };

	return heights[fuzz_below(&fuzz->random, COUNT(heights))];
}

void fuzz_kms_mode(struct fuzz *fuzz, struct drm_mode_modeinfo *mode)
{
	uint16_t *words = &mode->hdisplay;
	/* Fast modes, or all the time would go into waiting for vblanks. */
	static const uint32_t rates[] = { 60, 120, 240, 240, 400, 400 };

	memset(mode, 0, sizeof(*mode));
	mode->hdisplay = fuzz_kms_width(fuzz);
	mode->hsync_start = mode->hdisplay + 8;
	mode->hsync_end = mode->hdisplay + 24;
	mode->htotal = mode->hdisplay + 96;
	mode->vdisplay = fuzz_kms_height(fuzz);
	mode->vsync_start = mode->vdisplay + 2;
	mode->vsync_end = mode->vdisplay + 4;
	mode->vtotal = mode->vdisplay + 30;
	mode->vrefresh = rates[fuzz_below(&fuzz->random, COUNT(rates))];
	mode->clock = mode->htotal * mode->vtotal * mode->vrefresh / 1000;
	memcpy(mode->name, "fuzz", 5);
	if (fuzz_chance(&fuzz->random, 80))
		return;
	switch (fuzz_below(&fuzz->random, 5)) {
	case 0:
		mode->clock = fuzz_number(&fuzz->random);
		break;
	case 1:
		mode->flags = fuzz_number(&fuzz->random);
		break;
	case 2:
		mode->type = fuzz_number(&fuzz->random);
		break;
	default:
		words[fuzz_below(&fuzz->random, 10)] = fuzz_number(&fuzz->random);
	}
}

int32_t fuzz_kms_place(struct fuzz *fuzz)
{
	switch (fuzz_below(&fuzz->random, 8)) {
	case 0:
		return fuzz_number(&fuzz->random);
	case 1:
		return -(int32_t)fuzz_below(&fuzz->random, 300);
	case 2:
	case 3:
		return fuzz_below(&fuzz->random, 400);
	default:
		return 0;
	}
}

void *fuzz_kms_memory(struct fuzz *fuzz)
{
	uint32_t *words = (uint32_t *)(fuzz->arena + FUZZ_AT_KMS);
	unsigned int i;

	for (i = 0; i < 2048; i++)
		words[i] = fuzz_random(&fuzz->random);
	return words;
}

void fuzz_kms_state(struct fuzz *fuzz, struct fuzz_kms_state *state)
{
	struct fuzz_kms *kms = fuzz_kms(fuzz);
	uint32_t props[FUZZ_KMS_OBJECT_PROPS];
	unsigned int i;

	memset(state, 0, sizeof(*state));
	for (i = 0; i < kms->num_objects; i++) {
		struct drm_mode_obj_get_properties get = {
			.props_ptr = U64(props), .prop_values_ptr = U64(state->values[i]),
			.count_props = FUZZ_KMS_OBJECT_PROPS,
			.obj_id = kms->objects[i].id, .obj_type = kms->objects[i].type,
		};

		vi915_ioctl(fuzz->world->files[fuzz->file], DRM_IOCTL_MODE_OBJ_GETPROPERTIES,
			    &get);
	}
}

void fuzz_kms_state_same(struct fuzz *fuzz, const struct fuzz_kms_state *before,
			 const char *why)
{
	struct fuzz_kms *kms = fuzz_kms(fuzz);
	static struct fuzz_kms_state now;
	const struct fuzz_prop *prop;
	unsigned int i, j;

	fuzz_kms_state(fuzz, &now);
	for (i = 0; i < kms->num_objects; i++)
		for (j = 0; j < kms->objects[i].num_props; j++) {
			if (now.values[i][j] == before->values[i][j])
				continue;
			prop = fuzz_kms_prop(kms, kms->objects[i].props[j]);
			/* DPMS changes only when the commit before is complete. */
			if (prop && !strcmp(prop->name, "DPMS"))
				continue;
			fuzz_fail(fuzz, "%s changed %s of object %u from %#llx to %#llx", why,
				  prop ? prop->name : "?", kms->objects[i].id,
				  (unsigned long long)before->values[i][j],
				  (unsigned long long)now.values[i][j]);
		}
}

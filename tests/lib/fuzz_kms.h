/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The fuzzer's steps for outputs. What a GPU has of mode objects and their
 * properties is learned once; framebuffers, blobs and leases are kept in slots
 * as handles are, so that calls name what exists, most of the time.
 */
#ifndef VI915_TESTS_FUZZ_KMS_H
#define VI915_TESTS_FUZZ_KMS_H

#include <stdbool.h>
#include <stdint.h>

#include "fuzz.h"
#include "uapi.h"

#define FUZZ_KMS_OBJECTS 64
#define FUZZ_KMS_PROPS 96
#define FUZZ_KMS_VALUES 16
#define FUZZ_KMS_OBJECT_PROPS 40
#define FUZZ_KMS_FBS 8
#define FUZZ_KMS_BLOBS 4
#define FUZZ_KMS_LESSEES 2
#define FUZZ_KMS_CRCS 2
#define FUZZ_KMS_REQUEST 64

/*
 * Where in a stream's arena outputs' calls have what they point to: behind what
 * fuzz_churn() takes away.
 */
#define FUZZ_AT_KMS (384 * 4096)
#define FUZZ_AT_KMS_OUT (FUZZ_AT_KMS + 32 * 4096)

/**
 * struct fuzz_prop - a property
 * @values: its limits or its enumeration, as many as fit
 */
struct fuzz_prop {
	uint32_t id;
	uint32_t flags;
	unsigned int num_values;
	uint64_t values[FUZZ_KMS_VALUES];
	char name[DRM_PROP_NAME_LEN];
};

/* Values of a plane's property "type". */
enum fuzz_plane_type {
	FUZZ_PLANE_OVERLAY,
	FUZZ_PLANE_PRIMARY,
	FUZZ_PLANE_CURSOR,
	FUZZ_PLANE_TYPES,
};

/**
 * struct fuzz_object - a CRTC, connector, encoder or plane
 * @type: DRM_MODE_OBJECT_x
 * @subtype: of a plane the value of "type", of a connector its type
 * @number: of a connector, among those of its type
 * @pipes: a bit for each CRTC that it works with
 * @props: their ids
 */
struct fuzz_object {
	uint32_t id;
	uint32_t type;
	uint32_t subtype;
	uint32_t number;
	uint32_t pipes;
	unsigned int num_props;
	uint32_t props[FUZZ_KMS_OBJECT_PROPS];
};

/* What the bytes of a blob are. */
enum fuzz_blob {
	FUZZ_BLOB_MODE,
	FUZZ_BLOB_CLIPS,
	FUZZ_BLOB_LUT,
	FUZZ_BLOB_BYTES,
	FUZZ_BLOB_KINDS,
};

/**
 * struct fuzz_kms - the outputs behind one file
 * @pipes: how many CRTCs there are; 0: no outputs
 * @fbs: slots of framebuffers, their sizes, and if a cursor plane takes them
 * @blobs: slots of blobs, by what is in them
 * @lessees: files of leases, -1 for none, and their numbers
 * @crcs: open files with CRCs, -1 for none
 */
struct fuzz_kms {
	unsigned int pipes;
	unsigned int num_objects;
	struct fuzz_object objects[FUZZ_KMS_OBJECTS];
	unsigned int num_props;
	struct fuzz_prop props[FUZZ_KMS_PROPS];
	struct {
		uint32_t id;
		uint16_t width;
		uint16_t height;
		bool is_cursor;
	} fbs[FUZZ_KMS_FBS];
	uint32_t blobs[FUZZ_BLOB_KINDS][FUZZ_KMS_BLOBS];
	int lessees[FUZZ_KMS_LESSEES];
	uint32_t lessee_ids[FUZZ_KMS_LESSEES];
	int crcs[FUZZ_KMS_CRCS];
};

/**
 * struct fuzz_kms_call - one ioctl of the core's for outputs
 * @weight: how often, compared with others
 * @fill: writes fuzz->arg
 * @keep: takes what a successful call gave, may be NULL
 * @errors: beside those that any of them may give, 0 after the last
 */
struct fuzz_kms_call {
	const char *name;
	unsigned long request;
	unsigned int weight;
	void (*fill)(struct fuzz *fuzz);
	void (*keep)(struct fuzz *fuzz);
	uint8_t errors[8];
};

extern const struct fuzz_kms_call fuzz_kms_calls[];
extern const unsigned int fuzz_num_kms_calls;
extern const struct fuzz_kms_call fuzz_kms_fb_calls[];
extern const unsigned int fuzz_num_kms_fb_calls;
extern const struct fuzz_kms_call fuzz_kms_lease_calls[];
extern const unsigned int fuzz_num_kms_lease_calls;

/* Of a world whose files are open: learn what it has, and give all of it back. */
void fuzz_kms_open(struct fuzz_world *world);
void fuzz_kms_close(struct fuzz_world *world);
/* Every output dark, every screen as it was made. */
void fuzz_kms_restore(struct fuzz_world *world, unsigned int file);
/* A file that sees all that there is. */
void fuzz_kms_caps(int fd);

/* The outputs of the file that the step is about. */
struct fuzz_kms *fuzz_kms(struct fuzz *fuzz);

/* All of a type, or NULL if there is none. */
struct fuzz_object *fuzz_kms_pick(struct fuzz *fuzz, uint32_t type);
/* One that works with a CRTC; @subtype as in struct fuzz_object. */
struct fuzz_object *fuzz_kms_of_pipe(struct fuzz_kms *kms, uint32_t type, uint32_t subtype,
				     unsigned int pipe);
const struct fuzz_prop *fuzz_kms_prop(struct fuzz_kms *kms, uint32_t id);
const struct fuzz_prop *fuzz_kms_prop_named(struct fuzz_kms *kms,
					    const struct fuzz_object *object, const char *name);

/* Ids, most of them right. */
uint32_t fuzz_kms_id(struct fuzz *fuzz, uint32_t type);
uint32_t fuzz_kms_fb(struct fuzz *fuzz);
uint32_t fuzz_kms_blob(struct fuzz *fuzz, enum fuzz_blob kind);
/* The slot of a framebuffer that is there; for a cursor, if there is one that can be. */
unsigned int fuzz_kms_fb_slot(struct fuzz *fuzz);
unsigned int fuzz_kms_cursor_slot(struct fuzz *fuzz);

/* The sizes that modes and framebuffers have, and a mode of one of them. */
uint32_t fuzz_kms_width(struct fuzz *fuzz);
uint32_t fuzz_kms_height(struct fuzz *fuzz);
void fuzz_kms_mode(struct fuzz *fuzz, struct drm_mode_modeinfo *mode);

/* A coordinate that is on the screen, or near its edge, or far away. */
int32_t fuzz_kms_place(struct fuzz *fuzz);

/* Memory for what a call points to, with random bytes in it. */
void *fuzz_kms_memory(struct fuzz *fuzz);

/* What all properties of all objects are. */
struct fuzz_kms_state {
	uint64_t values[FUZZ_KMS_OBJECTS][FUZZ_KMS_OBJECT_PROPS];
};

void fuzz_kms_state(struct fuzz *fuzz, struct fuzz_kms_state *state);
/* Ends the process if another state is there now; @why it should not be. */
void fuzz_kms_state_same(struct fuzz *fuzz, const struct fuzz_kms_state *before,
			 const char *why);

/* One of our ioctls, checked; and steps that are more than that. */
void fuzz_kms_run(struct fuzz *fuzz, const struct fuzz_kms_call *call);
void fuzz_step_kms(struct fuzz *fuzz);
void fuzz_kms_atomic(struct fuzz *fuzz);
void fuzz_kms_make_fb(struct fuzz *fuzz);
void fuzz_kms_make_blob(struct fuzz *fuzz);
void fuzz_kms_life(struct fuzz *fuzz);

#endif

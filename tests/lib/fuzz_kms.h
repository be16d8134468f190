/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The fuzzer's steps for outputs. The mode objects and properties of a GPU are
 * read once; framebuffers, blobs and leases are kept in slots as handles are,
 * so that most calls name things that exist.
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
 * Where in a stream's arena calls for outputs put what their pointers refer to:
 * behind the part that fuzz_churn() changes.
 */
#define FUZZ_AT_KMS (384 * 4096)
#define FUZZ_AT_KMS_OUT (FUZZ_AT_KMS + 32 * 4096)

/**
 * struct fuzz_prop - a property
 * @values: its limits or its enumeration, as many values as fit
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
 * @subtype: for a plane the value of "type", for a connector its type
 * @number: for a connector, its number among those of its type
 * @pipes: a bit for each CRTC that it works with
 * @props: ids of its properties
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

/* Contents of a blob. */
enum fuzz_blob {
	FUZZ_BLOB_MODE,
	FUZZ_BLOB_CLIPS,
	FUZZ_BLOB_LUT,
	FUZZ_BLOB_BYTES,
	FUZZ_BLOB_KINDS,
};

/**
 * struct fuzz_kms - the outputs behind one file
 * @pipes: number of CRTCs; 0: no outputs
 * @fbs: slots of framebuffers, with size and whether a cursor plane takes it
 * @blobs: slots of blobs, by contents
 * @lessees: files of leases, -1 for none; @lessee_ids has their numbers
 * @crcs: open files that CRCs are read from, -1 for none
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
 * struct fuzz_kms_call - one of the DRM core's ioctls for outputs
 * @weight: relative frequency of the call
 * @fill: writes the argument to fuzz->arg
 * @keep: keeps what a successful call gave, may be NULL
 * @errors: errnos that it may give besides the common ones, ended by 0
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

/* Read the outputs of a world whose files are open; give everything back. */
void fuzz_kms_open(struct fuzz_world *world);
void fuzz_kms_close(struct fuzz_world *world);
/* Turn every output off and restore every screen to its initial state. */
void fuzz_kms_restore(struct fuzz_world *world, unsigned int file);
/* Enable all client capabilities of a file, so that it sees all objects. */
void fuzz_kms_caps(int fd);

/* The outputs of the file that this step uses. */
struct fuzz_kms *fuzz_kms(struct fuzz *fuzz);

/* A random object of a type, or NULL if there is none. */
struct fuzz_object *fuzz_kms_pick(struct fuzz *fuzz, uint32_t type);
/* An object that works with a CRTC; @subtype as in struct fuzz_object. */
struct fuzz_object *fuzz_kms_of_pipe(struct fuzz_kms *kms, uint32_t type, uint32_t subtype,
				     unsigned int pipe);
const struct fuzz_prop *fuzz_kms_prop(struct fuzz_kms *kms, uint32_t id);
const struct fuzz_prop *fuzz_kms_prop_named(struct fuzz_kms *kms,
					    const struct fuzz_object *object, const char *name);

/* Random ids, most of them valid. */
uint32_t fuzz_kms_id(struct fuzz *fuzz, uint32_t type);
uint32_t fuzz_kms_fb(struct fuzz *fuzz);
uint32_t fuzz_kms_blob(struct fuzz *fuzz, enum fuzz_blob kind);
/* A slot with a framebuffer; for a cursor, one that fits if there is one. */
unsigned int fuzz_kms_fb_slot(struct fuzz *fuzz);
unsigned int fuzz_kms_cursor_slot(struct fuzz *fuzz);

/* Sizes that modes and framebuffers use, and a mode of such a size. */
uint32_t fuzz_kms_width(struct fuzz *fuzz);
uint32_t fuzz_kms_height(struct fuzz *fuzz);
void fuzz_kms_mode(struct fuzz *fuzz, struct drm_mode_modeinfo *mode);

/* A coordinate on the screen, near its edge, or far away. */
int32_t fuzz_kms_place(struct fuzz *fuzz);

/* Memory for a call's pointer, with random bytes in it. */
void *fuzz_kms_memory(struct fuzz *fuzz);

/* Values of all properties of all objects. */
struct fuzz_kms_state {
	uint64_t values[FUZZ_KMS_OBJECTS][FUZZ_KMS_OBJECT_PROPS];
};

void fuzz_kms_state(struct fuzz *fuzz, struct fuzz_kms_state *state);
/* Ends the process if the state is another now; @why says why it must not be. */
void fuzz_kms_state_same(struct fuzz *fuzz, const struct fuzz_kms_state *before,
			 const char *why);

/* Make and check one of these ioctls; and longer steps. */
void fuzz_kms_run(struct fuzz *fuzz, const struct fuzz_kms_call *call);
void fuzz_step_kms(struct fuzz *fuzz);
void fuzz_kms_atomic(struct fuzz *fuzz);
void fuzz_kms_make_fb(struct fuzz *fuzz);
void fuzz_kms_make_blob(struct fuzz *fuzz);
void fuzz_kms_life(struct fuzz *fuzz);

#endif

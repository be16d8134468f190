// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0,outputs=2
/*
 * Requests that an output must refuse: each returns an errno, and afterwards no
 * property and no pixel of the picture has changed.
 */
#include "gpu_fixture.h"

#include <drm/drm_fourcc.h>
#include <drm/drm_mode.h>
#include <sys/ioctl.h>

#include "kms.h"

#define PTR(p) ((uintptr_t)(p))
#define NOWHERE 0x10
#define NO_ID 0x7fffff00

#define OBJECTS 5
#define PROPS 48
#define SHOT (3 * 640 * 480 + 32)

struct state {
	uint32_t count[OBJECTS];
	uint64_t values[OBJECTS][PROPS];
	char shot[SHOT];
};

FIXTURE(refuse)
{
	struct kms kms;
	struct kms_fb fb;
	uint32_t objects[OBJECTS];
	struct state before;
	struct state after;
};

static void state_take(const struct kms *kms, const uint32_t *objects, struct state *state)
{
	drmModeObjectProperties *props;
	unsigned int i, j;

	for (i = 0; i < OBJECTS; i++) {
		props = drmModeObjectGetProperties(kms->fd, objects[i], DRM_MODE_OBJECT_ANY);
		vi915_require(props && props->count_props <= PROPS);
		state->count[i] = props->count_props;
		for (j = 0; j < props->count_props; j++)
			state->values[i][j] = props->prop_values[j];
		drmModeFreeObjectProperties(props);
	}
	vi915_require(__vi915_debugfs_read(kms->fd, "crtc-0/vi915_shot", state->shot, SHOT) > 0);
}

FIXTURE_SETUP(refuse)
{
	kms_open(&self->kms, "gpu0", 0);
	self->kms.mode = kms_mode(&self->kms, 640, 480, 60);
	kms_fb_create(self->kms.fd, &self->fb, 640, 480, DRM_FORMAT_XRGB8888);
	kms_fb_fill(self->kms.fd, &self->fb, 0x123456);
	kms_light(&self->kms, &self->kms.mode, &self->fb);
	self->objects[0] = self->kms.crtc;
	self->objects[1] = self->kms.connector;
	self->objects[2] = self->kms.primary;
	self->objects[3] = self->kms.overlay;
	self->objects[4] = self->kms.cursor;
	state_take(&self->kms, self->objects, &self->before);
}

FIXTURE_TEARDOWN(refuse)
{
	state_take(&self->kms, self->objects, &self->after);
	EXPECT_EQ(0, memcmp(&self->before, &self->after, sizeof(self->before)));
	kms_close(&self->kms);
}

/* Commits one property of one object. */
static int set_one(const struct kms *kms, uint32_t object, uint32_t prop, uint64_t value)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();

	vi915_require(req && drmModeAtomicAddProperty(req, object, prop, value) > 0);
	return __kms_commit_free(kms->fd, req, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
}

static int set_named(const struct kms *kms, uint32_t object, const char *name, uint64_t value)
{
	return set_one(kms, object, kms_prop(kms->fd, object, name), value);
}

/* A value that is invalid for a property, or false if all values are valid. */
static bool wrong_value(const drmModePropertyRes *prop, uint64_t *value)
{
	int i;

	if (prop->flags & DRM_MODE_PROP_RANGE) {
		*value = prop->values[1] + 1;
		return *value;
	}
	if (drm_property_type_is((drmModePropertyPtr)prop, DRM_MODE_PROP_SIGNED_RANGE)) {
		*value = prop->values[0] - 1;
		return (int64_t)*value < 0;
	}
	*value = NO_ID;
	if (prop->flags & DRM_MODE_PROP_BITMASK)
		*value = 1ULL << 63;
	for (i = 0; prop->flags & DRM_MODE_PROP_ENUM && i < prop->count_enums; i++)
		if (prop->enums[i].value == *value)
			return false;
	return true;
}

TEST_F(refuse, values_beyond_a_propertys_limits)
{
	unsigned int i, j, tried = 0;
	drmModeObjectProperties *props;
	drmModePropertyRes *prop;
	uint64_t value;

	for (i = 0; i < OBJECTS; i++) {
		props = drmModeObjectGetProperties(self->kms.fd, self->objects[i],
						   DRM_MODE_OBJECT_ANY);
		ASSERT_TRUE(props);
		for (j = 0; j < props->count_props; j++) {
			prop = drmModeGetProperty(self->kms.fd, props->props[j]);
			ASSERT_TRUE(prop);
			if (wrong_value(prop, &value)) {
				long ret = set_one(&self->kms, self->objects[i], prop->prop_id,
						   value);

				EXPECT_EQ(-EINVAL, ret) {
					TH_LOG("%s of object %u takes %#llx: %ld", prop->name,
					       self->objects[i], (unsigned long long)value,
					       ret);
				}
				tried++;
			}
			drmModeFreeProperty(prop);
		}
		drmModeFreeObjectProperties(props);
	}
	EXPECT_GT(tried, 40);
}

TEST_F(refuse, objects_and_properties_that_are_not_there)
{
	uint32_t active = kms_prop(self->kms.fd, self->kms.crtc, "ACTIVE");

	EXPECT_ERR(ENOENT, set_one(&self->kms, NO_ID, active, 1));
	EXPECT_ERR(ENOENT, set_one(&self->kms, self->kms.crtc, NO_ID, 1));
	EXPECT_ERR(ENOENT, set_one(&self->kms, self->kms.crtc, self->kms.primary, 1));
	/* A property of another object; a framebuffer has no properties. */
	EXPECT_ERR(ENOENT, set_one(&self->kms, self->kms.primary, active, 1));
	EXPECT_ERR(ENOENT, set_one(&self->kms, self->fb.fb, active, 1));
}

TEST_F(refuse, blobs_of_another_kind)
{
	uint8_t bytes[200] = { 0 };
	uint32_t mode = kms_blob(self->kms.fd, &self->kms.mode, sizeof(struct drm_mode_modeinfo));
	uint32_t other = kms_blob(self->kms.fd, bytes, sizeof(bytes));
	uint32_t none = kms_blob(self->kms.fd, bytes, sizeof(struct drm_mode_modeinfo));

	EXPECT_ERR(EINVAL, set_named(&self->kms, self->kms.crtc, "MODE_ID", other));
	EXPECT_ERR(EINVAL, set_named(&self->kms, self->kms.crtc, "MODE_ID", none));
	EXPECT_ERR(EINVAL, set_named(&self->kms, self->kms.crtc, "MODE_ID", self->fb.fb));
	EXPECT_ERR(EINVAL, set_named(&self->kms, self->kms.primary, "FB_DAMAGE_CLIPS", other));
	EXPECT_ERR(EINVAL, set_named(&self->kms, self->kms.primary, "FB_ID", mode));
	EXPECT_ERR(EINVAL, set_named(&self->kms, self->kms.primary, "CRTC_ID",
				     self->kms.connector));
}

static int blob_create(int fd, uint64_t data, uint32_t length)
{
	struct drm_mode_create_blob create = { .data = data, .length = length };

	return vi915_ioctl(fd, DRM_IOCTL_MODE_CREATEPROPBLOB, &create);
}

static int blob_destroy(int fd, uint32_t id)
{
	struct drm_mode_destroy_blob destroy = { .blob_id = id };

	return vi915_ioctl(fd, DRM_IOCTL_MODE_DESTROYPROPBLOB, &destroy);
}

TEST_F(refuse, blobs_that_are_none_or_anothers)
{
	uint32_t blob = kms_blob(self->kms.fd, "blob", 4);
	int other = vi915_reopen(self->kms.fd);

	EXPECT_ERR(EINVAL, blob_create(self->kms.fd, PTR("blob"), 0));
	EXPECT_ERR(EFAULT, blob_create(self->kms.fd, NOWHERE, 4));
	EXPECT_ERR(ENOENT, blob_destroy(self->kms.fd, NO_ID));
	EXPECT_ERR(EPERM, blob_destroy(other, blob));
	EXPECT_OK(blob_destroy(self->kms.fd, blob));
	close(other);
}

/* A request that sets ACTIVE of the CRTC to its current value. */
struct request {
	uint32_t object;
	uint32_t count;
	uint32_t prop;
	uint64_t value;
	struct drm_mode_atomic atomic;
};

static void request_init(const struct kms *kms, struct request *request)
{
	*request = (struct request) {
		.object = kms->crtc,
		.count = 1,
		.prop = kms_prop(kms->fd, kms->crtc, "ACTIVE"),
		.value = 1,
		.atomic = {
			.count_objs = 1,
			.objs_ptr = PTR(&request->object),
			.count_props_ptr = PTR(&request->count),
			.props_ptr = PTR(&request->prop),
			.prop_values_ptr = PTR(&request->value),
		},
	};
}

static int request_run(const struct kms *kms, const struct request *request)
{
	struct drm_mode_atomic atomic = request->atomic;

	return vi915_ioctl(kms->fd, DRM_IOCTL_MODE_ATOMIC, &atomic);
}

TEST_F(refuse, requests_that_are_not_formed_well)
{
	struct request request;

	request_init(&self->kms, &request);
	EXPECT_OK(request_run(&self->kms, &request));
	request.atomic.reserved = 1;
	EXPECT_ERR(EINVAL, request_run(&self->kms, &request));
	request_init(&self->kms, &request);
	request.atomic.flags = 0x8000;
	EXPECT_ERR(EINVAL, request_run(&self->kms, &request));
	request.atomic.flags = DRM_MODE_ATOMIC_TEST_ONLY | DRM_MODE_PAGE_FLIP_EVENT;
	EXPECT_ERR(EINVAL, request_run(&self->kms, &request));
	/* An event, but no CRTC. */
	request.atomic.flags = DRM_MODE_PAGE_FLIP_EVENT;
	request.atomic.count_objs = 0;
	EXPECT_ERR(EINVAL, request_run(&self->kms, &request));
}

TEST_F(refuse, requests_that_cannot_be_read)
{
	struct request request;

	request_init(&self->kms, &request);
	request.atomic.objs_ptr = NOWHERE;
	EXPECT_ERR(EFAULT, request_run(&self->kms, &request));
	request_init(&self->kms, &request);
	request.atomic.count_props_ptr = NOWHERE;
	EXPECT_ERR(EFAULT, request_run(&self->kms, &request));
	request_init(&self->kms, &request);
	request.atomic.props_ptr = NOWHERE;
	EXPECT_ERR(EFAULT, request_run(&self->kms, &request));
	request_init(&self->kms, &request);
	request.atomic.prop_values_ptr = NOWHERE;
	EXPECT_ERR(EFAULT, request_run(&self->kms, &request));
	EXPECT_ERR(EFAULT, set_named(&self->kms, self->kms.crtc, "OUT_FENCE_PTR", NOWHERE));
}

/* The DRM core's helpers would wait for it and warn. */
TEST_F(refuse, a_fence_of_a_plane_that_is_off_is_nothing_to_wait_for)
{
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1);

	EXPECT_OK(set_named(&self->kms, self->kms.overlay, "IN_FENCE_FD", fence));
	close(fence);
	close(timeline);
}

/* For any plane and by either call: the right or lower edge overflows. */
TEST_F(refuse, places_whose_other_end_is_farther_than_numbers_go)
{
	static const int32_t far[] = { INT32_MAX, INT32_MAX - 479 };
	struct kms_fb fb = self->fb;
	unsigned int i, j;

	for (i = 0; i < sizeof(far) / sizeof(*far); i++) {
		for (j = 0; j < 4; j++) {
			drmModeAtomicReq *req = drmModeAtomicAlloc();
			uint32_t plane = j & 1 ? self->kms.overlay : self->kms.primary;

			kms_add_plane(req, &self->kms, plane, &fb, j & 2 ? far[i] : 0,
				      j & 2 ? 0 : far[i]);
			EXPECT_ERR(ERANGE, __kms_commit_free(self->kms.fd, req, 0, 0));
		}
		EXPECT_EQ(-ERANGE, drmModeSetPlane(self->kms.fd, self->kms.overlay,
						   self->kms.crtc, fb.fb, 0, far[i], 0, 640, 480,
						   0, 0, 640 << 16, 480 << 16));
	}
}

TEST_F(refuse, who_is_not_the_master)
{
	struct kms other = self->kms;
	struct drm_mode_cursor cursor = { .flags = DRM_MODE_CURSOR_MOVE,
					  .crtc_id = self->kms.crtc };
	struct drm_mode_set_plane plane = { .plane_id = self->kms.primary };
	struct drm_mode_crtc crtc = { .crtc_id = self->kms.crtc };

	other.fd = vi915_reopen(self->kms.fd);
	drmSetClientCap(other.fd, DRM_CLIENT_CAP_ATOMIC, 1);
	EXPECT_ERR(EACCES, set_named(&other, other.crtc, "ACTIVE", 0));
	EXPECT_ERR(EACCES, __kms_page_flip(&other, &self->fb, 0, 0));
	EXPECT_ERR(EACCES, vi915_ioctl(other.fd, DRM_IOCTL_MODE_SETCRTC, &crtc));
	EXPECT_ERR(EACCES, vi915_ioctl(other.fd, DRM_IOCTL_MODE_SETPLANE, &plane));
	EXPECT_ERR(EACCES, vi915_ioctl(other.fd, DRM_IOCTL_MODE_CURSOR, &cursor));
	EXPECT_ERR(EBUSY, vi915_ioctl(other.fd, DRM_IOCTL_SET_MASTER, NULL));
	close(other.fd);
}

TEST_HARNESS_MAIN

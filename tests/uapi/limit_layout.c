// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu intel --gpu plain,modifiers=linear --gpu xonly,modifiers=x --gpu yonly,modifiers=y
// box: --gpu tiles,modifiers=x+y --gpu old,modifiers=none
/*
 * Displays with other lists of modifiers, and one without any: what they
 * refuse, and what they show of a buffer whose layout they do not know. This
 * has a box of its own.
 */
#include "test.h"

#include <drm_fourcc.h>
#include <string.h>
#include <unistd.h>

#include "blit.h"
#include "exec.h"
#include "gem.h"
#include "gpu.h"
#include "kms.h"
#include "look.h"
#include "prime.h"
#include "proc.h"
#include "tile.h"

#define WIDTH	640
#define HEIGHT	480
#define PITCH	(4 * WIDTH)
/* Holds whole rows of X and of Y tiles. */
#define SIZE	((uint64_t)PITCH * HEIGHT)

#define LINEAR	DRM_FORMAT_MOD_LINEAR
#define X	I915_FORMAT_MOD_X_TILED
#define Y	I915_FORMAT_MOD_Y_TILED

FIXTURE(layout)
{
	struct kms kms;
	drmModeModeInfo mode;
	struct picture picture;
};

#define LAYOUT FIXTURE_DATA(layout)

FIXTURE_SETUP(layout)
{
	memset(&self->kms, 0, sizeof(self->kms));
	self->kms.fd = -1;
	picture_init(&self->picture, WIDTH, HEIGHT);
	picture_noise(&self->picture, 5);
}

FIXTURE_TEARDOWN(layout)
{
	picture_fini(&self->picture);
	if (self->kms.fd >= 0)
		kms_close(&self->kms);
}

static void look_at(LAYOUT *self, const char *gpu)
{
	kms_open(&self->kms, gpu, 0);
	self->mode = kms_mode(&self->kms, WIDTH, HEIGHT, 60);
}

/* Bits 0, 1, 2: LINEAR, X, Y are in the plane's IN_FORMATS for all formats. */
static unsigned int in_formats(const struct kms *kms, uint32_t plane)
{
	static const uint64_t known[] = { LINEAR, X, Y };
	uint64_t id = kms_value(kms->fd, plane, "IN_FORMATS");
	drmModePropertyBlobRes *blob = drmModeGetPropertyBlob(kms->fd, id);
	const struct drm_format_modifier_blob *head = blob->data;
	const struct drm_format_modifier *list =
		(const void *)((const char *)head + head->modifiers_offset);
	unsigned int bits = 0, i, j;

	for (i = 0; i < head->count_modifiers; i++) {
		for (j = 0; j < 3 && list[i].modifier != known[j]; j++)
			;
		if (j == 3 || list[i].formats != (1ull << head->count_formats) - 1)
			bits |= 1u << 31;
		bits |= 1u << j;
	}
	drmModeFreePropertyBlob(blob);
	return bits;
}

TEST(planes_list_what_the_description_says)
{
	static const struct {
		const char *gpu;
		unsigned int layouts;
	} rows[] = { { "intel", 7 }, { "plain", 1 }, { "xonly", 2 }, { "yonly", 4 },
		     { "tiles", 6 } };
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint64_t cap = 0;
		struct kms kms;

		kms_open(&kms, rows[i].gpu, 0);
		EXPECT_OK(drmGetCap(kms.fd, DRM_CAP_ADDFB2_MODIFIERS, &cap));
		EXPECT_EQ(1, cap);
		EXPECT_EQ(rows[i].layouts, in_formats(&kms, kms.primary));
		EXPECT_EQ(rows[i].layouts, in_formats(&kms, kms.overlay));
		EXPECT_EQ(1, in_formats(&kms, kms.cursor));
		kms_close(&kms);
	}
}

TEST(a_display_without_modifiers_does_not_speak_of_them)
{
	uint64_t cap = 1, value;
	struct kms kms;
	uint32_t id;

	kms_open(&kms, "old", 0);
	EXPECT_OK(drmGetCap(kms.fd, DRM_CAP_ADDFB2_MODIFIERS, &cap));
	EXPECT_EQ(0, cap);
	EXPECT_NE(0, __kms_prop(kms.fd, kms.primary, "IN_FORMATS", &id, &value));
	EXPECT_NE(0, __kms_prop(kms.fd, kms.overlay, "IN_FORMATS", &id, &value));
	EXPECT_NE(0, __kms_prop(kms.fd, kms.cursor, "IN_FORMATS", &id, &value));
	kms_close(&kms);
}

/* Results of ADDFB2 for an object of this tiling, with its modifier and without. */
static void addfb(int fd, uint32_t tiling, int *with, int *without)
{
	uint32_t handles[4] = {}, pitches[4] = { PITCH }, offsets[4] = {}, fb;
	uint64_t modifier = tiling == I915_TILING_X ? X : tiling == I915_TILING_Y ? Y : LINEAR;

	handles[0] = gem_create(fd, SIZE);
	if (tiling != I915_TILING_NONE)
		gem_set_tiling(fd, handles[0], tiling, PITCH);
	*with = __kms_addfb(fd, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888, modifier, handles, pitches,
			    offsets, &fb);
	*without = __kms_addfb_legacy(fd, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888, handles, pitches,
				      offsets, &fb);
	gem_close(fd, handles[0]);
}

TEST(framebuffers_are_refused_by_their_layout)
{
	static const struct {
		const char *gpu;
		/* Indexed by I915_TILING_x. */
		int with[3];
		int without[3];
	} rows[] = {
		{ "intel", { 0, 0, 0 }, { 0, 0, -EINVAL } },
		{ "plain", { 0, -EINVAL, -EINVAL }, { 0, -EINVAL, -EINVAL } },
		{ "xonly", { -EINVAL, 0, -EINVAL }, { -EINVAL, 0, -EINVAL } },
		{ "yonly", { -EINVAL, -EINVAL, 0 }, { -EINVAL, -EINVAL, -EINVAL } },
		{ "tiles", { -EINVAL, 0, 0 }, { -EINVAL, 0, -EINVAL } },
		{ "old", { -EINVAL, -EINVAL, -EINVAL }, { 0, 0, -EINVAL } },
	};
	unsigned int i, tiling;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int fd = vi915_open(rows[i].gpu), with, without;

		for (tiling = 0; tiling < 3; tiling++) {
			addfb(fd, tiling, &with, &without);
			EXPECT_EQ(rows[i].with[tiling], with) {
				TH_LOG("%s, tiling %u", rows[i].gpu, tiling);
			}
			EXPECT_EQ(rows[i].without[tiling], without) {
				TH_LOG("%s, tiling %u, by itself", rows[i].gpu, tiling);
			}
		}
		close(fd);
	}
}

/* Writes the picture in X tiles, byte for byte. */
static void draw_tiled(int fd, uint32_t handle, const struct picture *picture)
{
	const struct tiled x = { I915_TILING_X, PITCH, SIZE };
	uint8_t *map = gem_mmap_wb(fd, handle, 0, SIZE);
	uint64_t i;

	for (i = 0; i < SIZE; i += 4)
		memcpy(map + tile_raw(&x, i), &picture->pixels[i / 4], 4);
	gem_munmap(map, SIZE);
}

/* X tiles as they look when read as linear. */
static void scramble(struct picture *to, const struct picture *from)
{
	const struct tiled x = { I915_TILING_X, PITCH, SIZE };
	uint64_t i;

	for (i = 0; i < SIZE; i += 4)
		to->pixels[tile_raw(&x, i) / 4] = from->pixels[i / 4];
}

/* Draws to a tiled object of the other GPU and imports it here. */
static uint32_t import_tiled(LAYOUT *self, int other)
{
	uint32_t theirs = gem_create(other, SIZE), handle;
	int dmabuf;

	gem_set_tiling(other, theirs, I915_TILING_X, PITCH);
	draw_tiled(other, theirs, &self->picture);
	dmabuf = prime_export(other, theirs);
	handle = prime_import(self->kms.fd, dmabuf);
	close(dmabuf);
	return handle;
}

/* Lights the output with a framebuffer that has no modifier. */
static int light_untold(LAYOUT *self, uint32_t handle)
{
	uint32_t handles[4] = { handle }, pitches[4] = { PITCH }, offsets[4] = {};
	struct kms_fb fb = { .width = WIDTH, .height = HEIGHT };
	int ret;

	ret = __kms_addfb_legacy(self->kms.fd, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888, handles,
				 pitches, offsets, &fb.fb);
	return ret ?: __kms_light(&self->kms, &self->mode, &fb);
}

static void shows_at(const char *at, LAYOUT *self, const struct picture *expected)
{
	struct picture seen;

	vi915_check_at(at, "look_shot", __look_shot(&self->kms, "vi915_shot", &seen));
	picture_same_at(at, expected, &seen, 0);
	picture_fini(&seen);
}

#define shows(self, expected) shows_at(VI915_AT, self, expected)

/* wlroots 3033, mir 3401: no call is refused, but every tile is in the wrong place. */
TEST_F(layout, of_tiles_that_nobody_told_of_is_read_as_linear)
{
	int other = vi915_open_render("intel");
	struct picture wrong;

	look_at(self, "old");
	vi915_check(light_untold(self, import_tiled(self, other)));
	picture_init(&wrong, WIDTH, HEIGHT);
	scramble(&wrong, &self->picture);
	vi915_require(picture_differs(&wrong, &self->picture, 0) >= 0);
	shows(self, &wrong);
	EXPECT_EQ(picture_crc(&wrong), look_crc_now(&self->kms));
	picture_fini(&wrong);
	close(other);
}

/* An object's own GPU knows its tiling, and an importer can be told by SET_TILING. */
TEST_F(layout, of_tiles_is_known_to_the_objects_own_gpu)
{
	int other = vi915_open_render("intel");
	uint32_t own, import;

	look_at(self, "old");
	own = gem_create(self->kms.fd, SIZE);
	gem_set_tiling(self->kms.fd, own, I915_TILING_X, PITCH);
	draw_tiled(self->kms.fd, own, &self->picture);
	vi915_check(light_untold(self, own));
	shows(self, &self->picture);

	kms_dark(&self->kms);
	import = import_tiled(self, other);
	gem_set_tiling(self->kms.fd, import, I915_TILING_X, PITCH);
	vi915_check(light_untold(self, import));
	shows(self, &self->picture);
	close(other);
}

/*
 * aquamarine 220: two lists with nothing in common. A client that leaves out
 * the modifier when it is refused shows a wrong picture; a client that sees the
 * difference has the display's GPU copy the picture.
 */
TEST_F(layout, of_lists_that_have_nothing_in_common)
{
	uint32_t handles[4] = {}, pitches[4] = { PITCH }, offsets[4] = {}, import, fb;
	struct picture wrong;
	struct kms_fb copy;
	struct kms theirs;
	struct blit blit;
	struct batch batch;
	struct exec exec;
	int fence;

	look_at(self, "plain");
	kms_open(&theirs, "xonly", 0);
	EXPECT_EQ(0, in_formats(&self->kms, self->kms.primary) &
		     in_formats(&theirs, theirs.primary));
	import = import_tiled(self, theirs.fd);
	handles[0] = import;
	EXPECT_ERR(EINVAL, __kms_addfb(self->kms.fd, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888, X,
				       handles, pitches, offsets, &fb));

	picture_init(&wrong, WIDTH, HEIGHT);
	scramble(&wrong, &self->picture);
	vi915_check(light_untold(self, import));
	shows(self, &wrong);
	picture_fini(&wrong);

	kms_fb_create(self->kms.fd, &copy, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	blit = (struct blit){
		.to = { BATCH_AT(exec_address(copy.handle)), I915_TILING_NONE, PITCH },
		.from = { BATCH_AT(exec_address(import)), I915_TILING_X, PITCH },
		.bpp = 32, .rop = BLIT_ROP_SOURCE, .channels = BLIT_ARGB,
		.width = WIDTH, .height = HEIGHT,
	};
	batch_init(&batch, self->kms.fd, VI915_PAGE);
	blit_copy(&batch, &blit);
	batch_end(&batch);
	exec_init(&exec, self->kms.fd, 0, I915_EXEC_BLT);
	exec_add(&exec, copy.handle, exec_address(copy.handle), EXEC_PINNED_WRITE);
	exec_add(&exec, import, exec_address(import), EXEC_PINNED);
	exec_add_batch(&exec, &batch);
	exec_want_out_fence(&exec);
	exec_submit(&exec);
	fence = exec_out_fence(&exec);
	EXPECT_EQ(1, exec_fence_wait(fence));
	close(fence);
	batch_fini(&batch);
	kms_light(&self->kms, &self->mode, &copy);
	shows(self, &self->picture);
	kms_close(&theirs);
}

/* Cursors are always linear, so linear framebuffers exist, but only for them. */
TEST_F(layout, of_cursors_and_writeback_is_linear)
{
	uint32_t handles[4] = {}, pitches[4] = { PITCH }, offsets[4] = {}, connector = 0;
	struct kms_fb back = { .width = WIDTH, .height = HEIGHT }, linear, cursor;
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	struct picture small, written;
	int fd, fence = -1, i;
	drmModeRes *res;
	uint32_t *map;

	look_at(self, "xonly");
	fd = self->kms.fd;
	handles[0] = gem_create(fd, SIZE);
	draw_tiled(fd, handles[0], &self->picture);
	vi915_check(__kms_addfb(fd, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888, X, handles, pitches,
				offsets, &back.fb));
	kms_fb_create(fd, &linear, WIDTH, HEIGHT, DRM_FORMAT_ARGB8888);
	kms_light(&self->kms, &self->mode, &back);

	kms_add(req, fd, self->kms.primary, "FB_ID", linear.fb);
	EXPECT_ERR(EINVAL, __kms_commit(fd, req, DRM_MODE_ATOMIC_TEST_ONLY, 0));
	EXPECT_ERR(EINVAL, __kms_commit_free(fd, req, 0, 0));
	shows(self, &self->picture);

	kms_fb_create(fd, &cursor, 64, 64, DRM_FORMAT_ARGB8888);
	picture_init(&small, 64, 64);
	picture_fill(&small, 0, 0, 64, 64, 0xff336699);
	look_draw(fd, &cursor, &small);
	picture_blend(&self->picture, &small, 100, 50, 0xffff, PICTURE_PREMULTIPLIED);
	req = drmModeAtomicAlloc();
	kms_add_plane(req, &self->kms, self->kms.cursor, &cursor, 100, 50);
	res = drmModeGetResources(fd);
	for (i = 0; i < res->count_connectors; i++)
		if (res->connectors[i] != self->kms.connector)
			connector = res->connectors[i];
	drmModeFreeResources(res);
	kms_add(req, fd, connector, "CRTC_ID", self->kms.crtc);
	kms_add(req, fd, connector, "WRITEBACK_FB_ID", linear.fb);
	kms_add(req, fd, connector, "WRITEBACK_OUT_FENCE_PTR", (uintptr_t)&fence);
	kms_commit_free(fd, req, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
	EXPECT_EQ(1, exec_fence_wait(fence));
	close(fence);
	shows(self, &self->picture);

	map = gem_mmap_wb(fd, linear.handle, 0, linear.size);
	picture_init(&written, WIDTH, HEIGHT);
	memcpy(written.pixels, map, SIZE);
	picture_same(&self->picture, &written);
	gem_munmap(map, linear.size);
	picture_fini(&written);
	picture_fini(&small);

	/* Otherwise the connector would take part in modesets of the next test. */
	req = drmModeAtomicAlloc();
	kms_add_mode(req, &self->kms, NULL);
	kms_add(req, fd, connector, "CRTC_ID", 0);
	kms_add_plane_off(req, &self->kms, self->kms.primary);
	kms_add_plane_off(req, &self->kms, self->kms.cursor);
	kms_commit_free(fd, req, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
}

TEST_HARNESS_MAIN

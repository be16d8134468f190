// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Framebuffers and blobs, which the other calls for outputs use. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "fuzz_kms.h"
#include "gem.h"
#include "gpu.h"
#include "prime.h"
#include "proc.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define U64(ptr) ((uintptr_t)(ptr))

static const struct {
	uint32_t format;
	uint8_t cpp;
	bool semiplanar;
} fuzz_formats[] = {
	{ DRM_FORMAT_XRGB8888, 4, false }, { DRM_FORMAT_ARGB8888, 4, false },
	{ DRM_FORMAT_XRGB8888, 4, false }, { DRM_FORMAT_ARGB8888, 4, false },
	{ DRM_FORMAT_XBGR8888, 4, false }, { DRM_FORMAT_ABGR8888, 4, false },
	{ DRM_FORMAT_XRGB2101010, 4, false }, { DRM_FORMAT_RGB565, 2, false },
	{ DRM_FORMAT_YUYV, 2, false }, { DRM_FORMAT_NV12, 1, true },
	{ DRM_FORMAT_RGB888, 3, false }, { DRM_FORMAT_YUV420, 1, true },
};

static const struct {
	uint64_t modifier;
	uint32_t tiling;
	uint32_t pitch;
	uint32_t rows;
} fuzz_tilings[] = {
	{ DRM_FORMAT_MOD_LINEAR, I915_TILING_NONE, 64, 1 },
	{ I915_FORMAT_MOD_X_TILED, I915_TILING_X, 512, 8 },
	{ I915_FORMAT_MOD_Y_TILED, I915_TILING_Y, 128, 32 },
};

static void fuzz_put_fb(struct fuzz *fuzz, uint32_t id, const struct drm_mode_fb_cmd2 *cmd)
{
	struct fuzz_kms *kms = fuzz_kms(fuzz);
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_KMS_FBS);
	uint32_t old = __atomic_exchange_n(&kms->fbs[slot].id, id, __ATOMIC_RELAXED);
	struct drm_mode_closefb closefb = { .fb_id = old };
	unsigned long request = fuzz_chance(&fuzz->random, 50) ? DRM_IOCTL_MODE_RMFB :
								  DRM_IOCTL_MODE_CLOSEFB;

	kms->fbs[slot].width = cmd->width;
	kms->fbs[slot].height = cmd->height;
	kms->fbs[slot].is_cursor = cmd->pixel_format == DRM_FORMAT_ARGB8888 &&
		!cmd->modifier[0] && cmd->width <= 256;
	if (old && old != id)
		vi915_ioctl(fuzz->world->files[fuzz->file], request, &closefb);
}

/* Fills in an ADDFB2 of an object with this size and tiling. */
static void fuzz_describe_fb(struct fuzz *fuzz, struct drm_mode_fb_cmd2 *cmd, uint32_t handle,
			     uint64_t size, unsigned int tiling)
{
	unsigned int at = fuzz_below(&fuzz->random, COUNT(fuzz_formats));
	uint32_t pitch, rows;

	cmd->width = fuzz_kms_width(fuzz);
	cmd->height = fuzz_kms_height(fuzz);
	cmd->pixel_format = fuzz_formats[at].format;
	pitch = cmd->width * fuzz_formats[at].cpp + fuzz_tilings[tiling].pitch - 1;
	pitch -= pitch % fuzz_tilings[tiling].pitch;
	/* Most of the time, only as many rows as fit into the object. */
	rows = size / pitch;
	if (fuzz_formats[at].semiplanar)
		rows = rows * 2 / 3;
	if (rows < cmd->height && rows && fuzz_chance(&fuzz->random, 90))
		cmd->height = rows - rows % (rows > 32 ? 32 : 2);
	cmd->handles[0] = handle;
	cmd->pitches[0] = pitch;
	if (fuzz_formats[at].semiplanar) {
		rows = cmd->height + fuzz_tilings[tiling].rows - 1;
		rows -= rows % fuzz_tilings[tiling].rows;
		cmd->handles[1] = handle;
		cmd->pitches[1] = pitch;
		cmd->offsets[1] = pitch * rows;
	}
	if (fuzz_chance(&fuzz->random, 90)) {
		cmd->flags = DRM_MODE_FB_MODIFIERS;
		cmd->modifier[0] = fuzz_tilings[tiling].modifier;
		cmd->modifier[1] = fuzz_formats[at].semiplanar ? cmd->modifier[0] : 0;
	}
}

static void fuzz_any_fb(struct fuzz *fuzz)
{
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_HANDLES);
	struct drm_mode_fb_cmd2 *cmd = (void *)fuzz->arg;
	uint32_t *words = (uint32_t *)cmd->handles;

	fuzz_describe_fb(fuzz, cmd, fuzz->world->handles[fuzz->file][slot],
			 fuzz->world->sizes[fuzz->file][slot],
			 fuzz_below(&fuzz->random, COUNT(fuzz_tilings)));
	/* Spoils one word: a handle, pitch, offset or modifier. */
	if (fuzz_chance(&fuzz->random, 40))
		words[fuzz_below(&fuzz->random, 20)] = fuzz_number(&fuzz->random);
	if (fuzz_chance(&fuzz->random, 10))
		cmd->flags = fuzz_number(&fuzz->random);
}

static void fuzz_keep_fb(struct fuzz *fuzz)
{
	const struct drm_mode_fb_cmd2 *cmd = (const void *)fuzz->arg;

	if (!cmd->fb_id)
		fuzz_fail(fuzz, "ADDFB2 gave framebuffer 0");
	fuzz_put_fb(fuzz, cmd->fb_id, cmd);
}

static void fuzz_old_fb(struct fuzz *fuzz)
{
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_HANDLES);
	struct drm_mode_fb_cmd *cmd = (void *)fuzz->arg;
	static const uint8_t depths[][2] = { { 32, 24 }, { 32, 32 }, { 16, 16 }, { 8, 8 } };
	unsigned int at = fuzz_below(&fuzz->random, COUNT(depths));

	cmd->width = fuzz_kms_width(fuzz);
	cmd->height = fuzz_kms_height(fuzz);
	cmd->bpp = depths[at][0];
	cmd->depth = depths[at][1];
	cmd->pitch = cmd->width * cmd->bpp / 8;
	cmd->handle = fuzz->world->handles[fuzz->file][slot];
}

static void fuzz_keep_old_fb(struct fuzz *fuzz)
{
	const struct drm_mode_fb_cmd *cmd = (const void *)fuzz->arg;
	struct drm_mode_fb_cmd2 same = { .width = cmd->width, .height = cmd->height };

	fuzz_put_fb(fuzz, cmd->fb_id, &same);
}

static void fuzz_fb_id(struct fuzz *fuzz)
{
	/* The id is the first member of the argument of RMFB, CLOSEFB, GETFB and GETFB2. */
	uint32_t id = fuzz_kms_fb(fuzz);

	memcpy(fuzz->arg, &id, sizeof(id));
}

static void fuzz_keep_get_fb(struct fuzz *fuzz)
{
	const struct drm_mode_fb_cmd *cmd = (const void *)fuzz->arg;

	/* GETFB gives the master a new handle. */
	if (cmd->handle)
		fuzz_put_handle(fuzz, cmd->handle, (uint64_t)cmd->pitch * cmd->height);
}

static void fuzz_keep_get_fb2(struct fuzz *fuzz)
{
	const struct drm_mode_fb_cmd2 *cmd = (const void *)fuzz->arg;

	if (cmd->handles[0])
		fuzz_put_handle(fuzz, cmd->handles[0],
				(uint64_t)cmd->pitches[0] * cmd->height);
	if (cmd->handles[1] && cmd->handles[1] != cmd->handles[0])
		__gem_close(fuzz->world->files[fuzz->file], cmd->handles[1]);
}

static void fuzz_dirty_fb(struct fuzz *fuzz)
{
	struct drm_mode_fb_dirty_cmd *dirty = (void *)fuzz->arg;
	struct drm_clip_rect *clips = fuzz_kms_memory(fuzz);
	unsigned int i;

	for (i = 0; i < 8; i++) {
		clips[i].x1 = fuzz_below(&fuzz->random, 256);
		clips[i].y1 = fuzz_below(&fuzz->random, 128);
		clips[i].x2 = fuzz_below(&fuzz->random, 320);
		clips[i].y2 = fuzz_below(&fuzz->random, 240);
	}
	dirty->fb_id = fuzz_kms_fb(fuzz);
	dirty->flags = fuzz_chance(&fuzz->random, 90) ? fuzz_below(&fuzz->random, 3) :
							fuzz_number(&fuzz->random);
	dirty->color = fuzz_random(&fuzz->random);
	dirty->num_clips = fuzz_chance(&fuzz->random, 90) ? fuzz_below(&fuzz->random, 8) :
							    fuzz_number(&fuzz->random);
	dirty->clips_ptr = U64(clips);
}

static void fuzz_destroy_blob(struct fuzz *fuzz)
{
	((struct drm_mode_destroy_blob *)fuzz->arg)->blob_id =
		fuzz_kms_blob(fuzz, fuzz_below(&fuzz->random, FUZZ_BLOB_KINDS));
}

const struct fuzz_kms_call fuzz_kms_fb_calls[] = {
	{ "ADDFB", DRM_IOCTL_MODE_ADDFB, .weight = 2,
	  .fill = fuzz_old_fb, .keep = fuzz_keep_old_fb,
	  .errors = { ERANGE } },
	{ "ADDFB2", DRM_IOCTL_MODE_ADDFB2, .weight = 8, .fill = fuzz_any_fb, .keep = fuzz_keep_fb,
	  .errors = { ERANGE } },
	{ "RMFB", DRM_IOCTL_MODE_RMFB, .weight = 2, .fill = fuzz_fb_id },
	{ "CLOSEFB", DRM_IOCTL_MODE_CLOSEFB, .weight = 2, .fill = fuzz_fb_id },
	{ "GETFB", DRM_IOCTL_MODE_GETFB, .weight = 2, .fill = fuzz_fb_id, .keep = fuzz_keep_get_fb,
	  .errors = { ENODEV } },
	{ "GETFB2", DRM_IOCTL_MODE_GETFB2, .weight = 2,
	  .fill = fuzz_fb_id, .keep = fuzz_keep_get_fb2,
	  .errors = { ENODEV } },
	{ "DIRTYFB", DRM_IOCTL_MODE_DIRTYFB, .weight = 4, .fill = fuzz_dirty_fb,
	  .errors = { FUZZ_NO_HOOK, EBUSY, ENOSPC, ERANGE } },
	{ "DESTROYPROPBLOB", DRM_IOCTL_MODE_DESTROYPROPBLOB, .weight = 1,
	  .fill = fuzz_destroy_blob },
};

const unsigned int fuzz_num_kms_fb_calls = COUNT(fuzz_kms_fb_calls);

/* An object for a framebuffer: a new or an imported one. */
static uint32_t fuzz_fb_object(struct fuzz *fuzz, uint64_t *size, unsigned int tiling)
{
	int fd = fuzz->world->files[fuzz->file];
	struct drm_i915_gem_set_tiling set = { .tiling_mode = fuzz_tilings[tiling].tiling };
	off_t length;
	uint32_t handle = 0;
	int dmabuf;

	*size = 80 * VI915_PAGE;
	if (fuzz_chance(&fuzz->random, 30)) {
		dmabuf = fuzz_any_fd(fuzz);
		length = lseek(dmabuf, 0, SEEK_END);
		if (length > 0 && !__prime_import(fd, dmabuf, &handle)) {
			*size = length;
			return handle;
		}
	}
	if (__gem_create(fd, size, &handle))
		return 0;
	set.handle = handle;
	set.stride = 1024;
	if (set.tiling_mode && fuzz_chance(&fuzz->random, 30))
		vi915_ioctl(fd, DRM_IOCTL_I915_GEM_SET_TILING, &set);
	return handle;
}

void fuzz_kms_make_fb(struct fuzz *fuzz)
{
	unsigned int tiling = fuzz_below(&fuzz->random, COUNT(fuzz_tilings));
	struct drm_mode_fb_cmd2 cmd = { 0 };
	uint64_t size;
	uint32_t handle = fuzz_fb_object(fuzz, &size, tiling);
	int ret;

	if (!handle)
		return;
	fuzz_describe_fb(fuzz, &cmd, handle, size, tiling);
	ret = vi915_ioctl(fuzz->world->files[fuzz->file], DRM_IOCTL_MODE_ADDFB2, &cmd);
	fuzz_say(fuzz, "make framebuffer %ux%u -> %d", cmd.width, cmd.height, ret);
	/* The framebuffer holds a reference, so the handle may be closed. */
	if (fuzz_chance(&fuzz->random, 50))
		fuzz_put_handle(fuzz, handle, size);
	else
		__gem_close(fuzz->world->files[fuzz->file], handle);
	if (ret) {
		fuzz->refused++;
		return;
	}
	fuzz->done++;
	fuzz_put_fb(fuzz, cmd.fb_id, &cmd);
}

static uint32_t fuzz_blob_bytes(struct fuzz *fuzz, enum fuzz_blob kind, void *memory)
{
	struct drm_mode_rect *clips = memory;
	unsigned int i, n;

	switch (kind) {
	case FUZZ_BLOB_MODE:
		fuzz_kms_mode(fuzz, memory);
		return sizeof(struct drm_mode_modeinfo);
	case FUZZ_BLOB_CLIPS:
		n = 1 + fuzz_below(&fuzz->random, 4);
		for (i = 0; i < n && fuzz_chance(&fuzz->random, 90); i++) {
			clips[i].x1 = fuzz_kms_place(fuzz);
			clips[i].y1 = fuzz_kms_place(fuzz);
			clips[i].x2 = (uint32_t)clips[i].x1 + fuzz_below(&fuzz->random, 64);
			clips[i].y2 = (uint32_t)clips[i].y1 + fuzz_below(&fuzz->random, 64);
		}
		return n * sizeof(*clips);
	case FUZZ_BLOB_LUT:
		return sizeof(struct drm_color_lut) << fuzz_below(&fuzz->random, 10);
	default:
		return fuzz_below(&fuzz->random, 200);
	}
}

void fuzz_kms_make_blob(struct fuzz *fuzz)
{
	enum fuzz_blob kind = fuzz_below(&fuzz->random, FUZZ_BLOB_KINDS);
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_KMS_BLOBS);
	void *memory = fuzz_kms_memory(fuzz);
	struct drm_mode_create_blob create = {
		.data = U64(memory), .length = fuzz_blob_bytes(fuzz, kind, memory),
	};
	struct drm_mode_destroy_blob destroy;
	int ret;

	if (fuzz_chance(&fuzz->random, 5))
		create.length = fuzz_below(&fuzz->random, 64);
	ret = vi915_ioctl(fuzz->world->files[fuzz->file], DRM_IOCTL_MODE_CREATEPROPBLOB, &create);
	fuzz_say(fuzz, "make blob of %u bytes -> %d", create.length, ret);
	if (ret)
		return;
	destroy.blob_id = __atomic_exchange_n(&fuzz_kms(fuzz)->blobs[kind][slot],
					      create.blob_id, __ATOMIC_RELAXED);
	if (destroy.blob_id)
		vi915_ioctl(fuzz->world->files[fuzz->file], DRM_IOCTL_MODE_DESTROYPROPBLOB,
			    &destroy);
}

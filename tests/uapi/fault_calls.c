// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0 --peers vgem
/*
 * Faults on order, for each kind of call: the ordered calls fail with the
 * ordered errno, the others work, and a failed call leaves nothing.
 */
#include "test.h"

#include <drm/drm_fourcc.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "exec.h"
#include "fb.h"
#include "gem.h"
#include "gpu.h"
#include "inject.h"
#include "kms.h"
#include "peer.h"
#include "prime.h"
#include "proc.h"

#define WIDTH 640
#define HEIGHT 480

/*
 * @fd is the card, @second another file of it; @fbs and @handle belong to @fd.
 * @own is the dma-buf of @handle, @foreign is one of vgem.
 */
struct world {
	int fd;
	int second;
	int vgem;
	int own;
	int foreign;
	uint32_t handle;
	uint64_t offset;
	uint32_t cursor;
	struct kms kms;
	struct kms_fb fbs[2];
	unsigned int shown;
};

/* Each function returns 0 or -errno, and frees what it has made. */

static int do_import(struct world *w)
{
	uint32_t handle;
	int ret = __prime_import(w->fd, w->foreign, &handle);

	if (!ret)
		gem_close(w->fd, handle);
	return ret;
}

static int do_import_own(struct world *w)
{
	uint32_t handle;
	int ret = __prime_import(w->second, w->own, &handle);

	if (!ret)
		gem_close(w->second, handle);
	return ret;
}

static int do_export(struct world *w)
{
	uint32_t handle = gem_create(w->fd, VI915_PAGE);
	int dmabuf, ret;

	ret = __prime_export(w->fd, handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf);
	if (!ret)
		close(dmabuf);
	gem_close(w->fd, handle);
	return ret;
}

static int do_map_gtt(struct world *w)
{
	uint64_t offset;

	return __gem_mmap_gtt_offset(w->fd, w->handle, &offset);
}

static int do_map_offset(struct world *w)
{
	uint64_t offset;

	return __gem_mmap_offset(w->fd, w->handle, I915_MMAP_OFFSET_WB, &offset);
}

static int do_map_dumb(struct world *w)
{
	uint64_t offset;

	return __gem_dumb_map(w->fd, w->handle, &offset);
}

static int do_mmap(struct world *w)
{
	void *ptr;
	int ret = __gem_mmap_at_offset(w->fd, w->offset, VI915_PAGE, &ptr);

	if (!ret)
		gem_munmap(ptr, VI915_PAGE);
	return ret;
}

static int do_mmap_ioctl(struct world *w)
{
	void *ptr;
	int ret = __gem_mmap(w->fd, w->handle, 0, VI915_PAGE, 0, &ptr);

	if (!ret)
		gem_munmap(ptr, VI915_PAGE);
	return ret;
}

static int do_mmap_dmabuf(struct world *w)
{
	void *ptr;
	int ret = __dmabuf_mmap(w->own, 0, VI915_PAGE, PROT_READ, &ptr);

	if (!ret)
		gem_munmap(ptr, VI915_PAGE);
	return ret;
}

static int do_create(struct world *w)
{
	uint64_t size = VI915_PAGE;
	uint32_t handle;
	int ret = __gem_create(w->fd, &size, &handle);

	if (!ret)
		gem_close(w->fd, handle);
	return ret;
}

static int do_create_ext(struct world *w)
{
	uint64_t size = VI915_PAGE;
	uint32_t handle;
	int ret = __gem_create_ext(w->fd, &size, 0, NULL, &handle);

	if (!ret)
		gem_close(w->fd, handle);
	return ret;
}

static int do_create_dumb(struct world *w)
{
	struct drm_mode_create_dumb dumb = { .width = 64, .height = 64, .bpp = 32 };
	int ret = __gem_dumb_create(w->fd, &dumb);

	if (!ret)
		gem_close(w->fd, dumb.handle);
	return ret;
}

static int do_addfb(struct world *w)
{
	uint32_t fb;
	int ret = drmModeAddFB(w->fd, WIDTH, HEIGHT, 24, 32, w->fbs[0].pitch, w->fbs[0].handle,
			       &fb);

	if (!ret)
		fb_remove(w->fd, fb);
	return ret;
}

static int do_addfb2(struct world *w)
{
	struct drm_mode_fb_cmd2 cmd;
	int ret;

	fb_fill(&cmd, w->fbs[0].handle, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR);
	ret = __fb_add(w->fd, &cmd);
	if (!ret)
		fb_remove(w->fd, cmd.fb_id);
	return ret;
}

/*
 * After a success the other framebuffer is shown and there is an event; else
 * the old one stays.
 */
static int flipped(struct world *w, int ret)
{
	struct kms_event event;

	if (!ret) {
		kms_event(w->fd, &event);
		w->shown ^= 1;
	} else if (__kms_event(w->fd, 0, &event) != -ETIME) {
		vi915_fail("an event of a flip that failed");
	}
	if (kms_value(w->fd, w->kms.primary, "FB_ID") != w->fbs[w->shown].fb)
		vi915_fail("not the picture that should be shown");
	return ret;
}

static int do_commit(struct world *w)
{
	return flipped(w, __kms_flip(&w->kms, &w->fbs[!w->shown], 1));
}

static int do_page_flip(struct world *w)
{
	return flipped(w, __kms_page_flip(&w->kms, &w->fbs[!w->shown],
					  DRM_MODE_PAGE_FLIP_EVENT, 1));
}

static int do_setcrtc(struct world *w)
{
	return drmModeSetCrtc(w->fd, w->kms.crtc, w->fbs[w->shown].fb, 0, 0, &w->kms.connector, 1,
			      &w->kms.mode);
}

static int do_setplane(struct world *w)
{
	return drmModeSetPlane(w->fd, w->kms.primary, w->kms.crtc, w->fbs[w->shown].fb, 0, 0, 0,
			       WIDTH, HEIGHT, 0, 0, WIDTH << 16, HEIGHT << 16);
}

static int do_cursor(struct world *w)
{
	return drmModeSetCursor(w->fd, w->kms.crtc, w->cursor, 64, 64);
}

static int do_dirtyfb(struct world *w)
{
	return __fb_dirty(w->fd, w->fbs[w->shown].fb, NULL, 0);
}

static int do_execbuf(struct world *w)
{
	struct batch batch;
	struct exec exec;
	int ret;

	batch_init(&batch, w->fd, VI915_PAGE);
	batch_end(&batch);
	exec_init(&exec, w->fd, 0, I915_EXEC_RENDER);
	exec_want_out_fence(&exec);
	exec_add_batch(&exec, &batch);
	ret = __exec_submit(&exec);
	if (!ret) {
		if (exec_fence_wait(exec_out_fence(&exec)) != 1)
			vi915_fail("a batch failed");
		close(exec_out_fence(&exec));
	}
	batch_fini(&batch);
	return ret;
}

FIXTURE(fault)
{
	struct world w;
	long objects;
	int files;
};

FIXTURE_VARIANT(fault)
{
	const char *call;
	int (*make)(struct world *w);
};

#define FAULT(name, kind) \
	FIXTURE_VARIANT_ADD(fault, name) { .call = kind, .make = do_##name }

FAULT(import, "import");
FAULT(import_own, "import");
FAULT(export, "export");
FAULT(map_gtt, "map");
FAULT(map_offset, "map");
FAULT(map_dumb, "map");
FAULT(mmap, "mmap");
FAULT(mmap_ioctl, "mmap");
FAULT(mmap_dmabuf, "mmap");
FAULT(create, "create");
FAULT(create_ext, "create");
FAULT(create_dumb, "create");
FAULT(addfb, "addfb");
FAULT(addfb2, "addfb");
FAULT(commit, "commit");
FAULT(page_flip, "commit");
FAULT(setcrtc, "commit");
FAULT(setplane, "commit");
FAULT(cursor, "commit");
FAULT(dirtyfb, "commit");
FAULT(execbuf, "execbuf");

FIXTURE_SETUP(fault)
{
	struct world *w = &self->w;
	uint32_t pitch;
	uint64_t size;

	kms_open(&w->kms, "gpu0", 0);
	w->fd = w->kms.fd;
	inject_nothing(w->fd);
	w->second = vi915_open_render("gpu0");
	w->vgem = vi915_driver_open("vgem");
	w->handle = gem_create(w->fd, VI915_PAGE);
	w->own = prime_export(w->fd, w->handle);
	w->foreign = prime_export(w->vgem, vgem_create(w->vgem, VI915_PAGE));
	vi915_check(__gem_mmap_offset(w->fd, w->handle, I915_MMAP_OFFSET_WB, &w->offset));
	w->kms.mode = kms_mode(&w->kms, WIDTH, HEIGHT, 60);
	kms_fb_create(w->fd, &w->fbs[0], WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	kms_fb_create(w->fd, &w->fbs[1], WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	w->cursor = gem_dumb_create(w->fd, 64, 64, 32, &pitch, &size);
	kms_light(&w->kms, &w->kms.mode, &w->fbs[0]);
	/* The first call of a kind may allocate something permanent. */
	ASSERT_OK(variant->make(w));
	vi915_drop_caches(w->fd, DROP_ALL);
	self->objects = vi915_object_count(w->fd);
	self->files = inject_open_files();
}

FIXTURE_TEARDOWN(fault)
{
	inject_nothing(self->w.fd);
	close(self->w.foreign);
	close(self->w.own);
	close(self->w.vgem);
	close(self->w.second);
	kms_close(&self->w.kms);
}

/* @pattern has a character per call: '.' succeeds, 'x' fails with @err. */
static void expect_calls(struct __test_metadata *_metadata, struct world *w, const char *call,
			 int (*make)(struct world *w), const char *pattern, int err)
{
	uint64_t calls = inject_count(w->fd, call, "calls");
	uint64_t failures = inject_count(w->fd, call, "failures");
	int ret;

	for (; *pattern; pattern++) {
		ret = make(w);
		EXPECT_EQ(*pattern == 'x' ? -err : 0, ret) {
			TH_LOG("%s: expected %s, got %s, left are \"%s\"", call,
			       *pattern == 'x' ? vi915_errname(err) : "success",
			       ret ? vi915_errname(ret) : "success", pattern);
		}
		calls++;
		failures += *pattern == 'x';
		EXPECT_EQ(calls, inject_count(w->fd, call, "calls"));
		EXPECT_EQ(failures, inject_count(w->fd, call, "failures"));
	}
}

TEST_F(fault, those_fail_that_were_ordered)
{
	static const struct {
		const char *when;
		const char *calls;
		const char *name;
		int err;
	} orders[] = {
		{ "never", "......", "EIO", EIO },
		{ "1", "x.....", "ENODEV", ENODEV },
		{ "3", "..x...", "ENOSPC", ENOSPC },
		{ "every:1", "xxx", "E2BIG", E2BIG },
		{ "every:3", "..x..x.", "EPERM", EPERM },
		{ "after:2", "..xxxx", "ETIMEDOUT", ETIMEDOUT },
		{ "never", "...", "ENOMEM", ENOMEM },
	};

	for (unsigned int i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		inject_order(self->w.fd, variant->call, orders[i].when, orders[i].name);
		expect_calls(_metadata, &self->w, variant->call, variant->make, orders[i].calls,
			     orders[i].err);
	}
}

TEST_F(fault, a_call_that_failed_leaves_nothing)
{
	inject_order(self->w.fd, variant->call, "every:2", "ENOMEM");
	for (unsigned int i = 0; i < 20; i++)
		variant->make(&self->w);
	/* Leftovers of earlier tests may have been counted, and may be gone now. */
	vi915_drop_caches(self->w.fd, DROP_ALL);
	EXPECT_GE(self->objects, vi915_object_count(self->w.fd));
	EXPECT_EQ(self->files, inject_open_files());
}

TEST_F(fault, it_goes_on_as_before)
{
	inject_order(self->w.fd, variant->call, "after:1", "ENODEV");
	expect_calls(_metadata, &self->w, variant->call, variant->make, ".xx", ENODEV);
	inject_order(self->w.fd, variant->call, "never", NULL);
	expect_calls(_metadata, &self->w, variant->call, variant->make, "...", 0);
}

TEST_HARNESS_MAIN

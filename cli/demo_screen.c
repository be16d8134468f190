// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The screen: the kernel's vkms driver. Each picture is shown with one atomic
 * commit, which also has the writeback connector write down what the CRTC put
 * out; that, and not the buffer that was handed over, is what was shown.
 */
#include "demo_screen.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include "demo_fail.h"

#define VI915_DEMO_CARDS 16
#define VI915_DEMO_SHOW_TIMEOUT_MS 250
#define VI915_DEMO_SHOW_TRIES 40
#define VI915_DEMO_REST_MS 20
#define VI915_DEMO_REFRESH 60

static bool vi915_demo_screen_is_vkms(int fd)
{
	drmVersionPtr version = drmGetVersion(fd);
	bool found = version && strcmp(version->name, "vkms") == 0;

	drmFreeVersion(version);
	return found;
}

static int vi915_demo_screen_find(struct vi915_demo_screen *screen)
{
	for (int i = 0; i < VI915_DEMO_CARDS; i++) {
		snprintf(screen->node, sizeof(screen->node), "/dev/dri/card%d", i);
		screen->fd = open(screen->node, O_RDWR | O_CLOEXEC);
		if (screen->fd < 0)
			continue;
		if (vi915_demo_screen_is_vkms(screen->fd))
			return 0;
		close(screen->fd);
	}
	screen->fd = -1;
	return vi915_demo_fail("no card in /dev/dri is vkms: load vkms.ko, or use a box with --peers vkms");
}

/* The number and, if wanted, the value of a property; 0 when there is none. */
static uint32_t vi915_demo_screen_prop(struct vi915_demo_screen *screen, uint32_t object,
				       uint32_t type, const char *name, uint64_t *value)
{
	drmModeObjectProperties *props;
	uint32_t found = 0;

	props = drmModeObjectGetProperties(screen->fd, object, type);
	for (uint32_t i = 0; props && i < props->count_props && !found; i++) {
		drmModePropertyRes *prop = drmModeGetProperty(screen->fd, props->props[i]);

		if (prop && strcmp(prop->name, name) == 0) {
			found = prop->prop_id;
			if (value)
				*value = props->prop_values[i];
		}
		drmModeFreeProperty(prop);
	}
	drmModeFreeObjectProperties(props);
	return found;
}

static int vi915_demo_screen_props(struct vi915_demo_screen *screen)
{
	const struct {
		uint32_t *id;
		uint32_t object;
		uint32_t type;
		const char *name;
	} wanted[] = {
		{ &screen->props.crtc_active, screen->crtc, DRM_MODE_OBJECT_CRTC, "ACTIVE" },
		{ &screen->props.crtc_mode, screen->crtc, DRM_MODE_OBJECT_CRTC, "MODE_ID" },
		{ &screen->props.conn_crtc, screen->connector, DRM_MODE_OBJECT_CONNECTOR,
		  "CRTC_ID" },
		{ &screen->props.conn_fb, screen->connector, DRM_MODE_OBJECT_CONNECTOR,
		  "WRITEBACK_FB_ID" },
		{ &screen->props.conn_fence, screen->connector, DRM_MODE_OBJECT_CONNECTOR,
		  "WRITEBACK_OUT_FENCE_PTR" },
		{ &screen->props.plane_crtc, screen->plane, DRM_MODE_OBJECT_PLANE, "CRTC_ID" },
		{ &screen->props.plane_fb, screen->plane, DRM_MODE_OBJECT_PLANE, "FB_ID" },
		{ &screen->props.plane_src_w, screen->plane, DRM_MODE_OBJECT_PLANE, "SRC_W" },
		{ &screen->props.plane_src_h, screen->plane, DRM_MODE_OBJECT_PLANE, "SRC_H" },
		{ &screen->props.plane_crtc_w, screen->plane, DRM_MODE_OBJECT_PLANE, "CRTC_W" },
		{ &screen->props.plane_crtc_h, screen->plane, DRM_MODE_OBJECT_PLANE, "CRTC_H" },
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		*wanted[i].id = vi915_demo_screen_prop(screen, wanted[i].object, wanted[i].type,
						       wanted[i].name, NULL);
		if (!*wanted[i].id)
			return vi915_demo_fail("%s: KMS object %u has no property %s", screen->node,
					       wanted[i].object, wanted[i].name);
	}
	return 0;
}

static uint32_t vi915_demo_screen_writeback(struct vi915_demo_screen *screen,
					    const drmModeRes *res)
{
	uint32_t found = 0;

	for (int i = 0; i < res->count_connectors && !found; i++) {
		drmModeConnector *connector;

		connector = drmModeGetConnectorCurrent(screen->fd, res->connectors[i]);
		if (connector && connector->connector_type == DRM_MODE_CONNECTOR_WRITEBACK)
			found = connector->connector_id;
		drmModeFreeConnector(connector);
	}
	return found;
}

static uint32_t vi915_demo_screen_primary(struct vi915_demo_screen *screen)
{
	drmModePlaneRes *planes = drmModeGetPlaneResources(screen->fd);
	uint32_t found = 0;

	for (uint32_t i = 0; planes && i < planes->count_planes && !found; i++) {
		drmModePlane *plane = drmModeGetPlane(screen->fd, planes->planes[i]);
		uint64_t type = DRM_PLANE_TYPE_OVERLAY;

		vi915_demo_screen_prop(screen, planes->planes[i], DRM_MODE_OBJECT_PLANE, "type",
				       &type);
		if (plane && type == DRM_PLANE_TYPE_PRIMARY &&
		    plane->possible_crtcs & (1u << screen->pipe))
			found = plane->plane_id;
		drmModeFreePlane(plane);
	}
	drmModeFreePlaneResources(planes);
	return found;
}

static int vi915_demo_screen_pipe(struct vi915_demo_screen *screen)
{
	drmModeRes *res;

	if (drmSetClientCap(screen->fd, DRM_CLIENT_CAP_ATOMIC, 1) ||
	    drmSetClientCap(screen->fd, DRM_CLIENT_CAP_WRITEBACK_CONNECTORS, 1))
		return vi915_demo_fail("%s: no atomic KMS or no writeback: %s", screen->node,
				       strerror(errno));
	res = drmModeGetResources(screen->fd);
	if (!res || res->count_crtcs < 1) {
		drmModeFreeResources(res);
		return vi915_demo_fail("%s: has no CRTC", screen->node);
	}
	screen->pipe = 0;
	screen->crtc = res->crtcs[0];
	screen->connector = vi915_demo_screen_writeback(screen, res);
	screen->plane = vi915_demo_screen_primary(screen);
	drmModeFreeResources(res);
	if (!screen->connector)
		return vi915_demo_fail("%s: has no writeback connector: load vkms.ko with enable_writeback=1",
				       screen->node);
	if (!screen->plane)
		return vi915_demo_fail("%s: CRTC %u has no primary plane", screen->node,
				       screen->crtc);
	return vi915_demo_screen_props(screen);
}

/*
 * vkms's primary plane must fill its CRTC and cannot scale, so the mode is
 * made to fit the picture. Blanking is small; nothing is on a wire.
 */
static int vi915_demo_screen_mode(struct vi915_demo_screen *screen, uint32_t width,
				  uint32_t height)
{
	drmModeModeInfo mode = {
		.hdisplay = width,
		.hsync_start = width + 16,
		.hsync_end = width + 48,
		.htotal = width + 160,
		.vdisplay = height,
		.vsync_start = height + 3,
		.vsync_end = height + 8,
		.vtotal = height + 15,
		.vrefresh = VI915_DEMO_REFRESH,
		.type = DRM_MODE_TYPE_USERDEF,
	};

	mode.clock = mode.htotal * mode.vtotal * VI915_DEMO_REFRESH / 1000;
	snprintf(mode.name, sizeof(mode.name), "%ux%u", width, height);
	if (drmModeCreatePropertyBlob(screen->fd, &mode, sizeof(mode), &screen->mode))
		return vi915_demo_fail("%s: mode %s: %s", screen->node, mode.name, strerror(errno));
	return 0;
}

/**
 * vi915_demo_screen_open() - find vkms and set up one output
 * @screen: filled in; close with vi915_demo_screen_close()
 * @width: of the mode
 * @height: of the mode
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_screen_open(struct vi915_demo_screen *screen, uint32_t width, uint32_t height)
{
	if (vi915_demo_screen_find(screen))
		return -1;
	if (vi915_demo_screen_pipe(screen) || vi915_demo_screen_mode(screen, width, height) ||
	    vi915_demo_screen_create(screen, width, height, &screen->readback)) {
		vi915_demo_screen_close(screen);
		return -1;
	}
	return 0;
}

/**
 * vi915_demo_screen_close() - turn the output off and close the card
 * @screen: may be half open
 */
void vi915_demo_screen_close(struct vi915_demo_screen *screen)
{
	if (screen->fd < 0)
		return;
	vi915_demo_screen_release(screen, &screen->readback);
	if (screen->mode)
		drmModeDestroyPropertyBlob(screen->fd, screen->mode);
	close(screen->fd);
	screen->fd = -1;
}

static int vi915_demo_screen_addfb(struct vi915_demo_screen *screen, struct vi915_demo_fb *fb)
{
	const uint32_t handles[4] = { fb->handle };
	const uint32_t pitches[4] = { fb->pitch };
	const uint32_t offsets[4] = { 0 };

	if (drmModeAddFB2(screen->fd, fb->width, fb->height, DRM_FORMAT_XRGB8888, handles, pitches,
			  offsets, &fb->fb, 0))
		return vi915_demo_fail("%s: ADDFB2 of %ux%u XR24, pitch %u: %s", screen->node,
				       fb->width, fb->height, fb->pitch, strerror(errno));
	return 0;
}

static int vi915_demo_screen_map(struct vi915_demo_screen *screen, struct vi915_demo_fb *fb)
{
	uint64_t offset;
	void *map;

	if (drmModeMapDumbBuffer(screen->fd, fb->handle, &offset))
		return vi915_demo_fail("%s: MAP_DUMB: %s", screen->node, strerror(errno));
	map = mmap(NULL, fb->size, PROT_READ | PROT_WRITE, MAP_SHARED, screen->fd, (off_t)offset);
	if (map == MAP_FAILED)
		return vi915_demo_fail("%s: mmap of a dumb buffer of %zu bytes: %s", screen->node,
				       fb->size, strerror(errno));
	fb->map = map;
	return 0;
}

/**
 * vi915_demo_screen_create() - create a buffer that the screen owns
 * @screen: the screen
 * @width: in pixels
 * @height: in pixels
 * @fb: filled in, also when half made; release with vi915_demo_screen_release()
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_screen_create(struct vi915_demo_screen *screen, uint32_t width, uint32_t height,
			     struct vi915_demo_fb *fb)
{
	uint64_t size;

	if (drmModeCreateDumbBuffer(screen->fd, width, height, 32, 0, &fb->handle, &fb->pitch,
				    &size))
		return vi915_demo_fail("%s: CREATE_DUMB of %ux%u: %s", screen->node, width, height,
				       strerror(errno));
	fb->width = width;
	fb->height = height;
	fb->size = size;
	if (vi915_demo_screen_addfb(screen, fb))
		return -1;
	return vi915_demo_screen_map(screen, fb);
}

/**
 * vi915_demo_screen_import() - make another device's buffer one that can be shown
 * @screen: the screen
 * @dmabuf: the buffer's fd; stays the caller's
 * @width: in pixels
 * @height: in pixels
 * @pitch: bytes from row to row
 * @fb: filled in, also when half made; release with vi915_demo_screen_release()
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_screen_import(struct vi915_demo_screen *screen, int dmabuf, uint32_t width,
			     uint32_t height, uint32_t pitch, struct vi915_demo_fb *fb)
{
	if (drmPrimeFDToHandle(screen->fd, dmabuf, &fb->handle))
		return vi915_demo_fail("%s: PRIME_FD_TO_HANDLE of the GPU's buffer: %s",
				       screen->node, strerror(errno));
	fb->width = width;
	fb->height = height;
	fb->pitch = pitch;
	fb->size = (size_t)pitch * height;
	return vi915_demo_screen_addfb(screen, fb);
}

/**
 * vi915_demo_screen_export() - give a buffer of the screen away as a dma-buf
 * @screen: the screen
 * @fb: the buffer
 *
 * Return: the fd, the caller's to close, or -1 after saying why.
 */
int vi915_demo_screen_export(struct vi915_demo_screen *screen, const struct vi915_demo_fb *fb)
{
	int dmabuf;

	if (drmPrimeHandleToFD(screen->fd, fb->handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf))
		return vi915_demo_fail("%s: PRIME_HANDLE_TO_FD of a dumb buffer: %s", screen->node,
				       strerror(errno));
	return dmabuf;
}

/**
 * vi915_demo_screen_release() - take a buffer off the screen's hands
 * @screen: the screen
 * @fb: the buffer; may be half made. If it is being shown, the output goes off.
 */
void vi915_demo_screen_release(struct vi915_demo_screen *screen, struct vi915_demo_fb *fb)
{
	if (fb->map)
		munmap(fb->map, fb->size);
	if (fb->fb)
		drmModeRmFB(screen->fd, fb->fb);
	if (fb->handle)
		drmCloseBufferHandle(screen->fd, fb->handle);
	*fb = (struct vi915_demo_fb){ 0 };
}

static void vi915_demo_screen_fill(struct vi915_demo_screen *screen, drmModeAtomicReq *req,
				   const struct vi915_demo_fb *fb, int *fence)
{
	const struct vi915_demo_screen_props *p = &screen->props;

	drmModeAtomicAddProperty(req, screen->crtc, p->crtc_mode, screen->mode);
	drmModeAtomicAddProperty(req, screen->crtc, p->crtc_active, 1);
	drmModeAtomicAddProperty(req, screen->connector, p->conn_crtc, screen->crtc);
	drmModeAtomicAddProperty(req, screen->connector, p->conn_fb, screen->readback.fb);
	drmModeAtomicAddProperty(req, screen->connector, p->conn_fence, (uintptr_t)fence);
	drmModeAtomicAddProperty(req, screen->plane, p->plane_crtc, screen->crtc);
	drmModeAtomicAddProperty(req, screen->plane, p->plane_fb, fb->fb);
	drmModeAtomicAddProperty(req, screen->plane, p->plane_src_w, (uint64_t)fb->width << 16);
	drmModeAtomicAddProperty(req, screen->plane, p->plane_src_h, (uint64_t)fb->height << 16);
	drmModeAtomicAddProperty(req, screen->plane, p->plane_crtc_w, fb->width);
	drmModeAtomicAddProperty(req, screen->plane, p->plane_crtc_h, fb->height);
}

/* One commit; the fence is that of what the writeback connector writes. */
static int vi915_demo_screen_commit(struct vi915_demo_screen *screen,
				    const struct vi915_demo_fb *fb, int *fence)
{
	uint32_t flags = screen->lit ? 0 : DRM_MODE_ATOMIC_ALLOW_MODESET;
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	int ret;

	if (!req)
		return vi915_demo_fail("out of memory");
	*fence = -1;
	vi915_demo_screen_fill(screen, req, fb, fence);
	ret = drmModeAtomicCommit(screen->fd, req, flags, NULL);
	drmModeAtomicFree(req);
	if (ret)
		return vi915_demo_fail("%s: atomic commit of %ux%u with writeback: %s",
				       screen->node, fb->width, fb->height, strerror(-ret));
	screen->lit = true;
	return 0;
}

static uint64_t vi915_demo_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/**
 * vi915_demo_screen_rest() - wait until vkms is done with the last readback
 * @screen: the screen
 *
 * vkms signals the fence of a readback first and turns its composer off a
 * moment later, also when the next readback or CRC has been asked for by then.
 * So that moment is left to it.
 */
void vi915_demo_screen_rest(const struct vi915_demo_screen *screen)
{
	uint64_t since = vi915_demo_now_ms() - screen->written;

	if (since < VI915_DEMO_REST_MS)
		usleep((useconds_t)(VI915_DEMO_REST_MS - since) * 1000);
}

/**
 * vi915_demo_screen_show() - show a buffer and read back what the output shows
 * @screen: the screen; its readback has the picture afterwards
 * @fb: the buffer, of the size of the mode
 *
 * If vkms turned its composer off in spite of vi915_demo_screen_rest(), the
 * readback never comes. The next commit turns it on again, and as readbacks
 * complete in the order in which they were asked for, the first fence is the
 * one to wait for.
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_screen_show(struct vi915_demo_screen *screen, const struct vi915_demo_fb *fb)
{
	struct pollfd first = { .events = POLLIN };
	int done = 0, fence;

	vi915_demo_screen_rest(screen);
	/* A readback that nobody wrote must not pass for the last picture. */
	memset(screen->readback.map, 0, screen->readback.size);
	if (vi915_demo_screen_commit(screen, fb, &first.fd))
		return -1;
	for (int try = 1; try < VI915_DEMO_SHOW_TRIES && !done; try++) {
		done = poll(&first, 1, VI915_DEMO_SHOW_TIMEOUT_MS);
		if (done)
			break;
		if (vi915_demo_screen_commit(screen, fb, &fence))
			break;
		close(fence);
	}
	close(first.fd);
	screen->written = vi915_demo_now_ms();
	if (done <= 0)
		return vi915_demo_fail("%s: nothing was written back within %d s", screen->node,
				       VI915_DEMO_SHOW_TRIES * VI915_DEMO_SHOW_TIMEOUT_MS / 1000);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The third witness of the pictures, by other drivers than ours: a GPU copies the picture into
 * vgem's memory, vkms imports and shows that, and vkms's writeback connector writes its output into
 * a buffer.
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

#include "demo_fail.h"

#define VI915_DEMO_CARDS 16
#define VI915_DEMO_SHOW_TIMEOUT_MS 250
#define VI915_DEMO_SHOW_TRIES 40
#define VI915_DEMO_REST_MS 20

/* Opens the card of the driver @driver; returns -1 after printing that there is none. */
static int vi915_demo_screen_find(const char *driver, char node[32])
{
	for (int i = 0; i < VI915_DEMO_CARDS; i++) {
		drmVersionPtr version;
		bool found;
		int fd;

		snprintf(node, 32, "/dev/dri/card%d", i);
		fd = open(node, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		version = drmGetVersion(fd);
		found = version && strcmp(version->name, driver) == 0;
		drmFreeVersion(version);
		if (found)
			return fd;
		close(fd);
	}
	return vi915_demo_fail("no card in /dev/dri is %s: load %s.ko, or use a box with --peers vgem,vkms,vivid",
			       driver, driver);
}

static int vi915_demo_screen_dumb(int fd, const char *node, uint32_t width, uint32_t height,
				  struct vi915_demo_dumb *dumb)
{
	uint64_t size, offset;
	void *map;

	if (drmModeCreateDumbBuffer(fd, width, height, 32, 0, &dumb->handle, &dumb->pitch, &size))
		return vi915_demo_fail("%s: CREATE_DUMB of %ux%u: %s", node, width, height,
				       strerror(errno));
	dumb->size = size;
	if (drmModeMapDumbBuffer(fd, dumb->handle, &offset))
		return vi915_demo_fail("%s: MAP_DUMB: %s", node, strerror(errno));
	map = mmap(NULL, dumb->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);
	if (map == MAP_FAILED)
		return vi915_demo_fail("%s: mmap of a dumb buffer of %zu bytes: %s", node,
				       dumb->size, strerror(errno));
	dumb->map = map;
	return 0;
}

static void vi915_demo_screen_undumb(int fd, struct vi915_demo_dumb *dumb)
{
	if (dumb->map)
		munmap(dumb->map, dumb->size);
	if (dumb->handle)
		drmCloseBufferHandle(fd, dumb->handle);
	*dumb = (struct vi915_demo_dumb){ 0 };
}

/* Makes a vkms framebuffer of vgem's buffer. */
static int vi915_demo_screen_import(struct vi915_demo_screen *screen)
{
	if (drmPrimeHandleToFD(screen->vgem, screen->memory.handle, DRM_CLOEXEC | DRM_RDWR,
			       &screen->dmabuf))
		return vi915_demo_fail("%s: PRIME_HANDLE_TO_FD of a dumb buffer: %s",
				       screen->vgem_node, strerror(errno));
	if (drmPrimeFDToHandle(screen->vkms, screen->dmabuf, &screen->handle))
		return vi915_demo_fail("%s: PRIME_FD_TO_HANDLE of vgem's buffer: %s",
				       screen->vkms_node, strerror(errno));
	return vi915_demo_kms_addfb(&screen->kms, screen->handle, screen->memory.pitch,
				    DRM_FORMAT_MOD_LINEAR, &screen->fb);
}

/**
 * vi915_demo_screen_open() - find vgem and vkms, and prepare the buffer
 * @screen: filled in, also when half open; close with vi915_demo_screen_close()
 * @width: of the pictures
 * @height: of the pictures
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_screen_open(struct vi915_demo_screen *screen, uint32_t width, uint32_t height)
{
	*screen = (struct vi915_demo_screen){ .vgem = -1, .vkms = -1, .dmabuf = -1 };
	screen->vgem = vi915_demo_screen_find("vgem", screen->vgem_node);
	if (screen->vgem < 0)
		return -1;
	screen->vkms = vi915_demo_screen_find("vkms", screen->vkms_node);
	if (screen->vkms < 0)
		return -1;
	if (vi915_demo_kms_open(&screen->kms, screen->vkms, screen->vkms_node, true, width,
				height) ||
	    vi915_demo_screen_dumb(screen->vgem, screen->vgem_node, width, height,
				   &screen->memory) ||
	    vi915_demo_screen_import(screen) ||
	    vi915_demo_screen_dumb(screen->vkms, screen->vkms_node, width, height,
				   &screen->readback))
		return -1;
	return vi915_demo_kms_addfb(&screen->kms, screen->readback.handle, screen->readback.pitch,
				    DRM_FORMAT_MOD_LINEAR, &screen->readback_fb);
}

/**
 * vi915_demo_screen_close() - turn the output off and close both cards
 * @screen: may be half open
 */
void vi915_demo_screen_close(struct vi915_demo_screen *screen)
{
	if (screen->fb)
		drmModeRmFB(screen->vkms, screen->fb);
	if (screen->readback_fb)
		drmModeRmFB(screen->vkms, screen->readback_fb);
	if (screen->handle)
		drmCloseBufferHandle(screen->vkms, screen->handle);
	vi915_demo_screen_undumb(screen->vkms, &screen->readback);
	vi915_demo_screen_undumb(screen->vgem, &screen->memory);
	if (screen->dmabuf >= 0)
		close(screen->dmabuf);
	if (screen->vkms >= 0) {
		vi915_demo_kms_close(&screen->kms);
		close(screen->vkms);
	}
	if (screen->vgem >= 0)
		close(screen->vgem);
	*screen = (struct vi915_demo_screen){ .vgem = -1, .vkms = -1, .dmabuf = -1 };
}

/* Makes one commit; @fence is set to the writeback's out-fence. */
static int vi915_demo_screen_commit(struct vi915_demo_screen *screen, int *fence)
{
	const struct vi915_demo_props *props = &screen->kms.props;
	drmModeAtomicReq *req = vi915_demo_kms_request(&screen->kms, screen->fb);

	if (!req)
		return -1;
	*fence = -1;
	drmModeAtomicAddProperty(req, screen->kms.connector, props->conn_fb, screen->readback_fb);
	drmModeAtomicAddProperty(req, screen->kms.connector, props->conn_fence, (uintptr_t)fence);
	return vi915_demo_kms_commit(&screen->kms, req, 0);
}

static uint64_t vi915_demo_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/*
 * vkms signals the fence of a readback and turns its composer off a moment later, even if the next
 * readback has been requested by then. So wait for that moment.
 */
static void vi915_demo_screen_rest(const struct vi915_demo_screen *screen)
{
	uint64_t since = vi915_demo_now_ms() - screen->written;

	if (since < VI915_DEMO_REST_MS)
		usleep((useconds_t)(VI915_DEMO_REST_MS - since) * 1000);
}

/**
 * vi915_demo_screen_show() - have vkms show vgem's buffer, and read back what it shows
 * @screen: the screen
 * @shown: set to vkms's output; valid until the next call
 *
 * If vkms turned its composer off in spite of that wait, the readback never comes. The next commit
 * turns it on again. Readbacks complete in the order of their requests, so wait for the first
 * fence.
 *
 * Return: 0, or -1 after saying why.
 */
int vi915_demo_screen_show(struct vi915_demo_screen *screen, struct vi915_demo_canvas *shown)
{
	struct pollfd first = { .events = POLLIN };
	int done = 0, fence;

	vi915_demo_screen_rest(screen);
	/* Clear the buffer, so that a failed readback does not look like the last picture. */
	memset(screen->readback.map, 0, screen->readback.size);
	if (vi915_demo_screen_commit(screen, &first.fd))
		return -1;
	for (int try = 1; try < VI915_DEMO_SHOW_TRIES && !done; try++) {
		done = poll(&first, 1, VI915_DEMO_SHOW_TIMEOUT_MS);
		if (done)
			break;
		if (vi915_demo_screen_commit(screen, &fence))
			break;
		close(fence);
	}
	close(first.fd);
	screen->written = vi915_demo_now_ms();
	if (done <= 0)
		return vi915_demo_fail("%s: nothing was written back within %d s",
				       screen->vkms_node,
				       VI915_DEMO_SHOW_TRIES * VI915_DEMO_SHOW_TIMEOUT_MS / 1000);
	*shown = (struct vi915_demo_canvas){
		.pixels = screen->readback.map,
		.pitch = screen->readback.pitch,
		.width = screen->kms.width,
		.height = screen->kms.height,
	};
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The cost of showing another framebuffer while the picture is not looked at,
 * of moving a cursor, and of showing another GPU's buffers.
 */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "gem.h"
#include "gpu.h"
#include "measure.h"
#include "peer.h"
#include "prime.h"
#include "proc.h"
#include "show.h"

#define US 1000.0
#define FLIP_HZ 60
#define FLIP_CURSOR 64
/* The kernel reports idle time in steps of 10 ms. */
#define FLIP_FRAMES 90
#define FLIP_STEP_US 500
/* The minimum counts, since other load on the machine makes the box look busy. */
#define FLIP_TRIES 3
/* The cost must not depend on the size while the picture is not looked at. */
#define FLIP_GOAL_SIZE 1.05

static int64_t flip_null(void *arg, unsigned int n)
{
	struct show *show = arg;
	int64_t start = vi915_now();
	uint64_t value;

	while (n--)
		__vi915_cap(show->kms.fd, DRM_CAP_DUMB_BUFFER, &value);
	return vi915_now() - start;
}

static int64_t flip_flips(void *arg, unsigned int n)
{
	struct show *show = arg;
	int64_t start = vi915_now();

	while (n--)
		show_flip(show);
	return vi915_now() - start;
}

static int64_t flip_moves(void *arg, unsigned int n)
{
	struct show *show = arg;
	int64_t start = vi915_now();

	while (n--)
		vi915_check(drmModeMoveCursor(show->kms.fd, show->kms.crtc, n % 1024, n % 512));
	return vi915_now() - start;
}

static int64_t flip_idle(int uptime)
{
	char line[64];
	ssize_t n = pread(uptime, line, sizeof(line) - 1, 0);
	double up, idle;

	vi915_require(n > 0);
	line[n] = '\0';
	vi915_require(sscanf(line, "%lf %lf", &up, &idle) == 2);
	return idle * 1e9;
}

/* Elapsed minus idle time, read when the idle time has just changed. */
static int64_t flip_busy(void)
{
	int uptime = open("/proc/uptime", O_RDONLY);
	int64_t idle = flip_idle(uptime), now;

	do {
		usleep(FLIP_STEP_US);
		now = flip_idle(uptime);
	} while (now == idle);
	close(uptime);
	return vi915_now() - now;
}

/* CPU time in ns per frame of @show, or per frame period without one. */
static double flip_frame(struct show *show)
{
	int64_t busy = flip_busy();
	int i;

	for (i = 0; show && i < FLIP_FRAMES; i++)
		show_flip(show);
	if (!show)
		usleep(1000000 / FLIP_HZ * FLIP_FRAMES);
	return (double)(flip_busy() - busy) / FLIP_FRAMES;
}

static void flip_fast(struct show *fast, struct show *small)
{
	struct vi915_work ours = { flip_flips, fast }, null = { flip_null, fast };
	struct vi915_work least = { flip_flips, small };
	struct vi915_compared compared;

	vi915_table("flips as fast as they go, nobody looks", "us");
	show_light(small, 256, 64, FLIP_HZ);
	show_light(fast, 1920, 1080, FLIP_HZ);
	compared = vi915_compare(&ours, &null, VI915_ROUNDS);
	vi915_row("PAGE_FLIP of 1080p, and its event", "null ioctl", &compared, US, 0);
	printf("  frames per second: %.0f\n", 1e9 / compared.ours);
	compared = vi915_compare(&ours, &least, VI915_ROUNDS);
	vi915_row("1080p", "256x64", &compared, US, FLIP_GOAL_SIZE);
	show_light(fast, 3840, 2160, FLIP_HZ);
	compared = vi915_compare(&ours, &least, VI915_ROUNDS);
	vi915_row("2160p", "256x64", &compared, US, FLIP_GOAL_SIZE);
	show_dark(small);
}

static void flip_share(struct show *show, struct show *peer, unsigned int width,
		       unsigned int height, const char *what)
{
	struct vi915_compared compared;
	char line[64];
	int i;

	show_light(show, width, height, FLIP_HZ);
	show_light(peer, width, height, FLIP_HZ);
	compared.ours = flip_frame(show);
	compared.peer = flip_frame(peer);
	for (i = 1; i < FLIP_TRIES; i++) {
		compared.ours = fmin(compared.ours, flip_frame(show));
		compared.peer = fmin(compared.peer, flip_frame(peer));
	}
	compared.ratio = compared.ours / compared.peer;
	snprintf(line, sizeof(line), "CPU time of a frame, %s", what);
	vi915_row(line, "vkms", &compared, US, 0);
	printf("  share of the CPU: %.2f %%; with no flip: %.2f %%\n",
	       compared.ours * FLIP_HZ / 1e7, flip_frame(NULL) * FLIP_HZ / 1e7);
}

static void flip_cursor(struct show *show, struct show *peer)
{
	struct vi915_work ours = { flip_moves, show }, theirs = { flip_moves, peer };
	struct vi915_work null = { flip_null, show };
	struct show *shows[] = { show, peer };
	struct vi915_compared compared;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct kms *kms = &shows[i]->kms;
		struct kms_fb fb;

		kms_fb_create(kms->fd, &fb, FLIP_CURSOR, FLIP_CURSOR, DRM_FORMAT_ARGB8888);
		vi915_require(!drmModeSetCursor(kms->fd, kms->crtc, fb.handle, FLIP_CURSOR,
						FLIP_CURSOR));
	}
	vi915_table("moves of a cursor over 2160p", "us");
	compared = vi915_compare(&ours, &theirs, VI915_ROUNDS);
	vi915_row("MODE_CURSOR, at 60 Hz", "vkms", &compared, US, 0);
	printf("  moves per second: %.0f\n", 1e9 / compared.ours);
	compared = vi915_compare(&ours, &null, VI915_ROUNDS);
	vi915_row("MODE_CURSOR, at 60 Hz", "null ioctl", &compared, US, 0);
}

/* Two buffers of an exporter that are shown in turns on another GPU's screen. */
struct visitor {
	struct show *show;
	int fd;
	uint32_t handles[2];
	uint32_t imported[2];
	uint32_t fbs[2];
	unsigned int turn;
};

static void visitor_come(struct visitor *visitor)
{
	uint32_t handles[4] = {}, pitches[4] = {}, offsets[4] = {};
	const struct kms_fb *like = &visitor->show->fbs[0];
	unsigned int turn = visitor->turn;
	int fd = visitor->show->kms.fd;
	int dmabuf = prime_export(visitor->fd, visitor->handles[turn]);

	visitor->imported[turn] = prime_import(fd, dmabuf);
	close(dmabuf);
	handles[0] = visitor->imported[turn];
	pitches[0] = like->pitch;
	vi915_check(__kms_addfb(fd, like->width, like->height, DRM_FORMAT_XRGB8888,
				DRM_FORMAT_MOD_LINEAR, handles, pitches, offsets,
				&visitor->fbs[turn]));
	show_flip_to(visitor->show, visitor->fbs[turn]);
	visitor->turn ^= 1;
}

/* Removes the framebuffer that is no longer shown. */
static void visitor_go(struct visitor *visitor)
{
	int fd = visitor->show->kms.fd;

	vi915_check(__kms_rmfb(fd, visitor->fbs[visitor->turn]));
	vi915_check(__gem_close(fd, visitor->imported[visitor->turn]));
}

static int64_t flip_visits(void *arg, unsigned int n)
{
	struct visitor *visitor = arg;
	int64_t start = vi915_now();

	while (n--) {
		visitor_come(visitor);
		visitor_go(visitor);
	}
	return vi915_now() - start;
}

static int64_t flip_imports(void *arg, unsigned int n)
{
	struct visitor *visitor = arg;
	int64_t start = vi915_now();

	for (; n--; visitor->turn ^= 1)
		show_flip_to(visitor->show, visitor->fbs[visitor->turn]);
	return vi915_now() - start;
}

static void visitor_init(struct visitor *visitor, struct show *show, int fd, bool vgem)
{
	struct kms_fb fb = { .size = show->fbs[0].size };
	unsigned int i;

	visitor->show = show;
	visitor->fd = fd;
	for (i = 0; i < 2; i++) {
		fb.handle = vgem ? vgem_create(fd, fb.size) : gem_create(fd, fb.size);
		show_fill(fd, &fb, i);
		visitor->handles[i] = fb.handle;
	}
}

static void flip_prime(struct show *show, int gpu, int vgem)
{
	struct visitor ours = {}, theirs = {};
	struct vi915_work our_work = { flip_visits, &ours };
	struct vi915_work their_work = { flip_visits, &theirs };
	struct vi915_work own_work = { flip_flips, show };
	struct vi915_compared compared;

	show_light(show, 1920, 1080, FLIP_HZ);
	visitor_init(&ours, show, gpu, false);
	visitor_init(&theirs, show, vgem, true);
	visitor_come(&theirs);
	visitor_come(&ours);

	vi915_table("1080p buffers of another device on a screen", "us");
	compared = vi915_compare(&our_work, &their_work, VI915_ROUNDS);
	vi915_row("export, import, ADDFB2, flip, RMFB, close", "vgem's buffers", &compared, US, 0);
	visitor_come(&ours);
	our_work.run = flip_imports;
	compared = vi915_compare(&our_work, &own_work, VI915_ROUNDS);
	vi915_row("a flip to what stays imported", "own buffers", &compared, US, 0);
	visitor_come(&theirs);
	their_work.run = flip_imports;
	compared = vi915_compare(&our_work, &their_work, VI915_ROUNDS);
	vi915_row("a flip to what stays imported", "vgem's buffers", &compared, US, 0);
}

int main(void)
{
	struct show show, peer, fast, small;
	int vgem = vi915_driver_open("vgem");

	show_open(&show, vi915_open("gpu0"), true);
	show_open(&peer, vi915_driver_open("vkms"), true);
	/* vblank=off: a flip completes at once. */
	show_open(&fast, vi915_open("gpu2"), false);
	show_open(&small, vi915_open("gpu3"), false);

	flip_fast(&fast, &small);
	vi915_table("paced flips, 60 Hz, nobody looks", "us");
	flip_share(&show, &peer, 1920, 1080, "1080p");
	flip_share(&show, &peer, 3840, 2160, "2160p");
	flip_cursor(&show, &peer);
	flip_prime(&fast, show.kms.fd, vgem);
	return 0;
}

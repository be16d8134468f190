/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A screen that shows a framebuffer and gives a CRC of its output: an output of
 * vkms, as a peer, or of a GPU.
 */
#ifndef VI915_TESTS_SHARE_SCREEN_H
#define VI915_TESTS_SHARE_SCREEN_H

#include <stdbool.h>
#include <stdint.h>
#include <xf86drmMode.h>

#include "fail.h"

/**
 * struct share_screen - the first output of a card, in its smallest mode
 * @fd: file of the card
 * @crtc: CRTC that is used
 * @connector: connector that is used
 * @mode: its mode
 * @size: bytes of a framebuffer in XRGB8888 without padding
 */
struct share_screen {
	int fd;
	uint32_t crtc;
	uint32_t connector;
	drmModeModeInfo mode;
	uint64_t size;
};

void screen_open_at(const char *at, struct share_screen *screen);
#define screen_open(screen) screen_open_at(VI915_AT, screen)

/* Like screen_open(), but of any card; takes ownership of @fd. */
void screen_open_fd_at(const char *at, struct share_screen *screen, int fd);
#define screen_open_fd(screen, fd) screen_open_fd_at(VI915_AT, screen, fd)

/* Turn the screen off and close it. */
void screen_close(struct share_screen *screen);

/* Show @handle of the card. Returns: 0 or -errno of ADDFB2 or SETCRTC. */
int __screen_show(struct share_screen *screen, uint32_t handle, uint32_t *fb);

/* Show a framebuffer, with a SETCRTC that waits for its fences. */
int __screen_set(struct share_screen *screen, uint32_t fb);
#define screen_set(screen, fb) vi915_check(__screen_set(screen, fb))

/* PAGE_FLIP to it, which does not wait, with an event. */
int __screen_flip(struct share_screen *screen, uint32_t fb);
#define screen_flip(screen, fb) vi915_check(__screen_flip(screen, fb))

/* Whether the event of a flip arrives within @timeout_ms; the event is read. */
bool screen_flipped_at(const char *at, struct share_screen *screen, int timeout_ms);
#define screen_flipped(screen, timeout_ms) screen_flipped_at(VI915_AT, screen, timeout_ms)

/* Whether a GPU's first output shows these pixels: XRGB8888, of its mode's size. */
bool screen_shows_at(const char *at, int fd, const void *pixels, uint32_t pitch);
#define screen_shows(fd, pixels, pitch) screen_shows_at(VI915_AT, fd, pixels, pitch)

/* The CRC of what the screen shows now. */
uint32_t screen_crc_at(const char *at, struct share_screen *screen);
#define screen_crc(screen) screen_crc_at(VI915_AT, screen)

#endif

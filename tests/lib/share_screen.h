/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * vkms as a peer: a screen that shows a framebuffer and tells by a CRC what it
 * has put out.
 */
#ifndef VI915_TESTS_SHARE_SCREEN_H
#define VI915_TESTS_SHARE_SCREEN_H

#include <stdint.h>
#include <xf86drmMode.h>

#include "fail.h"

/**
 * struct share_screen - one output of vkms, in its smallest mode
 * @fd: vkms
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

/* Off again, and closed. */
void screen_close(struct share_screen *screen);

/* Show @handle of vkms. Returns: 0 or -errno of ADDFB2 or SETCRTC. */
int __screen_show(struct share_screen *screen, uint32_t handle, uint32_t *fb);

/* The CRC of what is on the screen now. */
uint32_t screen_crc_at(const char *at, struct share_screen *screen);
#define screen_crc(screen) screen_crc_at(VI915_AT, screen)

#endif

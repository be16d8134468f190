/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Looking at an output from outside: its CRCs, and screenshots.
 */
#ifndef VI915_TESTS_LOOK_H
#define VI915_TESTS_LOOK_H

#include <stdint.h>

#include "fail.h"
#include "kms.h"
#include "picture.h"

/* Choose a source, then open the data. Returns: a file descriptor, or -errno. */
int __look_crc_open(const struct kms *kms, const char *source);
#define look_crc_open(kms) vi915_check(__look_crc_open(kms, "auto"))

/* The next CRC and the vblank that it is of. Returns: 0, or -ETIME. */
int __look_crc(int crc, int timeout_ms, uint32_t *frame, uint32_t *value);
/* Waits 20 seconds. */
#define look_crc(crc, frame, value) vi915_check(__look_crc(crc, 20000, frame, value))
/* The CRC of what is shown now: of the second vblank from here. */
uint32_t look_crc_now_at(const char *at, const struct kms *kms);
#define look_crc_now(kms) look_crc_now_at(VI915_AT, kms)

/**
 * __look_shot() - read one of the files with a picture
 * @file: "vi915_shot" or "vi915_last"
 * @picture: made
 *
 * Returns: 0, -errno, or -EPROTO for what is no PPM.
 */
int __look_shot(const struct kms *kms, const char *file, struct picture *picture);
#define look_shot(kms, picture) vi915_check(__look_shot(kms, "vi915_shot", picture))
/* Have the last picture kept, or not. */
int __look_keep(const struct kms *kms, const char *text);
#define look_keep(kms, text) vi915_check(__look_keep(kms, text))

/* A linear framebuffer has this picture, as words of 32 bits. */
void look_draw_at(const char *at, int fd, const struct kms_fb *fb, const struct picture *picture);
#define look_draw(fd, fb, picture) look_draw_at(VI915_AT, fd, fb, picture)

#endif

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

/* The next CRC and the number of its vblank. Returns: 0, or -ETIME. */
int __look_crc(int crc, int timeout_ms, uint32_t *frame, uint32_t *value);
/* Waits 20 seconds. */
#define look_crc(crc, frame, value) vi915_check(__look_crc(crc, 20000, frame, value))
/* The CRC of what is shown now, taken at the second vblank from here. */
uint32_t look_crc_now_at(const char *at, const struct kms *kms);
#define look_crc_now(kms) look_crc_now_at(VI915_AT, kms)

/**
 * __look_shot() - read a picture from one of the files in debugfs
 * @file: "vi915_shot" or "vi915_last"
 * @picture: initialised and filled
 *
 * Returns: 0, -errno, or -EPROTO if the contents are no PPM.
 */
int __look_shot(const struct kms *kms, const char *file, struct picture *picture);
#define look_shot(kms, picture) vi915_check(__look_shot(kms, "vi915_shot", picture))
/* Write to the switch that has the last picture kept. */
int __look_keep(const struct kms *kms, const char *text);
#define look_keep(kms, text) vi915_check(__look_keep(kms, text))

/* Draw this picture to a linear framebuffer of 32-bit pixels. */
void look_draw_at(const char *at, int fd, const struct kms_fb *fb, const struct picture *picture);
#define look_draw(fd, fb, picture) look_draw_at(VI915_AT, fd, fb, picture)

#endif

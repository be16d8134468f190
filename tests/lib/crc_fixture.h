/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Fixture of the tests of what an output shows: one of gpu0's, with a framebuffer
 * of its size that holds noise. Includes the harness, so only a test program's
 * .c file includes this.
 */
#ifndef VI915_TESTS_CRC_FIXTURE_H
#define VI915_TESTS_CRC_FIXTURE_H

#include "test.h"

#include "kms.h"
#include "look.h"

#define WIDTH	640
#define HEIGHT	480

FIXTURE(crc)
{
	struct kms kms;
	drmModeModeInfo mode;
	struct kms_fb fb;
	struct picture picture;
};

FIXTURE_SETUP(crc)
{
	kms_open(&self->kms, "gpu0", 0);
	self->mode = kms_mode(&self->kms, WIDTH, HEIGHT, 60);
	kms_fb_create(self->kms.fd, &self->fb, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	picture_init(&self->picture, WIDTH, HEIGHT);
	picture_noise(&self->picture, 1);
	look_draw(self->kms.fd, &self->fb, &self->picture);
}

FIXTURE_TEARDOWN(crc)
{
	picture_fini(&self->picture);
	kms_close(&self->kms);
}

#endif

// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu off,vblank=off
/* CRCs of an output without vblanks. */
#include "test.h"

#include <unistd.h>

#include "kms.h"
#include "look.h"

#define WIDTH	640
#define HEIGHT	480

/* No CRC for the modeset, which was before the file was opened. */
TEST(crcs_without_vblanks_are_one_for_each_commit)
{
	struct picture pictures[2];
	uint32_t frame, first = 0, value, i;
	struct kms_event event;
	struct kms_fb fbs[2];
	drmModeModeInfo mode;
	struct kms off;
	int crc;

	kms_open(&off, "off", 0);
	for (i = 0; i < 2; i++) {
		picture_init(&pictures[i], WIDTH, HEIGHT);
		picture_noise(&pictures[i], 70 + i);
		kms_fb_create(off.fd, &fbs[i], WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
		look_draw(off.fd, &fbs[i], &pictures[i]);
	}
	mode = kms_mode(&off, WIDTH, HEIGHT, 60);
	kms_light(&off, &mode, &fbs[0]);
	crc = vi915_check(__look_crc_open(&off, "auto"));
	EXPECT_ERR(ETIME, __look_crc(crc, 100, &frame, &value));

	for (i = 1; i <= 6; i++) {
		vi915_check(__kms_flip(&off, &fbs[i % 2], 0));
		vi915_check(__kms_event(off.fd, 5000, &event));
		vi915_check(__look_crc(crc, 5000, &frame, &value));
		EXPECT_EQ(picture_crc(&pictures[i % 2]), value);
		if (i == 1)
			first = frame;
		EXPECT_EQ(first + i - 1, frame);
		EXPECT_ERR(ETIME, __look_crc(crc, 20, &frame, &value));
	}

	close(crc);
	picture_fini(&pictures[0]);
	picture_fini(&pictures[1]);
	kms_close(&off);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * FB_DAMAGE_CLIPS: what a client says has changed, whether or not it is so.
 */
#include "crc_fixture.h"

#include <string.h>
#include <unistd.h>

/* Flips to the same framebuffer, of which only its top left corner is new. */
static void flip_with_damage(const struct kms *kms, const struct kms_fb *fb,
			     struct kms_event *event)
{
	struct drm_mode_rect clip = { 0, 0, 64, 32 };
	drmModeAtomicReq *req = drmModeAtomicAlloc();

	kms_add(req, kms->fd, kms->primary, "FB_ID", fb->fb);
	kms_add(req, kms->fd, kms->primary, "FB_DAMAGE_CLIPS",
		kms_blob(kms->fd, &clip, sizeof(clip)));
	kms_commit_free(kms->fd, req, DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT, 0);
	kms_event(kms->fd, event);
}

/*
 * Both in a moment between two vblanks, so that the flip's vblank is the first to
 * see the new picture. A busy machine is late now and then: then once more.
 */
static void draw_and_flip(const struct kms *kms, const struct kms_fb *fb, int crc,
			  const struct picture *before, const struct picture *now,
			  struct kms_event *event)
{
	uint32_t frame, value;

	do {
		look_draw(kms->fd, fb, before);
		while (!__look_crc(crc, 0, &frame, &value))
			;
		do
			look_crc(crc, &frame, &value);
		while (value != picture_crc(before));
		look_draw(kms->fd, fb, now);
		flip_with_damage(kms, fb, event);
	} while (event->sequence != frame + 1);
}

/*
 * A client whose damage clips lie sees the old picture outside of them until the
 * next vblank, as on a screen with a memory of its own.
 */
TEST_F_TIMEOUT(crc, believes_damage_for_one_frame, 120)
{
	uint32_t believed, all, frame, value;
	struct picture now;
	struct kms_event event;
	drmModeModeInfo slow = self->mode;
	bool seen = false;
	int crc;

	/* Five frames a second leave time to draw between two of them. */
	slow.clock /= 12;
	kms_light(&self->kms, &slow, &self->fb);
	crc = look_crc_open(&self->kms);
	look_crc(crc, &frame, &value);
	EXPECT_EQ(picture_crc(&self->picture), value);

	picture_init(&now, WIDTH, HEIGHT);
	memcpy(now.pixels, self->picture.pixels, 4ull * WIDTH * HEIGHT);
	picture_fill(&now, 10, 10, 20, 20, 0x00ff00);
	believed = picture_crc(&now);
	picture_fill(&now, 10, 200, 20, 20, 0x0000ff);
	all = picture_crc(&now);

	draw_and_flip(&self->kms, &self->fb, crc, &self->picture, &now, &event);
	do {
		look_crc(crc, &frame, &value);
		if (frame == event.sequence) {
			seen = true;
			EXPECT_EQ(believed, value);
		}
		if (frame > event.sequence)
			EXPECT_EQ(all, value);
	} while (frame < event.sequence + 2);
	EXPECT_TRUE(seen);
	picture_fini(&now);
	close(crc);
}

TEST_HARNESS_MAIN

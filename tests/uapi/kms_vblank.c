// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0,outputs=2 --gpu off,vblank=off
/* Vblanks: they come at the mode's rate, and none is missed. */
#include "gpu_fixture.h"

#include <drm/drm_fourcc.h>
#include <string.h>
#include <time.h>

#include "kms.h"
#include "look.h"

FIXTURE(vblank)
{
	struct kms kms;
	struct kms_fb fb;
};

FIXTURE_SETUP(vblank)
{
	kms_open(&self->kms, "gpu0", 0);
	kms_fb_create(self->kms.fd, &self->fb, 1920, 1080, DRM_FORMAT_XRGB8888);
	kms_light(&self->kms, &self->kms.mode, &self->fb);
}

FIXTURE_TEARDOWN(vblank)
{
	kms_close(&self->kms);
}

/* Difference from the computed time in ns; events have whole microseconds. */
static uint64_t off_by(const struct kms *kms, uint64_t ns, uint64_t frames)
{
	uint64_t want = frames * kms_period(&kms->mode);

	return ns > want ? ns - want : want - ns;
}

TEST_F(vblank, times_are_multiples_of_the_modes_period)
{
	uint64_t first_ns, ns;
	uint32_t first = 1, sequence;
	unsigned int i;

	ASSERT_OK(__kms_vblank(&self->kms, DRM_VBLANK_RELATIVE, &first, 0, &first_ns));
	for (i = 0; i < 30; i++) {
		sequence = 1;
		ASSERT_OK(__kms_vblank(&self->kms, DRM_VBLANK_RELATIVE, &sequence, 0, &ns));
		EXPECT_LE(off_by(&self->kms, ns - first_ns, sequence - first),
			  1000 + (sequence - first));
	}
}

TEST_F(vblank, counts_while_nobody_looks)
{
	uint64_t first_ns, ns;
	uint32_t first = 0, sequence = 0;

	ASSERT_OK(__kms_vblank(&self->kms, DRM_VBLANK_RELATIVE, &first, 0, &first_ns));
	usleep(300000);
	ASSERT_OK(__kms_vblank(&self->kms, DRM_VBLANK_RELATIVE, &sequence, 0, &ns));
	EXPECT_GE(sequence - first, 17);
	EXPECT_LE(off_by(&self->kms, ns - first_ns, sequence - first), 1000 + (sequence - first));
}

/* Independent of what was lit before, and in which mode. */
TEST_F(vblank, the_first_is_a_whole_frame_after_lighting)
{
	uint64_t ns, before;
	struct timespec ts;
	uint32_t sequence;
	unsigned int i;

	for (i = 0; i < 5; i++) {
		kms_dark(&self->kms);
		usleep(5000 * i);
		clock_gettime(CLOCK_MONOTONIC, &ts);
		before = ts.tv_sec * 1000000000ull + ts.tv_nsec;
		/* Returns when the picture is shown. */
		kms_light(&self->kms, &self->kms.mode, &self->fb);
		sequence = 0;
		ASSERT_OK(__kms_vblank(&self->kms, DRM_VBLANK_RELATIVE, &sequence, 0, &ns));
		EXPECT_GE(ns + 1000, before + kms_period(&self->kms.mode));
	}
}

/* Number of armed vblank timers, by the name of their function. */
static unsigned int timers(void)
{
	FILE *list = fopen("/proc/timer_list", "r");
	unsigned int count = 0;
	char line[256];

	if (!list)
		vi915_fail("no /proc/timer_list");
	while (fgets(line, sizeof(line), list))
		count += !!strstr(line, "vi915_vblank_tick");
	fclose(list);
	return count;
}

/* A running timer wakes the CPU 60 times a second. */
TEST_F(vblank, the_timer_runs_for_who_waits_only)
{
	uint32_t sequence = 20, frame, value;
	struct kms_event event;
	unsigned int i;
	int crc;

	ASSERT_OK(__kms_vblank(&self->kms, DRM_VBLANK_RELATIVE | DRM_VBLANK_EVENT, &sequence, 0,
			       NULL));
	EXPECT_EQ(1, timers());
	kms_event(self->kms.fd, &event);
	for (i = 0; i < 5; i++) {
		kms_flip(&self->kms, &self->fb, i);
		kms_event(self->kms.fd, &event);
	}
	/* Reading CRCs waits for every vblank. */
	crc = look_crc_open(&self->kms);
	look_crc(crc, &frame, &value);
	EXPECT_EQ(1, timers());
	close(crc);
	/* The next vblank may be just happening. */
	usleep(100000);
	EXPECT_EQ(0, timers());
}

TEST_F(vblank, the_pace_is_that_of_the_mode)
{
	static const unsigned int sizes[][3] = {
		{ 1280, 720, 50 }, { 1920, 1080, 24 }, { 4096, 2160, 60 },
	};
	uint64_t first_ns, ns;
	uint32_t first, sequence;
	unsigned int i;

	kms_fb_create(self->kms.fd, &self->fb, 4096, 2160, DRM_FORMAT_XRGB8888);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		self->kms.mode = kms_mode(&self->kms, sizes[i][0], sizes[i][1], sizes[i][2]);
		self->fb.width = sizes[i][0];
		self->fb.height = sizes[i][1];
		kms_light(&self->kms, &self->kms.mode, &self->fb);
		first = 1;
		ASSERT_OK(__kms_vblank(&self->kms, DRM_VBLANK_RELATIVE, &first, 0, &first_ns));
		sequence = 3;
		ASSERT_OK(__kms_vblank(&self->kms, DRM_VBLANK_RELATIVE, &sequence, 0, &ns));
		EXPECT_GE(sequence - first, 3);
		EXPECT_LE(off_by(&self->kms, ns - first_ns, sequence - first),
			  1000 + (sequence - first));
	}
}

TEST_F(vblank, an_event_tells_the_same_as_a_wait)
{
	uint32_t sequence = 1, event_at;
	struct kms_event event;
	uint64_t ns;

	ASSERT_OK(__kms_vblank(&self->kms, DRM_VBLANK_RELATIVE | DRM_VBLANK_EVENT, &sequence, 77,
			       NULL));
	kms_event(self->kms.fd, &event);
	EXPECT_EQ(DRM_EVENT_VBLANK, event.type);
	EXPECT_EQ(77, event.user);
	event_at = event.sequence + 2;
	ASSERT_OK(__kms_vblank(&self->kms, DRM_VBLANK_ABSOLUTE, &event_at, 0, &ns));
	EXPECT_LE(off_by(&self->kms, ns - event.ns, event_at - event.sequence), 1002);
}

TEST_F(vblank, the_count_goes_on_after_the_dark)
{
	uint32_t before = 0, after = 0;

	ASSERT_OK(__kms_vblank(&self->kms, DRM_VBLANK_RELATIVE, &before, 0, NULL));
	kms_dark(&self->kms);
	kms_light(&self->kms, &self->kms.mode, &self->fb);
	ASSERT_OK(__kms_vblank(&self->kms, DRM_VBLANK_RELATIVE, &after, 0, NULL));
	EXPECT_GE(after, before);
}

TEST_F(vblank, going_dark_lets_go_who_waits)
{
	struct kms_event event;
	uint32_t sequence = 100000;

	ASSERT_OK(__kms_vblank(&self->kms, DRM_VBLANK_RELATIVE | DRM_VBLANK_EVENT, &sequence, 1,
			       NULL));
	kms_dark(&self->kms);
	EXPECT_OK(__kms_event(self->kms.fd, 0, &event));
}

TEST_F(vblank, of_a_dark_or_missing_pipe_is_refused)
{
	uint32_t sequence = 1;
	struct kms other;

	kms_find(&other, self->kms.fd, 1);
	EXPECT_ERR(EINVAL, __kms_vblank(&other, DRM_VBLANK_RELATIVE, &sequence, 0, NULL));
	other.pipe = 2;
	EXPECT_ERR(EINVAL, __kms_vblank(&other, DRM_VBLANK_RELATIVE, &sequence, 0, NULL));
}

TEST(without_vblanks_there_are_none_to_wait_for)
{
	uint32_t sequence = 1;
	struct kms kms;
	struct kms_fb fb;

	kms_open(&kms, "off", 0);
	kms_fb_create(kms.fd, &fb, kms.mode.hdisplay, kms.mode.vdisplay, DRM_FORMAT_XRGB8888);
	kms_light(&kms, &kms.mode, &fb);
	EXPECT_ERR(EOPNOTSUPP, __kms_vblank(&kms, DRM_VBLANK_RELATIVE, &sequence, 0, NULL));
	kms_close(&kms);
}

TEST_HARNESS_MAIN

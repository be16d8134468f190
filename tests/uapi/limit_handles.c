// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu plain --gpu few,max_handles=8
/*
 * A GPU whose files can have 8 handles, so that a program that leaks them fails
 * after 8 frames instead of a day; beside it a GPU without this limit.
 */
#include "test.h"

#include <stdatomic.h>
#include <unistd.h>
#include <xf86drmMode.h>

#include "fb.h"
#include "gem.h"
#include "gpu.h"
#include "prime.h"
#include "proc.h"
#include "share.h"

#define LIMIT 8

FIXTURE(few)
{
	int plain;
	int fd;
};

FIXTURE_SETUP(few)
{
	self->plain = vi915_open("plain");
	self->fd = vi915_open("few");
}

FIXTURE_TEARDOWN(few)
{
	close(self->fd);
	close(self->plain);
}

static int create(int fd, uint32_t *handle)
{
	uint64_t size = VI915_PAGE;

	return __gem_create(fd, &size, handle);
}

static void fill(int fd, uint32_t handles[], int n)
{
	int i;

	for (i = 0; i < n; i++)
		handles[i] = gem_create(fd, VI915_PAGE);
}

TEST_F(few, the_last_handle_works_and_the_next_is_enomem)
{
	uint32_t handles[LIMIT], more = 77;

	fill(self->fd, handles, LIMIT);
	EXPECT_ERR(ENOMEM, create(self->fd, &more));
	EXPECT_EQ(77, more);
	gem_close(self->fd, handles[3]);
	EXPECT_OK(create(self->fd, &more));
	EXPECT_ERR(ENOMEM, create(self->fd, &handles[3]));
}

TEST_F(few, each_file_has_its_own_count)
{
	int again = vi915_reopen(self->fd);
	uint32_t handles[LIMIT];

	fill(self->fd, handles, LIMIT);
	fill(again, handles, LIMIT);
	EXPECT_ERR(ENOMEM, create(again, &handles[0]));
	close(again);
	again = vi915_reopen(self->fd);
	fill(again, handles, LIMIT);
	close(again);
}

TEST_F(few, every_way_to_a_handle_counts)
{
	struct drm_mode_create_dumb dumb = { .width = 16, .height = 16, .bpp = 32 };
	int again = vi915_reopen(self->fd), dmabuf;
	uint32_t handles[LIMIT], name, more;
	struct drm_mode_fb_cmd2 cmd;
	static char page[VI915_PAGE] __attribute__((aligned(VI915_PAGE)));
	uint64_t size = VI915_PAGE;

	more = gem_create(again, VI915_PAGE);
	name = gem_flink(again, more);
	dmabuf = prime_export(again, more);
	fill(self->fd, handles, LIMIT);
	EXPECT_ERR(ENOMEM, __gem_create_ext(self->fd, &size, 0, NULL, &more));
	EXPECT_ERR(ENOMEM, __gem_dumb_create(self->fd, &dumb));
	EXPECT_ERR(ENOMEM, __gem_open(self->fd, name, &more, &size));
	EXPECT_ERR(ENOMEM, __gem_userptr(self->fd, page, VI915_PAGE, 0, &more));
	EXPECT_ERR(ENOMEM, __prime_import(self->fd, dmabuf, &more));
	close(dmabuf);

	/* GETFB makes a handle too. */
	fb_fill(&cmd, handles[0], 16, 16, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID);
	fb_add(self->fd, &cmd);
	EXPECT_EQ(NULL, drmModeGetFB(self->fd, cmd.fb_id));
	EXPECT_EQ(ENOMEM, errno);
	close(again);
}

/* swaywm/wlroots#3131: two imports of one buffer give one handle, also here. */
TEST_F(few, a_second_import_of_a_buffer_needs_no_second_handle)
{
	uint32_t handles[LIMIT], import;
	int i, dmabuf = prime_export(self->plain, gem_create(self->plain, VI915_PAGE));

	import = prime_import(self->fd, dmabuf);
	fill(self->fd, handles, LIMIT - 1);
	for (i = 0; i < 2 * LIMIT; i++)
		EXPECT_EQ(import, prime_import(self->fd, dmabuf));
	gem_close(self->fd, import);
	EXPECT_OK(create(self->fd, &import));
	EXPECT_ERR(ENOMEM, create(self->fd, &import));
	close(dmabuf);
}

/*
 * moonlight-stream/moonlight-qt#1954: for each frame another GPU's buffer is
 * imported and its handle is never closed; after some time there is ENOMEM and
 * a frozen picture. Here this takes as many frames as there are handles.
 */
TEST_F(few, a_program_that_loses_a_handle_a_frame_stops_soon)
{
	uint32_t theirs, import;
	int frame, dmabuf, ret = 0;

	for (frame = 0; frame < 1000 && !ret; frame++) {
		theirs = gem_create(self->plain, VI915_PAGE);
		dmabuf = prime_export(self->plain, theirs);
		ret = __prime_import(self->fd, dmabuf, &import);
		close(dmabuf);
		gem_close(self->plain, theirs);
	}
	EXPECT_EQ(LIMIT + 1, frame);
	EXPECT_EQ(-ENOMEM, ret);
}

TEST_F(few, a_program_that_closes_them_goes_on)
{
	uint32_t theirs, import;
	int frame, dmabuf;

	for (frame = 0; frame < 100; frame++) {
		theirs = gem_create(self->plain, VI915_PAGE);
		dmabuf = prime_export(self->plain, theirs);
		ASSERT_OK(__prime_import(self->fd, dmabuf, &import));
		close(dmabuf);
		gem_close(self->plain, theirs);
		gem_close(self->fd, import);
	}
}

TEST_F(few, a_refused_import_leaves_nothing)
{
	int dmabuf = prime_export(self->plain, gem_create(self->plain, VI915_PAGE));
	uint32_t handles[LIMIT], more;
	int i;

	fill(self->fd, handles, LIMIT);
	for (i = 0; i < 10; i++)
		EXPECT_ERR(ENOMEM, __prime_import(self->fd, dmabuf, &more));
	EXPECT_EQ(-1, share_state(self->fd, dmabuf_inode(dmabuf), "size"));
	gem_close(self->fd, handles[0]);
	EXPECT_OK(__prime_import(self->fd, dmabuf, &more));
	close(dmabuf);
}

struct crowd {
	int fd;
	atomic_int made;
	atomic_int refused;
};

static void crowd_create(void *arg, int index)
{
	struct crowd *crowd = arg;
	uint32_t handle;
	int i, ret;

	(void)index;
	for (i = 0; i < LIMIT; i++) {
		ret = create(crowd->fd, &handle);
		if (!ret)
			atomic_fetch_add(&crowd->made, 1);
		else if (ret == -ENOMEM)
			atomic_fetch_add(&crowd->refused, 1);
	}
}

TEST_F(few, threads_get_no_more_than_one_would)
{
	struct crowd crowd = { .fd = self->fd };

	vi915_threads(4, crowd_create, &crowd);
	EXPECT_EQ(LIMIT, crowd.made);
	EXPECT_EQ(3 * LIMIT, crowd.refused);
}

TEST_F(few, without_the_limit_there_is_none)
{
	uint32_t handle;
	int i;

	for (i = 0; i < 1000; i++)
		ASSERT_OK(create(self->plain, &handle));
}

TEST_HARNESS_MAIN

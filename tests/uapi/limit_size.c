// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu plain --gpu small,max_size=1M --gpu odd,max_size=5000 --peers vgem
/*
 * A GPU with a maximum size of objects: E2BIG, as i915 returns for larger
 * objects, from every call that makes one.
 */
#include "test.h"

#include <sys/mman.h>
#include <unistd.h>

#include "gem.h"
#include "gpu.h"
#include "peer.h"
#include "prime.h"
#include "proc.h"
#include "share.h"

#define LIMIT (1024 * 1024UL)

FIXTURE(small)
{
	int plain;
	int fd;
};

FIXTURE_SETUP(small)
{
	self->plain = vi915_open_render("plain");
	self->fd = vi915_open("small");
}

FIXTURE_TEARDOWN(small)
{
	close(self->fd);
	close(self->plain);
}

static int create(int fd, uint64_t size)
{
	uint32_t handle;
	int ret = __gem_create(fd, &size, &handle);

	if (!ret)
		gem_close(fd, handle);
	return ret;
}

TEST_F(small, create_works_up_to_the_limit)
{
	EXPECT_OK(create(self->fd, LIMIT));
	EXPECT_ERR(E2BIG, create(self->fd, LIMIT + 1));
	EXPECT_ERR(E2BIG, create(self->fd, LIMIT + VI915_PAGE));
	EXPECT_ERR(EINVAL, create(self->fd, 0));
	EXPECT_OK(create(self->plain, LIMIT + 1));
}

TEST_F(small, what_counts_is_whole_pages)
{
	int odd = vi915_open_render("odd");

	EXPECT_OK(create(odd, VI915_PAGE));
	EXPECT_ERR(E2BIG, create(odd, VI915_PAGE + 1));
	EXPECT_ERR(E2BIG, create(odd, 5000));
	close(odd);
}

TEST_F(small, create_ext_and_userptr_are_e2big)
{
	uint64_t size = LIMIT + 1;
	uint32_t handle;
	void *memory = mmap(NULL, 2 * LIMIT, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);

	ASSERT_NE(MAP_FAILED, memory);
	EXPECT_ERR(E2BIG, __gem_create_ext(self->fd, &size, 0, NULL, &handle));
	EXPECT_ERR(E2BIG, __gem_userptr(self->fd, memory, 2 * LIMIT, 0, &handle));
	EXPECT_OK(__gem_userptr(self->fd, memory, LIMIT, 0, &handle));
}

/* 512 pixels wide: a row has 2 KiB. */
TEST_F(small, a_dumb_buffer_is_as_high_as_the_limit_lets_it)
{
	struct drm_mode_create_dumb dumb = { .width = 512, .height = LIMIT / 2048, .bpp = 32 };

	EXPECT_OK(__gem_dumb_create(self->fd, &dumb));
	EXPECT_EQ(LIMIT, dumb.size);
	dumb.height++;
	EXPECT_ERR(E2BIG, __gem_dumb_create(self->fd, &dumb));
}

/* A picture that one GPU can hold and the other cannot. */
TEST_F(small, importing_more_is_e2big_and_changes_nothing)
{
	int vgem = vi915_driver_open("vgem"), fds[2], fits, i;
	uint32_t handle;

	fds[0] = prime_export(self->plain, gem_create(self->plain, LIMIT + VI915_PAGE));
	fds[1] = prime_export(vgem, vgem_create(vgem, 2 * LIMIT));
	fits = prime_export(self->plain, gem_create(self->plain, LIMIT));
	for (i = 0; i < 2; i++) {
		EXPECT_ERR(E2BIG, __prime_import(self->fd, fds[i], &handle));
		EXPECT_EQ(-1, share_state(self->fd, dmabuf_inode(fds[i]), "size"));
		EXPECT_OK(__prime_import(self->plain, fds[i], &handle));
		close(fds[i]);
	}
	EXPECT_OK(__prime_import(self->fd, fits, &handle));
	close(fits);
	close(vgem);
}

TEST_HARNESS_MAIN

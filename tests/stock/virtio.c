// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * virtio-gpu is a peer only in a virtual machine: its buffers can be imported,
 * but it imports only its own.
 */
#include "share_fixture.h"

#include <sys/mman.h>
#include <xf86drmMode.h>

#include "exec.h"
#include "share_table.h"

#define PAGES 4

FIXTURE(virtio)
{
	int gpu;
	int peer;
};

FIXTURE_SETUP(virtio)
{
	self->gpu = vi915_open_render("gpu0");
	self->peer = vi915_driver_open("virtio_gpu");
}

FIXTURE_TEARDOWN(virtio)
{
	close(self->peer);
	close(self->gpu);
}

TEST_F(virtio, gives_buffers_and_takes_none)
{
	uint32_t handle, theirs;
	int dmabuf, ret;

	EXPECT_OK(__share_take_dumb(self->gpu, self->peer));
	handle = gem_create(self->gpu, SHARE_SIZE);
	dmabuf = prime_export(self->gpu, handle);
	ret = __prime_import(self->peer, dmabuf, &theirs);
	EXPECT_EQ(-ENODEV, ret);
	EXPECT_EQ(0, share_state(self->gpu, dmabuf_inode(dmabuf), "shares"));
	table_row("virtio-gpu", 0, ret, "PRIME_FD_TO_HANDLE");
	close(dmabuf);
}

/* Its mapping shows what our engine drew to its buffer. */
TEST_F(virtio, shows_what_a_batch_of_ours_has_drawn)
{
	uint32_t own, theirs, import;
	uint64_t size, offset;
	int dmabuf;
	void *map;

	theirs = gem_dumb_create(self->peer, 1024, PAGES, 32, NULL, &size);
	ASSERT_EQ(PAGES * 4096, size);
	dmabuf = prime_export(self->peer, theirs);
	import = prime_import(self->gpu, dmabuf);
	own = gem_create(self->gpu, size);
	share_gtt_writes(self->gpu, own, size, 7);

	exec_copy(self->gpu, 0, I915_EXEC_BLT, import, own, PAGES);
	exec_sync(self->gpu, import);
	vi915_check(__gem_dumb_map(self->peer, theirs, &offset));
	vi915_check(__gem_mmap_at_offset(self->peer, offset, size, &map));
	vi915_same(map, size, 7);
	munmap(map, size);
	close(dmabuf);
}

/* A framebuffer of its buffer on our output, without a copy. */
TEST_F(virtio, buffers_become_our_framebuffers)
{
	int card = vi915_open("gpu0"), dmabuf;
	uint32_t theirs, import, pitch, fb;
	uint64_t size;

	theirs = gem_dumb_create(self->peer, 64, 64, 32, &pitch, &size);
	dmabuf = prime_export(self->peer, theirs);
	import = prime_import(card, dmabuf);
	EXPECT_OK(drmModeAddFB(card, 64, 64, 24, 32, pitch, import, &fb));
	EXPECT_OK(drmModeRmFB(card, fb));
	close(dmabuf);
	close(card);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --peers vivid:allocators=1
/*
 * vivid with its dma-contig allocator, which is a module parameter: its rows of
 * the table in peers.c. Its buffers can be imported like others, but it accepts
 * only buffers with contiguous pages.
 */
#include "share_fixture.h"

#include "share_camera.h"
#include "share_table.h"

FIXTURE(contig)
{
	int gpu;
	struct share_camera camera;
};

FIXTURE_SETUP(contig)
{
	self->gpu = vi915_open_render("gpu0");
	camera_open(&self->camera);
}

FIXTURE_TEARDOWN(contig)
{
	close(self->camera.fd);
	close(self->gpu);
}

TEST_F_TIMEOUT(contig, vivid_dma_contig, 60)
{
	uint32_t handles[CAMERA_BUFFERS];
	int gives, takes, i;

	gives = camera_gives(&self->camera, self->gpu);
	EXPECT_EQ(0, gives);
	for (i = 0; i < CAMERA_BUFFERS; i++)
		handles[i] = share_scattered(self->gpu, self->camera.size);
	takes = camera_takes(&self->camera, self->gpu, handles);
	EXPECT_EQ(-EFAULT, takes);
	table_row("vivid, dma-contig allocator", gives, takes, "VIDIOC_QBUF");
}

TEST_F(contig, a_refused_buffer_is_left_as_it_was)
{
	uint32_t handles[CAMERA_BUFFERS];
	int dmabuf, i;

	for (i = 0; i < CAMERA_BUFFERS; i++)
		handles[i] = share_scattered(self->gpu, self->camera.size);
	share_gtt_writes(self->gpu, handles[0], self->camera.size, SHARE_SEED);
	EXPECT_ERR(EFAULT, camera_takes(&self->camera, self->gpu, handles));
	dmabuf = prime_export(self->gpu, handles[0]);
	EXPECT_EQ(0, share_state(self->gpu, dmabuf_inode(dmabuf), "users"));
	EXPECT_EQ(0, share_state(self->gpu, dmabuf_inode(dmabuf), "shares"));
	share_reads(dmabuf, self->camera.size, SHARE_SEED);
	close(dmabuf);
}

TEST_HARNESS_MAIN

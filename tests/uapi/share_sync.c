// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Rule R8: DMA_BUF_IOCTL_SYNC brackets CPU access through the dma-buf, and
 * START waits for the fences that conflict with its direction. Fences come from
 * sw_sync through IMPORT_SYNC_FILE, and from vgem; poll(2) and EXPORT_SYNC_FILE
 * must agree about them.
 */
#include "share_fixture.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>

#define SYNC_READ (DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ)
#define SYNC_WRITE (DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE)
#define SYNC_RW (DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW)

/* A fence on the buffer, and whether START of each direction waits for it. */
FIXTURE(fence)
{
	int a;
	int b;
	int dmabuf;
	uint32_t handle;
	uint32_t import;
	int timeline;
	int fence;
};

FIXTURE_VARIANT(fence)
{
	uint32_t usage;
	bool read_waits;
};

FIXTURE_VARIANT_ADD(fence, r8_reader)
{
	.usage = DMA_BUF_SYNC_READ,
	.read_waits = false,
};

FIXTURE_VARIANT_ADD(fence, r8_writer)
{
	.usage = DMA_BUF_SYNC_WRITE,
	.read_waits = true,
};

FIXTURE_VARIANT_ADD(fence, r8_reader_and_writer)
{
	.usage = DMA_BUF_SYNC_RW,
	.read_waits = true,
};

FIXTURE_SETUP(fence)
{
	self->a = vi915_open_render("gpu0");
	self->b = vi915_open_render("gpu1");
	self->handle = gem_create(self->a, SHARE_SIZE);
	self->dmabuf = prime_export(self->a, self->handle);
	self->import = prime_import(self->b, self->dmabuf);
	self->timeline = sw_timeline();
	self->fence = sw_fence(self->timeline, 1);
	/* One test needs an END whose START was before the fence. */
	dmabuf_sync(self->dmabuf, SYNC_RW);
	dmabuf_import_sync_file(self->dmabuf, variant->usage, self->fence);
}

FIXTURE_TEARDOWN(fence)
{
	close(self->timeline);
	close(self->fence);
	close(self->dmabuf);
	close(self->b);
	close(self->a);
}

/* Calls START. Returns: whether it returned only after the fence had signalled. */
static bool start_waits(int dmabuf, uint64_t flags, const int *timeline, int fence)
{
	bool waited;

	share_signal_later(timeline);
	dmabuf_sync(dmabuf, flags);
	waited = sync_file_status(fence) == 1;
	dmabuf_sync(dmabuf, (flags & DMA_BUF_SYNC_RW) | DMA_BUF_SYNC_END);
	while (sync_file_status(fence) != 1)
		usleep(1000);
	return waited;
}

TEST_F(fence, start_to_read_waits_for_writers_only)
{
	EXPECT_EQ(variant->read_waits,
		  start_waits(self->dmabuf, SYNC_READ, &self->timeline, self->fence));
}

TEST_F(fence, start_to_write_waits_for_all)
{
	EXPECT_TRUE(start_waits(self->dmabuf, SYNC_WRITE, &self->timeline, self->fence));
}

TEST_F(fence, start_to_read_and_write_waits_for_all)
{
	EXPECT_TRUE(start_waits(self->dmabuf, SYNC_RW, &self->timeline, self->fence));
}

TEST_F(fence, end_waits_for_nobody)
{
	dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
	EXPECT_EQ(0, sync_file_status(self->fence));
}

TEST_F(fence, set_domain_of_the_import_waits_as_start_does)
{
	share_signal_later(&self->timeline);
	gem_set_domain(self->b, self->import, I915_GEM_DOMAIN_GTT, 0);
	EXPECT_EQ(variant->read_waits, sync_file_status(self->fence) == 1);
	gem_set_domain(self->b, self->import, I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_GTT);
	EXPECT_EQ(1, sync_file_status(self->fence));
}

TEST_F(fence, both_sides_are_busy_with_it)
{
	uint32_t busy = variant->read_waits ? 0xffffffff : 0xffff0000;
	int64_t timeout = 0;

	EXPECT_EQ(busy, gem_busy(self->a, self->handle));
	EXPECT_EQ(busy, gem_busy(self->b, self->import));
	EXPECT_ERR(ETIME, __gem_wait(self->b, self->import, &timeout));
	sw_signal(self->timeline, 1);
	EXPECT_EQ(0, gem_busy(self->a, self->handle));
	EXPECT_EQ(0, gem_busy(self->b, self->import));
	EXPECT_OK(__gem_wait(self->b, self->import, &timeout));
}

TEST_F(fence, poll_agrees)
{
	short now = variant->read_waits ? 0 : POLLIN;

	EXPECT_EQ(now, fd_poll(self->dmabuf, POLLIN, 0));
	EXPECT_EQ(0, fd_poll(self->dmabuf, POLLOUT, 0));
	sw_signal(self->timeline, 1);
	EXPECT_EQ(POLLIN | POLLOUT, fd_poll(self->dmabuf, POLLIN | POLLOUT, 1000));
}

TEST_F(fence, poll_wakes_up_when_it_signals)
{
	share_signal_later(&self->timeline);
	EXPECT_EQ(POLLOUT, fd_poll(self->dmabuf, POLLOUT, 20000));
	EXPECT_EQ(1, sync_file_status(self->fence));
}

TEST_F(fence, an_exported_sync_file_agrees)
{
	int readers = dmabuf_export_sync_file(self->dmabuf, DMA_BUF_SYNC_READ);
	int writers = dmabuf_export_sync_file(self->dmabuf, DMA_BUF_SYNC_WRITE);

	/* The fences that a reader and a writer have to wait for. */
	EXPECT_EQ(!variant->read_waits, sync_file_status(readers));
	EXPECT_EQ(0, sync_file_status(writers));
	sw_signal(self->timeline, 1);
	EXPECT_EQ(1, sync_file_status(readers));
	EXPECT_EQ(1, sync_file_status(writers));
	close(readers);
	close(writers);
}

TEST_F(share, r8_start_waits_for_a_write_fence_of_vgem)
{
	int vgem = vi915_driver_open("vgem"), sync_file;
	uint32_t handle = prime_import(vgem, self->dmabuf), fence;

	fence = vgem_fence_attach(vgem, handle, VGEM_FENCE_WRITE);
	sync_file = dmabuf_export_sync_file(self->dmabuf, DMA_BUF_SYNC_READ);
	EXPECT_EQ(0, fd_poll(self->dmabuf, POLLIN, 0));
	EXPECT_EQ(0, sync_file_status(sync_file));
	vgem_fence_signal(vgem, fence);
	dmabuf_sync(self->dmabuf, SYNC_READ);
	EXPECT_EQ(1, sync_file_status(sync_file));
	dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
	close(sync_file);
	close(vgem);
}

struct vgem_later {
	int vgem;
	uint32_t fence;
};

static void vgem_signal(void *arg)
{
	struct vgem_later *later = arg;

	vgem_fence_signal(later->vgem, later->fence);
}

TEST_F(share, r8_start_sleeps_until_vgem_signals)
{
	int vgem = vi915_driver_open("vgem"), all;
	struct vgem_later later = { .vgem = vgem };
	uint32_t handle = prime_import(vgem, self->dmabuf);

	/* A reader's fence: START for reading ignores it, START for writing waits. */
	later.fence = vgem_fence_attach(vgem, handle, 0);
	all = dmabuf_export_sync_file(self->dmabuf, DMA_BUF_SYNC_WRITE);
	dmabuf_sync(self->dmabuf, SYNC_READ);
	EXPECT_EQ(0, sync_file_status(all));
	vi915_after(50000000, vgem_signal, &later);
	dmabuf_sync(self->dmabuf, SYNC_WRITE);
	EXPECT_EQ(1, sync_file_status(all));
	close(all);
	close(vgem);
}

/* In the other direction: vgem's buffer, with vgem's reservation. */
TEST_F(share, r8_fences_on_an_imported_buffer_are_the_exporters)
{
	int vgem = vi915_driver_open("vgem"), timeline = sw_timeline(), dmabuf;
	uint32_t theirs = vgem_create(vgem, SHARE_SIZE), ours, fence;

	dmabuf = prime_export(vgem, theirs);
	ours = prime_import(self->a, dmabuf);
	fence = vgem_fence_attach(vgem, theirs, VGEM_FENCE_WRITE);
	EXPECT_EQ(0xffffffff, gem_busy(self->a, ours));
	vgem_fence_signal(vgem, fence);
	EXPECT_EQ(0, gem_busy(self->a, ours));

	gem_attach_fence(self->a, ours, sw_fence(timeline, 1), DMA_BUF_SYNC_WRITE);
	EXPECT_EQ(0, fd_poll(dmabuf, POLLIN, 0));
	/* vgem sees our fence too: a second writer is refused. */
	EXPECT_ERR(EBUSY, __vgem_fence_attach(vgem, theirs, VGEM_FENCE_WRITE, &fence));
	sw_signal(timeline, 1);
	EXPECT_OK(__vgem_fence_attach(vgem, theirs, VGEM_FENCE_WRITE, &fence));
	vgem_fence_signal(vgem, fence);
	close(timeline);
	close(dmabuf);
	close(vgem);
}

static void on_alarm(int sig)
{
	(void)sig;
}

TEST_F(share, r8_a_signal_interrupts_start)
{
	struct sigaction action = { .sa_handler = on_alarm };
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1);
	struct dma_buf_sync arg = { .flags = SYNC_READ };

	dmabuf_import_sync_file(self->dmabuf, DMA_BUF_SYNC_WRITE, fence);
	sigaction(SIGALRM, &action, NULL);
	ualarm(50000, 0);
	errno = 0;
	EXPECT_EQ(-1, ioctl(self->dmabuf, DMA_BUF_IOCTL_SYNC, &arg));
	EXPECT_EQ(EINTR, errno);
	sw_signal(timeline, 1);
	EXPECT_EQ(0, ioctl(self->dmabuf, DMA_BUF_IOCTL_SYNC, &arg));
	close(fence);
	close(timeline);
}

TEST_F(share, r8_bytes_written_between_start_and_end_are_read_everywhere)
{
	uint32_t handle = prime_import(self->b, self->dmabuf);
	char *cpu = dmabuf_mmap(self->dmabuf, SHARE_SIZE);
	char *gtt = gem_mmap_gtt(self->b, handle, SHARE_SIZE);
	int i;

	for (i = 0; i < 4; i++) {
		dmabuf_sync(self->dmabuf, SYNC_WRITE);
		vi915_fill(cpu, SHARE_SIZE, i);
		dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
		gem_set_domain(self->b, handle, I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_GTT);
		vi915_same(gtt, SHARE_SIZE, i);
		vi915_fill(gtt, SHARE_SIZE, 100 + i);
		dmabuf_sync(self->dmabuf, SYNC_READ);
		vi915_same(cpu, SHARE_SIZE, 100 + i);
		dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
	}
}

TEST_F(share, r8_no_direction_is_einval)
{
	EXPECT_ERR(EINVAL, __dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_START));
	EXPECT_ERR(EINVAL, __dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END));
}

TEST_F(share, r8_unknown_flags_are_einval)
{
	uint64_t bit;

	for (bit = 1; bit; bit <<= 1) {
		if (bit & DMA_BUF_SYNC_VALID_FLAGS_MASK)
			continue;
		EXPECT_ERR(EINVAL, __dmabuf_sync(self->dmabuf, bit));
		EXPECT_ERR(EINVAL, __dmabuf_sync(self->dmabuf, bit | SYNC_RW));
		EXPECT_ERR(EINVAL, __dmabuf_sync(self->dmabuf, bit | DMA_BUF_SYNC_END |
						 DMA_BUF_SYNC_RW));
	}
}

TEST_F(share, r8_a_bad_pointer_is_efault)
{
	EXPECT_ERR(EFAULT, vi915_ioctl(self->dmabuf, DMA_BUF_IOCTL_SYNC, (void *)0x10));
}

TEST_F(share, r8_sync_file_flags_are_checked)
{
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1), file;

	EXPECT_ERR(EINVAL, __dmabuf_export_sync_file(self->dmabuf, 0, &file));
	EXPECT_ERR(EINVAL, __dmabuf_export_sync_file(self->dmabuf, 4, &file));
	EXPECT_ERR(EINVAL, __dmabuf_import_sync_file(self->dmabuf, 0, fence));
	EXPECT_ERR(EINVAL, __dmabuf_import_sync_file(self->dmabuf, 4, fence));
	EXPECT_ERR(EINVAL, __dmabuf_import_sync_file(self->dmabuf, DMA_BUF_SYNC_READ,
						     self->dmabuf));
	EXPECT_ERR(EINVAL, __dmabuf_import_sync_file(self->dmabuf, DMA_BUF_SYNC_READ, -1));
	EXPECT_EQ(POLLOUT, fd_poll(self->dmabuf, POLLOUT, 0));
	close(fence);
	close(timeline);
}

TEST_F(share, r8_an_end_without_a_start_is_einval)
{
	EXPECT_ERR(EINVAL, __dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW));
	dmabuf_sync(self->dmabuf, SYNC_READ);
	dmabuf_sync(self->dmabuf, SYNC_RW);
	dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
	dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
	EXPECT_ERR(EINVAL, __dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ));
	dmabuf_sync(self->dmabuf, SYNC_READ);
	dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
}

/* An open bracket may belong to another user of the same buffer. */
TEST_F(share, r8_a_start_without_an_end_passes_and_changes_no_byte)
{
	dmabuf_sync(self->dmabuf, SYNC_RW);
	dmabuf_sync(self->dmabuf, SYNC_READ);
	share_reads(self->dmabuf, SHARE_SIZE, SHARE_SEED);
	/* Open brackets do not keep pages. */
	EXPECT_EQ(0, share_state(self->a, self->ino, "users"));
	vi915_drop_caches(self->a, DROP_PAGES);
	EXPECT_EQ(0, share_state(self->a, self->ino, "pages"));
	share_reads(self->dmabuf, SHARE_SIZE, SHARE_SEED);
}

TEST_F(share, r8_start_works_when_only_the_fd_is_left)
{
	gem_close(self->a, self->handle);
	close(self->a);
	dmabuf_sync(self->dmabuf, SYNC_RW);
	share_reads(self->dmabuf, SHARE_SIZE, SHARE_SEED);
	dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
	self->a = vi915_open_render("gpu0");
}

TEST_F(share, r8_start_gives_the_object_its_pages)
{
	int fd = prime_export(self->a, gem_create(self->a, SHARE_SIZE));

	EXPECT_EQ(0, share_state(self->a, dmabuf_inode(fd), "pages"));
	dmabuf_sync(fd, SYNC_READ);
	EXPECT_EQ(SHARE_SIZE / VI915_PAGE, share_state(self->a, dmabuf_inode(fd), "pages"));
	dmabuf_sync(fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
	close(fd);
}

TEST_HARNESS_MAIN

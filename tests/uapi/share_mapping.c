// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Rule R6: an import is mapped on its first use, in the direction of that use,
 * and unmapped at close, under pressure, and when its exporter moves.
 * vi915_objects of both GPUs shows that. (Unplugging is tested in
 * share_unplug.c.)
 */
#include "share_fixture.h"

#include <signal.h>
#include <sys/ioctl.h>

#define CPU I915_GEM_DOMAIN_CPU
#define GTT I915_GEM_DOMAIN_GTT

/* The fixture's object and its import on gpu1. */
FIXTURE(import)
{
	int a;
	int b;
	int dmabuf;
	uint32_t handle;
	ino_t ino;
};

FIXTURE_SETUP(import)
{
	self->a = vi915_open_render("gpu0");
	self->b = vi915_open_render("gpu1");
	self->dmabuf = prime_export(self->a, gem_create(self->a, SHARE_SIZE));
	self->ino = dmabuf_inode(self->dmabuf);
	self->handle = prime_import(self->b, self->dmabuf);
}

FIXTURE_TEARDOWN(import)
{
	close(self->dmabuf);
	close(self->b);
	close(self->a);
}

#define EXPECT_UNMAPPED() \
	do { \
		EXPECT_EQ(0, share_state(self->b, self->ino, "mapped")); \
		EXPECT_EQ(0, share_state(self->b, self->ino, "pages")); \
		EXPECT_STREQ("none", share_word(self->b, self->ino, "dir")); \
		EXPECT_EQ(0, share_state(self->a, self->ino, "shares")); \
	} while (0)

#define EXPECT_MAPPED(direction) \
	do { \
		EXPECT_EQ(1, share_state(self->b, self->ino, "mapped")); \
		EXPECT_EQ(SHARE_SIZE / VI915_PAGE, share_state(self->b, self->ino, "pages")); \
		EXPECT_STREQ(direction, share_word(self->b, self->ino, "dir")); \
		EXPECT_EQ(1, share_state(self->a, self->ino, "shares")); \
	} while (0)

TEST_F(import, r6_import_maps_nothing)
{
	EXPECT_UNMAPPED();
	/* The exporter neither allocates pages nor holds them either. */
	EXPECT_EQ(0, share_state(self->a, self->ino, "pages"));
	EXPECT_EQ(0, share_state(self->a, self->ino, "users"));
}

TEST_F(import, r6_what_uses_no_bytes_maps_nothing)
{
	int64_t timeout = 0;
	uint64_t offset;

	close(prime_export(self->b, self->handle));
	EXPECT_OK(__gem_mmap_gtt_offset(self->b, self->handle, &offset));
	gem_munmap(gem_mmap_gtt(self->b, self->handle, SHARE_SIZE), SHARE_SIZE);
	EXPECT_EQ(0, gem_busy(self->b, self->handle));
	EXPECT_OK(__gem_wait(self->b, self->handle, &timeout));
	EXPECT_OK(__gem_sw_finish(self->b, self->handle));
	dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
	dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
	EXPECT_UNMAPPED();
}

TEST_F(import, r6_set_domain_to_read_maps_to_the_device)
{
	gem_set_domain(self->b, self->handle, GTT, 0);
	EXPECT_MAPPED("to");
	/* Not pinned: the exporter may still move it. */
	EXPECT_EQ(0, share_state(self->a, self->ino, "users"));
}

TEST_F(import, r6_set_domain_to_write_maps_both_ways)
{
	gem_set_domain(self->b, self->handle, GTT, GTT);
	EXPECT_MAPPED("both");
}

TEST_F(import, r6_a_gtt_fault_maps_both_ways)
{
	char *map = gem_mmap_gtt(self->b, self->handle, SHARE_SIZE);

	EXPECT_UNMAPPED();
	EXPECT_EQ(0, vi915_read_signal(map));
	EXPECT_MAPPED("both");
}

TEST_F(import, r6_a_wider_use_maps_anew)
{
	gem_set_domain(self->b, self->handle, GTT, 0);
	gem_set_domain(self->b, self->handle, GTT, GTT);
	EXPECT_MAPPED("both");
	/* A use that needs less keeps the mapping. */
	gem_set_domain(self->b, self->handle, GTT, 0);
	EXPECT_MAPPED("both");
}

TEST_F(import, r6_the_mapping_stays_until_somebody_wants_it_back)
{
	share_gtt_writes(self->b, self->handle, SHARE_SIZE, 1);
	EXPECT_MAPPED("both");
	gem_set_domain(self->b, self->handle, CPU, CPU);
	EXPECT_MAPPED("both");
}

TEST_F(import, r6_drop_caches_of_the_importer_unmaps)
{
	char *map = gem_mmap_gtt(self->b, self->handle, SHARE_SIZE);

	vi915_fill(map, SHARE_SIZE, 1);
	vi915_drop_caches(self->b, DROP_PAGES);
	EXPECT_UNMAPPED();
	EXPECT_EQ(SHARE_SIZE / VI915_PAGE, share_state(self->a, self->ino, "pages"));
	/* The next use through the same CPU mapping maps it again. */
	vi915_same(map, SHARE_SIZE, 1);
	EXPECT_MAPPED("both");
}

TEST_F(import, r6_drop_caches_of_the_exporter_unmaps_the_importer)
{
	char *map = gem_mmap_gtt(self->b, self->handle, SHARE_SIZE);

	vi915_fill(map, SHARE_SIZE, 1);
	vi915_drop_caches(self->a, DROP_PAGES);
	EXPECT_UNMAPPED();
	EXPECT_EQ(0, share_state(self->a, self->ino, "pages"));
	vi915_same(map, SHARE_SIZE, 1);
	EXPECT_MAPPED("both");
}

TEST_F(import, r6_moves_are_followed_by_every_importer)
{
	int c = vi915_open_render("gpu2"), i;
	uint32_t handle = prime_import(c, self->dmabuf);
	char *b = gem_mmap_gtt(self->b, self->handle, SHARE_SIZE);
	char *d = gem_mmap_gtt(c, handle, SHARE_SIZE);

	for (i = 0; i < 8; i++) {
		vi915_fill(i & 1 ? b : d, SHARE_SIZE, i);
		vi915_same(i & 1 ? d : b, SHARE_SIZE, i);
		EXPECT_EQ(2, share_state(self->a, self->ino, "shares"));
		vi915_drop_caches(self->a, DROP_PAGES);
		EXPECT_UNMAPPED();
		EXPECT_EQ(0, share_state(c, self->ino, "mapped"));
		share_reads(self->dmabuf, SHARE_SIZE, i);
	}
	close(c);
}

TEST_F(import, r6_closing_the_import_unmaps)
{
	gem_set_domain(self->b, self->handle, GTT, GTT);
	EXPECT_EQ(1, share_state(self->a, self->ino, "shares"));
	gem_close(self->b, self->handle);
	EXPECT_EQ(0, share_state(self->a, self->ino, "shares"));
	EXPECT_EQ(-1, share_state(self->b, self->ino, "size"));
}

TEST_F(import, r6_closing_the_importers_file_unmaps)
{
	gem_set_domain(self->b, self->handle, GTT, GTT);
	close(self->b);
	EXPECT_EQ(0, share_state(self->a, self->ino, "shares"));
	self->b = vi915_open_render("gpu1");
}

TEST_F(import, r6_a_busy_import_stays_mapped_until_its_fences_signal)
{
	const uint32_t usage[] = { DMA_BUF_SYNC_READ, DMA_BUF_SYNC_WRITE };
	int timeline = sw_timeline(), fence, i;

	for (i = 0; i < 2; i++) {
		gem_set_domain(self->b, self->handle, GTT, GTT);
		fence = sw_fence(timeline, i + 1);
		dmabuf_import_sync_file(self->dmabuf, usage[i], fence);
		vi915_drop_caches(self->b, DROP_PAGES);
		EXPECT_MAPPED("both");
		vi915_drop_caches(self->a, DROP_PAGES);
		EXPECT_MAPPED("both");
		sw_signal(timeline, 1);
		vi915_drop_caches(self->b, DROP_PAGES);
		EXPECT_UNMAPPED();
		close(fence);
	}
	close(timeline);
}

TEST_F(import, r6_a_fault_on_a_busy_import_does_not_wait)
{
	char *map = gem_mmap_gtt(self->b, self->handle, SHARE_SIZE);
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1);

	dmabuf_import_sync_file(self->dmabuf, DMA_BUF_SYNC_WRITE, fence);
	EXPECT_EQ(0, vi915_write_signal(map));
	EXPECT_EQ(0, sync_file_status(fence));
	close(timeline);
}

static void on_alarm(int sig)
{
	(void)sig;
}

TEST_F(import, r6_waiting_to_use_an_import_can_be_interrupted)
{
	struct sigaction action = { .sa_handler = on_alarm };
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1);
	struct drm_i915_gem_set_domain arg = {
		.handle = self->handle,
		.read_domains = GTT,
	};

	dmabuf_import_sync_file(self->dmabuf, DMA_BUF_SYNC_WRITE, fence);
	sigaction(SIGALRM, &action, NULL);
	ualarm(50000, 0);
	errno = 0;
	EXPECT_EQ(-1, ioctl(self->b, DRM_IOCTL_I915_GEM_SET_DOMAIN, &arg));
	EXPECT_EQ(EINTR, errno);
	EXPECT_UNMAPPED();
	sw_signal(timeline, 1);
	EXPECT_EQ(0, ioctl(self->b, DRM_IOCTL_I915_GEM_SET_DOMAIN, &arg));
	EXPECT_MAPPED("to");
	close(fence);
	close(timeline);
}

TEST_F(share, r6_imports_of_exporters_that_never_move_are_mapped_on_first_use)
{
	int vgem = vi915_driver_open("vgem"), fds[3], i;

	fds[0] = prime_export(vgem, vgem_create(vgem, SHARE_SIZE));
	fds[1] = udmabuf_create(SHARE_SIZE);
	fds[2] = heap_alloc(SHARE_SIZE);
	for (i = 0; i < 3; i++) {
		uint32_t handle = prime_import(self->a, fds[i]);
		ino_t ino = dmabuf_inode(fds[i]);

		EXPECT_EQ(0, share_state(self->a, ino, "mapped"));
		gem_set_domain(self->a, handle, GTT, 0);
		EXPECT_EQ(1, share_state(self->a, ino, "mapped"));
		/*
		 * vgem and udmabuf keep their first mapping, and the heap syncs
		 * it, so it must fit all uses.
		 */
		EXPECT_STREQ("both", share_word(self->a, ino, "dir"));
		share_gtt_writes(self->a, handle, SHARE_SIZE, i);
		EXPECT_STREQ("both", share_word(self->a, ino, "dir"));
		vi915_drop_caches(self->a, DROP_PAGES);
		EXPECT_EQ(0, share_state(self->a, ino, "mapped"));
		share_reads(fds[i], SHARE_SIZE, i);
		close(fds[i]);
	}
	close(vgem);
}

/* Importers that cannot follow a move map at once and hold the pages. */
TEST_F(share, r6_an_importer_that_cannot_follow_pins)
{
	static const char *const peers[] = { "vgem", "vkms" };
	int i;

	for (i = 0; i < 2; i++) {
		int peer = vi915_driver_open(peers[i]);
		uint32_t handle = prime_import(peer, self->dmabuf);

		EXPECT_EQ(1, share_state(self->a, self->ino, "users"));
		EXPECT_EQ(1, share_state(self->a, self->ino, "shares"));
		vi915_drop_caches(self->a, DROP_PAGES);
		EXPECT_EQ(SHARE_SIZE / VI915_PAGE, share_state(self->a, self->ino, "pages"));
		EXPECT_OK(__gem_close(peer, handle));
		EXPECT_EQ(0, share_state(self->a, self->ino, "users"));
		EXPECT_EQ(0, share_state(self->a, self->ino, "shares"));
		vi915_drop_caches(self->a, DROP_PAGES);
		EXPECT_EQ(0, share_state(self->a, self->ino, "pages"));
		close(peer);
	}
	share_reads(self->dmabuf, SHARE_SIZE, SHARE_SEED);
}

TEST_F(share, r6_a_pin_does_not_stop_others_from_being_mapped)
{
	int vgem = vi915_driver_open("vgem");
	uint32_t handle = prime_import(self->b, self->dmabuf);

	prime_import(vgem, self->dmabuf);
	share_gtt_writes(self->b, handle, SHARE_SIZE, 2);
	EXPECT_EQ(2, share_state(self->a, self->ino, "shares"));
	vi915_drop_caches(self->a, DROP_PAGES);
	share_gtt_reads(self->b, handle, SHARE_SIZE, 2);
	share_reads(self->dmabuf, SHARE_SIZE, 2);
	close(vgem);
	vi915_drop_caches(self->a, DROP_PAGES);
	EXPECT_EQ(0, share_state(self->a, self->ino, "pages"));
}

TEST_F(share, r6_a_pin_is_one_per_importer)
{
	int vgem = vi915_driver_open("vgem"), vkms = vi915_driver_open("vkms");

	prime_import(vgem, self->dmabuf);
	prime_import(vkms, self->dmabuf);
	prime_import(vkms, self->dmabuf);
	EXPECT_EQ(2, share_state(self->a, self->ino, "users"));
	close(vgem);
	EXPECT_EQ(1, share_state(self->a, self->ino, "users"));
	close(vkms);
	EXPECT_EQ(0, share_state(self->a, self->ino, "users"));
}

TEST_HARNESS_MAIN

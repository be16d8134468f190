// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --mem 512 --gpu plain --gpu both,contiguous=1 --gpu screen,contiguous=1,render=0
// box: --gpu none,contiguous=1,outputs=0 --peers vgem
/*
 * GPUs whose outputs show only contiguous memory: their own buffers are
 * contiguous, imported ones are checked, and all else is as with other objects.
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drmMode.h>

#include "exec.h"
#include "fb.h"
#include "gem.h"
#include "gpu.h"
#include "peer.h"
#include "prime.h"
#include "proc.h"
#include "share.h"
#include "share_screen.h"

#define SEED 11
/* More than the page allocator has in one piece, and not a power of two. */
#define SIZE (9 * 1024 * 1024UL + VI915_PAGE)
#define SMALL (16 * VI915_PAGE)

FIXTURE(contig)
{
	int plain;
	int both;
	int screen;
};

FIXTURE_SETUP(contig)
{
	self->plain = vi915_open_render("plain");
	self->both = vi915_open("both");
	self->screen = vi915_open("screen");
}

FIXTURE_TEARDOWN(contig)
{
	close(self->screen);
	close(self->both);
	close(self->plain);
}

static int import_of(int fd, int dmabuf)
{
	uint32_t handle;
	int ret = __prime_import(fd, dmabuf, &handle);

	if (!ret)
		gem_close(fd, handle);
	return ret;
}

/* ADDFB2 of rows of one page, as many as the object has pages. */
static int addfb_of(int fd, uint32_t handle, uint64_t size)
{
	struct drm_mode_fb_cmd2 cmd;

	fb_fill(&cmd, handle, VI915_PAGE / 4, size / VI915_PAGE, DRM_FORMAT_XRGB8888,
		DRM_FORMAT_MOD_LINEAR);
	return __fb_add(fd, &cmd);
}

/* Allocation */

TEST_F(contig, a_full_hd_picture_is_one_piece)
{
	uint32_t handle, pitch;
	uint64_t size;
	int dmabuf;

	handle = gem_dumb_create(self->both, 1920, 1080, 32, &pitch, &size);
	dmabuf = prime_export(self->both, handle);
	EXPECT_STREQ("contig", share_word(self->both, dmabuf_inode(dmabuf), "kind"));
	EXPECT_EQ(size / VI915_PAGE, share_state(self->both, dmabuf_inode(dmabuf), "pages"));
	/* The import checks each page. */
	EXPECT_OK(import_of(self->screen, dmabuf));
	close(dmabuf);
}

TEST_F(contig, an_ultra_hd_picture_is_one_piece)
{
	uint32_t pitch;
	uint64_t size;
	int dmabuf = prime_export(self->screen, gem_dumb_create(self->screen, 3840, 2160, 32,
								&pitch, &size));

	EXPECT_OK(import_of(self->screen, dmabuf));
	close(dmabuf);
	dmabuf = prime_export(self->both, gem_create(self->both, size));
	EXPECT_OK(import_of(self->screen, dmabuf));
	close(dmabuf);
}

TEST_F(contig, every_length_is_one_piece)
{
	const uint64_t pages[] = { 1, 2, 3, 5, 1023, 1024, 1025, 2047, 2048, 2049 };
	unsigned int i;

	for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		uint32_t handle = gem_create(self->both, pages[i] * VI915_PAGE);
		int dmabuf = prime_export(self->both, handle);

		EXPECT_EQ(pages[i], share_state(self->both, dmabuf_inode(dmabuf), "pages"));
		EXPECT_OK(import_of(self->screen, dmabuf));
		EXPECT_OK(addfb_of(self->both, handle, VI915_PAGE));
		close(dmabuf);
	}
}

TEST_F(contig, more_than_there_is_is_enomem)
{
	struct drm_mode_create_dumb dumb = { .width = 16384, .height = 16384, .bpp = 32 };
	uint64_t size = 1ul << 30;
	uint32_t handle;

	EXPECT_ERR(ENOMEM, __gem_dumb_create(self->both, &dumb));
	EXPECT_ERR(ENOMEM, __gem_create(self->both, &size, &handle));
	/* Another GPU allocates at first use, so its call succeeds. */
	EXPECT_OK(__gem_create(self->plain, &size, &handle));
}

/* Like a full CMA area; freed memory can be allocated again. */
TEST_F_TIMEOUT(contig, when_none_is_left_it_is_enomem, 120)
{
	uint32_t handles[16], handle;
	int n, ret = 0, round;

	for (round = 0; round < 3; round++) {
		for (n = 0; n < 16 && !ret; n++) {
			uint64_t size = 32ul << 20;

			ret = __gem_create(self->both, &size, &handle);
			if (!ret)
				handles[n] = handle;
			else
				break;
		}
		EXPECT_EQ(-ENOMEM, ret);
		EXPECT_LT(3, n);
		while (n)
			gem_close(self->both, handles[--n]);
		ret = 0;
	}
}

TEST_F(contig, a_new_piece_is_black)
{
	static char zero[SIZE], bytes[SIZE];
	uint32_t handle = gem_create(self->both, SIZE);

	vi915_fill(bytes, SIZE, SEED);
	gem_pwrite(self->both, handle, 0, bytes, SIZE);
	gem_close(self->both, handle);
	handle = gem_create(self->both, SIZE);
	gem_pread(self->both, handle, 0, bytes, SIZE);
	EXPECT_EQ(0, memcmp(zero, bytes, SIZE));
}

TEST_F(contig, without_outputs_memory_is_as_it_comes)
{
	int none = vi915_open_render("none"), dmabuf;

	dmabuf = prime_export(none, gem_create(none, SMALL));
	EXPECT_STREQ("shmem", share_word(none, dmabuf_inode(dmabuf), "kind"));
	close(dmabuf);
	dmabuf = prime_export(self->plain, share_scattered(self->plain, SMALL));
	EXPECT_OK(import_of(none, dmabuf));
	close(dmabuf);
	close(none);
}

/* Everything that is done with objects */

TEST_F(contig, all_mappings_show_the_same_bytes)
{
	static char want[SIZE], bytes[SIZE];
	uint32_t handle = gem_create(self->both, SIZE);
	const uint64_t types[] = { I915_MMAP_OFFSET_WB, I915_MMAP_OFFSET_WC, I915_MMAP_OFFSET_UC,
				   I915_MMAP_OFFSET_GTT };
	unsigned int i;
	char *map;

	vi915_fill(want, SIZE, SEED);
	gem_pwrite(self->both, handle, 0, want, SIZE);
	for (i = 0; i < 4; i++) {
		map = gem_mmap_type(self->both, handle, SIZE, types[i]);
		EXPECT_EQ(0, memcmp(want, map, SIZE));
		gem_munmap(map, SIZE);
	}
	gem_pread(self->both, handle, 0, bytes, SIZE);
	EXPECT_EQ(0, memcmp(want, bytes, SIZE));
}

TEST_F(contig, jobs_write_and_read_it)
{
	uint32_t from = gem_create(self->both, SIZE), to = gem_create(self->both, SIZE);

	exec_fill(self->both, 0, I915_EXEC_BLT, from, SIZE / VI915_PAGE, 0x12345678);
	exec_copy(self->both, 0, I915_EXEC_BLT, to, from, SIZE / VI915_PAGE);
	EXPECT_EQ(0x12345678, exec_read(self->both, to, 0));
	EXPECT_EQ(0x12345678, exec_read(self->both, to, SIZE - 4));
}

TEST_F(contig, a_tiled_view_is_linear)
{
	uint32_t handle = gem_create(self->both, SMALL), i, *map;
	char raw[SMALL];

	gem_set_tiling(self->both, handle, I915_TILING_X, 4096);
	map = gem_mmap_gtt(self->both, handle, SMALL);
	for (i = 0; i < SMALL / 4; i++)
		map[i] = i;
	gem_pread(self->both, handle, 0, raw, SMALL);
	/* The second tile starts behind 512 bytes of the first row. */
	EXPECT_EQ(128, ((uint32_t *)raw)[1024]);
	EXPECT_EQ(1024, ((uint32_t *)raw)[128]);
	gem_munmap(map, SMALL);
}

TEST_F(contig, a_mapping_cannot_be_user_memory)
{
	uint32_t handle = gem_create(self->both, SMALL), user;
	void *map = gem_mmap_wb(self->both, handle, 0, SMALL);

	EXPECT_ERR(EFAULT, __gem_userptr(self->both, map, SMALL, I915_USERPTR_PROBE, &user));
	gem_munmap(map, SMALL);
}

TEST_F(contig, contents_stay_when_memory_is_short)
{
	uint32_t handle = gem_create(self->both, SMALL);
	char want[SMALL], bytes[SMALL];
	int dmabuf = prime_export(self->both, handle);

	vi915_fill(want, SMALL, SEED);
	gem_pwrite(self->both, handle, 0, want, SMALL);
	vi915_drop_caches(self->both, DROP_PAGES);
	EXPECT_EQ(SMALL / VI915_PAGE, share_state(self->both, dmabuf_inode(dmabuf), "pages"));

	EXPECT_EQ(1, gem_madvise(self->both, handle, I915_MADV_DONTNEED));
	EXPECT_ERR(EFAULT, __gem_pread(self->both, handle, 0, bytes, SMALL));
	vi915_drop_caches(self->both, DROP_PAGES);
	EXPECT_EQ(1, gem_madvise(self->both, handle, I915_MADV_WILLNEED));
	gem_pread(self->both, handle, 0, bytes, SMALL);
	EXPECT_EQ(0, memcmp(want, bytes, SMALL));
	close(dmabuf);
}

TEST_F(contig, an_export_outlives_its_gpu)
{
	char platform[64];
	uint32_t handle = gem_create(self->screen, SMALL), import;
	char *map = gem_mmap_wb(self->screen, handle, 0, SMALL);
	int dmabuf = prime_export(self->screen, handle);

	vi915_fill(map, SMALL, SEED);
	import = prime_import(self->plain, dmabuf);
	share_platform(self->screen, platform);
	share_unbind(platform);
	share_reads(dmabuf, SMALL, SEED);
	share_gtt_reads(self->plain, import, SMALL, SEED);
	gem_munmap(map, SMALL);
	close(dmabuf);
	share_gtt_reads(self->plain, import, SMALL, SEED);
	share_bind(platform);
}

/*
 * Imports. Model: vc4 without IOMMU, which accepts only contiguous buffers of
 * v3d, and refuses others in PrimeFDToHandle
 * (toyota-connected/ivi-homescreen#219).
 */

TEST_F(contig, a_display_refuses_scattered_buffers_when_it_imports)
{
	uint32_t handle = share_scattered(self->plain, SMALL), import;
	int dmabuf;

	share_gtt_writes(self->plain, handle, SMALL, SEED);
	dmabuf = prime_export(self->plain, handle);
	EXPECT_ERR(EINVAL, __prime_import(self->screen, dmabuf, &import));
	EXPECT_EQ(-1, share_state(self->screen, dmabuf_inode(dmabuf), "size"));
	EXPECT_EQ(0, share_state(self->plain, dmabuf_inode(dmabuf), "shares"));
	EXPECT_EQ(0, share_state(self->plain, dmabuf_inode(dmabuf), "users"));
	share_reads(dmabuf, SMALL, SEED);
	close(dmabuf);
}

TEST_F(contig, a_display_refuses_scattered_buffers_of_vgem)
{
	int vgem = vi915_driver_open("vgem"), scattered, page;
	struct share_crumbs crumbs;

	page = prime_export(vgem, vgem_create(vgem, VI915_PAGE));
	EXPECT_OK(import_of(self->screen, page));
	share_strew(&crumbs, self->plain);
	/* vgem allocates memory at the first attachment. */
	scattered = prime_export(vgem, vgem_create(vgem, SMALL));
	EXPECT_ERR(EINVAL, import_of(self->screen, scattered));
	share_sweep(&crumbs);
	close(scattered);
	close(page);
	close(vgem);
}

TEST_F(contig, a_gpu_that_renders_refuses_them_when_they_are_to_be_shown)
{
	uint32_t handle = share_scattered(self->plain, SMALL), import;
	int dmabuf = prime_export(self->plain, handle);

	share_gtt_writes(self->plain, handle, SMALL, SEED);
	import = prime_import(self->both, dmabuf);
	share_gtt_reads(self->both, import, SMALL, SEED);
	EXPECT_ERR(EINVAL, addfb_of(self->both, import, SMALL));
	EXPECT_ERR(EINVAL, addfb_of(self->both, import, VI915_PAGE));
	EXPECT_EQ(0, fb_count(self->both));
	close(dmabuf);
}

TEST_F(contig, one_piece_is_shared_both_ways_without_a_copy)
{
	uint32_t ours = gem_create(self->screen, SIZE), theirs = gem_create(self->both, SIZE);
	int to_both = prime_export(self->screen, ours);
	int to_screen = prime_export(self->both, theirs);
	uint32_t in_both = prime_import(self->both, to_both);
	uint32_t in_screen = prime_import(self->screen, to_screen);
	uint32_t in_plain = prime_import(self->plain, to_both);

	share_gtt_writes(self->screen, ours, SIZE, 1);
	share_gtt_reads(self->both, in_both, SIZE, 1);
	share_gtt_writes(self->both, in_both, SIZE, 2);
	share_gtt_reads(self->screen, ours, SIZE, 2);
	share_gtt_writes(self->screen, in_screen, SIZE, 3);
	share_gtt_reads(self->both, theirs, SIZE, 3);
	share_gtt_reads(self->plain, in_plain, SIZE, 2);
	EXPECT_OK(addfb_of(self->both, in_both, SIZE));
	EXPECT_OK(addfb_of(self->screen, in_screen, SIZE));
	close(to_screen);
	close(to_both);
}

/* The solution: allocate buffers on the GPU that will show them. */
TEST_F(contig, a_renderer_draws_into_a_piece_that_the_display_made)
{
	uint32_t handle, import, drawn, fb, *want, pitch;
	struct share_screen screen;
	uint64_t size, i;
	int dmabuf;

	screen_open_fd(&screen, dup(self->screen));
	handle = gem_dumb_create(screen.fd, screen.mode.hdisplay, screen.mode.vdisplay, 32,
				 &pitch, &size);
	dmabuf = prime_export(screen.fd, handle);
	import = prime_import(self->plain, dmabuf);
	drawn = share_scattered(self->plain, size);
	share_gtt_writes(self->plain, drawn, size, SEED);
	exec_copy(self->plain, 0, I915_EXEC_BLT, import, drawn, size / VI915_PAGE);
	ASSERT_OK(__screen_show(&screen, handle, &fb));

	want = malloc(size);
	vi915_fill(want, size, SEED);
	for (i = 0; i < size / 4; i++)
		want[i] &= 0xffffff;
	EXPECT_EQ(true, screen_shows(screen.fd, want, pitch));
	free(want);
	close(dmabuf);
	screen_close(&screen);
}

TEST_HARNESS_MAIN

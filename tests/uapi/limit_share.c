// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu plain --gpu none,imports=none --gpu shut,exports=0 --gpu own,exports=own
// box: --gpu novmap,vmap=0 --gpu nommap,mmap=0 --gpu cpu,imports=cpu --peers vgem,vkms
/*
 * GPUs that restrict sharing: what is refused, where and with which errno, that
 * a refusal leaves nothing behind, and that the fallbacks of programs work.
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
#include "share_screen.h"

#define SEED 7
#define BAD_HANDLE 0xbadbadu

/* An object with known bytes, exported as a dma-buf. */
static int export_filled(int fd, uint64_t size, uint32_t *handle)
{
	char *bytes = malloc(size);

	*handle = gem_create(fd, size);
	vi915_fill(bytes, size, SEED);
	gem_pwrite(fd, *handle, 0, bytes, size);
	free(bytes);
	return prime_export(fd, *handle);
}

static int import_of(int fd, int dmabuf)
{
	uint32_t handle;
	int ret = __prime_import(fd, dmabuf, &handle);

	if (!ret)
		gem_close(fd, handle);
	return ret;
}

/* imports=none: class 2.3 of the bugs, a failed import and its fallback. */

FIXTURE(none)
{
	int plain;
	int fd;
	uint32_t handle;
	int dmabuf;
};

FIXTURE_SETUP(none)
{
	self->plain = vi915_open_render("plain");
	self->fd = vi915_open_render("none");
	self->dmabuf = export_filled(self->plain, SHARE_SIZE, &self->handle);
}

FIXTURE_TEARDOWN(none)
{
	close(self->dmabuf);
	close(self->fd);
	close(self->plain);
}

TEST_F(none, a_foreign_buffer_is_einval)
{
	int vgem = vi915_driver_open("vgem");
	int theirs = prime_export(vgem, vgem_create(vgem, SHARE_SIZE));

	EXPECT_ERR(EINVAL, import_of(self->fd, self->dmabuf));
	EXPECT_ERR(EINVAL, import_of(self->fd, theirs));
	close(theirs);
	close(vgem);
}

TEST_F(none, a_refused_buffer_is_left_as_it_was)
{
	int i;

	for (i = 0; i < 100; i++)
		EXPECT_ERR(EINVAL, import_of(self->fd, self->dmabuf));
	EXPECT_EQ(-1, share_state(self->fd, dmabuf_inode(self->dmabuf), "size"));
	EXPECT_EQ(0, share_state(self->plain, dmabuf_inode(self->dmabuf), "shares"));
	share_reads(self->dmabuf, SHARE_SIZE, SEED);
}

TEST_F(none, its_own_buffer_comes_back_as_the_same_handle)
{
	int again = vi915_reopen(self->fd);
	uint32_t handle;
	int dmabuf = export_filled(self->fd, SHARE_SIZE, &handle);

	EXPECT_EQ(handle, prime_import(self->fd, dmabuf));
	EXPECT_OK(import_of(again, dmabuf));
	close(dmabuf);
	close(again);
}

TEST_F(none, what_it_exports_others_import)
{
	uint32_t handle, import;
	int dmabuf = export_filled(self->fd, SHARE_SIZE, &handle);

	import = prime_import(self->plain, dmabuf);
	share_gtt_reads(self->plain, import, SHARE_SIZE, SEED);
	close(dmabuf);
}

/* hyprwm/Hyprland#16092: the compositor can copy the bytes instead of killing the client. */
TEST_F(none, a_program_can_fall_back_to_a_copy)
{
	uint32_t copy = gem_create(self->fd, SHARE_SIZE);
	void *bytes;

	EXPECT_ERR(EINVAL, import_of(self->fd, self->dmabuf));
	dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
	bytes = dmabuf_mmap(self->dmabuf, SHARE_SIZE);
	gem_pwrite(self->fd, copy, 0, bytes, SHARE_SIZE);
	dmabuf_sync(self->dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
	gem_munmap(bytes, SHARE_SIZE);
	share_gtt_reads(self->fd, copy, SHARE_SIZE, SEED);
}

/* exports=0 */

TEST(shut_export_is_enosys_whatever_the_handle)
{
	int fd = vi915_open_render("shut"), plain = vi915_open_render("plain"), dmabuf;
	uint32_t handle = gem_create(fd, SHARE_SIZE), theirs;
	int foreign = export_filled(plain, SHARE_SIZE, &theirs);

	EXPECT_ERR(ENOSYS, __prime_export(fd, handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf));
	EXPECT_ERR(ENOSYS, __prime_export(fd, BAD_HANDLE, DRM_CLOEXEC, &dmabuf));
	/* Also an import, which its exporter has exported already. */
	handle = prime_import(fd, foreign);
	EXPECT_ERR(ENOSYS, __prime_export(fd, handle, DRM_CLOEXEC, &dmabuf));
	EXPECT_ERR(EINVAL, __prime_export(fd, handle, 1 << 10, &dmabuf));
	close(foreign);
	close(plain);
	close(fd);
}

TEST(shut_imports_as_any_other)
{
	int fd = vi915_open_render("shut"), plain = vi915_open_render("plain");
	uint32_t theirs, handle;
	int foreign = export_filled(plain, SHARE_SIZE, &theirs);

	handle = prime_import(fd, foreign);
	EXPECT_EQ(handle, prime_import(fd, foreign));
	share_gtt_reads(fd, handle, SHARE_SIZE, SEED);
	close(foreign);
	close(plain);
	close(fd);
}

/* exports=own: hyprwm/aquamarine#279, NVIDIA refuses dma_buf_attach(). */

FIXTURE(own)
{
	int plain;
	int fd;
	int vgem;
	uint32_t handle;
	int dmabuf;
};

FIXTURE_SETUP(own)
{
	self->plain = vi915_open_render("plain");
	self->fd = vi915_open_render("own");
	self->vgem = vi915_driver_open("vgem");
	self->dmabuf = export_filled(self->fd, SHARE_SIZE, &self->handle);
}

FIXTURE_TEARDOWN(own)
{
	close(self->dmabuf);
	close(self->vgem);
	close(self->fd);
	close(self->plain);
}

TEST_F(own, attaching_to_it_is_enosys)
{
	uint32_t handle;

	EXPECT_ERR(ENOSYS, import_of(self->plain, self->dmabuf));
	/* A foreign driver gets the errno through the DRM core. */
	EXPECT_ERR(ENOSYS, __prime_import(self->vgem, self->dmabuf, &handle));
	EXPECT_EQ(-1, share_state(self->plain, dmabuf_inode(self->dmabuf), "size"));
	EXPECT_EQ(0, share_state(self->fd, dmabuf_inode(self->dmabuf), "shares"));
}

TEST_F(own, its_own_files_import_it)
{
	int again = vi915_reopen(self->fd);

	EXPECT_EQ(self->handle, prime_import(self->fd, self->dmabuf));
	share_gtt_reads(again, prime_import(again, self->dmabuf), SHARE_SIZE, SEED);
	close(again);
}

TEST_F(own, the_cpu_reads_it)
{
	share_reads(self->dmabuf, SHARE_SIZE, SEED);
}

TEST_F(own, it_attaches_to_others)
{
	uint32_t theirs;
	int foreign = export_filled(self->plain, SHARE_SIZE, &theirs);

	share_gtt_reads(self->fd, prime_import(self->fd, foreign), SHARE_SIZE, SEED);
	close(foreign);
}

/* Result of showing a GPU's buffer on vkms, which reads it by vmap. */
static int vkms_shows(const char *gpu)
{
	struct share_screen screen;
	int fd = vi915_open_render(gpu), dmabuf, ret;
	uint32_t handle, fb;

	screen_open(&screen);
	dmabuf = export_filled(fd, screen.size, &handle);
	ret = __screen_show(&screen, prime_import(screen.fd, dmabuf), &fb);
	close(dmabuf);
	screen_close(&screen);
	close(fd);
	return ret;
}

/* vmap=0: DisplayLink/evdi#591, DisplayLink/evdi@b75e401. */

TEST(novmap_a_screen_that_copies_gets_einval_from_its_commit)
{
	EXPECT_OK(vkms_shows("plain"));
	EXPECT_ERR(EINVAL, vkms_shows("novmap"));
}

TEST(novmap_reading_through_the_exporter_is_einval)
{
	int cpu = vi915_open_render("cpu"), plain = vi915_open_render("plain");
	int fd = vi915_open_render("novmap"), theirs, ours;
	char bytes[SHARE_SIZE], want[SHARE_SIZE];
	uint32_t handle;

	vi915_fill(want, SHARE_SIZE, SEED);
	theirs = export_filled(plain, SHARE_SIZE, &handle);
	gem_pread(cpu, prime_import(cpu, theirs), 0, bytes, SHARE_SIZE);
	EXPECT_EQ(0, memcmp(want, bytes, SHARE_SIZE));

	ours = export_filled(fd, SHARE_SIZE, &handle);
	EXPECT_ERR(EINVAL, __gem_pread(cpu, prime_import(cpu, ours), 0, bytes, SHARE_SIZE));
	EXPECT_ERR(EINVAL, __gem_pwrite(cpu, prime_import(cpu, ours), 0, bytes, SHARE_SIZE));
	share_reads(ours, SHARE_SIZE, SEED);
	close(ours);
	close(theirs);
	close(fd);
	close(plain);
	close(cpu);
}

TEST(novmap_an_attachment_reads_it_as_ever)
{
	int fd = vi915_open_render("novmap"), plain = vi915_open_render("plain");
	uint32_t handle, import;
	int dmabuf = export_filled(fd, SHARE_SIZE, &handle);

	/* Rule R7 does not depend on it. */
	EXPECT_EQ(handle, prime_import(fd, dmabuf));
	import = prime_import(plain, dmabuf);
	share_gtt_reads(plain, import, SHARE_SIZE, SEED);
	close(dmabuf);
	close(plain);
	close(fd);
}

/* mmap=0: NVIDIA/open-gpu-kernel-modules#355, nowrep/obs-vkcapture#245. */

TEST(nommap_mapping_its_dmabuf_is_einval)
{
	int fd = vi915_open_render("nommap"), plain = vi915_open_render("plain");
	uint32_t handle, theirs;
	int dmabuf = export_filled(fd, SHARE_SIZE, &handle);
	int foreign = export_filled(plain, SHARE_SIZE, &theirs);
	void *ptr;

	EXPECT_ERR(EINVAL, __dmabuf_mmap(dmabuf, 0, SHARE_SIZE, PROT_READ, &ptr));
	EXPECT_ERR(EINVAL, __dmabuf_mmap(dmabuf, 0, VI915_PAGE, PROT_READ | PROT_WRITE, &ptr));
	/* SYNC does not map anything. */
	dmabuf_sync(dmabuf, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
	dmabuf_sync(dmabuf, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
	/* A re-exported import is mapped by its exporter. */
	close(foreign);
	foreign = prime_export(plain, theirs);
	theirs = prime_import(fd, foreign);
	close(foreign);
	foreign = prime_export(fd, theirs);
	share_reads(foreign, SHARE_SIZE, SEED);
	close(foreign);
	close(dmabuf);
	close(plain);
	close(fd);
}

TEST(nommap_handles_are_mapped_as_ever)
{
	int fd = vi915_open_render("nommap"), plain = vi915_open_render("plain");
	uint32_t handle;
	int dmabuf = export_filled(fd, SHARE_SIZE, &handle);
	char want[SHARE_SIZE], *wb;

	vi915_fill(want, SHARE_SIZE, SEED);
	wb = gem_mmap_wb(fd, handle, 0, SHARE_SIZE);
	EXPECT_EQ(0, memcmp(want, wb, SHARE_SIZE));
	gem_munmap(wb, SHARE_SIZE);
	share_gtt_reads(fd, handle, SHARE_SIZE, SEED);
	share_gtt_reads(plain, prime_import(plain, dmabuf), SHARE_SIZE, SEED);
	close(dmabuf);
	close(plain);
	close(fd);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu a,fbdev=1 --gpu b
/*
 * /dev/fb0 of a GPU with fbdev=1: its contents are on the screen while there is
 * no DRM master. The GPU is unplugged, so this has a box of its own.
 */
#include "test.h"

#include <fcntl.h>
#include <linux/fb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gem.h"
#include "gpu.h"
#include "look.h"
#include "proc.h"
#include "share.h"
#include "share_screen.h"

/* Finds the last framebuffer device of this driver. Returns: how many there are. */
static int fb_find(char *path, size_t size)
{
	FILE *list = fopen("/proc/fb", "re");
	char name[64];
	int node, num = 0;

	vi915_require(list);
	while (fscanf(list, "%d %63[^\n]", &node, name) == 2) {
		if (strcmp(name, "i915drmfb"))
			continue;
		num++;
		if (path)
			snprintf(path, size, "/dev/fb%d", node);
	}
	fclose(list);
	return num;
}

static int fb_open(void)
{
	char path[32] = "";

	fb_find(path, sizeof(path));
	return open(path, O_RDWR | O_CLOEXEC);
}

FIXTURE(fbdev)
{
	int fd;
	int card;
	char name[64];
	struct fb_var_screeninfo var;
	struct fb_fix_screeninfo fix;
	size_t size;
	uint32_t *pixels;
};

/* Opens the card without becoming master. */
static int open_card(void)
{
	int card = vi915_open("a");

	vi915_check(vi915_ioctl(card, DRM_IOCTL_DROP_MASTER, NULL));
	return card;
}

FIXTURE_SETUP(fbdev)
{
	self->card = open_card();
	share_platform(self->card, self->name);
	self->fd = fb_open();
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(0, ioctl(self->fd, FBIOGET_VSCREENINFO, &self->var));
	ASSERT_EQ(0, ioctl(self->fd, FBIOGET_FSCREENINFO, &self->fix));
	self->size = self->fix.smem_len;
	self->pixels = mmap(NULL, self->size, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, self->pixels);
}

FIXTURE_TEARDOWN(fbdev)
{
	munmap(self->pixels, self->size);
	close(self->fd);
	close(self->card);
	__share_bind(self->name);
}

static void paint(uint32_t *pixels, size_t size, uint32_t seed)
{
	size_t i;

	for (i = 0; i < size / 4; i++)
		pixels[i] = (uint32_t)i * 2654435761u + seed;
}

TEST_F(fbdev, there_is_one_for_the_gpu_that_asks_for_it)
{
	EXPECT_EQ(1, fb_find(NULL, 0));
	EXPECT_STREQ("i915drmfb", self->fix.id);
	EXPECT_EQ(32, self->var.bits_per_pixel);
	EXPECT_EQ(0, self->var.xres % 16);
	EXPECT_GE(self->fix.line_length, self->var.xres * 4);
	EXPECT_GE(self->size, (size_t)self->fix.line_length * self->var.yres);
}

TEST_F(fbdev, what_is_written_to_a_mapping_is_on_the_screen)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		paint(self->pixels, self->size, i);
		EXPECT_EQ(true, screen_shows(self->card, self->pixels, self->fix.line_length));
		self->pixels[i] ^= 0x010203;
		EXPECT_EQ(true, screen_shows(self->card, self->pixels, self->fix.line_length));
	}
}

TEST_F(fbdev, what_is_written_by_write_is_on_the_screen)
{
	uint32_t *bytes = malloc(self->size), *back = malloc(self->size);

	paint(bytes, self->size, 77);
	EXPECT_EQ(self->size, pwrite(self->fd, bytes, self->size, 0));
	EXPECT_EQ(0, memcmp(bytes, self->pixels, self->size));
	EXPECT_EQ(true, screen_shows(self->card, bytes, self->fix.line_length));
	EXPECT_EQ(self->size, pread(self->fd, back, self->size, 0));
	EXPECT_EQ(0, memcmp(bytes, back, self->size));
	/* Writes are cut at the end, and refused behind it. */
	EXPECT_EQ(4, pwrite(self->fd, bytes, 8, self->size - 4));
	EXPECT_EQ(-1, pwrite(self->fd, bytes, 8, self->size + 4096));
	EXPECT_EQ(EFBIG, errno);
	EXPECT_EQ(0, pread(self->fd, back, 8, self->size));
	free(back);
	free(bytes);
}

TEST_F(fbdev, mappings_are_shared_and_within_the_memory)
{
	size_t page = 4096, end = (self->size + page - 1) / page * page;
	void *ptr;

	ptr = mmap(NULL, page, PROT_READ, MAP_SHARED, self->fd, end - page);
	EXPECT_NE(MAP_FAILED, ptr);
	munmap(ptr, page);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, page, PROT_READ, MAP_SHARED, self->fd, end));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 2 * page, PROT_READ, MAP_SHARED, self->fd, end - page));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, page, PROT_READ, MAP_PRIVATE, self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, page, PROT_READ, MAP_SHARED, self->fd, -page));
}

TEST_F(fbdev, modes_that_do_not_fit_are_refused)
{
	struct fb_var_screeninfo var = self->var;

	var.xres_virtual = 20000;
	var.xres = 20000;
	EXPECT_EQ(-1, ioctl(self->fd, FBIOPUT_VSCREENINFO, &var));
	EXPECT_EQ(EINVAL, errno);
	var = self->var;
	var.yoffset = var.yres + 1;
	EXPECT_EQ(-1, ioctl(self->fd, FBIOPAN_DISPLAY, &var));
	EXPECT_EQ(0, ioctl(self->fd, FBIOPUT_VSCREENINFO, &self->var));
}

/* A compositor takes the screen; when it ends, the fbdev picture is back. */
TEST_F(fbdev, it_is_there_again_when_a_master_ends)
{
	struct share_screen screen;
	uint32_t pitch, fb, handle;
	uint64_t size;

	paint(self->pixels, self->size, 3);
	screen_open_fd(&screen, vi915_open("a"));
	EXPECT_OK(vi915_ioctl(screen.fd, DRM_IOCTL_SET_MASTER, NULL));
	handle = gem_dumb_create(screen.fd, screen.mode.hdisplay, screen.mode.vdisplay, 32, &pitch,
				 &size);
	ASSERT_OK(__screen_show(&screen, handle, &fb));
	EXPECT_EQ(false, screen_shows(self->card, self->pixels, self->fix.line_length));
	close(screen.fd);
	close(self->card);
	/* The last file of the card has just been closed. */
	self->card = open_card();
	EXPECT_EQ(true, screen_shows(self->card, self->pixels, self->fix.line_length));
}

TEST_F(fbdev, blanking_turns_the_output_off)
{
	const struct kms kms = { .fd = self->card };
	struct picture picture;

	EXPECT_EQ(0, ioctl(self->fd, FBIOBLANK, FB_BLANK_POWERDOWN));
	EXPECT_ERR(ENODATA, __look_shot(&kms, "vi915_shot", &picture));
	EXPECT_EQ(0, ioctl(self->fd, FBIOBLANK, FB_BLANK_UNBLANK));
	EXPECT_EQ(true, screen_shows(self->card, self->pixels, self->fix.line_length));
}

/* Like unplugging and plugging a cable. */
static void plug(int card, const char *text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/sys/class/drm/card%d-HDMI-A-1/status", vi915_minor(card));
	fd = open(path, O_WRONLY | O_CLOEXEC);
	vi915_check(fd < 0 ? -errno : 0);
	vi915_check(write(fd, text, strlen(text)) < 0 ? -errno : 0);
	close(fd);
}

/* The DRM core handles the hotplug asynchronously. */
static int lit_soon(int card, int want)
{
	const struct kms kms = { .fd = card };
	struct picture picture;
	int ret, i;

	for (i = 0; i < 5000; i++) {
		ret = __look_shot(&kms, "vi915_shot", &picture);
		if (!ret)
			picture_fini(&picture);
		if (ret == want)
			break;
		usleep(1000);
	}
	return ret;
}

TEST_F(fbdev, it_follows_its_connector)
{
	paint(self->pixels, self->size, 9);
	plug(self->card, "off");
	EXPECT_ERR(ENODATA, lit_soon(self->card, -ENODATA));
	self->pixels[0] = 1;
	plug(self->card, "on");
	EXPECT_OK(lit_soon(self->card, 0));
	EXPECT_EQ(true, screen_shows(self->card, self->pixels, self->fix.line_length));
	plug(self->card, "detect");
}

TEST_F(fbdev, r2_memory_that_is_mapped_stays_when_the_gpu_goes)
{
	char byte;

	paint(self->pixels, self->size, 5);
	share_unbind(self->name);
	EXPECT_EQ(0, fb_find(NULL, 0));
	EXPECT_EQ(-1, pread(self->fd, &byte, 1, 0));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(-1, ioctl(self->fd, FBIOGET_VSCREENINFO, &self->var));
	EXPECT_EQ(5, self->pixels[0]);
	self->pixels[0] = 6;
	close(self->fd);
	EXPECT_EQ(6, self->pixels[0]);
	/* Also without the file, and when there is a new GPU. */
	share_bind(self->name);
	self->pixels[1] = 7;
	EXPECT_EQ(6, self->pixels[0]);
	self->fd = fb_open();
	EXPECT_GE(self->fd, 0);
}

TEST_F(fbdev, r2_every_order_of_letting_go_works)
{
	unsigned int order;

	/* Bit 0: close the file before the GPU goes. Bit 1: unmap before. */
	for (order = 0; order < 4; order++) {
		int fd = fb_open();
		void *ptr = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

		ASSERT_NE(MAP_FAILED, ptr);
		if (order & 1)
			close(fd);
		if (order & 2)
			munmap(ptr, 4096);
		share_unbind(self->name);
		if (!(order & 1))
			close(fd);
		if (!(order & 2))
			munmap(ptr, 4096);
		share_bind(self->name);
	}
	munmap(self->pixels, self->size);
	close(self->fd);
	close(self->card);
	self->card = open_card();
	/* Only the fbdev memory exists. */
	EXPECT_EQ(1, vi915_object_count(self->card));
	self->fd = fb_open();
	self->pixels = mmap(NULL, self->size, PROT_READ, MAP_SHARED, self->fd, 0);
}

TEST_HARNESS_MAIN

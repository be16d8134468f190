// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* GEM_MMAP_GTT and the types of GEM_MMAP_OFFSET, mapped with mmap(2). */
#include <signal.h>
#include <sys/socket.h>

#include "gpu_fixture.h"

#include "attack.h"

#define SIZE (4 * VI915_PAGE)

/* Stands for GEM_MMAP_GTT among the types of GEM_MMAP_OFFSET. */
#define OLD_GTT (~0ULL)

FIXTURE(map)
{
	int fd;
	uint32_t handle;
	uint64_t offset;
};

FIXTURE_VARIANT(map)
{
	uint64_t type;
};

#define VARIANT(name, value) \
	FIXTURE_VARIANT_ADD(map, name) \
	{ \
		.type = value, \
	}

VARIANT(mmap_gtt, OLD_GTT);
VARIANT(gtt, I915_MMAP_OFFSET_GTT);
VARIANT(wc, I915_MMAP_OFFSET_WC);
VARIANT(wb, I915_MMAP_OFFSET_WB);
VARIANT(uc, I915_MMAP_OFFSET_UC);

static int get_offset(int fd, uint32_t handle, uint64_t type, uint64_t *offset)
{
	if (type == OLD_GTT)
		return __gem_mmap_gtt_offset(fd, handle, offset);
	return __gem_mmap_offset(fd, handle, type, offset);
}

static void *map(int fd, uint64_t offset, uint64_t size)
{
	void *ptr;

	vi915_check(__gem_mmap_at_offset(fd, offset, size, &ptr));
	return ptr;
}

FIXTURE_SETUP(map)
{
	self->fd = vi915_open_render("gpu0");
	self->handle = gem_create(self->fd, SIZE);
	ASSERT_OK(get_offset(self->fd, self->handle, variant->type, &self->offset));
}

FIXTURE_TEARDOWN(map)
{
	close(self->fd);
}

TEST_F(map, what_is_written_is_read_back)
{
	char *ptr = map(self->fd, self->offset, SIZE);
	char buf[SIZE];

	vi915_fill(ptr, SIZE, 1);
	gem_pread(self->fd, self->handle, 0, buf, SIZE);
	vi915_same(buf, SIZE, 1);

	vi915_fill(buf, SIZE, 2);
	gem_pwrite(self->fd, self->handle, 0, buf, SIZE);
	gem_set_domain(self->fd, self->handle, I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_GTT);
	vi915_same(ptr, SIZE, 2);
	gem_munmap(ptr, SIZE);
}

TEST_F(map, it_shows_the_pages_that_gem_mmap_shows)
{
	char *ptr = map(self->fd, self->offset, SIZE);
	char *wb = gem_mmap_wb(self->fd, self->handle, 0, SIZE);

	vi915_fill(ptr, SIZE, 8);
	vi915_same(wb, SIZE, 8);
	vi915_fill(wb, SIZE, 9);
	vi915_same(ptr, SIZE, 9);
}

TEST_F(map, asking_twice_gives_one_offset)
{
	uint64_t again;

	ASSERT_OK(get_offset(self->fd, self->handle, variant->type, &again));
	EXPECT_EQ(self->offset, again);
	EXPECT_EQ(0, self->offset % VI915_PAGE);
}

TEST_F(map, another_object_has_another_offset)
{
	uint64_t other;

	ASSERT_OK(get_offset(self->fd, gem_create(self->fd, SIZE), variant->type, &other));
	EXPECT_TRUE(other >= self->offset + SIZE || other + SIZE <= self->offset);
}

TEST_F(map, the_mapping_outlives_handle_and_file)
{
	char *ptr = map(self->fd, self->offset, SIZE);

	vi915_fill(ptr, SIZE, 3);
	gem_close(self->fd, self->handle);
	vi915_same(ptr, SIZE, 3);
	close(self->fd);
	self->fd = -1;
	vi915_same(ptr, SIZE, 3);
	vi915_fill(ptr, SIZE, 4);
	vi915_same(ptr, SIZE, 4);
	gem_munmap(ptr, SIZE);
}

TEST_F(map, untouched_pages_can_be_touched_after_handle_and_file_are_closed)
{
	char *ptr = map(self->fd, self->offset, SIZE);

	close(self->fd);
	self->fd = -1;
	EXPECT_EQ(0, vi915_read_signal(ptr));
	EXPECT_EQ(0, vi915_write_signal(ptr + SIZE - 1));
	EXPECT_EQ(0, ptr[0]);
}

TEST_F(map, a_closed_handle_takes_the_right_to_its_offset_along)
{
	int dmabuf = prime_export(self->fd, self->handle);
	void *ptr;

	/* The dma-buf keeps the object and its offset, but not for this file. */
	gem_close(self->fd, self->handle);
	EXPECT_ERR(EACCES, __gem_mmap_at_offset(self->fd, self->offset, SIZE, &ptr));
	close(dmabuf);
}

TEST_F(map, an_offset_ends_with_its_object)
{
	void *ptr;

	gem_close(self->fd, self->handle);
	vi915_drop_caches(self->fd, DROP_FREED | DROP_RCU);
	EXPECT_ERR(EINVAL, __gem_mmap_at_offset(self->fd, self->offset, SIZE, &ptr));
}

TEST_F(map, a_part_from_the_start_maps_that_part)
{
	char *ptr = map(self->fd, self->offset, 2 * VI915_PAGE);
	uint32_t seen = 0;

	ptr[VI915_PAGE] = 0x55;
	gem_pread(self->fd, self->handle, VI915_PAGE, &seen, 1);
	EXPECT_EQ(0x55, seen);
	gem_munmap(ptr, 2 * VI915_PAGE);
}

TEST_F(map, a_part_from_the_middle_maps_that_part)
{
	char *ptr = map(self->fd, self->offset + 2 * VI915_PAGE, 2 * VI915_PAGE);
	uint32_t seen = 0;

	ptr[VI915_PAGE] = 0x56;
	gem_pread(self->fd, self->handle, 3 * VI915_PAGE, &seen, 1);
	EXPECT_EQ(0x56, seen);
	gem_munmap(ptr, 2 * VI915_PAGE);
}

TEST_F(map, a_part_that_ends_outside_is_einval)
{
	void *ptr;

	EXPECT_ERR(EINVAL, __gem_mmap_at_offset(self->fd, self->offset + 2 * VI915_PAGE,
						3 * VI915_PAGE, &ptr));
}

TEST_F(map, more_than_the_object_is_einval)
{
	void *ptr;

	EXPECT_ERR(EINVAL, __gem_mmap_at_offset(self->fd, self->offset, SIZE + VI915_PAGE,
						&ptr));
}

TEST_F(map, offsets_that_nobody_gave_out_are_einval)
{
	static const uint64_t offsets[] = {
		0, VI915_PAGE, 1ULL << 31, 1ULL << 50, 1ULL << 62, (1ULL << 63) - VI915_PAGE,
	};
	unsigned int i;
	void *ptr;

	for (i = 0; i < ARRAY_SIZE(offsets); i++)
		EXPECT_ERR(EINVAL, __gem_mmap_at_offset(self->fd, offsets[i], VI915_PAGE, &ptr));
}

TEST_F(map, unmapping_the_middle_keeps_both_ends)
{
	char *ptr = map(self->fd, self->offset, SIZE);

	vi915_fill(ptr, SIZE, 5);
	gem_munmap(ptr + VI915_PAGE, VI915_PAGE);
	vi915_same(ptr, VI915_PAGE, 5);
	EXPECT_EQ(0, vi915_read_signal(ptr + 2 * VI915_PAGE));
	EXPECT_EQ(SIGSEGV, vi915_read_signal(ptr + VI915_PAGE));
	gem_close(self->fd, self->handle);
	EXPECT_EQ(0, vi915_write_signal(ptr + SIZE - 1));
	gem_munmap(ptr, VI915_PAGE);
	EXPECT_EQ(0, vi915_write_signal(ptr + SIZE - 1));
}

TEST_F(map, the_tail_of_a_split_mapping_shows_its_own_pages)
{
	char *ptr = map(self->fd, self->offset, SIZE);
	uint32_t word = 0xa5a5;

	/* No page is touched before the split. */
	gem_munmap(ptr, 2 * VI915_PAGE);
	gem_pwrite(self->fd, self->handle, 3 * VI915_PAGE, &word, sizeof(word));
	EXPECT_EQ(word, *(uint32_t *)(ptr + 3 * VI915_PAGE));
}

TEST_F(map, a_read_only_mapping_reads_and_does_not_write)
{
	char *ptr = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, self->fd, self->offset);
	char byte = 0x42;

	ASSERT_NE(MAP_FAILED, ptr);
	gem_pwrite(self->fd, self->handle, 9, &byte, 1);
	EXPECT_EQ(0x42, ptr[9]);
	EXPECT_EQ(SIGSEGV, vi915_write_signal(ptr));
}

TEST_F(map, a_private_mapping_is_einval)
{
	errno = 0;
	EXPECT_EQ(MAP_FAILED, mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, self->fd,
				   self->offset));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(map, the_whole_mapping_cannot_grow)
{
	char *ptr = map(self->fd, self->offset, SIZE);

	EXPECT_EQ(MAP_FAILED, mremap(ptr, SIZE, 2 * SIZE, MREMAP_MAYMOVE));
	EXPECT_EQ(0, vi915_read_signal(ptr));
}

TEST_F(map, a_moved_mapping_shows_the_same_pages)
{
	char *ptr = map(self->fd, self->offset, SIZE), *moved;
	char *place = mmap(NULL, SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	vi915_fill(ptr, SIZE / 2, 6);
	moved = mremap(ptr, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, place);
	ASSERT_EQ(place, moved);
	vi915_same(moved, SIZE / 2, 6);
	EXPECT_EQ(0, vi915_write_signal(moved + SIZE - 1));
}

TEST_F(map, unknown_handle_is_enoent)
{
	uint64_t offset;

	EXPECT_ERR(ENOENT, get_offset(self->fd, BAD_HANDLE, variant->type, &offset));
	EXPECT_ERR(ENOENT, get_offset(self->fd, 0, variant->type, &offset));
}

TEST_F(map, userptr_is_enodev)
{
	void *mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint32_t handle = gem_userptr(self->fd, mem, SIZE, 0);
	uint64_t offset;

	EXPECT_ERR(ENODEV, get_offset(self->fd, handle, variant->type, &offset));
}

TEST_F(gpu, mmap_offset_fixed_is_enodev)
{
	uint32_t handle = gem_create(self->fd, SIZE);
	uint64_t offset;

	EXPECT_ERR(ENODEV, __gem_mmap_offset(self->fd, handle, I915_MMAP_OFFSET_FIXED, &offset));
}

TEST_F(gpu, mmap_offset_unknown_types_are_einval)
{
	uint32_t handle = gem_create(self->fd, SIZE);
	uint64_t offset;
	int bit;

	EXPECT_ERR(EINVAL, __gem_mmap_offset(self->fd, handle, 5, &offset));
	EXPECT_ERR(EINVAL, __gem_mmap_offset(self->fd, handle, -1ULL, &offset));
	for (bit = 3; bit < 64; bit++)
		EXPECT_ERR(EINVAL, __gem_mmap_offset(self->fd, handle,
						     1ULL << bit | I915_MMAP_OFFSET_WB, &offset));
}

TEST_F(gpu, mmap_offset_extensions_are_refused)
{
	struct i915_user_extension ext = { .name = 0 };
	struct drm_i915_gem_mmap_offset arg = {
		.handle = gem_create(self->fd, SIZE),
		.flags = I915_MMAP_OFFSET_WB,
		.extensions = (uintptr_t)&ext,
	};

	EXPECT_ERR(EINVAL, vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_MMAP_OFFSET, &arg));
	arg.extensions = (uintptr_t)BAD_POINTER;
	EXPECT_ERR(EFAULT, vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_MMAP_OFFSET, &arg));
	arg.extensions = 0;
	EXPECT_OK(vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_MMAP_OFFSET, &arg));
}

TEST_F(gpu, mmap_offset_takes_garbage_in_pad_and_offset_as_i915_must)
{
	struct drm_i915_gem_mmap_offset arg = {
		.handle = gem_create(self->fd, SIZE),
		.pad = ~0u,
		.offset = ~0ULL,
		.flags = I915_MMAP_OFFSET_WB,
	};

	EXPECT_OK(vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_MMAP_OFFSET, &arg));
	EXPECT_EQ(0, arg.offset % VI915_PAGE);
}

/* The largest possible object, and a number of objects that costs little memory. */
#define LARGEST (0x7fffffffULL * VI915_PAGE)
#define MANY 100

static void take_offsets(struct attacker *attacker)
{
	int *parent = attacker->arg, i;
	uint64_t offset;
	char byte = 0;

	for (i = 0; i < MANY; i++)
		vi915_check(__gem_mmap_offset(attacker->render,
					      gem_create(attacker->render, LARGEST),
					      I915_MMAP_OFFSET_WB, &offset));
	/* Keeps the objects while the other process makes its own. */
	vi915_require(write(parent[1], &byte, 1) == 1);
	vi915_require(read(parent[1], &byte, 1) == 1);
}

static void take_offsets_beside(void *arg)
{
	attack_child("gpu0", take_offsets, arg);
}

TEST_F(gpu, many_large_objects_leave_offsets_for_others)
{
	int card = vi915_open("gpu0"), parent[2], dmabuf;
	uint32_t handle = gem_create(card, SIZE);
	uint64_t offset;
	char byte, *ptr;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, parent));
	pid = vi915_child(take_offsets_beside, parent);
	close(parent[1]);
	ASSERT_EQ(1, read(parent[0], &byte, 1));

	ASSERT_OK(__gem_mmap_offset(card, handle, I915_MMAP_OFFSET_GTT, &offset));
	ptr = map(card, offset, SIZE);
	vi915_fill(ptr, SIZE, 8);
	gem_munmap(gem_mmap_wb(card, gem_create(card, SIZE), 0, SIZE), SIZE);
	ASSERT_OK(__gem_dumb_map(card, gem_create(card, SIZE), &offset));
	dmabuf = prime_export(card, gem_create(card, SIZE));
	gem_munmap(dmabuf_mmap(dmabuf, SIZE), SIZE);
	close(dmabuf);
	/* Mappings at such large offsets can be zapped too. */
	vi915_drop_caches(card, DROP_PAGES);
	vi915_same(ptr, SIZE, 8);

	ASSERT_EQ(1, write(parent[0], &byte, 1));
	vi915_child_join(pid);
	close(parent[0]);
	close(card);
}

TEST_F(gpu, a_view_of_the_largest_object_is_mapped_to_its_end)
{
	uint32_t handle = gem_create(self->fd, LARGEST);
	uint64_t offset;
	char *ptr;

	ASSERT_OK(__gem_mmap_offset(self->fd, handle, I915_MMAP_OFFSET_UC, &offset));
	ptr = map(self->fd, offset + LARGEST - VI915_PAGE, VI915_PAGE);
	/* There is not that much memory. */
	EXPECT_EQ(SIGBUS, vi915_read_signal(ptr));
}

TEST_F(gpu, the_old_and_the_new_gtt_offset_show_one_object)
{
	uint32_t handle = gem_create(self->fd, SIZE);
	char *a = gem_mmap_gtt(self->fd, handle, SIZE);
	char *b = gem_mmap_type(self->fd, handle, SIZE, I915_MMAP_OFFSET_GTT);

	vi915_fill(a, SIZE, 7);
	vi915_same(b, SIZE, 7);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* SET_DOMAIN and SW_FINISH, by which a client announces CPU access. */
#include "gpu_fixture.h"

#include <signal.h>
#include <sys/ioctl.h>

#define GPU_DOMAINS \
	(I915_GEM_DOMAIN_RENDER | I915_GEM_DOMAIN_SAMPLER | I915_GEM_DOMAIN_COMMAND | \
	 I915_GEM_DOMAIN_INSTRUCTION | I915_GEM_DOMAIN_VERTEX)

static const uint32_t cpu_domains[] = {
	I915_GEM_DOMAIN_CPU, I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_WC,
};

TEST_F(gpu, every_cpu_domain_can_be_read_and_written)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(cpu_domains); i++) {
		for (j = 0; j < ARRAY_SIZE(cpu_domains); j++) {
			EXPECT_OK(__gem_set_domain(self->fd, handle, cpu_domains[i], 0));
			EXPECT_OK(__gem_set_domain(self->fd, handle, cpu_domains[j],
						   cpu_domains[j]));
		}
	}
}

TEST_F(gpu, every_gpu_domain_is_einval)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE), domain;

	for (domain = 1; domain; domain <<= 1) {
		if (!(domain & GPU_DOMAINS))
			continue;
		EXPECT_ERR(EINVAL, __gem_set_domain(self->fd, handle, domain, 0));
		EXPECT_ERR(EINVAL, __gem_set_domain(self->fd, handle, domain, domain));
		EXPECT_ERR(EINVAL, __gem_set_domain(self->fd, handle, 0, domain));
	}
}

TEST_F(gpu, unknown_domains_are_einval)
{
	const uint32_t known = GPU_DOMAINS | I915_GEM_DOMAIN_CPU | I915_GEM_DOMAIN_GTT |
			       I915_GEM_DOMAIN_WC;
	uint32_t handle = gem_create(self->fd, VI915_PAGE), domain;

	for (domain = 1; domain; domain <<= 1) {
		if (domain & known)
			continue;
		EXPECT_ERR(EINVAL, __gem_set_domain(self->fd, handle, domain, 0));
		EXPECT_ERR(EINVAL, __gem_set_domain(self->fd, handle, domain, domain));
	}
}

TEST_F(gpu, a_write_domain_that_is_not_the_read_domain_is_einval)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);

	EXPECT_ERR(EINVAL, __gem_set_domain(self->fd, handle, 0, I915_GEM_DOMAIN_CPU));
	EXPECT_ERR(EINVAL, __gem_set_domain(self->fd, handle, I915_GEM_DOMAIN_GTT,
					    I915_GEM_DOMAIN_CPU));
	EXPECT_ERR(EINVAL, __gem_set_domain(self->fd, handle,
					    I915_GEM_DOMAIN_GTT | I915_GEM_DOMAIN_CPU,
					    I915_GEM_DOMAIN_CPU));
}

TEST_F(gpu, no_domain_is_fine_whatever_the_handle_is)
{
	EXPECT_OK(__gem_set_domain(self->fd, gem_create(self->fd, VI915_PAGE), 0, 0));
	EXPECT_OK(__gem_set_domain(self->fd, BAD_HANDLE, 0, 0));
}

TEST_F(gpu, set_domain_of_an_unknown_handle_is_enoent)
{
	EXPECT_ERR(ENOENT, __gem_set_domain(self->fd, BAD_HANDLE, I915_GEM_DOMAIN_CPU, 0));
	EXPECT_ERR(ENOENT, __gem_set_domain(self->fd, 0, I915_GEM_DOMAIN_CPU, 0));
}

TEST_F(gpu, bytes_written_in_one_domain_are_read_in_every_other)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	char *maps[] = {
		gem_mmap_wb(self->fd, handle, 0, VI915_PAGE),
		gem_mmap_gtt(self->fd, handle, VI915_PAGE),
		gem_mmap_wc(self->fd, handle, 0, VI915_PAGE),
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(maps); i++) {
		for (j = 0; j < ARRAY_SIZE(maps); j++) {
			gem_set_domain(self->fd, handle, cpu_domains[i], cpu_domains[i]);
			vi915_fill(maps[i], VI915_PAGE, i * 3 + j);
			gem_set_domain(self->fd, handle, cpu_domains[j], 0);
			vi915_same(maps[j], VI915_PAGE, i * 3 + j);
		}
	}
}

static void signal_later(void *arg)
{
	sw_signal(*(int *)arg, 1);
}

TEST_F(gpu, set_domain_to_read_waits_for_a_writer)
{
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1);
	uint32_t handle = gem_create(self->fd, VI915_PAGE);

	gem_attach_fence(self->fd, handle, fence, DMA_BUF_SYNC_WRITE);
	vi915_after(100000000, signal_later, &timeline);
	gem_set_domain(self->fd, handle, I915_GEM_DOMAIN_CPU, 0);
	EXPECT_EQ(1, sync_file_status(fence));
}

TEST_F(gpu, set_domain_to_read_does_not_wait_for_readers)
{
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1);
	uint32_t handle = gem_create(self->fd, VI915_PAGE);

	gem_attach_fence(self->fd, handle, fence, DMA_BUF_SYNC_READ);
	gem_set_domain(self->fd, handle, I915_GEM_DOMAIN_CPU, 0);
	EXPECT_EQ(0, sync_file_status(fence));
	sw_signal(timeline, 1);
}

TEST_F(gpu, set_domain_to_write_waits_for_a_reader)
{
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1);
	uint32_t handle = gem_create(self->fd, VI915_PAGE);

	gem_attach_fence(self->fd, handle, fence, DMA_BUF_SYNC_READ);
	vi915_after(100000000, signal_later, &timeline);
	gem_set_domain(self->fd, handle, I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_GTT);
	EXPECT_EQ(1, sync_file_status(fence));
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* Without SA_RESTART the caller sees EINTR: nothing waits uninterruptibly. */
TEST_F(gpu, a_signal_interrupts_set_domain)
{
	struct sigaction action = { .sa_handler = on_alarm };
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1);
	struct drm_i915_gem_set_domain arg = {
		.handle = gem_create(self->fd, VI915_PAGE),
		.read_domains = I915_GEM_DOMAIN_CPU,
	};

	gem_attach_fence(self->fd, arg.handle, fence, DMA_BUF_SYNC_WRITE);
	sigaction(SIGALRM, &action, NULL);
	/* Repeated, since the first signal may come before the call on a slow machine. */
	ualarm(50000, 50000);
	errno = 0;
	EXPECT_EQ(-1, ioctl(self->fd, DRM_IOCTL_I915_GEM_SET_DOMAIN, &arg));
	EXPECT_EQ(EINTR, errno);
	ualarm(0, 0);
	sw_signal(timeline, 1);
	EXPECT_OK(ioctl(self->fd, DRM_IOCTL_I915_GEM_SET_DOMAIN, &arg));
}

TEST_F(gpu, sw_finish_works_and_changes_nothing)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	char *map = gem_mmap_wb(self->fd, handle, 0, VI915_PAGE);

	vi915_fill(map, VI915_PAGE, 1);
	EXPECT_OK(__gem_sw_finish(self->fd, handle));
	vi915_same(map, VI915_PAGE, 1);
}

TEST_F(gpu, sw_finish_of_an_unknown_handle_is_enoent)
{
	EXPECT_ERR(ENOENT, __gem_sw_finish(self->fd, BAD_HANDLE));
	EXPECT_ERR(ENOENT, __gem_sw_finish(self->fd, 0));
}

TEST_F(gpu, sw_finish_of_userptr_works)
{
	void *mem = mmap(NULL, VI915_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);

	EXPECT_OK(__gem_sw_finish(self->fd, gem_userptr(self->fd, mem, VI915_PAGE, 0)));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* REG_READ and THROTTLE. */
#include "gpu_fixture.h"

#include <signal.h>
#include <sys/ioctl.h>

#include "ctx.h"
#include "exec.h"

#define TIMESTAMP (MMIO_RCS + REG_TIMESTAMP)

static int reg_read(int fd, uint64_t offset, uint64_t *value)
{
	struct drm_i915_reg_read arg = { .offset = offset };
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_I915_REG_READ, &arg);
	*value = arg.val;
	return ret;
}

TEST_F(gpu, the_timestamp_goes_on)
{
	uint64_t first, second;

	EXPECT_OK(reg_read(self->fd, TIMESTAMP | I915_REG_READ_8B_WA, &first));
	usleep(10000);
	EXPECT_OK(reg_read(self->fd, TIMESTAMP | I915_REG_READ_8B_WA, &second));
	/* 12 MHz: 10 ms are 120000 ticks, and usleep() never sleeps less. */
	EXPECT_GE(second - first, 119000);
	EXPECT_OK(reg_read(self->fd, TIMESTAMP, &first));
	EXPECT_GE(first, second);
}

TEST_F(gpu, the_timestamp_is_that_of_a_batch)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	uint64_t before, after;
	struct batch batch;
	struct exec exec;

	batch_init(&batch, self->fd, VI915_PAGE);
	batch_store_reg(&batch, BATCH_AT(exec_address(handle)), TIMESTAMP);
	batch_end(&batch);
	exec_init(&exec, self->fd, 0, I915_EXEC_RENDER);
	exec_add(&exec, handle, exec_address(handle), EXEC_PINNED_WRITE);
	exec_add_batch(&exec, &batch);
	EXPECT_OK(reg_read(self->fd, TIMESTAMP, &before));
	exec_submit(&exec);
	exec_sync(self->fd, handle);
	EXPECT_OK(reg_read(self->fd, TIMESTAMP, &after));
	/* Only the low 32 bits, which may have wrapped. */
	EXPECT_LE(exec_read(self->fd, handle, 0) - (uint32_t)before,
		  (uint32_t)after - (uint32_t)before);
}

TEST_F(gpu, any_other_register_is_einval)
{
	static const uint64_t offsets[] = {
		0, 4, 0x2000, TIMESTAMP + 8, TIMESTAMP | 2, TIMESTAMP | 4, TIMESTAMP | 1ULL << 32,
		~0ULL, MMIO_BCS + REG_TIMESTAMP,
	};
	uint64_t value;
	unsigned int i;

	for (i = 0; i < sizeof(offsets) / sizeof(*offsets); i++)
		EXPECT_ERR(EINVAL, reg_read(self->fd, offsets[i], &value));
}

TEST_F(gpu, throttle_of_an_idle_file_is_fine)
{
	EXPECT_OK(vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_THROTTLE, NULL));
	exec_nop(self->fd, 0, I915_EXEC_DEFAULT);
	EXPECT_OK(vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_THROTTLE, NULL));
}

static void end_spin(void *arg)
{
	spin_end(arg);
}

TEST_F(gpu, throttle_waits_for_what_is_older_than_20_ms)
{
	struct spin spin;

	spin_start(&spin, self->fd, ctx_create(self->fd), I915_EXEC_RENDER);
	usleep(100000);
	vi915_after(50000000, end_spin, &spin);
	EXPECT_OK(vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_THROTTLE, NULL));
	EXPECT_EQ(1, sync_file_status(spin.fence));
	spin_free(&spin);
}

TEST_F(gpu, throttle_does_not_wait_for_another_file)
{
	int other = vi915_reopen(self->fd);
	struct spin spin;

	spin_start(&spin, other, 0, I915_EXEC_RENDER);
	usleep(100000);
	EXPECT_OK(vi915_ioctl(self->fd, DRM_IOCTL_I915_GEM_THROTTLE, NULL));
	EXPECT_EQ(0, sync_file_status(spin.fence));
	EXPECT_EQ(1, spin_free(&spin));
	close(other);
}

static void on_alarm(int sig)
{
	(void)sig;
}

TEST_F(gpu, a_signal_interrupts_throttle)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct spin spin;

	spin_start(&spin, self->fd, 0, I915_EXEC_RENDER);
	usleep(100000);
	sigaction(SIGALRM, &action, NULL);
	ualarm(50000, 50000);
	errno = 0;
	EXPECT_EQ(-1, ioctl(self->fd, DRM_IOCTL_I915_GEM_THROTTLE));
	EXPECT_EQ(EINTR, errno);
	ualarm(0, 0);
	EXPECT_EQ(1, spin_free(&spin));
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The folder engine/ of the card, which IGT reads and tunes. */
#include "gpu_fixture.h"

#include <dirent.h>
#include <inttypes.h>
#include <time.h>

#include "ctx.h"
#include "exec.h"
#include "sysfs.h"

struct engine {
	const char *name;
	unsigned int class;
	unsigned int mmio_base;
	const char *capabilities;
};

static const struct engine engines[] = {
	{ "rcs0", I915_ENGINE_CLASS_RENDER, 0x2000, "" },
	{ "bcs0", I915_ENGINE_CLASS_COPY, 0x22000, "" },
	{ "vcs0", I915_ENGINE_CLASS_VIDEO, 0x12000, "hevc sfc\n" },
	{ "vecs0", I915_ENGINE_CLASS_VIDEO_ENHANCE, 0x1a000, "sfc\n" },
};

/*
 * Tunable values with defaults and limits; some limits are in timer ticks of
 * the kernel.
 */
static const struct {
	const char *name;
	uint64_t value;
	uint64_t max;
	bool ticks;
} props[] = {
	{ "heartbeat_interval_ms", 2500, UINT32_MAX, false },
	{ "max_busywait_duration_ns", 8000, 2, true },
	{ "preempt_timeout_ms", 640, UINT32_MAX, false },
	{ "stop_timeout_ms", 100, UINT32_MAX, false },
	{ "timeslice_duration_ms", 1, UINT32_MAX, false },
};

static uint64_t most(unsigned int p)
{
	struct timespec tick;

	if (!props[p].ticks)
		return props[p].max;
	vi915_require(!clock_getres(CLOCK_MONOTONIC_COARSE, &tick));
	return props[p].max * tick.tv_nsec;
}

static const char *file_of(const char *engine, const char *file)
{
	static char path[128];

	snprintf(path, sizeof(path), "engine/%s/%s", engine, file);
	return path;
}

static int set(const char *engine, const char *file, const char *text)
{
	return __vi915_sysfs_write("gpu0", file_of(engine, file), text);
}

static int set_number(const char *engine, const char *file, uint64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64 "\n", number);
	return set(engine, file, text);
}

static uint64_t get(const char *engine, const char *file)
{
	return vi915_sysfs_number("gpu0", file_of(engine, file));
}

FIXTURE(engines)
{
	char text[128];
};

FIXTURE_SETUP(engines)
{
	self->text[0] = '\0';
}

FIXTURE_TEARDOWN(engines)
{
	unsigned int e, p;

	for (e = 0; e < ARRAY_SIZE(engines); e++)
		for (p = 0; p < ARRAY_SIZE(props); p++)
			set_number(engines[e].name, props[p].name, props[p].value);
}

#define READ(engine, file) \
	__vi915_sysfs_read("gpu0", file_of(engine, file), self->text, sizeof(self->text))

TEST_F(engines, each_engine_says_what_it_is)
{
	char name[16];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(engines); i++) {
		const struct engine *engine = &engines[i];

		ASSERT_GE(READ(engine->name, "name"), 0);
		snprintf(name, sizeof(name), "%s\n", engine->name);
		EXPECT_STREQ(name, self->text);
		EXPECT_EQ(engine->class, get(engine->name, "class"));
		EXPECT_EQ(0, get(engine->name, "instance"));
		EXPECT_EQ(engine->mmio_base, get(engine->name, "mmio_base"));
		ASSERT_GE(READ(engine->name, "capabilities"), 0);
		EXPECT_STREQ(engine->capabilities, self->text);
		ASSERT_GE(READ(engine->name, "known_capabilities"), 0);
		EXPECT_STREQ(engine->capabilities, self->text);
	}
}

TEST_F(engines, there_are_four_on_each_gpu)
{
	static const char *const gpus[] = { "gpu0", "gpu1", "gpu2", "gpu3" };
	struct dirent *entry;
	struct vi915_gpu gpu;
	unsigned int i, n;
	char path[64];
	DIR *dir;

	for (i = 0; i < ARRAY_SIZE(gpus); i++) {
		vi915_gpu_find(gpus[i], &gpu);
		snprintf(path, sizeof(path), "/sys/class/drm/card%d/engine", gpu.card);
		dir = opendir(path);
		ASSERT_NE(NULL, dir);
		for (n = 0; (entry = readdir(dir));)
			n += entry->d_name[0] != '.';
		closedir(dir);
		EXPECT_EQ(ARRAY_SIZE(engines), n);
	}
}

TEST_F(engines, each_starts_with_its_defaults)
{
	char file[64];
	unsigned int e, p;

	for (e = 0; e < ARRAY_SIZE(engines); e++) {
		for (p = 0; p < ARRAY_SIZE(props); p++) {
			snprintf(file, sizeof(file), ".defaults/%s", props[p].name);
			EXPECT_EQ(props[p].value, get(engines[e].name, file));
			EXPECT_EQ(props[p].value, get(engines[e].name, props[p].name));
		}
	}
}

TEST_F(engines, what_is_written_is_read_and_the_default_stays)
{
	char file[64];
	unsigned int p;

	for (p = 0; p < ARRAY_SIZE(props); p++) {
		EXPECT_OK(set_number("bcs0", props[p].name, props[p].value + 7));
		EXPECT_EQ(props[p].value + 7, get("bcs0", props[p].name));
		EXPECT_EQ(props[p].value, get("vcs0", props[p].name));
		snprintf(file, sizeof(file), ".defaults/%s", props[p].name);
		EXPECT_EQ(props[p].value, get("bcs0", file));
	}
}

TEST_F(engines, each_goes_from_0_to_its_limit)
{
	unsigned int p;

	for (p = 0; p < ARRAY_SIZE(props); p++) {
		EXPECT_OK(set_number("rcs0", props[p].name, 0));
		EXPECT_EQ(0, get("rcs0", props[p].name));
		EXPECT_OK(set_number("rcs0", props[p].name, most(p)));
		EXPECT_EQ(most(p), get("rcs0", props[p].name));
	}
}

TEST_F(engines, more_than_the_limit_is_einval_and_changes_nothing)
{
	unsigned int p;

	for (p = 0; p < ARRAY_SIZE(props); p++) {
		EXPECT_ERR(EINVAL, set_number("rcs0", props[p].name, most(p) + 1));
		EXPECT_ERR(EINVAL, set_number("rcs0", props[p].name, UINT64_MAX));
		EXPECT_EQ(props[p].value, get("rcs0", props[p].name));
	}
}

TEST_F(engines, what_is_no_number_is_refused)
{
	EXPECT_ERR(EINVAL, set("rcs0", "stop_timeout_ms", "soon\n"));
	EXPECT_ERR(EINVAL, set("rcs0", "stop_timeout_ms", "-1\n"));
	EXPECT_ERR(EINVAL, set("rcs0", "stop_timeout_ms", "\n"));
	EXPECT_ERR(ERANGE, set("rcs0", "stop_timeout_ms", "99999999999999999999\n"));
	EXPECT_OK(set("rcs0", "stop_timeout_ms", "0x10"));
	EXPECT_EQ(16, get("rcs0", "stop_timeout_ms"));
}

TEST_F(engines, a_render_nodes_device_link_leads_to_the_same_folder)
{
	char card[4096], render[4096], path[64];
	struct vi915_gpu gpu;

	vi915_gpu_find("gpu0", &gpu);
	snprintf(path, sizeof(path), "/sys/dev/char/226:%d/device", gpu.card);
	ASSERT_NE(NULL, realpath(path, card));
	snprintf(path, sizeof(path), "/sys/dev/char/226:%d/device", gpu.render);
	ASSERT_NE(NULL, realpath(path, render));
	EXPECT_STREQ(card, render);
}

/* Runs a spinner without preemption. Returns: its fence's status after @ms. */
static int stuck_after(unsigned int ring, unsigned int ms)
{
	int fd = vi915_open_render("gpu0"), status;
	struct spin spin;

	spin_start_on(&spin, fd, ctx_create(fd), ring, SPIN_NO_PREEMPTION, 0);
	spin_wait_running(&spin);
	usleep(ms * 1000);
	status = sync_file_status(spin.fence);
	spin_free(&spin);
	close(fd);
	return status;
}

TEST_F(engines, shorter_timeouts_find_a_hang_sooner)
{
	set_number("vcs0", "heartbeat_interval_ms", 100);
	set_number("vcs0", "preempt_timeout_ms", 100);
	EXPECT_EQ(-EIO, stuck_after(I915_EXEC_BSD, 1000));
}

TEST_F(engines, without_heartbeat_or_preempt_timeout_no_hang_is_found)
{
	set_number("vcs0", "heartbeat_interval_ms", 0);
	set_number("vcs0", "preempt_timeout_ms", 100);
	EXPECT_EQ(0, stuck_after(I915_EXEC_BSD, 1000));
	set_number("vcs0", "heartbeat_interval_ms", 100);
	set_number("vcs0", "preempt_timeout_ms", 0);
	EXPECT_EQ(0, stuck_after(I915_EXEC_BSD, 1000));
}

/* Disabling the heartbeat sends a last one, which ends jobs that cannot be preempted. */
TEST_F(engines, heartbeat_0_ends_what_cannot_be_interrupted)
{
	int fd = vi915_open_render("gpu0");
	struct spin deaf, spin;

	set_number("vcs0", "heartbeat_interval_ms", UINT32_MAX);
	set_number("vcs0", "preempt_timeout_ms", 100);
	spin_start_on(&deaf, fd, ctx_create(fd), I915_EXEC_BSD, SPIN_NO_PREEMPTION, 0);
	spin_start(&spin, fd, ctx_create(fd), I915_EXEC_BSD);
	spin_wait_running(&deaf);
	spin_wait_running(&spin);
	set_number("vcs0", "heartbeat_interval_ms", 0);
	EXPECT_EQ(-EIO, exec_fence_wait(deaf.fence));
	spin_free(&deaf);
	/* A preemptible job goes on. */
	EXPECT_EQ(0, sync_file_status(spin.fence));
	EXPECT_EQ(1, spin_free(&spin));
	close(fd);
}

FIXTURE(closed)
{
	int fd;
	struct spin spin[4];
};

FIXTURE_VARIANT(closed)
{
	unsigned int flags;
};

FIXTURE_VARIANT_ADD(closed, preemptible) { .flags = 0 };
FIXTURE_VARIANT_ADD(closed, not_preemptible) { .flags = SPIN_NO_PREEMPTION };

FIXTURE_SETUP(closed)
{
	self->fd = vi915_open_render("gpu0");
	vi915_check(__vi915_sysfs_write("gpu0", "error", "1"));
	set_number("vcs0", "preempt_timeout_ms", 100);
}

FIXTURE_TEARDOWN(closed)
{
	set_number("vcs0", "preempt_timeout_ms", 640);
	set_number("vcs0", "heartbeat_interval_ms", 2500);
	close(self->fd);
}

/* Spinners in persistent contexts that are already destroyed. */
static void close_spinning(int fd, struct spin *spin, unsigned int n, unsigned int flags)
{
	unsigned int i;
	uint32_t ctx;

	for (i = 0; i < n; i++) {
		ctx = ctx_create(fd);
		spin_start_on(&spin[i], fd, ctx, I915_EXEC_BSD, flags, 0);
		ctx_destroy(fd, ctx);
	}
}

/* Without a heartbeat nothing would find them if they hung, so they end. */
TEST_F(closed, without_a_heartbeat_nothing_persists)
{
	set_number("vcs0", "heartbeat_interval_ms", 0);
	close_spinning(self->fd, self->spin, 1, variant->flags);
	EXPECT_EQ(-EIO, exec_fence_wait(self->spin[0].fence));
	spin_free(&self->spin[0]);
}

TEST_F(closed, heartbeat_0_ends_all_that_persisted)
{
	unsigned int i;

	set_number("vcs0", "heartbeat_interval_ms", UINT32_MAX);
	close_spinning(self->fd, self->spin, 4, variant->flags);
	set_number("vcs0", "heartbeat_interval_ms", 0);
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(-EIO, exec_fence_wait(self->spin[i].fence));
		spin_free(&self->spin[i]);
	}
}

/*
 * Destroying the context also requests preemption; a job that fails that ends,
 * without a report.
 */
TEST_F(closed, what_runs_lets_go_of_the_engine_or_ends)
{
	uint32_t ctx = ctx_create(self->fd);
	char text[64];

	set_number("vcs0", "heartbeat_interval_ms", UINT32_MAX);
	spin_start_on(&self->spin[0], self->fd, ctx, I915_EXEC_BSD, variant->flags, 0);
	spin_wait_running(&self->spin[0]);
	ctx_destroy(self->fd, ctx);
	if (variant->flags & SPIN_NO_PREEMPTION) {
		EXPECT_EQ(-EIO, exec_fence_wait(self->spin[0].fence));
		spin_free(&self->spin[0]);
	} else {
		usleep(500000);
		EXPECT_EQ(0, sync_file_status(self->spin[0].fence));
		EXPECT_EQ(1, spin_free(&self->spin[0]));
	}
	ASSERT_GT(__vi915_sysfs_read("gpu0", "error", text, sizeof(text)), 0);
	EXPECT_STREQ("No error state collected\n", text);
}

TEST_F(engines, without_hangcheck_no_hang_is_found)
{
	int fd = vi915_open("gpu0");

	set_number("vcs0", "heartbeat_interval_ms", 100);
	set_number("vcs0", "preempt_timeout_ms", 100);
	vi915_check(__vi915_debugfs_write(fd, "i915_params/enable_hangcheck", "0"));
	EXPECT_EQ(0, stuck_after(I915_EXEC_BSD, 1000));
	vi915_check(__vi915_debugfs_write(fd, "i915_params/enable_hangcheck", "1"));
	close(fd);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Clients with very many objects, waits or contexts: what these may cost other clients. */
#include "gpu_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <linux/sync_file.h>

#include "attack.h"
#include "ctx.h"
#include "exec.h"
#include "syncobj.h"

#define MIB (1ULL << 20)
/* Most entries that an object list may have, and a number of waits that a call may have. */
#define LINES_MAX (1u << 18)
#define LINES (1u << 16)
#define WAITS (1u << 14)
#define RELOCS_MAX (1u << 20)
#define JOBS 40
#define TIMELINES 200

/* A list with many entries for one batch. */
static struct drm_i915_gem_exec_object2 *name_often(const struct batch *batch, unsigned int lines)
{
	struct drm_i915_gem_exec_object2 *objects = calloc(lines, sizeof(*objects));
	unsigned int i;

	vi915_require(objects);
	for (i = 0; i < lines; i++) {
		objects[i].handle = batch->handle;
		objects[i].offset = batch->address;
		objects[i].flags = EXEC_PINNED;
	}
	return objects;
}

static uint64_t mem_available(void)
{
	unsigned long long kib = 0;
	char line[128];
	FILE *file = fopen("/proc/meminfo", "r");

	vi915_require(file);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "MemAvailable: %llu", &kib) == 1)
			break;
	fclose(file);
	return kib * 1024;
}

FIXTURE(many)
{
	int fd;
	struct batch batch;
	struct exec exec;
};

/* The harness's name of the fixture's struct, for functions outside of a test. */
#define MANY FIXTURE_DATA(many)

FIXTURE_SETUP(many)
{
	self->fd = vi915_open_render("gpu0");
	batch_init(&self->batch, self->fd, VI915_PAGE);
	batch_end(&self->batch);
	exec_init(&self->exec, self->fd, 0, I915_EXEC_RENDER);
	exec_add_batch(&self->exec, &self->batch);
}

FIXTURE_TEARDOWN(many)
{
	close(self->fd);
}

TEST_F_TIMEOUT(many, what_is_named_often_is_kept_once, 60)
{
	struct drm_i915_gem_exec_object2 *objects = name_often(&self->batch, LINES);
	uint64_t before, kept;
	int timeline = sw_timeline(), fence, i;

	/* The job runs when the test signals this. */
	fence = sw_fence(timeline, 1);
	exec_in_fence(&self->exec, fence);
	exec_submit(&self->exec);
	self->exec.arg.buffers_ptr = (uintptr_t)objects;
	self->exec.arg.buffer_count = LINES;
	before = mem_available();
	for (i = 0; i < JOBS; i++)
		exec_submit(&self->exec);
	kept = before - mem_available();
	if ((int64_t)kept < 0)
		kept = 0;
	vi915_note("%u jobs of %u lines keep %llu KiB", JOBS, LINES,
		   (unsigned long long)kept / 1024);
	/* One struct per entry would be 80 MiB. */
	EXPECT_GE(32 * MIB, kept);
	sw_signal(timeline, 1);
	exec_sync(self->fd, self->batch.handle);
	close(fence);
	close(timeline);
	free(objects);
}

TEST_F(many, as_many_lines_as_can_be_are_fine_and_one_more_is_einval)
{
	struct drm_i915_gem_exec_object2 *objects = name_often(&self->batch, LINES_MAX + 1);

	self->exec.arg.buffers_ptr = (uintptr_t)objects;
	self->exec.arg.buffer_count = LINES_MAX;
	EXPECT_OK(__exec_submit(&self->exec));
	self->exec.arg.buffer_count = LINES_MAX + 1;
	EXPECT_ERR(EINVAL, __exec_submit(&self->exec));
	exec_sync(self->fd, self->batch.handle);
	free(objects);
}

TEST_F(many, an_object_under_two_handles_is_one)
{
	int card = vi915_open("gpu0"), dmabuf;
	uint32_t again;

	/* A second handle of the object: it can be in one place only. */
	dmabuf = prime_export(self->fd, self->batch.handle);
	self->exec.fd = card;
	self->exec.objects[0].handle = prime_import(card, dmabuf);
	again = gem_open(card, gem_flink(card, self->exec.objects[0].handle));
	exec_add(&self->exec, again, self->batch.address, EXEC_PINNED);
	EXPECT_OK(__exec_submit(&self->exec));
	self->exec.objects[1].offset += VI915_PAGE;
	EXPECT_ERR(ENOSPC, __exec_submit(&self->exec));
	close(dmabuf);
	close(card);
}

TEST_F(many, a_line_that_writes_makes_the_object_written)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	uint32_t other = gem_create(self->fd, VI915_PAGE);
	uint64_t at = exec_address(handle);
	struct spin spin;

	spin_start_on(&spin, self->fd, 0, I915_EXEC_BSD, SPIN_READ, handle);
	/*
	 * The writing entry is neither the first nor the last one: the job must
	 * wait for the reader.
	 */
	self->exec.arg.buffer_count = 0;
	exec_add(&self->exec, handle, at, EXEC_PINNED);
	exec_add(&self->exec, handle, at, EXEC_PINNED_WRITE);
	exec_add(&self->exec, handle, at, EXEC_PINNED);
	exec_add(&self->exec, other, exec_address(other), EXEC_PINNED_WRITE);
	exec_add_batch(&self->exec, &self->batch);
	exec_want_out_fence(&self->exec);
	exec_submit(&self->exec);
	EXPECT_EQ(0, sync_file_status(exec_out_fence(&self->exec)));
	EXPECT_EQ(1, spin_free(&spin));
	EXPECT_EQ(1, exec_fence_wait(exec_out_fence(&self->exec)));
	close(exec_out_fence(&self->exec));
}

TEST_F(many, more_relocations_than_can_be_are_einval)
{
	self->exec.objects[0].relocation_count = RELOCS_MAX + 1;
	EXPECT_ERR(EINVAL, __exec_submit(&self->exec));
	/* This number is allowed, so the array is read. */
	self->exec.objects[0].relocs_ptr = (uintptr_t)BAD_POINTER;
	self->exec.objects[0].relocation_count = RELOCS_MAX;
	EXPECT_ERR(EFAULT, __exec_submit(&self->exec));
}

static int merge(int a, int b)
{
	struct sync_merge_data data = { .name = "merged", .fd2 = b };

	vi915_require(!ioctl(a, SYNC_IOC_MERGE, &data));
	return data.fence;
}

/* Have the call wait for one sync file as often as a call can. */
static struct drm_i915_gem_exec_fence *wait_often(MANY *self, int sync_file)
{
	struct drm_i915_gem_exec_fence *fences = calloc(WAITS, sizeof(*fences));
	uint32_t syncobj = syncobj_create(self->fd, 0);
	unsigned int i;

	vi915_require(fences);
	syncobj_import_sync_file(self->fd, syncobj, sync_file);
	for (i = 0; i < WAITS; i++) {
		fences[i].handle = syncobj;
		fences[i].flags = I915_EXEC_FENCE_WAIT;
	}
	self->exec.arg.flags |= I915_EXEC_FENCE_ARRAY;
	self->exec.arg.cliprects_ptr = (uintptr_t)fences;
	self->exec.arg.num_cliprects = WAITS;
	exec_want_out_fence(&self->exec);
	return fences;
}

TEST_F_TIMEOUT(many, a_fence_that_is_waited_for_often_is_waited_for_once, 60)
{
	int timeline = sw_timeline(), fence = sw_fence(timeline, 1);
	struct drm_i915_gem_exec_fence *fences = wait_often(self, fence);
	int i, outs[8];

	for (i = 0; i < 8; i++) {
		exec_submit(&self->exec);
		outs[i] = exec_out_fence(&self->exec);
		EXPECT_EQ(0, sync_file_status(outs[i]));
	}
	sw_signal(timeline, 1);
	for (i = 0; i < 8; i++) {
		EXPECT_EQ(1, exec_fence_wait(outs[i]));
		close(outs[i]);
	}
	close(fence);
	close(timeline);
	free(fences);
}

TEST_F_TIMEOUT(many, fences_of_many_timelines_are_all_waited_for, 60)
{
	int timelines[TIMELINES], merged = -1, fence, both, i;
	struct drm_i915_gem_exec_fence *fences;
	struct exec *exec = &self->exec;

	for (i = 0; i < TIMELINES; i++) {
		timelines[i] = sw_timeline();
		fence = sw_fence(timelines[i], 1);
		both = i ? merge(merged, fence) : dup(fence);
		close(fence);
		close(merged);
		merged = both;
	}
	fences = wait_often(self, merged);
	/* With its fences counted one by one, there are more than a call may have. */
	EXPECT_ERR(EINVAL, __exec_submit(exec));

	exec->arg.num_cliprects = 1000;
	exec_submit(exec);
	for (i = 0; i < TIMELINES; i++) {
		EXPECT_EQ(0, sync_file_status(exec_out_fence(exec)));
		sw_signal(timelines[i], 1);
	}
	EXPECT_EQ(1, exec_fence_wait(exec_out_fence(exec)));

	for (i = 0; i < TIMELINES; i++)
		close(timelines[i]);
	close(exec_out_fence(exec));
	close(merged);
	free(fences);
}

TEST_F(many, of_one_timeline_the_last_fence_is_waited_for)
{
	int timeline = sw_timeline(), third = sw_fence(timeline, 3), first = sw_fence(timeline, 1);
	struct drm_i915_gem_exec_fence *fences = wait_often(self, third);
	uint32_t syncobj = syncobj_create(self->fd, 0);

	/* The fences may be in any order in the list. */
	syncobj_import_sync_file(self->fd, syncobj, first);
	fences[0].handle = syncobj;
	fences[2].handle = syncobj;
	self->exec.arg.num_cliprects = 3;
	exec_submit(&self->exec);
	sw_signal(timeline, 2);
	EXPECT_EQ(1, sync_file_status(first));
	exec_nop(self->fd, 0, I915_EXEC_BLT);
	EXPECT_EQ(0, sync_file_status(exec_out_fence(&self->exec)));
	sw_signal(timeline, 1);
	EXPECT_EQ(1, exec_fence_wait(exec_out_fence(&self->exec)));
	close(exec_out_fence(&self->exec));
	close(first);
	close(third);
	close(timeline);
	free(fences);
}

TEST_F_TIMEOUT(many, a_file_keeps_only_so_many_contexts, 150)
{
	int ret, other = vi915_reopen(self->fd);
	uint32_t ctx, vm, count;

	for (count = 0; count < 1000000; count++) {
		ret = __ctx_create(self->fd, &ctx);
		if (ret)
			break;
	}
	vi915_note("%u contexts", count);
	EXPECT_EQ(-ENOMEM, ret);
	EXPECT_LT(10000, count);
	/* Jobs and address spaces cannot be made either, and a refused job leaves nothing. */
	EXPECT_ERR(ENOMEM, __exec_submit(&self->exec));
	exec_sync(self->fd, self->batch.handle);
	do {
		ret = __vm_create(self->fd, &vm);
	} while (!ret);
	EXPECT_EQ(-ENOMEM, ret);

	/* Other files are not affected. */
	EXPECT_OK(__ctx_create(other, &ctx));
	exec_nop(other, ctx, I915_EXEC_RENDER);
	/* Destroyed contexts make room. */
	for (ctx = count; ctx > count - 16; ctx--)
		ctx_destroy(self->fd, ctx);
	EXPECT_OK(__vm_create(self->fd, &vm));
	EXPECT_OK(__ctx_create(self->fd, &ctx));
	EXPECT_OK(__exec_submit(&self->exec));
	close(other);
}

TEST_F_TIMEOUT(many, a_file_waits_for_only_so_much_and_then_goes_on, 60)
{
	int timelines[TIMELINES], fences[TIMELINES], i, jobs, ret = 0;
	struct drm_i915_gem_exec_fence waits[TIMELINES];
	struct exec *exec = &self->exec;

	for (i = 0; i < TIMELINES; i++) {
		timelines[i] = sw_timeline();
		fences[i] = sw_fence(timelines[i], 1);
		waits[i].handle = syncobj_create(self->fd, 0);
		waits[i].flags = I915_EXEC_FENCE_WAIT;
		syncobj_import_sync_file(self->fd, waits[i].handle, fences[i]);
	}
	exec->arg.flags |= I915_EXEC_FENCE_ARRAY;
	exec->arg.cliprects_ptr = (uintptr_t)waits;
	exec->arg.num_cliprects = TIMELINES;
	for (jobs = 0; jobs < 100000 && !ret; jobs++) {
		/* A ring has room for 256 jobs. */
		if (!(jobs % 200))
			exec->arg.rsvd1 = ctx_create(self->fd);
		ret = __exec_submit(exec);
	}
	vi915_note("%u jobs that wait for %u fences each", jobs - 1, TIMELINES);
	EXPECT_EQ(-ENOMEM, ret);
	EXPECT_LT(200, jobs);

	for (i = 0; i < TIMELINES; i++)
		sw_signal(timelines[i], 1);
	exec_sync(self->fd, self->batch.handle);
	vi915_drop_caches(self->fd, DROP_IDLE | DROP_RETIRE);
	EXPECT_OK(__exec_submit(exec));
	for (i = 0; i < TIMELINES; i++) {
		close(timelines[i]);
		close(fences[i]);
	}
}

struct hoard {
	struct batch batch;
	struct drm_i915_gem_exec_object2 *objects;
};

static void hoard_prepare(struct attacker *attacker)
{
	struct hoard *hoard = attacker->arg;

	batch_init(&hoard->batch, attacker->render, VI915_PAGE);
	batch_end(&hoard->batch);
	hoard->objects = name_often(&hoard->batch, LINES);
}

/* A long list of objects in a new context, which is destroyed at once. */
static void hoard_step(struct attacker *attacker)
{
	struct hoard *hoard = attacker->arg;
	struct drm_i915_gem_execbuffer2 arg = {
		.buffers_ptr = (uintptr_t)hoard->objects,
		.buffer_count = LINES,
		.rsvd1 = ctx_create(attacker->render),
	};

	vi915_check(vi915_ioctl(attacker->render, DRM_IOCTL_I915_GEM_EXECBUFFER2, &arg));
	ctx_destroy(attacker->render, arg.rsvd1);
}

TEST_F_TIMEOUT(many, who_names_much_keeps_nobody_from_drawing, 60)
{
	struct hoard hoard;
	struct attack attack = {
		.gpu = "gpu0",
		.prepare = hoard_prepare,
		.step = hoard_step,
		.arg = &hoard,
		.processes = 2,
		.rounds = 8,
		.steps = 8,
		.bound = 64,
	};

	attack_run(&attack, NULL);
}

TEST_HARNESS_MAIN

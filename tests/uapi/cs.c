// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The command streamer from outside: on each engine, each command does what it
 * should, and invalid dwords hang only their own context.
 *
 * CS_SEED=N runs other random batches than the default ones.
 */
#include "gpu_fixture.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "ctx.h"
#include "exec.h"

#define CS FIXTURE_DATA(cs)
#define SEED 915
#define RANDOM_BATCHES 500
#define BIG_BATCH (1024 * 1024)

/* Headers that are missing in batch.h. */
#define MI_PREDICATE_LOAD_EQUAL (0x0cu << 23 | 2 << 6 | 2)
#define MI_ATOMIC_ADD_INLINE (0x2fu << 23 | 1 << 18 | 7 << 8 | 9)
#define MI_COPY_MEM_MEM (0x2eu << 23 | 3)
#define MI_NESTED (1u << 22)
#define MI_PREDICATED (1u << 15)
#define PIPE_CONTROL 0x7a000004u
#define REG_PREDICATE_SRC0 0x400u
#define REG_PREDICATE_SRC1 0x408u
#define REG_PREDICATE_RESULT 0x418u
#define REG_PREDICATE_RESULT_1 0x41cu
#define REG_CTX_TIMESTAMP 0x3a8u

FIXTURE(cs)
{
	int fd;
	uint32_t ctx;
	uint32_t mmio;
	struct batch batch;
	/* Object that batches write to, its GPU address and its mapping. */
	uint32_t data;
	uint64_t at;
	volatile uint32_t *seen;
};

FIXTURE_VARIANT(cs)
{
	unsigned int engine;
};

FIXTURE_VARIANT_ADD(cs, render) { I915_EXEC_RENDER };
FIXTURE_VARIANT_ADD(cs, copy) { I915_EXEC_BLT };
FIXTURE_VARIANT_ADD(cs, video) { I915_EXEC_BSD };
FIXTURE_VARIANT_ADD(cs, video_enhance) { I915_EXEC_VEBOX };

static void begin(CS *self, const char *gpu, unsigned int engine)
{
	self->fd = vi915_open_render(gpu);
	self->ctx = ctx_create(self->fd);
	ctx_set(self->fd, self->ctx, I915_CONTEXT_PARAM_BANNABLE, 0);
	self->mmio = batch_mmio(engine);
	batch_init(&self->batch, self->fd, BIG_BATCH);
	self->data = gem_create(self->fd, VI915_PAGE);
	self->at = exec_address(self->data);
	self->seen = gem_mmap_wb(self->fd, self->data, 0, VI915_PAGE);
}

static void end(CS *self)
{
	batch_fini(&self->batch);
	close(self->fd);
}

FIXTURE_SETUP(cs)
{
	begin(self, "gpu0", variant->engine);
}

FIXTURE_TEARDOWN(cs)
{
	end(self);
}

/* Address of the n-th dword of the data. */
static struct batch_ptr slot(CS *self, unsigned int n)
{
	return BATCH_AT(self->at + 4 * n);
}

static int start(CS *self, unsigned int engine)
{
	struct exec exec;

	exec_init(&exec, self->fd, self->ctx, engine);
	exec_add(&exec, self->data, self->at, EXEC_PINNED_WRITE);
	exec_add_batch(&exec, &self->batch);
	exec_want_out_fence(&exec);
	exec_submit(&exec);
	return exec_out_fence(&exec);
}

/* Returns: status of the job's fence. */
static int run(CS *self, unsigned int engine)
{
	int fence = start(self, engine), status = exec_fence_wait(fence);

	close(fence);
	return status;
}

TEST_F(cs, stores_and_copies_memory)
{
	batch_store(&self->batch, slot(self, 0), 1);
	batch_store_qword(&self->batch, slot(self, 2), 0x300000002ULL);
	batch_dword(&self->batch, MI_COPY_MEM_MEM);
	batch_address(&self->batch, slot(self, 4), true);
	batch_address(&self->batch, slot(self, 3), false);
	batch_end(&self->batch);

	EXPECT_EQ(1, run(self, variant->engine));
	EXPECT_EQ(1, self->seen[0]);
	EXPECT_EQ(2, self->seen[2]);
	EXPECT_EQ(3, self->seen[3]);
	EXPECT_EQ(3, self->seen[4]);
}

TEST_F(cs, calculates_in_registers_of_the_engine)
{
	const uint32_t alu[] = {
		ALU_LOAD(ALU_SRCA, 0), ALU_LOAD(ALU_SRCB, 1), ALU_SUB,
		ALU_STORE(2, ALU_ACCU), ALU_STORE(3, 0x33),
	};

	batch_load_imm(&self->batch, self->mmio + REG_GPR(0), 5);
	batch_load_imm(&self->batch, self->mmio + REG_GPR(0) + 4, 0);
	batch_load_imm(&self->batch, self->mmio + REG_GPR(1), 7);
	batch_load_imm(&self->batch, self->mmio + REG_GPR(1) + 4, 0);
	batch_math(&self->batch, alu, ARRAY_SIZE(alu));
	batch_load_reg(&self->batch, self->mmio + REG_GPR(4), self->mmio + REG_GPR(2));
	batch_store_reg(&self->batch, slot(self, 0), self->mmio + REG_GPR(4));
	batch_store_reg(&self->batch, slot(self, 1), self->mmio + REG_GPR(2) + 4);
	batch_store_reg(&self->batch, slot(self, 2), self->mmio + REG_GPR(3));
	batch_end(&self->batch);

	EXPECT_EQ(1, run(self, variant->engine));
	EXPECT_EQ(-2u, self->seen[0]);
	EXPECT_EQ(UINT32_MAX, self->seen[1]);
	EXPECT_EQ(UINT32_MAX, self->seen[2]);
}

/* Registers belong to the context: they persist, and other contexts do not see them. */
TEST_F(cs, keeps_registers_between_batches)
{
	uint32_t mine = self->ctx, other = ctx_create(self->fd);

	batch_load_imm(&self->batch, self->mmio + REG_GPR(7), 0x915);
	batch_end(&self->batch);
	EXPECT_EQ(1, run(self, variant->engine));

	batch_reset(&self->batch);
	batch_store_reg(&self->batch, slot(self, 0), self->mmio + REG_GPR(7));
	batch_end(&self->batch);
	self->seen[0] = 1;
	self->ctx = other;
	EXPECT_EQ(1, run(self, variant->engine));
	EXPECT_EQ(0, self->seen[0]);
	self->ctx = mine;
	EXPECT_EQ(1, run(self, variant->engine));
	EXPECT_EQ(0x915, self->seen[0]);
}

TEST_F(cs, adds_in_memory)
{
	int i;

	self->seen[0] = 40;
	batch_dword(&self->batch, MI_ATOMIC_ADD_INLINE);
	batch_address(&self->batch, slot(self, 0), true);
	batch_dword(&self->batch, 2);
	for (i = 0; i < 7; i++)
		batch_dword(&self->batch, 0);
	batch_end(&self->batch);

	EXPECT_EQ(1, run(self, variant->engine));
	EXPECT_EQ(42, self->seen[0]);
}

TEST_F(cs, predicate_decides_whether_to_jump)
{
	uint64_t end = self->batch.address + VI915_PAGE;
	unsigned int same;

	for (same = 0; same < 2; same++) {
		batch_reset(&self->batch);
		batch_load_imm(&self->batch, self->mmio + REG_PREDICATE_SRC0, 5);
		batch_load_imm(&self->batch, self->mmio + REG_PREDICATE_SRC1, 6 - same);
		batch_dword(&self->batch, MI_PREDICATE_LOAD_EQUAL);
		batch_load_reg(&self->batch, self->mmio + REG_PREDICATE_RESULT_1,
			       self->mmio + REG_PREDICATE_RESULT);
		batch_dword(&self->batch, MI_BATCH_BUFFER_START | MI_PREDICATED);
		batch_address(&self->batch, BATCH_AT(end), false);
		batch_store(&self->batch, slot(self, same), 1);
		batch_end(&self->batch);
		self->batch.cs[VI915_PAGE / 4] = MI_BATCH_BUFFER_END;
		EXPECT_EQ(1, run(self, variant->engine));
	}
	EXPECT_EQ(1, self->seen[0]);
	EXPECT_EQ(0, self->seen[1]);
}

TEST_F(cs, returns_from_a_nested_batch)
{
	struct batch inner = self->batch;

	inner.cs += VI915_PAGE / 4;
	inner.size -= VI915_PAGE;
	batch_store(&inner, slot(self, 0), 1);
	batch_end(&inner);
	batch_dword(&self->batch, MI_BATCH_BUFFER_START | MI_NESTED);
	batch_address(&self->batch, BATCH_AT(self->batch.address + VI915_PAGE), false);
	batch_store(&self->batch, slot(self, 1), 2);
	batch_end(&self->batch);

	EXPECT_EQ(1, run(self, variant->engine));
	EXPECT_EQ(1, self->seen[0]);
	EXPECT_EQ(2, self->seen[1]);
}

TEST_F(cs, a_third_level_hangs)
{
	batch_dword(&self->batch, MI_BATCH_BUFFER_START | MI_NESTED);
	batch_address(&self->batch, BATCH_AT(self->batch.address), false);
	batch_end(&self->batch);
	EXPECT_EQ(-EIO, run(self, variant->engine));
}

TEST_F(cs, conditional_end_ends_when_memory_is_not_greater)
{
	batch_store(&self->batch, slot(self, 0), 5);
	batch_end_unless(&self->batch, slot(self, 0), 4);
	batch_store(&self->batch, slot(self, 1), 1);
	batch_end_unless(&self->batch, slot(self, 0), 5);
	batch_store(&self->batch, slot(self, 2), 1);
	batch_end(&self->batch);

	EXPECT_EQ(1, run(self, variant->engine));
	EXPECT_EQ(1, self->seen[1]);
	EXPECT_EQ(0, self->seen[2]);
}

/* The CPU changes a batch while it runs, and the change takes effect. */
TEST_F(cs, a_loop_ends_when_the_cpu_says_so)
{
	uint64_t self_at = self->batch.address;
	int fence;

	batch_arb_check(&self->batch);
	batch_store(&self->batch, slot(self, 0), 1);
	batch_noop(&self->batch, 1);
	batch_jump(&self->batch, BATCH_AT(self_at));
	fence = start(self, variant->engine);
	while (!self->seen[0])
		usleep(1000);
	EXPECT_EQ(0, fd_poll(fence, POLLIN, 50));
	__atomic_store_n(&self->batch.cs[5], MI_BATCH_BUFFER_END, __ATOMIC_RELEASE);
	EXPECT_EQ(1, exec_fence_wait(fence));
	close(fence);
}

TEST_F(cs, waits_for_memory_until_the_cpu_writes_it)
{
	int fence;

	batch_wait(&self->batch, slot(self, 0), MI_SEMAPHORE_SAD_GTE_SDD, 7);
	batch_store(&self->batch, slot(self, 1), 1);
	batch_end(&self->batch);
	fence = start(self, variant->engine);
	EXPECT_EQ(0, fd_poll(fence, POLLIN, 50));
	EXPECT_EQ(0, self->seen[1]);
	self->seen[0] = 8;
	EXPECT_EQ(1, exec_fence_wait(fence));
	EXPECT_EQ(1, self->seen[1]);
	close(fence);
}

TEST_F(cs, a_flush_stores_value_and_time)
{
	uint64_t before, behind;

	if (variant->engine == I915_EXEC_RENDER) {
		batch_dword(&self->batch, PIPE_CONTROL);
		batch_dword(&self->batch, MI_FLUSH_DW_STORE);
		batch_address(&self->batch, slot(self, 0), true);
		batch_dword(&self->batch, 1);
		batch_dword(&self->batch, 2);
		batch_dword(&self->batch, PIPE_CONTROL);
		batch_dword(&self->batch, MI_FLUSH_DW_TIMESTAMP);
		batch_address(&self->batch, slot(self, 2), true);
		batch_dword(&self->batch, 0);
		batch_dword(&self->batch, 0);
	} else {
		batch_flush_store(&self->batch, slot(self, 0), 1);
		batch_dword(&self->batch, MI_FLUSH_DW | MI_FLUSH_DW_TIMESTAMP);
		batch_address(&self->batch, slot(self, 2), true);
		batch_dword(&self->batch, 0);
	}
	batch_store_reg(&self->batch, slot(self, 4), self->mmio + REG_TIMESTAMP);
	batch_store_reg(&self->batch, slot(self, 5), self->mmio + REG_TIMESTAMP + 4);
	batch_store_reg(&self->batch, slot(self, 6), self->mmio + REG_CTX_TIMESTAMP);
	batch_end(&self->batch);

	EXPECT_EQ(1, run(self, variant->engine));
	EXPECT_EQ(1, self->seen[0]);
	before = self->seen[2] | (uint64_t)self->seen[3] << 32;
	behind = self->seen[4] | (uint64_t)self->seen[5] << 32;
	EXPECT_NE(0, before);
	EXPECT_LE(before, behind);
	/* Ticks of 12 MHz, so less than a second. */
	EXPECT_LT(behind - before, 12000000);
	EXPECT_LT(self->seen[6], 12000000);
}

/* Nothing but MI_NOOP, some with a number, up to the end of the object. */
TEST_F(cs, passes_a_mebibyte_of_noops)
{
	unsigned int last = BIG_BATCH / 4 - 1, i;

	for (i = 0; i < last; i += 1000)
		self->batch.cs[i] = 0x7fffff & (i * 7 + 1);
	self->batch.cs[last] = MI_BATCH_BUFFER_END;
	EXPECT_EQ(1, run(self, variant->engine));
}

TEST_F(cs, only_the_copy_engine_draws)
{
	struct batch_rect rect = {
		.ptr = slot(self, 0), .pitch = 64, .width = 4, .height = 4,
	};

	batch_fill(&self->batch, &rect, 9);
	batch_end(&self->batch);
	EXPECT_EQ(variant->engine == I915_EXEC_BLT ? 1 : -EIO, run(self, variant->engine));
	EXPECT_EQ(variant->engine == I915_EXEC_BLT ? 9 : 0, self->seen[0]);
}

/* 3DPRIMITIVE, whose payload dwords would be invalid as commands. */
TEST_F(cs, the_copy_engine_alone_does_not_know_3d)
{
	unsigned int i;

	batch_dword(&self->batch, 0x7b000005);
	for (i = 0; i < 6; i++)
		batch_dword(&self->batch, BATCH_INVALID);
	batch_store(&self->batch, slot(self, 0), 1);
	batch_end(&self->batch);
	EXPECT_EQ(variant->engine == I915_EXEC_BLT ? -EIO : 1, run(self, variant->engine));
	EXPECT_EQ(variant->engine != I915_EXEC_BLT, self->seen[0]);
}

static uint32_t next(uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random >> 32;
}

/* Commands that access memory, but do not jump to another batch. */
static uint32_t random_dword(uint64_t *random)
{
	static const uint32_t headers[] = {
		MI_MATH(4), MI_STORE_DWORD_IMM, MI_STORE_QWORD_IMM, MI_LOAD_REGISTER_IMM(1),
		MI_STORE_REGISTER_MEM, MI_FLUSH_DW | MI_FLUSH_DW_STORE, MI_LOAD_REGISTER_MEM,
		MI_LOAD_REGISTER_REG, MI_COPY_MEM_MEM, MI_ATOMIC_ADD_INLINE, XY_COLOR_BLT,
		XY_SRC_COPY_BLT, XY_COLOR_BLT | XY_BLT_WRITE_ARGB, PIPE_CONTROL,
		2u << 29 | 0x42u << 22 | 8, 2u << 29 | 0x01u << 22 | 8, 0xf00000 | XY_DEPTH_32,
	};
	uint32_t any = next(random);

	switch (next(random) % 4) {
	case 0:
		return headers[any % ARRAY_SIZE(headers)];
	case 1:
		return any & 0x00ff00ff;
	case 2:
		return any % 4;
	default:
		return any;
	}
}

/*
 * Each batch ends well or with EIO, and an object of the same process that was
 * never bound to the context stays unchanged. Uses unmapped=hang, since with
 * the default many batches would poll unmapped memory for as long as a job may
 * run.
 */
TEST_F_TIMEOUT(cs, r10_random_dwords_hang_nobody_else, 300)
{
	const char *text = getenv("CS_SEED");
	uint64_t seed = text ? strtoull(text, NULL, 0) : SEED;
	uint64_t random = (seed + 1 + variant->engine) * 0x9e3779b97f4a7c15;
	uint32_t bystander, other;
	unsigned int i, j, hangs = 0;
	CS noise;
	void *bytes;
	int status, out;

	TH_LOG("CS_SEED=%llu", (unsigned long long)seed);
	config_gpu("strict", "unmapped", "hang");
	begin(&noise, "strict", variant->engine);
	bystander = gem_create(noise.fd, 16 * VI915_PAGE);
	other = ctx_create(noise.fd);
	bytes = gem_mmap_wb(noise.fd, bystander, 0, 16 * VI915_PAGE);
	vi915_fill(bytes, 16 * VI915_PAGE, 1);
	for (i = 0; i < RANDOM_BATCHES; i++) {
		for (j = 0; j < 64; j++) {
			noise.batch.cs[j] = random_dword(&random);
			/* Sometimes a valid address. */
			if (next(&random) % 8)
				continue;
			noise.batch.cs[j++] = noise.at;
			noise.batch.cs[j] = noise.at >> 32;
		}
		noise.batch.cs[j] = MI_BATCH_BUFFER_END;
		status = run(&noise, variant->engine);
		EXPECT_TRUE(status == 1 || status == -EIO);
		hangs += status == -EIO;
	}
	EXPECT_GT(hangs, 0);
	vi915_same(bytes, 16 * VI915_PAGE, 1);
	out = exec_store_fence(noise.fd, other, variant->engine, bystander, 0, 1, -1);
	EXPECT_EQ(1, exec_fence_wait(out));
	EXPECT_EQ(1, exec_read(noise.fd, bystander, 0));
	close(out);
	end(&noise);
	config_remove("strict");
}

TEST_HARNESS_MAIN

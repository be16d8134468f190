// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Batches that pass the decoder: each command has a valid header and the right
 * length, registers are those of the engine, and most addresses lie in an
 * object of the job.
 */
#include <string.h>

#include "batch.h"
#include "fuzz.h"
#include "proc.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* Percentage of sensible values in a command. */
#define FUZZ_SENSIBLE 98

/* Meaning of a dword of a command. */
#define IS_DATA 'd'
#define IS_ADDRESS 'A'
#define IS_REGISTER 'r'
#define IS_ALU 'a'
#define IS_BR13 'b'
#define IS_FAST_BR13 'f'
#define IS_BLIT_ADDRESS 'B'
#define IS_TOP_LEFT 'x'
#define IS_BOTTOM_RIGHT 'y'
#define IS_PITCH 'p'

/**
 * struct fuzz_command - a command that batches are made of
 * @header: first dword, with the length
 * @bits: bits of the header that may have any value
 * @dwords: an IS_x each, or '0'; an address is two dwords
 * @weight: relative frequency
 */
static const struct fuzz_command {
	uint32_t header;
	uint32_t bits;
	const char *dwords;
	unsigned int weight;
} fuzz_commands[] = {
	{ MI_NOOP, 0x7fffff, "", 6 },
	{ MI_ARB_CHECK, 0, "", 3 },
	{ 0x08u << 23, 1, "", 1 },
	{ MI_MATH(4), 0, "aaaa", 4 },
	{ MI_MATH(1), 0, "a", 1 },
	{ MI_MATH(8), 0, "aaaaaaaa", 2 },
	/* A value is always >= 0, so this never waits. */
	{ MI_SEMAPHORE_WAIT | MI_SEMAPHORE_SAD_GTE_SDD, MI_SEMAPHORE_POLL, "0A", 2 },
	{ MI_STORE_DWORD_IMM, 0, "Ad", 10 },
	{ MI_STORE_QWORD_IMM, 0, "Add", 4 },
	{ MI_LOAD_REGISTER_IMM(1), 0, "rd", 5 },
	{ MI_LOAD_REGISTER_IMM(3), 0, "rdrdrd", 2 },
	{ MI_STORE_REGISTER_MEM, 0, "rA", 5 },
	{ MI_LOAD_REGISTER_MEM, 0, "rA", 5 },
	{ MI_LOAD_REGISTER_REG, 0, "rr", 4 },
	{ MI_FLUSH_DW, 1u << 14, "Ad", 3 },
	{ MI_FLUSH_DW | 1, 1u << 14, "Add", 2 },
	{ MI_FLUSH_DW | 3u << 14, 0, "Ad", 1 },
	{ MI_COND_BATCH_BUFFER_END, 0, "dA", 1 },
	/* XY_SETUP_CLIP_BLT */
	{ 2u << 29 | 0x03u << 22 | 1, 0, "xy", 2 },
	{ XY_COLOR_BLT, 0x300800, "bxyBd", 12 },
	{ XY_SRC_COPY_BLT, 0x308800, "bxyBxpB", 14 },
	/* XY_FAST_COPY_BLT */
	{ 2u << 29 | 0x42u << 22 | 8, 0x706000, "fxyBxpB", 8 },
	/* PIPE_CONTROL */
	{ 3u << 29 | 3u << 27 | 2u << 24 | 4, 0, "0Add", 1 },
	/* A command of the 3D pipeline that is stepped over. */
	{ 3u << 29 | 3u << 27 | 0x10u << 16 | 2, 0, "dddd", 1 },
};

/* Address of an object in the job. */
static uint64_t fuzz_object_address(struct fuzz *fuzz)
{
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_HANDLES), i;

	for (i = 0; i < FUZZ_HANDLES && !(fuzz->slots & 1u << slot); i++)
		slot = (slot + 1) % FUZZ_HANDLES;
	return FUZZ_AT_OBJECT(slot);
}

/* An address at which a small blit stays in the first page. */
static uint64_t fuzz_blit_address(struct fuzz *fuzz)
{
	if (!fuzz_chance(&fuzz->random, FUZZ_SENSIBLE))
		return fuzz_random(&fuzz->random);
	return fuzz_object_address(fuzz) + 64 * fuzz_below(&fuzz->random, 8);
}

static uint64_t fuzz_address(struct fuzz *fuzz)
{
	struct fuzz_random *random = &fuzz->random;
	uint64_t address = fuzz_object_address(fuzz);

	if (!fuzz_chance(random, FUZZ_SENSIBLE))
		return fuzz_chance(random, 50) ? fuzz_number(random) : fuzz_random(random);
	switch (fuzz_below(random, 32)) {
	case 0:
		/* Around the end of the first page. */
		return address + VI915_PAGE - 4 * fuzz_below(random, 4);
	case 1:
		return address + (VI915_PAGE << fuzz_below(random, 8)) - 4;
	case 2:
		return address + fuzz_below(random, VI915_PAGE);
	default:
		return address + 4 * fuzz_below(random, VI915_PAGE / 4);
	}
}

static uint32_t fuzz_register(struct fuzz *fuzz)
{
	static const uint32_t bases[] = { MMIO_RCS, MMIO_BCS, MMIO_VCS, MMIO_VECS };
	static const uint32_t offsets[] = { REG_TIMESTAMP, 0x3a8, 0x41c, 0x200, 0x358 + 4 };
	struct fuzz_random *random = &fuzz->random;
	uint32_t base = bases[fuzz_below(random, COUNT(bases))];

	if (!fuzz_chance(random, FUZZ_SENSIBLE))
		return fuzz_random(random);
	if (fuzz_chance(random, 30))
		return base + offsets[fuzz_below(random, COUNT(offsets))];
	return base + 0x600 + 4 * fuzz_below(random, 32);
}

static uint32_t fuzz_alu(struct fuzz *fuzz)
{
	static const uint32_t loads[] = { 0x080, 0x480, 0x081, 0x481 };
	static const uint32_t sums[] = { 0x000, 0x100, 0x101, 0x102, 0x103, 0x104 };
	static const uint32_t stores[] = { 0x180, 0x580 };
	struct fuzz_random *random = &fuzz->random;
	uint32_t gpr = fuzz_below(random, 16);

	if (!fuzz_chance(random, FUZZ_SENSIBLE))
		return fuzz_random(random);
	switch (fuzz_below(random, 3)) {
	case 0:
		return ALU(loads[fuzz_below(random, COUNT(loads))],
			   ALU_SRCA + fuzz_below(random, 2), gpr);
	case 1:
		return ALU(stores[fuzz_below(random, COUNT(stores))], gpr,
			   ALU_ACCU + fuzz_below(random, 3));
	default:
		return ALU(sums[fuzz_below(random, COUNT(sums))], 0, 0);
	}
}

static uint32_t fuzz_pitch(struct fuzz *fuzz)
{
	static const uint32_t pitches[] = { 64, 128, 128, 256, 256, 256 };
	static const uint32_t odd[] = { 0, 4, 512, 1024, 4096, 0x7fc0, 0xffc0 };
	struct fuzz_random *random = &fuzz->random;

	if (!fuzz_chance(random, FUZZ_SENSIBLE))
		return fuzz_chance(random, 50) ? fuzz_random(random) & 0xffff :
						 odd[fuzz_below(random, COUNT(odd))];
	return pitches[fuzz_below(random, COUNT(pitches))];
}

static uint32_t fuzz_corner(struct fuzz *fuzz, bool second)
{
	struct fuzz_random *random = &fuzz->random;
	uint32_t x = fuzz_below(random, 9), y = fuzz_below(random, 5);

	if (!fuzz_chance(random, FUZZ_SENSIBLE))
		return fuzz_chance(random, 50) ? fuzz_random(random) : 0x7fff7fff;
	if (second) {
		x += 8 + fuzz_below(random, 24);
		y += 4 + fuzz_below(random, 4);
	}
	return y << 16 | x;
}

static uint32_t fuzz_dword(struct fuzz *fuzz, char kind)
{
	struct fuzz_random *random = &fuzz->random;

	switch (kind) {
	case IS_REGISTER:
		return fuzz_register(fuzz);
	case IS_ALU:
		return fuzz_alu(fuzz);
	case IS_BR13:
		/* Depth, and a raster operation of source, pattern and destination. */
		return fuzz_below(random, 4) << 24 | fuzz_pitch(fuzz) |
		       (fuzz_chance(random, 60) ? 0xcc : fuzz_below(random, 256)) << 16;
	case IS_FAST_BR13:
		return fuzz_below(random, 8) << 24 | fuzz_pitch(fuzz) |
		       fuzz_below(random, 4) << 30;
	case IS_TOP_LEFT:
		return fuzz_corner(fuzz, false);
	case IS_BOTTOM_RIGHT:
		return fuzz_corner(fuzz, true);
	case IS_PITCH:
		return fuzz_pitch(fuzz);
	case '0':
		return 0;
	default:
		return fuzz_chance(random, 50) ? fuzz_number(random) : fuzz_random(random);
	}
}

static const struct fuzz_command *fuzz_any_command(struct fuzz *fuzz)
{
	const struct fuzz_command *command = fuzz_commands;
	unsigned int sum = 0, at, i;

	for (i = 0; i < COUNT(fuzz_commands); i++)
		sum += fuzz_commands[i].weight;
	for (at = fuzz_below(&fuzz->random, sum); at >= command->weight; command++)
		at -= command->weight;
	return command;
}

static unsigned int fuzz_command(struct fuzz *fuzz, uint32_t *dwords, bool blits)
{
	struct fuzz_random *random = &fuzz->random;
	const struct fuzz_command *command;
	unsigned int n = 0;
	uint64_t address;
	const char *kind;

	/* Blits where the engine has a blitter, rarely elsewhere. */
	do
		command = fuzz_any_command(fuzz);
	while (!blits && command->header >> 29 == 2 && !fuzz_chance(random, 2));
	dwords[n++] = command->header;
	if (fuzz_chance(random, 30))
		dwords[0] ^= fuzz_random(random) & command->bits;
	for (kind = command->dwords; *kind; kind++) {
		if (*kind != IS_ADDRESS && *kind != IS_BLIT_ADDRESS) {
			dwords[n++] = fuzz_dword(fuzz, *kind);
			continue;
		}
		address = *kind == IS_ADDRESS ? fuzz_address(fuzz) : fuzz_blit_address(fuzz);
		dwords[n++] = address;
		dwords[n++] = address >> 32;
	}
	return n;
}

/* A jump forward in the batch, or to any address. */
static unsigned int fuzz_jump(struct fuzz *fuzz, uint32_t *dwords, uint64_t self,
			      unsigned int used)
{
	uint64_t address = self + 4 * (used + 3 + fuzz_below(&fuzz->random, 4));

	if (!fuzz_chance(&fuzz->random, FUZZ_SENSIBLE))
		address = fuzz_address(fuzz);
	dwords[0] = MI_BATCH_BUFFER_START;
	dwords[1] = address;
	dwords[2] = address >> 32;
	memset(dwords + 3, 0, 4 * sizeof(*dwords));
	return 7;
}

unsigned int fuzz_batch(struct fuzz *fuzz, uint32_t *dwords, unsigned int max, uint64_t self,
			bool blits)
{
	unsigned int commands = 1 + fuzz_below(&fuzz->random, 24), n = 0;

	/* The longest command is 10 dwords. */
	while (commands-- && n + 12 < max) {
		if (fuzz_chance(&fuzz->random, 3))
			n += fuzz_jump(fuzz, dwords + n, self, n);
		else if (fuzz_chance(&fuzz->random, 1))
			dwords[n++] = fuzz_random(&fuzz->random);
		else
			n += fuzz_command(fuzz, dwords + n, blits);
	}
	if (fuzz_chance(&fuzz->random, 1))
		return n;
	dwords[n++] = MI_BATCH_BUFFER_END;
	return n;
}

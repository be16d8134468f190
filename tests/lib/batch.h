/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Writing batches, with the encodings of gen9. A batch is an object and a WB
 * mapping of it; commands are appended. Where a command takes an address, the
 * test gives either the address itself (softpinned) or an object and an offset,
 * for which the batch gets a relocation.
 */
#ifndef VI915_TESTS_BATCH_H
#define VI915_TESTS_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fail.h"
#include "uapi.h"

/* Command headers, with the lengths of the commands below. */
#define MI_NOOP 0u
#define MI_ARB_CHECK (0x05u << 23)
#define MI_BATCH_BUFFER_END (0x0au << 23)
#define MI_MATH(n) (0x1au << 23 | ((n) - 1))
#define MI_SEMAPHORE_WAIT (0x1cu << 23 | 2)
#define MI_SEMAPHORE_POLL (1u << 15)
#define MI_SEMAPHORE_SAD_GT_SDD (0u << 12)
#define MI_SEMAPHORE_SAD_GTE_SDD (1u << 12)
#define MI_SEMAPHORE_SAD_LT_SDD (2u << 12)
#define MI_SEMAPHORE_SAD_LTE_SDD (3u << 12)
#define MI_SEMAPHORE_SAD_EQ_SDD (4u << 12)
#define MI_SEMAPHORE_SAD_NEQ_SDD (5u << 12)
#define MI_STORE_DWORD_IMM (0x20u << 23 | 2)
#define MI_STORE_QWORD_IMM (0x20u << 23 | 1u << 21 | 3)
#define MI_LOAD_REGISTER_IMM(n) (0x22u << 23 | (2 * (n) - 1))
#define MI_STORE_REGISTER_MEM (0x24u << 23 | 2)
#define MI_FLUSH_DW (0x26u << 23 | 2)
#define MI_FLUSH_DW_STORE (1u << 14)
#define MI_FLUSH_DW_TIMESTAMP (3u << 14)
#define MI_LOAD_REGISTER_MEM (0x29u << 23 | 2)
#define MI_LOAD_REGISTER_REG (0x2au << 23 | 1)
#define MI_BATCH_BUFFER_START (0x31u << 23 | 1u << 8 | 1)
#define MI_COND_BATCH_BUFFER_END (0x36u << 23 | 1u << 21 | 2)
#define XY_COLOR_BLT (2u << 29 | 0x50u << 22 | 5)
#define XY_SRC_COPY_BLT (2u << 29 | 0x53u << 22 | 8)
#define XY_BLT_WRITE_ARGB (3u << 20)
#define XY_DEPTH_32 (3u << 24)

/* First dword of a batch that no engine can decode. */
#define BATCH_INVALID 0xdeadbeefu

/* ALU instructions of MI_MATH. */
#define ALU(op, a, b) ((uint32_t)(op) << 20 | (uint32_t)(a) << 10 | (b))
#define ALU_LOAD(to, from) ALU(0x080, to, from)
#define ALU_ADD ALU(0x100, 0, 0)
#define ALU_SUB ALU(0x101, 0, 0)
#define ALU_STORE(to, from) ALU(0x180, to, from)
#define ALU_SRCA 0x20
#define ALU_SRCB 0x21
#define ALU_ACCU 0x31

/* Registers, as offsets from the engine's mmio base. */
#define MMIO_RCS 0x2000u
#define MMIO_BCS 0x22000u
#define MMIO_VCS 0x12000u
#define MMIO_VECS 0x1a000u
#define REG_GPR(n) (0x600u + 8 * (n))
#define REG_TIMESTAMP 0x358u

/* The mmio base of the engine with this legacy ring number. */
uint32_t batch_mmio(unsigned int engine);

#define BATCH_RELOCS 64

/**
 * struct batch - a batch that is being written
 * @fd: file of the object
 * @handle: object that holds it
 * @size: size of the object in bytes
 * @address: where it is softpinned; all batches of a process have different
 *	addresses, so that none waits for another to leave its place
 * @cs: WB mapping of the object
 * @used: dwords that are written so far
 * @relocs: relocations of the batch object, by handle
 * @num_relocs: number of relocations
 */
struct batch {
	int fd;
	uint32_t handle;
	uint64_t size;
	uint64_t address;
	uint32_t *cs;
	unsigned int used;
	struct drm_i915_gem_relocation_entry relocs[BATCH_RELOCS];
	unsigned int num_relocs;
};

/**
 * struct batch_ptr - an address in a command
 * @handle: object that the address lies in, or 0: @at is the address itself
 * @at: offset in the object, or the address
 */
struct batch_ptr {
	uint32_t handle;
	uint64_t at;
};

#define BATCH_AT(address) ((struct batch_ptr){ .at = (address) })
#define BATCH_IN(object, offset) ((struct batch_ptr){ .handle = (object), .at = (offset) })

/**
 * struct batch_rect - a rectangle of 32-bit pixels in a linear surface
 * @ptr: the surface
 * @pitch: bytes from row to row
 * @x: left
 * @y: top
 * @width: in pixels
 * @height: in rows
 */
struct batch_rect {
	struct batch_ptr ptr;
	uint32_t pitch;
	uint16_t x;
	uint16_t y;
	uint16_t width;
	uint16_t height;
};

/* batch_init() makes an object of @size bytes and maps it; batch_fini() gives both back. */
void batch_init_at(const char *at, struct batch *batch, int fd, uint64_t size);
#define batch_init(batch, fd, size) batch_init_at(VI915_AT, batch, fd, size)
void batch_fini(struct batch *batch);
/* Start again at dword 0, without relocations. */
void batch_reset(struct batch *batch);

/* Canonical form of a 48-bit address: bit 47 repeated above it. */
uint64_t batch_canonical(uint64_t address);

void batch_dword(struct batch *batch, uint32_t dword);
/* A 48-bit address in two dwords; @writes says whether the command writes there. */
void batch_address(struct batch *batch, struct batch_ptr ptr, bool writes);
void batch_noop(struct batch *batch, unsigned int n);
void batch_arb_check(struct batch *batch);
/* BATCH_BUFFER_END, and a NOOP if that makes the length even. */
void batch_end(struct batch *batch);
void batch_store(struct batch *batch, struct batch_ptr to, uint32_t value);
void batch_store_qword(struct batch *batch, struct batch_ptr to, uint64_t value);
void batch_load_imm(struct batch *batch, uint32_t reg, uint32_t value);
void batch_load_mem(struct batch *batch, uint32_t reg, struct batch_ptr from);
void batch_load_reg(struct batch *batch, uint32_t to, uint32_t from);
void batch_store_reg(struct batch *batch, struct batch_ptr to, uint32_t reg);
/* @compare: MI_SEMAPHORE_SAD_x; memory is the left operand. The wait always polls. */
void batch_wait(struct batch *batch, struct batch_ptr at, uint32_t compare, uint32_t value);
/* Ends the batch unless the dword at @at is greater than @value. */
void batch_end_unless(struct batch *batch, struct batch_ptr at, uint32_t value);
void batch_jump(struct batch *batch, struct batch_ptr to);
void batch_math(struct batch *batch, const uint32_t *alu, unsigned int n);
void batch_flush(struct batch *batch);
void batch_flush_store(struct batch *batch, struct batch_ptr to, uint32_t value);
void batch_fill(struct batch *batch, const struct batch_rect *to, uint32_t pixel);
/* The size of the blit is that of @to; @from's size is ignored. */
void batch_copy(struct batch *batch, const struct batch_rect *to,
		const struct batch_rect *from);

#endif

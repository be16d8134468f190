// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <string.h>

#include "batch.h"
#include "gem.h"
#include "proc.h"

/* Above every object whose address comes from its handle. */
#define BATCH_BASE (1ULL << 46)

/* Raster operations: copy the pattern, copy the source. */
#define ROP_PATTERN (0xf0u << 16)
#define ROP_SOURCE (0xccu << 16)

uint32_t batch_mmio(unsigned int engine)
{
	switch (engine & I915_EXEC_RING_MASK) {
	case I915_EXEC_BSD:
		return MMIO_VCS;
	case I915_EXEC_BLT:
		return MMIO_BCS;
	case I915_EXEC_VEBOX:
		return MMIO_VECS;
	default:
		return MMIO_RCS;
	}
}

static uint64_t batch_place(uint64_t size)
{
	static uint64_t next = BATCH_BASE;

	/* An unused page separates two batches. */
	return __atomic_fetch_add(&next, size + VI915_PAGE, __ATOMIC_RELAXED);
}

void batch_init_at(const char *at, struct batch *batch, int fd, uint64_t size)
{
	memset(batch, 0, sizeof(*batch));
	batch->fd = fd;
	batch->size = size;
	batch->address = batch_place(size);
	batch->handle = gem_create_at(at, fd, size);
	batch->cs = gem_mmap_at(at, fd, batch->handle, 0, size, 0);
}

void batch_fini(struct batch *batch)
{
	gem_munmap(batch->cs, batch->size);
	gem_close(batch->fd, batch->handle);
	batch->cs = NULL;
}

void batch_reset(struct batch *batch)
{
	batch->used = 0;
	batch->num_relocs = 0;
}

uint64_t batch_canonical(uint64_t address)
{
	return (int64_t)(address << 16) >> 16;
}

void batch_dword(struct batch *batch, uint32_t dword)
{
	vi915_require((batch->used + 1) * sizeof(dword) <= batch->size);
	batch->cs[batch->used++] = dword;
}

void batch_address(struct batch *batch, struct batch_ptr ptr, bool writes)
{
	struct drm_i915_gem_relocation_entry *reloc;

	if (!ptr.handle) {
		uint64_t address = batch_canonical(ptr.at);

		batch_dword(batch, address);
		batch_dword(batch, address >> 32);
		return;
	}
	vi915_require(batch->num_relocs < BATCH_RELOCS);
	reloc = &batch->relocs[batch->num_relocs++];
	memset(reloc, 0, sizeof(*reloc));
	reloc->target_handle = ptr.handle;
	reloc->delta = ptr.at;
	reloc->offset = batch->used * sizeof(uint32_t);
	/* No object has this offset, so the relocation is always done. */
	reloc->presumed_offset = -1;
	reloc->read_domains = I915_GEM_DOMAIN_RENDER;
	reloc->write_domain = writes ? I915_GEM_DOMAIN_RENDER : 0;
	batch_dword(batch, 0);
	batch_dword(batch, 0);
}

void batch_noop(struct batch *batch, unsigned int n)
{
	while (n--)
		batch_dword(batch, MI_NOOP);
}

void batch_arb_check(struct batch *batch)
{
	batch_dword(batch, MI_ARB_CHECK);
}

void batch_end(struct batch *batch)
{
	batch_dword(batch, MI_BATCH_BUFFER_END);
	if (batch->used & 1)
		batch_dword(batch, MI_NOOP);
}

void batch_store(struct batch *batch, struct batch_ptr to, uint32_t value)
{
	batch_dword(batch, MI_STORE_DWORD_IMM);
	batch_address(batch, to, true);
	batch_dword(batch, value);
}

void batch_store_qword(struct batch *batch, struct batch_ptr to, uint64_t value)
{
	batch_dword(batch, MI_STORE_QWORD_IMM);
	batch_address(batch, to, true);
	batch_dword(batch, value);
	batch_dword(batch, value >> 32);
}

void batch_load_imm(struct batch *batch, uint32_t reg, uint32_t value)
{
	batch_dword(batch, MI_LOAD_REGISTER_IMM(1));
	batch_dword(batch, reg);
	batch_dword(batch, value);
}

void batch_load_mem(struct batch *batch, uint32_t reg, struct batch_ptr from)
{
	batch_dword(batch, MI_LOAD_REGISTER_MEM);
	batch_dword(batch, reg);
	batch_address(batch, from, false);
}

void batch_load_reg(struct batch *batch, uint32_t to, uint32_t from)
{
	batch_dword(batch, MI_LOAD_REGISTER_REG);
	batch_dword(batch, from);
	batch_dword(batch, to);
}

void batch_store_reg(struct batch *batch, struct batch_ptr to, uint32_t reg)
{
	batch_dword(batch, MI_STORE_REGISTER_MEM);
	batch_dword(batch, reg);
	batch_address(batch, to, true);
}

void batch_wait(struct batch *batch, struct batch_ptr at, uint32_t compare, uint32_t value)
{
	batch_dword(batch, MI_SEMAPHORE_WAIT | MI_SEMAPHORE_POLL | compare);
	batch_dword(batch, value);
	batch_address(batch, at, false);
}

void batch_end_unless(struct batch *batch, struct batch_ptr at, uint32_t value)
{
	batch_dword(batch, MI_COND_BATCH_BUFFER_END);
	batch_dword(batch, value);
	batch_address(batch, at, false);
}

void batch_jump(struct batch *batch, struct batch_ptr to)
{
	batch_dword(batch, MI_BATCH_BUFFER_START);
	batch_address(batch, to, false);
}

void batch_math(struct batch *batch, const uint32_t *alu, unsigned int n)
{
	unsigned int i;

	batch_dword(batch, MI_MATH(n));
	for (i = 0; i < n; i++)
		batch_dword(batch, alu[i]);
}

void batch_flush(struct batch *batch)
{
	batch_dword(batch, MI_FLUSH_DW);
	batch_noop(batch, 3);
}

void batch_flush_store(struct batch *batch, struct batch_ptr to, uint32_t value)
{
	batch_dword(batch, MI_FLUSH_DW | MI_FLUSH_DW_STORE);
	batch_address(batch, to, true);
	batch_dword(batch, value);
}

static uint32_t batch_corner(unsigned int x, unsigned int y)
{
	return y << 16 | x;
}

static void batch_rect_to(struct batch *batch, const struct batch_rect *to, uint32_t rop)
{
	batch_dword(batch, XY_DEPTH_32 | rop | to->pitch);
	batch_dword(batch, batch_corner(to->x, to->y));
	batch_dword(batch, batch_corner(to->x + to->width, to->y + to->height));
	batch_address(batch, to->ptr, true);
}

void batch_fill(struct batch *batch, const struct batch_rect *to, uint32_t pixel)
{
	batch_dword(batch, XY_COLOR_BLT | XY_BLT_WRITE_ARGB);
	batch_rect_to(batch, to, ROP_PATTERN);
	batch_dword(batch, pixel);
}

void batch_copy(struct batch *batch, const struct batch_rect *to, const struct batch_rect *from)
{
	batch_dword(batch, XY_SRC_COPY_BLT | XY_BLT_WRITE_ARGB);
	batch_rect_to(batch, to, ROP_SOURCE);
	batch_dword(batch, batch_corner(from->x, from->y));
	batch_dword(batch, from->pitch);
	batch_address(batch, from->ptr, false);
}

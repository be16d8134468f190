// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Values for the fields of an ioctl's argument. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "proc.h"
#include "uapi.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* Fixed places in the arena; its first page is read-only. */
#define FUZZ_AT_CHAIN (1 * VI915_PAGE)
#define FUZZ_AT_ITEMS (2 * VI915_PAGE)
#define FUZZ_AT_REST (3 * VI915_PAGE)

/* Percentage of valid arguments: with fewer, almost every call would be refused. */
#define FUZZ_GOOD 85

static uint64_t fuzz_map_address(struct fuzz *fuzz)
{
	return (uintptr_t)fuzz->maps[fuzz_below(&fuzz->random, FUZZ_MAPS)].ptr;
}

static uint64_t fuzz_bad_address(struct fuzz *fuzz)
{
	uint64_t arena = (uintptr_t)fuzz->arena;

	switch (fuzz_below(&fuzz->random, 9)) {
	case 0:
		return 0;
	case 1:
		return 0x60000000;
	case 2:
		return 0xffff888000000000;
	case 3:
		return 0xffffffff81000000;
	case 4:
		/* In the read-only page. */
		return arena + fuzz_below(&fuzz->random, VI915_PAGE);
	case 5:
		/* The end is in a hole. */
		return arena + FUZZ_ARENA - fuzz_below(&fuzz->random, 16);
	case 6:
		return arena + FUZZ_ARENA + VI915_PAGE;
	case 7:
		return fuzz_map_address(fuzz);
	default:
		return fuzz_random(&fuzz->random) | 1ULL << 63;
	}
}

static uint64_t fuzz_buffer(struct fuzz *fuzz)
{
	if (!fuzz_chance(&fuzz->random, FUZZ_GOOD))
		return fuzz_bad_address(fuzz);
	return (uintptr_t)fuzz->arena + FUZZ_AT_REST +
	       fuzz_below(&fuzz->random, FUZZ_ARENA / 4);
}

static uint64_t fuzz_user_memory(struct fuzz *fuzz)
{
	if (!fuzz_chance(&fuzz->random, FUZZ_GOOD))
		return fuzz_bad_address(fuzz);
	return (uintptr_t)fuzz->arena + VI915_PAGE * fuzz_below(&fuzz->random, 300);
}

/* Up to three extensions: valid, unknown, a cycle, or a bad pointer. */
static uint64_t fuzz_chain(struct fuzz *fuzz)
{
	struct drm_i915_gem_create_ext_memory_regions *ext =
		(void *)(fuzz->arena + FUZZ_AT_CHAIN);
	struct drm_i915_gem_memory_class_instance *region = (void *)(ext + 4);
	unsigned int i;

	if (fuzz_chance(&fuzz->random, 70))
		return 0;
	if (fuzz_chance(&fuzz->random, 20))
		return fuzz_bad_address(fuzz);

	region->memory_class = fuzz_chance(&fuzz->random, FUZZ_GOOD) ?
				       I915_MEMORY_CLASS_SYSTEM : fuzz_number(&fuzz->random);
	region->memory_instance = 0;
	for (i = 0; i < 3; i++) {
		memset(&ext[i], 0, sizeof(ext[i]));
		ext[i].base.name = fuzz_below(&fuzz->random, 4);
		ext[i].num_regions = fuzz_chance(&fuzz->random, FUZZ_GOOD) ?
					     1 : fuzz_number(&fuzz->random);
		ext[i].regions = fuzz_chance(&fuzz->random, FUZZ_GOOD) ?
					 (uintptr_t)region : fuzz_bad_address(fuzz);
		if (fuzz_chance(&fuzz->random, 30))
			ext[i].base.next_extension =
				(uintptr_t)&ext[fuzz_below(&fuzz->random, 3)];
		if (fuzz_chance(&fuzz->random, 5))
			ext[i].base.next_extension = fuzz_bad_address(fuzz);
	}
	return (uintptr_t)ext;
}

static uint64_t fuzz_items(struct fuzz *fuzz)
{
	struct drm_i915_query_item *items = (void *)(fuzz->arena + FUZZ_AT_ITEMS);
	char *room = (char *)(items + 8);
	unsigned int i;

	if (fuzz_chance(&fuzz->random, 10))
		return fuzz_bad_address(fuzz);
	memset(room, 0, 512);
	for (i = 0; i < 8; i++) {
		items[i].query_id = fuzz_below(&fuzz->random, 9);
		items[i].length = fuzz_chance(&fuzz->random, 40) ?
					  0 : fuzz_below(&fuzz->random, 512);
		items[i].flags = fuzz_chance(&fuzz->random, FUZZ_GOOD) ?
					 0 : fuzz_number(&fuzz->random);
		items[i].data_ptr = fuzz_chance(&fuzz->random, FUZZ_GOOD) ?
					    (uintptr_t)room : fuzz_bad_address(fuzz);
	}
	return (uintptr_t)items;
}

static uint64_t fuzz_handle(struct fuzz *fuzz)
{
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_HANDLES);
	unsigned int file = fuzz->file, i;

	if (!fuzz_chance(&fuzz->random, FUZZ_GOOD)) {
		if (fuzz_chance(&fuzz->random, 50))
			return fuzz_number(&fuzz->random);
		file = fuzz_below(&fuzz->random, fuzz->world->num_files);
	}
	for (i = 0; i < FUZZ_HANDLES && !fuzz->world->handles[file][slot]; i++)
		slot = (slot + 1) % FUZZ_HANDLES;
	if (fuzz->world->sizes[file][slot])
		fuzz->size = fuzz->world->sizes[file][slot];
	return fuzz->world->handles[file][slot];
}

int fuzz_any_fd(struct fuzz *fuzz)
{
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_FDS), i;
	int fd = -1;

	/* The next descriptor in use. */
	for (i = 0; i < FUZZ_FDS && fd < 0; i++)
		fd = __atomic_load_n(&fuzz->world->fds[(slot + i) % FUZZ_FDS],
				     __ATOMIC_RELAXED);
	return fd;
}

static uint64_t fuzz_fd(struct fuzz *fuzz)
{
	if (fuzz_chance(&fuzz->random, FUZZ_GOOD))
		return fuzz_any_fd(fuzz);
	if (fuzz_chance(&fuzz->random, 50))
		return fuzz->world->files[fuzz_below(&fuzz->random, fuzz->world->num_files)];
	return fuzz_number(&fuzz->random);
}

static uint64_t fuzz_size(struct fuzz *fuzz)
{
	unsigned int pages = 1 + fuzz_below(&fuzz->random, 1 << fuzz_below(&fuzz->random, 9));

	if (fuzz_chance(&fuzz->random, FUZZ_GOOD))
		return pages * VI915_PAGE;
	if (fuzz_chance(&fuzz->random, 50))
		return pages * VI915_PAGE + fuzz_below(&fuzz->random, VI915_PAGE);
	return fuzz_number(&fuzz->random);
}

/* Around the ends of the object and of its pages. */
static uint64_t fuzz_offset(struct fuzz *fuzz)
{
	switch (fuzz_below(&fuzz->random, 8)) {
	case 0:
		return fuzz->size - fuzz_below(&fuzz->random, 3);
	case 1:
		return fuzz->size - VI915_PAGE;
	case 2:
		return fuzz_number(&fuzz->random);
	case 3:
		return fuzz_random(&fuzz->random) % fuzz->size;
	case 4:
		return fuzz_random(&fuzz->random) % fuzz->size & -VI915_PAGE;
	default:
		return 0;
	}
}

static uint64_t fuzz_length(struct fuzz *fuzz)
{
	switch (fuzz_below(&fuzz->random, 8)) {
	case 0:
		return fuzz->size + fuzz_below(&fuzz->random, 3) - 1;
	case 1:
		return fuzz_number(&fuzz->random);
	case 2:
		return VI915_PAGE;
	case 3:
		return fuzz_below(&fuzz->random, 64);
	case 4:
		return fuzz_random(&fuzz->random) % fuzz->size;
	default:
		/* Up to the end of the object. */
		return fuzz->last < fuzz->size ? fuzz->size - fuzz->last : fuzz->size;
	}
}

static uint64_t fuzz_choose(struct fuzz *fuzz, const uint32_t *values, unsigned int n)
{
	if (!fuzz_chance(&fuzz->random, FUZZ_GOOD))
		return fuzz_number(&fuzz->random);
	return values[fuzz_below(&fuzz->random, n)];
}

static uint64_t fuzz_few(struct fuzz *fuzz, unsigned int limit)
{
	if (!fuzz_chance(&fuzz->random, FUZZ_GOOD))
		return fuzz_number(&fuzz->random);
	return fuzz_below(&fuzz->random, limit);
}

static uint64_t fuzz_bits(struct fuzz *fuzz, uint64_t bits)
{
	if (!fuzz_chance(&fuzz->random, FUZZ_GOOD))
		return fuzz_number(&fuzz->random);
	return fuzz_random(&fuzz->random) & bits;
}

/* A number, or a pointer to a mostly zero struct, for example a map of engines. */
static uint64_t fuzz_param_value(struct fuzz *fuzz)
{
	uint16_t *words = (uint16_t *)(fuzz->arena + FUZZ_AT_ITEMS);
	unsigned int i;

	switch (fuzz_below(&fuzz->random, 4)) {
	case 0:
		return fuzz_number(&fuzz->random);
	case 1:
		memset(words, 0, 512);
		/* Classes and instances, behind the pointer to extensions. */
		for (i = 4; i < 64; i += 2)
			words[i] = fuzz_below(&fuzz->random, 5);
		return (uintptr_t)words;
	case 2:
		return fuzz_buffer(fuzz);
	default:
		return fuzz_below(&fuzz->random, 3);
	}
}

static uint64_t fuzz_value(struct fuzz *fuzz, const struct fuzz_field *field)
{
	static const uint32_t pixels[] = { 1, 2, 63, 64, 65, 100, 255, 256 };
	static const uint32_t depths[] = { 8, 16, 32, 32, 32, 24, 1, 64 };
	static const uint32_t strides[] = { 128, 512, 1024, 4096, 256 * 1024, 0, 1, 511 };
	static const uint32_t timeouts[] = { 0, 1, 1000, 1000000, 5000000 };
	static const uint32_t domains[] = { 1, 0x40, 0x80, 0x41, 0xc1, 0 };
	static const uint32_t lengths[] = { 0, 1, 4, 64, 4096 };
	static const uint32_t registers[] = { 0x2358, 0x2359, 0x22358, 0x2000 };
	static const uint32_t sizes[] = { 0, 0, 8, 12, 24, 32, 264, 4096 };

	switch (field->kind) {
	case FUZZ_PAD:
		return fuzz_chance(&fuzz->random, 95) ? 0 : fuzz_number(&fuzz->random);
	case FUZZ_HANDLE:
		return fuzz_handle(fuzz);
	case FUZZ_FD:
		return fuzz_fd(fuzz);
	case FUZZ_NAME:
		return fuzz_chance(&fuzz->random, FUZZ_GOOD) ?
			       fuzz->world->names[fuzz_below(&fuzz->random, FUZZ_NAMES)] :
			       fuzz_number(&fuzz->random);
	case FUZZ_SIZE:
		return fuzz_size(fuzz);
	case FUZZ_OFFSET:
		return fuzz_offset(fuzz);
	case FUZZ_LENGTH:
		return fuzz_length(fuzz);
	case FUZZ_BUFFER:
		return fuzz_buffer(fuzz);
	case FUZZ_STRING_LENGTH:
		return fuzz_choose(fuzz, lengths, COUNT(lengths));
	case FUZZ_USER_MEMORY:
		return fuzz_user_memory(fuzz);
	case FUZZ_CHAIN:
		return fuzz_chain(fuzz);
	case FUZZ_ITEMS:
		return fuzz_items(fuzz);
	case FUZZ_FEW:
		return fuzz_few(fuzz, field->limit);
	case FUZZ_BITS:
		return fuzz_bits(fuzz, field->limit);
	case FUZZ_READ:
		return fuzz_choose(fuzz, domains, COUNT(domains));
	case FUZZ_WRITE:
		return fuzz_chance(&fuzz->random, 50) ? 0 : fuzz->last;
	case FUZZ_CLOEXEC_RDWR:
		return fuzz_bits(fuzz, DRM_CLOEXEC | DRM_RDWR);
	case FUZZ_PIXELS:
		return fuzz_choose(fuzz, pixels, COUNT(pixels));
	case FUZZ_DEPTH:
		return fuzz_choose(fuzz, depths, COUNT(depths));
	case FUZZ_STRIDE:
		return fuzz_choose(fuzz, strides, COUNT(strides));
	case FUZZ_TIMEOUT:
		return fuzz_choose(fuzz, timeouts, COUNT(timeouts));
	case FUZZ_ID:
		return fuzz_few(fuzz, FUZZ_CONTEXTS);
	case FUZZ_REGISTER:
		return fuzz_choose(fuzz, registers, COUNT(registers));
	case FUZZ_PARAM_SIZE:
		return fuzz_choose(fuzz, sizes, COUNT(sizes));
	case FUZZ_PARAM_VALUE:
		return fuzz_param_value(fuzz);
	default:
		/* An output, which the kernel should overwrite. */
		return fuzz_random(&fuzz->random);
	}
}

void fuzz_fill(struct fuzz *fuzz, const struct fuzz_call *call)
{
	const struct fuzz_field *field;
	uint64_t value;

	fuzz->size = VI915_PAGE << fuzz_below(&fuzz->random, 8);
	for (field = call->fields; field < call->fields + FUZZ_FIELDS && field->size; field++) {
		value = fuzz_value(fuzz, field);
		fuzz->last = value;
		memcpy(fuzz->arg + field->offset, &value, field->size);
	}
}

static bool fuzz_is_between(uint64_t size)
{
	return size > FUZZ_SIZE_MAX && size < FUZZ_HUGE;
}

bool fuzz_is_greedy(unsigned long request, const void *arg)
{
	const struct drm_i915_gem_create *create = arg;
	const struct drm_mode_create_dumb *dumb = arg;
	const struct drm_i915_gem_userptr *userptr = arg;
	const struct drm_mode_create_blob *blob = arg;
	uint64_t cpp;

	switch (_IOC_NR(request)) {
	case DRM_COMMAND_BASE + DRM_I915_GEM_CREATE:
	case DRM_COMMAND_BASE + DRM_I915_GEM_CREATE_EXT:
		/* The size is the first member of both. */
		return fuzz_is_between(create->size);
	case DRM_COMMAND_BASE + DRM_I915_GEM_USERPTR:
		return fuzz_is_between(userptr->user_size);
	case _IOC_NR(DRM_IOCTL_MODE_CREATE_DUMB):
		cpp = ((uint64_t)dumb->bpp + 7) / 8;
		return cpp <= 8 &&
		       fuzz_is_between(((dumb->width * cpp + 63) & -64ULL) * dumb->height);
	case _IOC_NR(DRM_IOCTL_MODE_CREATEPROPBLOB):
		return blob->length > FUZZ_SIZE_MAX;
	default:
		return false;
	}
}

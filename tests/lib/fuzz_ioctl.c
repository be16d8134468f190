// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Steps that make one ioctl, and the kernel's possible answers. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "fuzz.h"
#include "proc.h"
#include "uapi.h"

static bool fuzz_is_listed(const struct fuzz_call *call, int err)
{
	unsigned int i;

	for (i = 0; i < FUZZ_ERRORS && call->errors[i]; i++)
		if (call->errors[i] == err)
			return true;
	return false;
}

/* Errnos that the ioctl's number alone can cause. */
static bool fuzz_is_core_error(const struct fuzz *fuzz, const struct fuzz_call *call, int err)
{
	/* Another thread has just closed the file, or its number was reused. */
	if (fuzz->world->concurrent && (err == EBADF || err == ENOTTY))
		return true;
	if (fuzz->world->unplugs && err == ENODEV)
		return true;
	/* A slot may be empty, or hold a sync_file. */
	return call->on_dmabuf && (err == EBADF || err == ENOTTY);
}

static const char *fuzz_hex(const unsigned char *arg, unsigned int size)
{
	/* Two buffers, so that a message can show the argument before and after. */
	static __thread char texts[2][2 * 64 + 1];
	static __thread unsigned int turn;
	char *text = texts[turn++ % 2];
	unsigned int i;

	*text = 0;
	for (i = 0; i < size && i < 64; i++)
		sprintf(text + 2 * i, "%02x", arg[i]);
	return text;
}

static void fuzz_check_refusal(struct fuzz *fuzz, const struct fuzz_call *call,
			       unsigned long request, int err, bool bad_arg)
{
	unsigned int size = _IOC_SIZE(call->request);

	fuzz->refused++;
	if (!fuzz_is_listed(call, err) && !fuzz_is_core_error(fuzz, call, err) &&
	    !(bad_arg && err == EFAULT))
		fuzz_fail(fuzz, "%s(%#lx, %s) on %s: %s is not an error that it documents",
			  call->name, request, fuzz_hex(fuzz->before, size),
			  call->on_dmabuf ? "a dma-buf" : fuzz->world->nodes[fuzz->file],
			  vi915_errname(err));
	if (call->unchanged && memcmp(fuzz->arg, fuzz->before, FUZZ_ARG_MAX))
		fuzz_fail(fuzz, "%s(%#lx, %s): was refused with %s and changed it to %s",
			  call->name, request, fuzz_hex(fuzz->before, size),
			  vi915_errname(err), fuzz_hex(fuzz->arg, size));
}

/* The size of a new object, which the kernel must have rounded up. */
static uint64_t fuzz_created_size(struct fuzz *fuzz, const struct fuzz_call *call)
{
	const struct drm_i915_gem_create *create = (void *)fuzz->arg;
	const struct drm_i915_gem_create *before = (void *)fuzz->before;

	switch (call->request) {
	case DRM_IOCTL_I915_GEM_CREATE:
	case DRM_IOCTL_I915_GEM_CREATE_EXT:
		if (create->size % VI915_PAGE || create->size < before->size)
			fuzz_fail(fuzz, "%s: asked for %#llx bytes, got %#llx", call->name,
				  (unsigned long long)before->size,
				  (unsigned long long)create->size);
		return create->size;
	case DRM_IOCTL_I915_GEM_USERPTR:
		return ((struct drm_i915_gem_userptr *)fuzz->arg)->user_size;
	case DRM_IOCTL_MODE_CREATE_DUMB:
		return ((struct drm_mode_create_dumb *)fuzz->arg)->size;
	default:
		return 0;
	}
}

static void fuzz_check_success(struct fuzz *fuzz, const struct fuzz_call *call)
{
	const struct drm_i915_gem_mmap *map = (void *)fuzz->arg;
	uint64_t value = 0;
	uint32_t word;

	memcpy(&word, fuzz->arg + call->gives_at, sizeof(word));
	switch (call->gives) {
	case FUZZ_GIVES_HANDLE:
		if (!word)
			fuzz_fail(fuzz, "%s: gave handle 0", call->name);
		fuzz_put_handle(fuzz, word, fuzz_created_size(fuzz, call));
		break;
	case FUZZ_GIVES_FD:
		if ((int)word < 0 || (!fuzz->world->concurrent && fcntl(word, F_GETFD) < 0))
			fuzz_fail(fuzz, "%s: gave file descriptor %d, which is none",
				  call->name, word);
		fuzz_put_fd(fuzz, word);
		break;
	case FUZZ_GIVES_NAME:
		fuzz->world->names[fuzz_below(&fuzz->random, FUZZ_NAMES)] = word;
		break;
	case FUZZ_GIVES_OFFSET:
		memcpy(&value, fuzz->arg + call->gives_at, sizeof(value));
		if (value % VI915_PAGE)
			fuzz_fail(fuzz, "%s: gave offset %#llx", call->name,
				  (unsigned long long)value);
		fuzz->world->offsets[fuzz->file][fuzz_below(&fuzz->random, FUZZ_OFFSETS)] =
			value;
		break;
	case FUZZ_GIVES_MAP:
		fuzz_put_map(fuzz, (char *)(uintptr_t)map->addr_ptr, map->size);
		break;
	}
}

/* A shorter argument, as from old headers, or a longer one, as from newer ones. */
static unsigned long fuzz_resize(struct fuzz *fuzz, unsigned long request)
{
	unsigned int size = fuzz_below(&fuzz->random, 2 * _IOC_SIZE(request) + 8);

	if (fuzz_chance(&fuzz->random, 10))
		size = fuzz_below(&fuzz->random, FUZZ_ARG_MAX);
	return _IOC(_IOC_DIR(request), _IOC_TYPE(request), _IOC_NR(request), size);
}

/* An invalid address of the argument itself. */
static void *fuzz_bad_arg(struct fuzz *fuzz)
{
	switch (fuzz_below(&fuzz->random, 4)) {
	case 0:
		return NULL;
	case 1:
		return fuzz->arena + FUZZ_ARENA + VI915_PAGE;
	case 2:
		return (void *)0xffff888000000000;
	default:
		return (void *)0x60000000;
	}
}

static unsigned int fuzz_weight(const struct fuzz_call *call)
{
	return call->weight ? call->weight : 2;
}

static const struct fuzz_call *fuzz_any_call(struct fuzz *fuzz)
{
	const struct fuzz_call *call = fuzz_calls;
	unsigned int sum = 0, i, at;

	for (i = 0; i < fuzz_num_calls; i++)
		sum += fuzz_weight(&fuzz_calls[i]);
	for (at = fuzz_below(&fuzz->random, sum); at >= fuzz_weight(call); call++)
		at -= fuzz_weight(call);
	return call;
}

void fuzz_step_ioctl(struct fuzz *fuzz)
{
	const struct fuzz_call *call = fuzz_any_call(fuzz);
	bool bad_arg = fuzz_chance(&fuzz->random, 2);
	bool resized = !call->on_dmabuf && fuzz_chance(&fuzz->random, 5);
	unsigned long request = call->request;
	void *arg = fuzz->arg;
	int fd, ret, err;

	fuzz->file = fuzz_below(&fuzz->random, fuzz->world->num_files);
	memset(fuzz->arg, 0, FUZZ_ARG_MAX);
	fuzz_fill(fuzz, call);
	if (resized) {
		request = fuzz_resize(fuzz, request);
		if (_IOC_SIZE(request) < _IOC_SIZE(call->request))
			memset(fuzz->arg + _IOC_SIZE(request), 0,
			       _IOC_SIZE(call->request) - _IOC_SIZE(request));
	}
	if (fuzz_is_greedy(request, fuzz->arg))
		return;
	memcpy(fuzz->before, fuzz->arg, FUZZ_ARG_MAX);
	if (bad_arg)
		arg = fuzz_bad_arg(fuzz);

	fd = call->on_dmabuf ? fuzz_any_fd(fuzz) : fuzz->world->files[fuzz->file];
	fuzz_say(fuzz, "%s(%d, %#lx, %s)", call->name, fd, request,
		 fuzz_hex(fuzz->arg, _IOC_SIZE(call->request)));
	ret = ioctl(fd, request, arg);
	err = ret < 0 ? errno : 0;
	fuzz_say(fuzz, "  -> %s", err ? vi915_errname(err) : "ok");

	if (err) {
		fuzz_check_refusal(fuzz, call, request, err, bad_arg);
		return;
	}
	fuzz->done++;
	/* A short argument has no room for the result, which stays with the file. */
	if (!bad_arg && _IOC_SIZE(request) >= _IOC_SIZE(call->request))
		fuzz_check_success(fuzz, call);
}

static const struct fuzz_call *fuzz_call_of(unsigned long request)
{
	unsigned int i;

	for (i = 0; i < fuzz_num_calls; i++)
		if (!fuzz_calls[i].on_dmabuf &&
		    _IOC_NR(fuzz_calls[i].request) == _IOC_NR(request))
			return &fuzz_calls[i];
	return NULL;
}

/* Errnos of the core's own ioctls: outputs, syncobjs, leases. */
static bool fuzz_is_foreign_error(int err)
{
	/* EBADF: SYNCOBJ_EVENTFD and FD_TO_HANDLE take a file descriptor. */
	static const int errors[] = {
		EINVAL, EACCES, EFAULT, ENOENT, EOPNOTSUPP, EPERM, EBUSY, ENODEV, ENOMEM,
		ENOTTY, EINTR, EBADF, ERANGE, ENOSPC, ENXIO, FUZZ_NO_HOOK, E2BIG,
	};
	unsigned int i;

	for (i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (errors[i] == err)
			return true;
	return false;
}

/*
 * How many syncobjs an ioctl of the core names. The core allocates an array for
 * them before it looks at the first one, and warns if the array is too large.
 */
static uint32_t fuzz_syncobjs(unsigned long request, const uint32_t *words)
{
	switch (_IOC_NR(request)) {
	case _IOC_NR(DRM_IOCTL_SYNCOBJ_RESET):
	case _IOC_NR(DRM_IOCTL_SYNCOBJ_SIGNAL):
		return words[2];
	case _IOC_NR(DRM_IOCTL_SYNCOBJ_WAIT):
	case _IOC_NR(DRM_IOCTL_SYNCOBJ_QUERY):
	case _IOC_NR(DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL):
		return words[4];
	case _IOC_NR(DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT):
		return words[6];
	default:
		return 0;
	}
}

#define FUZZ_SYNCOBJS 0x10000

/*
 * A file that gets a magic from one master and then becomes master itself
 * leaves the magic in the first master's table when it is closed, and
 * AUTH_MAGIC then finds a freed file. This is a bug of the DRM core in 6.12
 * (drm_new_set_master() forgets the magic) that only root can reach. So no file
 * here gets a magic.
 */
static bool fuzz_is_broken_in_core(unsigned long request, const void *arg)
{
	return _IOC_NR(request) == _IOC_NR(DRM_IOCTL_GET_MAGIC) ||
	       fuzz_syncobjs(request, arg) > FUZZ_SYNCOBJS;
}

void fuzz_step_bytes(struct fuzz *fuzz)
{
	uint32_t *words = (uint32_t *)fuzz->arg;
	const struct fuzz_call *call;
	unsigned long request;
	unsigned int size, i;
	int ret, err;

	fuzz->file = fuzz_below(&fuzz->random, fuzz->world->num_files);
	size = fuzz_below(&fuzz->random, fuzz_chance(&fuzz->random, 90) ? 128 : FUZZ_ARG_MAX);
	request = _IOC(fuzz_below(&fuzz->random, 4), 'd', fuzz_below(&fuzz->random, 256), size);
	if (fuzz_chance(&fuzz->random, 2))
		request = fuzz_random(&fuzz->random);
	size = _IOC_SIZE(request);

	memset(fuzz->arg, 0, FUZZ_ARG_MAX);
	for (i = 0; i < size / 4; i++)
		words[i] = fuzz_chance(&fuzz->random, 50) ? fuzz_random(&fuzz->random) :
							    fuzz_number(&fuzz->random);
	/* A random pair of words could be an address of this program: set its top bit. */
	for (i = 1; i < size / 4; i += 2)
		if (words[i] && words[i] < 0x10000)
			words[i] |= 0x80000000;
	if (fuzz_is_greedy(request, fuzz->arg) || fuzz_is_broken_in_core(request, words))
		return;
	memcpy(fuzz->before, fuzz->arg, FUZZ_ARG_MAX);

	fuzz_say(fuzz, "ioctl(%d, %#lx, %s...)", fuzz->world->files[fuzz->file], request,
		 fuzz_hex(fuzz->arg, size));
	ret = ioctl(fuzz->world->files[fuzz->file], request, fuzz->arg);
	err = ret < 0 ? errno : 0;
	fuzz_say(fuzz, "  -> %s", err ? vi915_errname(err) : "ok");

	if (!err) {
		fuzz->done++;
		return;
	}
	fuzz->refused++;
	call = fuzz_call_of(request);
	if (_IOC_TYPE(request) != 'd')
		call = NULL;
	if (call ? !fuzz_is_listed(call, err) && err != EINVAL : !fuzz_is_foreign_error(err))
		fuzz_fail(fuzz, "ioctl %#lx (%s) on %s with %s: %s is not an error that it documents",
			  request, call ? call->name : "not ours",
			  fuzz->world->nodes[fuzz->file], fuzz_hex(fuzz->before, size),
			  vi915_errname(err));
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A step for outputs, and the possible errnos of its ioctl. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fail.h"
#include "fuzz_kms.h"

/*
 * Any call may fail with these: the core's checks, no master, no outputs,
 * unplugged, no memory, a signal, and a file that another thread has closed.
 */
static bool fuzz_kms_listed(const struct fuzz *fuzz, const struct fuzz_kms_call *call, int err)
{
	static const int common[] = {
		EINVAL, ENOENT, EACCES, EOPNOTSUPP, EFAULT, ENOMEM, EINTR, EPERM,
	};
	unsigned int i;

	for (i = 0; i < sizeof(common) / sizeof(*common); i++)
		if (common[i] == err)
			return true;
	for (i = 0; i < sizeof(call->errors) && call->errors[i]; i++)
		if (call->errors[i] == err)
			return true;
	if (fuzz->world->unplugs && err == ENODEV)
		return true;
	return fuzz->world->concurrent && (err == EBADF || err == ENOTTY);
}

/* The step's file, or sometimes a lease of it. */
static int fuzz_kms_file(struct fuzz *fuzz)
{
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_KMS_LESSEES);
	int fd = fuzz_kms(fuzz)->lessees[slot];

	return fd >= 0 && fuzz_chance(&fuzz->random, 15) ? fd :
		fuzz->world->files[fuzz->file];
}

/* Most calls need a master, so the file is made master most of the time. */
static void fuzz_kms_master(struct fuzz *fuzz)
{
	struct fuzz_world *world = fuzz->world;
	int fd = world->files[fuzz->file];
	unsigned int i;

	if (fuzz_chance(&fuzz->random, 10) || !ioctl(fd, DRM_IOCTL_SET_MASTER, NULL))
		return;
	for (i = 0; i < world->num_files; i++)
		if (!strcmp(world->nodes[i], world->nodes[fuzz->file]))
			ioctl(world->files[i], DRM_IOCTL_DROP_MASTER, NULL);
	ioctl(fd, DRM_IOCTL_SET_MASTER, NULL);
}

void fuzz_kms_run(struct fuzz *fuzz, const struct fuzz_kms_call *call)
{
	unsigned int size = _IOC_SIZE(call->request), at;
	unsigned long request = call->request;
	uint32_t word;
	int fd, ret, err;

	memset(fuzz->arg, 0, FUZZ_ARG_MAX);
	call->fill(fuzz);
	if (size >= 4 && fuzz_chance(&fuzz->random, 6)) {
		at = 4 * fuzz_below(&fuzz->random, size / 4);
		word = fuzz_number(&fuzz->random);
		memcpy(fuzz->arg + at, &word, sizeof(word));
	}
	if (size && fuzz_chance(&fuzz->random, 2)) {
		size = fuzz_below(&fuzz->random, 2 * size);
		request = _IOC(_IOC_DIR(request), _IOC_TYPE(request), _IOC_NR(request), size);
	}
	if (fuzz_is_greedy(request, fuzz->arg))
		return;
	memcpy(fuzz->before, fuzz->arg, FUZZ_ARG_MAX);
	fd = fuzz_kms_file(fuzz);
	fuzz_say(fuzz, "%s(%d, %#lx)", call->name, fd, request);
	ret = ioctl(fd, request, fuzz->arg);
	err = ret < 0 ? errno : 0;
	fuzz_say(fuzz, "  -> %s", err ? vi915_errname(err) : "ok");
	if (!err) {
		fuzz->done++;
		/* Results of a lease stay with its own file. */
		if (call->keep && request == call->request &&
		    fd == fuzz->world->files[fuzz->file])
			call->keep(fuzz);
		return;
	}
	fuzz->refused++;
	if (!fuzz_kms_listed(fuzz, call, err))
		fuzz_fail(fuzz, "%s on %s: %s is not an error that it documents", call->name,
			  fuzz->world->nodes[fuzz->file], vi915_errname(err));
}

static void fuzz_kms_any(struct fuzz *fuzz, const struct fuzz_kms_call *calls, unsigned int n)
{
	const struct fuzz_kms_call *call = calls;
	unsigned int sum = 0, at, i;

	for (i = 0; i < n; i++)
		sum += calls[i].weight;
	for (at = fuzz_below(&fuzz->random, sum); at >= call->weight; call++)
		at -= call->weight;
	fuzz_kms_run(fuzz, call);
}

void fuzz_step_kms(struct fuzz *fuzz)
{
	unsigned int at = fuzz_below(&fuzz->random, 100), i;

	/* The next file with outputs; the other files have no calls in this step. */
	fuzz->file = fuzz_below(&fuzz->random, fuzz->world->num_files);
	for (i = 0; i < fuzz->world->num_files && !fuzz_kms(fuzz)->pipes; i++)
		fuzz->file = (fuzz->file + 1) % fuzz->world->num_files;
	if (!fuzz_kms(fuzz)->pipes)
		return;

	fuzz_kms_master(fuzz);
	if (at < 30)
		fuzz_kms_atomic(fuzz);
	else if (at < 60)
		fuzz_kms_any(fuzz, fuzz_kms_calls, fuzz_num_kms_calls);
	else if (at < 68)
		fuzz_kms_any(fuzz, fuzz_kms_fb_calls, fuzz_num_kms_fb_calls);
	else if (at < 76)
		fuzz_kms_make_fb(fuzz);
	else if (at < 82)
		fuzz_kms_make_blob(fuzz);
	else if (at < 84)
		fuzz_kms_any(fuzz, fuzz_kms_lease_calls, fuzz_num_kms_lease_calls);
	else
		fuzz_kms_life(fuzz);
}

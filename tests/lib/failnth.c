// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "ctx.h"
#include "failnth.h"
#include "gem.h"
#include "gpu.h"
#include "inject.h"
#include "proc.h"
#include "syncobj.h"

#define FAILNTH_MOST 5000
/* More allocations than any call makes. */
#define FAILNTH_NEVER 1000000
/* Time for jobs and closed files to give back what they held. */
#define FAILNTH_SETTLE_NS 5000000000LL

static int failnth_file = -1;

static void failnth_set(const char *file, const char *text)
{
	char path[96];
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/debug/%s", file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		vi915_fail("open %s: %s: this wants a kernel with failslab (the debug kernel)",
			   path, vi915_errname(errno));
	if (write(fd, text, strlen(text)) < 0)
		vi915_fail("write %s to %s: %s", text, path, vi915_errname(errno));
	close(fd);
}

/* All allocations count, also those that may sleep. */
static void failnth_open(void)
{
	const char *verbose = getenv("FAILNTH_VERBOSE") ? "2" : "0";

	failnth_set("failslab/ignore-gfp-wait", "N");
	failnth_set("failslab/verbose", verbose);
	failnth_set("fail_page_alloc/ignore-gfp-wait", "N");
	failnth_set("fail_page_alloc/min-order", "0");
	failnth_set("fail_page_alloc/verbose", verbose);
	failnth_file = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (failnth_file < 0)
		vi915_fail("open /proc/thread-self/fail-nth: %s", vi915_errname(errno));
}

void failnth_arm(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (failnth_file < 0)
		failnth_open();
	vi915_require(pwrite(failnth_file, text, len, 0) == len);
}

/* Returns: allocations left until one fails; 0: one has failed. */
static unsigned int failnth_left(void)
{
	char text[16] = "";

	/* The read itself may be the call that fails, which is a failure too. */
	if (pread(failnth_file, text, sizeof(text) - 1, 0) <= 0)
		return 0;
	return atoi(text);
}

bool failnth_disarm(void)
{
	bool fired = !failnth_left();

	failnth_arm(0);
	return fired;
}

unsigned int failnth_count(const struct failnth_call *call, void *arg)
{
	unsigned int left;

	if (call->prepare)
		call->prepare(arg);
	failnth_arm(FAILNTH_NEVER);
	call->run(arg);
	left = failnth_left();
	failnth_arm(0);
	if (call->undo)
		call->undo(arg);
	return FAILNTH_NEVER - left;
}

static bool failnth_may_be(const struct failnth_call *call, int ret)
{
	unsigned int i;

	if (!ret || ret == -ENOMEM)
		return true;
	for (i = 0; i < FAILNTH_ERRORS && call->errors[i]; i++)
		if (ret == -call->errors[i])
			return true;
	return false;
}

/* Which one is first differs from run to run, so that each has its turn. */
static unsigned int failnth_stride(const struct failnth_call *call, unsigned int *first)
{
	const char *text = getenv("FAILNTH_STRIDE");
	unsigned int stride = text ? (unsigned int)atoi(text) : call->stride;
	unsigned int chosen;

	if (stride <= 1)
		return 1;
	text = getenv("FAILNTH_FIRST");
	if (text)
		*first = atoi(text);
	else if (getrandom(&chosen, sizeof(chosen), 0) == sizeof(chosen))
		*first += chosen % stride;
	vi915_note("one of %u allocations fails; FAILNTH_FIRST=%u does the same again", stride,
		   *first);
	return stride;
}

struct failnth_result failnth_sweep_at(const char *at, const struct failnth_call *call, void *arg)
{
	struct failnth_result result = { 0 };
	unsigned int first = call->first ? call->first : 1;
	unsigned int stride = failnth_stride(call, &first), n;
	bool fired;
	int ret;

	for (n = first; n <= FAILNTH_MOST; n += stride) {
		if (call->prepare)
			call->prepare(arg);
		failnth_arm(n);
		ret = call->run(arg);
		fired = failnth_disarm();
		if (call->undo)
			call->undo(arg);
		if (!fired && ret)
			vi915_fail_at(at, "nothing failed, yet the call did: %s",
				      vi915_errname(ret));
		if (!failnth_may_be(call, ret))
			vi915_fail_at(at, "allocation %u failed, and the call with %s", n,
				      vi915_errname(ret));
		if (!fired)
			return result;
		result.chances++;
		result.refused += ret != 0;
	}
	vi915_fail_at(at, "the call has more than %u allocations", FAILNTH_MOST);
}

static void failnth_look(const char *at, struct failnth_balance *balance)
{
	unsigned int i;

	balance->open = inject_open_files();
	for (i = 0; i < FAILNTH_FILES && balance->fds[i] >= 0; i++) {
		int fd = balance->fds[i];

		balance->objects[i] = vi915_object_count_at(at, fd);
		balance->handle[i] = gem_create_at(at, fd, VI915_PAGE);
		vi915_check_at(at, "GEM_CLOSE", __gem_close(fd, balance->handle[i]));
		balance->syncobj[i] = syncobj_create_at(at, fd, 0);
		vi915_check_at(at, "SYNCOBJ_DESTROY", __syncobj_destroy(fd, balance->syncobj[i]));
		balance->ctx[i] = ctx_create_at(at, fd);
		vi915_check_at(at, "CONTEXT_DESTROY", __ctx_destroy(fd, balance->ctx[i]));
		balance->vm[i] = vm_create_at(at, fd);
		vi915_check_at(at, "VM_DESTROY", __vm_destroy(fd, balance->vm[i]));
	}
}

void failnth_balance_at(const char *at, struct failnth_balance *balance, const int *fds,
			unsigned int num_fds)
{
	unsigned int i;

	vi915_require_at(at, num_fds <= FAILNTH_FILES);
	/* This file counts as open too. */
	if (failnth_file < 0)
		failnth_open();
	memset(balance, 0, sizeof(*balance));
	for (i = 0; i < FAILNTH_FILES; i++)
		balance->fds[i] = i < num_fds ? fds[i] : -1;
	failnth_look(at, balance);
}

void failnth_same_at(const char *at, const struct failnth_balance *before)
{
	int64_t until = vi915_now() + FAILNTH_SETTLE_NS;
	struct failnth_balance now = *before;
	unsigned int i;

	/* Fewer objects are fine: those of an earlier test may have been freed. */
	do
		failnth_look(at, &now);
	while (memcmp(&now, before, sizeof(now)) && vi915_now() < until && !usleep(20000));
	for (i = 0; i < FAILNTH_FILES && now.fds[i] >= 0; i++)
		if (now.objects[i] > before->objects[i] || now.handle[i] != before->handle[i] ||
		    now.syncobj[i] != before->syncobj[i] || now.ctx[i] != before->ctx[i] ||
		    now.vm[i] != before->vm[i])
			vi915_fail_at(at, "file %u: %ld objects, %ld before; the next handle is "
				      "%u, %u before, syncobj %u, %u, context %u, %u, vm %u, %u",
				      i, now.objects[i], before->objects[i], now.handle[i],
				      before->handle[i], now.syncobj[i], before->syncobj[i],
				      now.ctx[i], before->ctx[i], now.vm[i], before->vm[i]);
	if (now.open != before->open)
		vi915_fail_at(at, "%d files are open, %d before", now.open, before->open);
}

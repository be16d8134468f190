// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpus 1
/*
 * Loading the module when memory runs out: the allocations of its own init
 * function fail, from which it makes a GPU. Those before are the kernel's, which
 * warns of some of them. The driver goes and comes here, so this has a box of
 * its own.
 */
#include "test.h"

#include <unistd.h>

#include "failnth.h"
#include "innocent.h"
#include "module.h"

static int file;

static int load(void *arg)
{
	return __module_load_file(file, arg);
}

/* The kernel reads parameters shortly before it calls the init function. */
static int load_with_a_mistake(void *arg)
{
	(void)arg;
	return __module_load_file(file, "gpus=gpu0,no-such-key=1");
}

/* With memory again: the module may be there, or not. */
static void unload(void *arg)
{
	int ret = __module_unload();

	(void)arg;
	vi915_require(!ret || ret == -ENOENT);
}

FIXTURE(module)
{
	unsigned int before;
};

FIXTURE_SETUP(module)
{
	struct failnth_call mistake = { .run = load_with_a_mistake };

	file = module_open();
	module_unload();
	self->before = failnth_count(&mistake, NULL);
}

/* It works afterwards. */
FIXTURE_TEARDOWN(module)
{
	struct innocent innocent;

	vi915_check(__module_load_file(file, "gpus=gpu0"));
	innocent_open(&innocent, "gpu0");
	innocent_round(&innocent);
	innocent_close(&innocent);
	close(file);
}

TEST_F_TIMEOUT(module, comes_up_whole_or_not_at_all, 600)
{
	struct failnth_call call = {
		.run = load,
		.undo = unload,
		.first = self->before,
		.stride = 16,
	};
	struct failnth_result result = failnth_sweep(&call, "gpus=gpu0");

	vi915_note("%u allocations, without %u of them it is refused", result.chances,
		   result.refused);
	EXPECT_LT(0, result.refused);
	EXPECT_LT(result.refused, result.chances);
}

TEST_HARNESS_MAIN

/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Fixture of the tests on one device: a fresh open file of gpu0's render node.
 * Includes the harness, so only a test program's .c file includes this.
 */
#ifndef VI915_TESTS_GPU_FIXTURE_H
#define VI915_TESTS_GPU_FIXTURE_H

#include "test.h"

#include "gem.h"
#include "gpu.h"
#include "prime.h"
#include "proc.h"

/* A handle that no file of a test has. */
#define BAD_HANDLE 0xbadbadu

/* An address that the kernel cannot read or write. */
#define BAD_POINTER ((void *)0x10)

FIXTURE(gpu)
{
	int fd;
};

FIXTURE_SETUP(gpu)
{
	self->fd = vi915_open_render("gpu0");
}

FIXTURE_TEARDOWN(gpu)
{
	close(self->fd);
}

#endif

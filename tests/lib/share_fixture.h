/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Fixture of the tests on two devices: an object of gpu0 with known bytes, its
 * dma-buf, and gpu1, which has not imported it yet. Includes the harness, so
 * only a test program's .c file includes this.
 */
#ifndef VI915_TESTS_SHARE_FIXTURE_H
#define VI915_TESTS_SHARE_FIXTURE_H

#include "test.h"

#include <fcntl.h>
#include <unistd.h>

#include "gem.h"
#include "gpu.h"
#include "peer.h"
#include "prime.h"
#include "proc.h"
#include "share.h"

/* Seed of the pattern that the object starts with. */
#define SHARE_SEED 1

FIXTURE(share)
{
	int a;
	int b;
	uint32_t handle;
	int dmabuf;
	ino_t ino;
};

FIXTURE_SETUP(share)
{
	char bytes[SHARE_SIZE];

	self->a = vi915_open_render("gpu0");
	self->b = vi915_open_render("gpu1");
	self->handle = gem_create(self->a, SHARE_SIZE);
	vi915_fill(bytes, SHARE_SIZE, SHARE_SEED);
	gem_pwrite(self->a, self->handle, 0, bytes, SHARE_SIZE);
	self->dmabuf = prime_export(self->a, self->handle);
	self->ino = dmabuf_inode(self->dmabuf);
}

FIXTURE_TEARDOWN(share)
{
	close(self->dmabuf);
	close(self->b);
	close(self->a);
}

#endif

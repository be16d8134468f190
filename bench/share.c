// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The cost of making and sharing a buffer, compared with vgem, and with sharing
 * from vgem to vkms.
 */
#include <unistd.h>

#include "gem.h"
#include "gpu.h"
#include "measure.h"
#include "peer.h"
#include "prime.h"
#include "proc.h"

#define US 1000.0

/* One buffer that both sides of a comparison share repeatedly. */
struct share {
	int fd;
	int other;
	uint32_t handle;
	int dmabuf;
	uint64_t size;
	uint32_t (*create)(const char *at, int fd, uint64_t size);
};

static int64_t share_null(void *arg, unsigned int n)
{
	struct share *share = arg;
	int64_t start = vi915_now();
	uint64_t value;

	while (n--)
		__vi915_cap(share->fd, DRM_CAP_PRIME, &value);
	return vi915_now() - start;
}

static int64_t share_create(void *arg, unsigned int n)
{
	struct share *share = arg;
	int64_t start = vi915_now();

	while (n--)
		gem_close(share->fd, share->create(VI915_AT, share->fd, share->size));
	return vi915_now() - start;
}

static int64_t share_export(void *arg, unsigned int n)
{
	struct share *share = arg;
	int64_t start = vi915_now();

	while (n--)
		close(prime_export(share->fd, share->handle));
	return vi915_now() - start;
}

static int64_t share_first_export(void *arg, unsigned int n)
{
	struct share *share = arg;
	int64_t start = vi915_now();
	uint32_t handle;

	while (n--) {
		handle = share->create(VI915_AT, share->fd, share->size);
		close(prime_export(share->fd, handle));
		gem_close(share->fd, handle);
	}
	return vi915_now() - start;
}

static int64_t share_self_import(void *arg, unsigned int n)
{
	struct share *share = arg;
	int64_t start = vi915_now();

	while (n--)
		prime_import(share->fd, share->dmabuf);
	return vi915_now() - start;
}

static int64_t share_cycle(void *arg, unsigned int n)
{
	struct share *share = arg;
	int64_t start = vi915_now();
	uint32_t handle;
	int dmabuf;

	while (n--) {
		handle = share->create(VI915_AT, share->fd, share->size);
		dmabuf = prime_export(share->fd, handle);
		gem_close(share->other, prime_import(share->other, dmabuf));
		close(dmabuf);
		gem_close(share->fd, handle);
	}
	return vi915_now() - start;
}

static void share_setup(struct share *share, uint64_t size)
{
	share->size = size;
	share->handle = share->create(VI915_AT, share->fd, size);
	share->dmabuf = prime_export(share->fd, share->handle);
}

static void share_teardown(struct share *share)
{
	close(share->dmabuf);
	gem_close(share->fd, share->handle);
}

static void share_row(const char *what, const char *peer, struct share *a, struct share *b,
		      int64_t (*run)(void *arg, unsigned int n), double goal)
{
	struct vi915_work ours = { run, a }, theirs = { run, b };
	struct vi915_compared compared = vi915_compare(&ours, &theirs, VI915_ROUNDS);

	vi915_row(what, peer, &compared, US, goal);
}

int main(void)
{
	struct share ours = { .create = gem_create_at };
	struct share peer = { .create = vgem_create_at };

	ours.fd = vi915_bench_open(0);
	ours.other = vi915_bench_open(1);
	peer.fd = vi915_driver_open("vgem");
	peer.other = vi915_driver_open("vkms");

	vi915_table("sharing, 4 KiB buffers", "us");
	share_setup(&ours, 4096);
	share_setup(&peer, 4096);
	share_row("GET_CAP, which does nothing", "vgem", &ours, &peer, share_null, 0);
	share_row("create + close", "vgem", &ours, &peer, share_create, 0);
	share_row("export + close", "vgem", &ours, &peer, share_export, 1);
	share_row("create + first export + close all", "vgem", &ours, &peer,
		  share_first_export, 0);
	share_row("self-import", "vgem", &ours, &peer, share_self_import, 1);
	share_row("cycle: create, export, import, close all", "vgem -> vkms", &ours, &peer,
		  share_cycle, 1);
	share_teardown(&ours);
	share_teardown(&peer);

	ours.size = 1 << 20;
	peer.size = 1 << 20;
	share_row("the same cycle, 1 MiB", "vgem -> vkms", &ours, &peer, share_cycle, 0);
	return 0;
}

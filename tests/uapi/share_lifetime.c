// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Rule R2, exhaustively: a buffer of gpu0 is held by an fd, a handle on gpu0
 * (A), a handle on gpu1 (B), the files of these handles, and a mapping. All 720
 * orders of releasing them are generated, and the mapping is one of the fd, of
 * A's GTT view, or of B's. After each step one remaining holder writes, and all
 * other remaining holders read that; after the last step the object is gone
 * from both GPUs.
 *
 * An order may close a file before the handle in it: closing that handle is
 * then EBADF, since the file is gone.
 */
#include "share_fixture.h"

enum event {
	CLOSE_FD,
	CLOSE_HANDLE_A,
	CLOSE_HANDLE_B,
	CLOSE_FILE_A,
	CLOSE_FILE_B,
	UNMAP,
	EVENTS,
};

static const char *const event_names[] = {
	"close fd", "close handle A", "close handle B", "close file A", "close file B", "unmap",
};

enum map {
	MAP_FD,
	MAP_A,
	MAP_B,
};

FIXTURE(lifetime)
{
	/* Files that only observe. */
	int look_a;
	int look_b;
	long shmem;
};

FIXTURE_VARIANT(lifetime)
{
	enum map map;
};

FIXTURE_VARIANT_ADD(lifetime, r2_mapping_of_the_fd)
{
	.map = MAP_FD,
};

FIXTURE_VARIANT_ADD(lifetime, r2_mapping_of_a)
{
	.map = MAP_A,
};

FIXTURE_VARIANT_ADD(lifetime, r2_mapping_of_b)
{
	.map = MAP_B,
};

FIXTURE_SETUP(lifetime)
{
	self->look_a = vi915_open_render("gpu0");
	self->look_b = vi915_open_render("gpu1");
	self->shmem = vi915_meminfo("Shmem");
}

FIXTURE_TEARDOWN(lifetime)
{
	/* 120 orders of 16 KiB each: a leak in every tenth order would exceed this. */
	EXPECT_LT(vi915_meminfo("Shmem") - self->shmem, 128);
	close(self->look_a);
	close(self->look_b);
}

struct holders {
	int fd;
	int a;
	int b;
	uint32_t handle_a;
	uint32_t handle_b;
	char *map;
	ino_t ino;
	/* Bits of the events that have not happened yet. */
	unsigned int left;
};

static void hold(struct holders *h, enum map map)
{
	h->left = (1 << EVENTS) - 1;
	h->a = vi915_open_render("gpu0");
	h->b = vi915_open_render("gpu1");
	h->handle_a = gem_create(h->a, SHARE_SIZE);
	h->fd = prime_export(h->a, h->handle_a);
	h->ino = dmabuf_inode(h->fd);
	h->handle_b = prime_import(h->b, h->fd);
	if (map == MAP_FD)
		h->map = dmabuf_mmap(h->fd, SHARE_SIZE);
	else if (map == MAP_A)
		h->map = gem_mmap_gtt(h->a, h->handle_a, SHARE_SIZE);
	else
		h->map = gem_mmap_gtt(h->b, h->handle_b, SHARE_SIZE);
	vi915_fill(h->map, SHARE_SIZE, 0);
}

static bool left(const struct holders *h, enum event event)
{
	return h->left & (1 << event);
}

static bool left_a(const struct holders *h)
{
	return left(h, CLOSE_FILE_A) && left(h, CLOSE_HANDLE_A);
}

static bool left_b(const struct holders *h)
{
	return left(h, CLOSE_FILE_B) && left(h, CLOSE_HANDLE_B);
}

/* Returns: 0, or 1 if a call did not answer as it should. */
static int let_go(struct holders *h, enum event event)
{
	int ret = 0, want = 0;

	h->left &= ~(1 << event);
	switch (event) {
	case CLOSE_FD:
		ret = close(h->fd);
		break;
	case CLOSE_FILE_A:
		ret = close(h->a);
		break;
	case CLOSE_FILE_B:
		ret = close(h->b);
		break;
	case CLOSE_HANDLE_A:
		ret = __gem_close(h->a, h->handle_a);
		want = left(h, CLOSE_FILE_A) ? 0 : -EBADF;
		break;
	case CLOSE_HANDLE_B:
		ret = __gem_close(h->b, h->handle_b);
		want = left(h, CLOSE_FILE_B) ? 0 : -EBADF;
		break;
	default:
		ret = munmap(h->map, SHARE_SIZE);
	}
	return ret != want;
}

/* The first remaining holder writes; @turn varies which one is first. */
static void write_anew(const struct holders *h, uint32_t seed, unsigned int turn)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		switch ((turn + i) % 4) {
		case 0:
			if (!left(h, CLOSE_FD))
				continue;
			return share_writes(h->fd, SHARE_SIZE, seed);
		case 1:
			if (!left_a(h))
				continue;
			return share_gtt_writes(h->a, h->handle_a, SHARE_SIZE, seed);
		case 2:
			if (!left_b(h))
				continue;
			return share_gtt_writes(h->b, h->handle_b, SHARE_SIZE, seed);
		default:
			if (!left(h, UNMAP))
				continue;
			return vi915_fill(h->map, SHARE_SIZE, seed);
		}
	}
}

/* Returns: the holder that reads wrong bytes, or NULL. */
static const char *read_all(const struct holders *h, uint32_t seed)
{
	if (left(h, CLOSE_FD) && __share_reads(h->fd, SHARE_SIZE, seed) != -1)
		return "fd";
	if (left_a(h) && __share_gtt_reads(h->a, h->handle_a, SHARE_SIZE, seed) != -1)
		return "handle A";
	if (left_b(h) && __share_gtt_reads(h->b, h->handle_b, SHARE_SIZE, seed) != -1)
		return "handle B";
	if (left(h, UNMAP) && vi915_verify(h->map, SHARE_SIZE, seed) != -1)
		return "mapping";
	return NULL;
}

static void name_order(const enum event *order, char *text, size_t size)
{
	int i, n = 0;

	for (i = 0; i < EVENTS; i++)
		n += snprintf(text + n, size - n, "%s%s", i ? ", " : "", event_names[order[i]]);
}

/* Returns: NULL, or the failure after step *@step of @order. */
static const char *run_order(int look_a, int look_b, enum map map, const enum event *order,
			     int *step)
{
	const char *wrong = NULL;
	struct holders h;

	hold(&h, map);
	for (*step = 0; *step < EVENTS && !wrong; (*step)++) {
		if (let_go(&h, order[*step]))
			return "that step's own result";
		/* First check the bytes from before the step, then write new ones. */
		wrong = read_all(&h, *step);
		write_anew(&h, *step + 1, *step + order[0]);
		if (!wrong)
			wrong = read_all(&h, *step + 1);
	}
	if (wrong)
		return wrong;
	if (share_state(look_a, h.ino, "size") != -1)
		return "gpu0 still has the object";
	if (share_state(look_b, h.ino, "size") != -1)
		return "gpu1 still has the object";
	return NULL;
}

/* Calls run_order() with every order that starts with @order[0..n). */
static int run_orders(int look_a, int look_b, enum map map, enum event *order, int n)
{
	int event, i, orders = 0, step;
	const char *wrong;
	char text[128];

	if (n == EVENTS) {
		wrong = run_order(look_a, look_b, map, order, &step);
		if (wrong) {
			name_order(order, text, sizeof(text));
			vi915_fail("order: %s: after step %d: %s", text, step, wrong);
		}
		return 1;
	}
	for (event = 0; event < EVENTS; event++) {
		for (i = 0; i < n && order[i] != (enum event)event; i++)
			;
		if (i < n)
			continue;
		order[n] = event;
		orders += run_orders(look_a, look_b, map, order, n + 1);
	}
	return orders;
}

#define TEST_ORDERS(first, start) \
	TEST_F_TIMEOUT(lifetime, orders_that_begin_with_##first, 120) \
	{ \
		enum event order[EVENTS] = { start }; \
		\
		EXPECT_EQ(120, run_orders(self->look_a, self->look_b, variant->map, order, 1)); \
	}

TEST_ORDERS(close_fd, CLOSE_FD)
TEST_ORDERS(close_handle_a, CLOSE_HANDLE_A)
TEST_ORDERS(close_handle_b, CLOSE_HANDLE_B)
TEST_ORDERS(close_file_a, CLOSE_FILE_A)
TEST_ORDERS(close_file_b, CLOSE_FILE_B)
TEST_ORDERS(unmap, UNMAP)

TEST_HARNESS_MAIN

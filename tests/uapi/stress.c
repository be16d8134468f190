// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Eight processes on four engines at once: copies, stores, relocations and
 * spinners; each process checks every byte of its own objects.
 *
 * VI915_STRESS_SECONDS=N	duration (40)
 */
#include "test.h"

#include <stdlib.h>
#include <unistd.h>

#include "ctx.h"
#include "exec.h"
#include "gem.h"
#include "gpu.h"
#include "prime.h"
#include "proc.h"
#include "share.h"

#define CLIENTS 8
#define OBJECTS 6
#define PAGES 8
#define SIZE (PAGES * VI915_PAGE)
#define WORDS (SIZE / 4)
#define CONTEXTS 3
#define SECONDS 40

static const unsigned int engines[] = {
	I915_EXEC_RENDER, I915_EXEC_BLT, I915_EXEC_BSD, I915_EXEC_VEBOX,
};

/* One process: its objects, and their expected contents. */
struct client {
	int fd;
	uint32_t random;
	uint32_t ctx[CONTEXTS];
	uint32_t handles[OBJECTS];
	uint32_t (*model)[WORDS];
	unsigned int steps;
};

static uint32_t below(struct client *client, uint32_t n)
{
	return share_rand(&client->random, n);
}

static uint32_t any_ctx(struct client *client)
{
	return client->ctx[below(client, CONTEXTS)];
}

static void open_client(struct client *client, int index)
{
	unsigned int i;

	client->fd = vi915_open_render(index % 4 == 3 ? "gpu1" : "gpu0");
	client->random = index * 7919 + 1;
	for (i = 0; i < CONTEXTS; i++)
		client->ctx[i] = ctx_create(client->fd);
	client->model = calloc(OBJECTS, sizeof(*client->model));
	vi915_require(client->model);
	for (i = 0; i < OBJECTS; i++)
		client->handles[i] = gem_create(client->fd, SIZE);
}

static void do_fill(struct client *client)
{
	unsigned int object = below(client, OBJECTS), pages = 1 + below(client, PAGES), i;
	uint32_t pixel = below(client, 0x7fffffff);

	exec_fill(client->fd, any_ctx(client), I915_EXEC_BLT, client->handles[object], pages,
		  pixel);
	for (i = 0; i < pages * VI915_PAGE / 4; i++)
		client->model[object][i] = pixel;
}

static void do_copy(struct client *client)
{
	unsigned int from = below(client, OBJECTS), pages = 1 + below(client, PAGES);
	unsigned int to = (from + 1 + below(client, OBJECTS - 1)) % OBJECTS;

	exec_copy(client->fd, any_ctx(client), I915_EXEC_BLT, client->handles[to],
		  client->handles[from], pages);
	memcpy(client->model[to], client->model[from], pages * VI915_PAGE);
}

static void do_store(struct client *client)
{
	unsigned int object = below(client, OBJECTS), word = below(client, WORDS);
	uint32_t value = below(client, 0x7fffffff);

	exec_store(client->fd, any_ctx(client), engines[below(client, 4)],
		   client->handles[object], 4 * word, value);
	client->model[object][word] = value;
}

/* Stores to several objects, all by relocation. */
static void do_relocs(struct client *client)
{
	unsigned int n = 1 + below(client, 8), object, word, i;
	struct batch batch;
	struct exec exec;
	uint32_t value;

	batch_init(&batch, client->fd, VI915_PAGE);
	exec_init(&exec, client->fd, any_ctx(client), engines[below(client, 4)]);
	for (i = 0; i < OBJECTS; i++)
		exec_add(&exec, client->handles[i], 0,
			 below(client, 2) ? EXEC_OBJECT_SUPPORTS_48B_ADDRESS : 0);
	for (i = 0; i < n; i++) {
		object = below(client, OBJECTS);
		word = below(client, WORDS);
		value = below(client, 0x7fffffff);
		batch_store(&batch, BATCH_IN(client->handles[object], 4 * word), value);
		client->model[object][word] = value;
	}
	batch_end(&batch);
	exec_add_batch(&exec, &batch);
	exec_submit(&exec);
	batch_fini(&batch);
}

/* Work behind a spinner, which is then ended. */
static void do_spin(struct client *client)
{
	struct spin spin;
	int status;

	spin_start_on(&spin, client->fd, any_ctx(client), engines[below(client, 4)],
		      below(client, 2) ? SPIN_WRITE : SPIN_READ,
		      client->handles[below(client, OBJECTS)]);
	do_store(client);
	do_copy(client);
	if (below(client, 2))
		usleep(below(client, 5000));
	status = spin_free(&spin);
	if (status != 1)
		vi915_fail("a spinner ended with %d", status);
}

static void do_replace(struct client *client)
{
	unsigned int object = below(client, OBJECTS);

	/* Jobs may still use the object. */
	gem_close(client->fd, client->handles[object]);
	client->handles[object] = gem_create(client->fd, SIZE);
	memset(client->model[object], 0, SIZE);
}

static void do_context(struct client *client)
{
	unsigned int i = below(client, CONTEXTS);

	ctx_destroy(client->fd, client->ctx[i]);
	client->ctx[i] = ctx_create(client->fd);
}

static void do_write(struct client *client)
{
	unsigned int object = below(client, OBJECTS), word = below(client, WORDS - 64);
	uint32_t *model = client->model[object], i;

	for (i = 0; i < 64; i++)
		model[word + i] = below(client, 0x7fffffff);
	gem_pwrite(client->fd, client->handles[object], 4 * word, model + word, 256);
}

static void verify(struct client *client, unsigned int object)
{
	uint32_t bytes[WORDS];
	unsigned int i;

	gem_pread(client->fd, client->handles[object], 0, bytes, SIZE);
	for (i = 0; i < WORDS; i++)
		if (bytes[i] != client->model[object][i])
			vi915_fail("step %u: object %u, dword %u is %#x, not %#x",
				   client->steps, object, i, bytes[i],
				   client->model[object][i]);
}

static void run_step(struct client *client)
{
	switch (below(client, 16)) {
	case 0:
		do_spin(client);
		break;
	case 1:
		do_replace(client);
		break;
	case 2:
		do_context(client);
		break;
	case 3:
		do_write(client);
		break;
	case 4:
	case 5:
		verify(client, below(client, OBJECTS));
		break;
	case 6:
	case 7:
		do_relocs(client);
		break;
	case 8:
	case 9:
	case 10:
		do_fill(client);
		break;
	case 11:
	case 12:
	case 13:
		do_copy(client);
		break;
	default:
		do_store(client);
	}
	client->steps++;
}

static unsigned int seconds(void)
{
	const char *text = getenv("VI915_STRESS_SECONDS");

	return text ? strtoul(text, NULL, 0) : SECONDS;
}

static void run_client(void *arg)
{
	int64_t until = vi915_now() + seconds() * 1000000000LL;
	struct client client = {};
	unsigned int i;

	open_client(&client, *(int *)arg);
	while (vi915_now() < until)
		run_step(&client);
	for (i = 0; i < OBJECTS; i++)
		verify(&client, i);
	vi915_note("client %d: %u steps", *(int *)arg, client.steps);
	/* The file and its queued jobs go with the process. */
}

static void run_clients(void)
{
	int index[CLIENTS], i;
	pid_t pid[CLIENTS];

	for (i = 0; i < CLIENTS; i++) {
		index[i] = i;
		pid[i] = vi915_child(run_client, &index[i]);
	}
	for (i = 0; i < CLIENTS; i++)
		vi915_child_join(pid[i]);
}

FIXTURE(stress)
{
	int fd[2];
	long objects[2];
};

FIXTURE_SETUP(stress)
{
	self->fd[0] = vi915_open_render("gpu0");
	self->fd[1] = vi915_open_render("gpu1");
	self->objects[0] = vi915_object_count(self->fd[0]);
	self->objects[1] = vi915_object_count(self->fd[1]);
}

FIXTURE_TEARDOWN(stress)
{
	int i;

	for (i = 0; i < 2; i++) {
		/* When all jobs have run, no object is left. */
		vi915_drop_caches(self->fd[i], DROP_ALL & ~DROP_RESET_ACTIVE);
		EXPECT_EQ(self->objects[i], vi915_object_count(self->fd[i]));
		close(self->fd[i]);
	}
}

/* The timeout is a day, since the environment sets the duration. */
TEST_F_TIMEOUT(stress, eight_clients_on_four_engines_disturb_nobody, 86400)
{
	run_clients();
}

TEST_HARNESS_MAIN

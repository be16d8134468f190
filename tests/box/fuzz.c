// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: none
/*
 * A hostile guest kernel with random input: messages, rings and frames, mostly
 * valid, so that the host listens for a while.
 *
 * FUZZ_SEED=N makes other sessions than the default ones.
 */
#include "guest_fixture.h"

#include "fuzz.h"

#define GUEST_SESSIONS 400
#define GUEST_STEPS 60
/* As for any program: seconds, so that a host that hangs is found. */
#define GUEST_FUZZ_S 150

static int guest_any_fd(GUEST *self, struct fuzz_random *random)
{
	struct player *player = &self->player;

	switch (fuzz_below(random, 8)) {
	case 0:
		return player->kick;
	case 1:
		return player->call[1];
	case 2:
		return player->call[0];
	case 3:
		return player->sock;
	case 4:
		return guest_nothing;
	case 5:
		return -1;
	default:
		return player->memfd;
	}
}

/* Most of the time an address near an edge of the guest's memory. */
static uint64_t guest_any_addr(struct fuzz_random *random)
{
	switch (fuzz_below(random, 4)) {
	case 0:
		return fuzz_number(random);
	case 1:
		return PLAYER_GUEST + PLAYER_SIZE - fuzz_below(random, 5000);
	default:
		return PLAYER_GUEST + fuzz_below(random, PLAYER_SIZE);
	}
}

static uint32_t guest_any_num(struct fuzz_random *random)
{
	return fuzz_chance(random, 80) ? 1u << fuzz_below(random, 9) : fuzz_number(random);
}

static void guest_step_message(GUEST *self, struct fuzz_random *random)
{
	struct player *player = &self->player;
	const uint32_t ring = fuzz_below(random, VI915_VHOST_RINGS + fuzz_chance(random, 5));
	union {
		struct vi915_vhost_mem mem;
		uint64_t words[8];
	} payload = { .mem = { .num = 1, .guest_addr = PLAYER_GUEST, .size = PLAYER_SIZE } };
	int i;

	switch (fuzz_below(random, 6)) {
	case 0:
		player_set_num(player, ring, guest_any_num(random));
		break;
	case 1:
		player_set_addr(player, ring, guest_any_addr(random) & ~15ull,
				guest_any_addr(random) & ~1ull, guest_any_addr(random) & ~3ull);
		break;
	case 2:
		player_set_ring(player, ring, guest_any_num(random) & 255);
		break;
	case 3:
		if (fuzz_chance(random, 30))
			payload.mem.size = fuzz_number(random);
		if (fuzz_chance(random, 20))
			payload.mem.mmap_offset = fuzz_number(random);
		player_send(player, VI915_VHOST_SET_MEM_TABLE, &payload.mem, sizeof(payload.mem),
			    player->memfd);
		break;
	default:
		for (i = 0; i < 8; i++)
			payload.words[i] = fuzz_number(random);
		player_send(player, fuzz_below(random, 27), &payload,
			    fuzz_below(random, sizeof(payload) + 1), guest_any_fd(self, random));
	}
}

/* Values in a ring that no driver would write. */
static void guest_step_ring(GUEST *self, struct fuzz_random *random)
{
	struct player *player = &self->player;
	const uint32_t ring = fuzz_below(random, VI915_VHOST_RINGS);
	struct vring_desc *desc = player_desc(player, ring, fuzz_below(random, PLAYER_NUM));

	switch (fuzz_below(random, 6)) {
	case 0:
		player_avail(player, ring)->idx += fuzz_below(random, 80);
		break;
	case 1:
		player_avail(player, ring)->ring[fuzz_below(random, PLAYER_NUM)] =
			fuzz_number(random);
		break;
	case 2:
		player_used(player, ring)->idx = fuzz_number(random);
		player_used(player, ring)->flags = fuzz_number(random);
		player_avail(player, ring)->flags = fuzz_below(random, 2);
		break;
	default:
		desc->addr = guest_any_addr(random);
		desc->len = fuzz_chance(random, 70) ? fuzz_below(random, 4096) :
						      fuzz_number(random);
		desc->flags = fuzz_below(random, 4);
		desc->next = fuzz_below(random, PLAYER_NUM + 2);
		player_give(player, ring, desc - player_desc(player, ring, 0));
	}
}

#define GUEST_GOOD(type, stream, bytes) GUEST_FRAME("", type, stream, bytes)

static const struct guest_frame guest_good_frames[] = {
	GUEST_GOOD(VI915_FRAME_DATA, 1, "words of the command"),
	GUEST_GOOD(VI915_FRAME_DATA, 2, "\0\377"),
	GUEST_GOOD(VI915_FRAME_EOF, 1, ""),
	GUEST_GOOD(VI915_FRAME_CREDIT, 0, "\0\0\0\0"),
	GUEST_GOOD(VI915_FRAME_WARN, 0, "it is \33[31mred\n"),
	GUEST_GOOD(VI915_FRAME_LEAKS, 0, "unreferenced object\n  [<1>] f [vi915]\n"),
	GUEST_GOOD(VI915_FRAME_SHOT, 0, "gpu0-HDMI-A-1"),
	GUEST_GOOD(VI915_FRAME_SHOT, 0, "gpu0-HDMI-A-1"),
	GUEST_GOOD(VI915_FRAME_DOCUMENT, 0, "graph.json"),
	GUEST_GOOD(VI915_FRAME_STEP, 0, "\1\0\0\0\0\0\0\200\2\0\0\0\0\0\0\0words\tof\nnobody"),
	GUEST_GOOD(VI915_FRAME_STEP, 0,
		   "\377\377\377\377\377\377\377\377\3\0\0\0\0\0\0\0\t\n\na\n"),
	GUEST_GOOD(VI915_FRAME_STEP, 0, "\0\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0"),
};

/* Valid pictures, and pictures that claim to be larger than they are. */
static const struct guest_frame guest_good_pieces[] = {
	GUEST_GOOD(VI915_FRAME_PIECE, 0, "P6\n2 2\n255\n123456789012"),
	GUEST_GOOD(VI915_FRAME_PIECE, 0, "P6 65535 65535 255\n"),
	GUEST_GOOD(VI915_FRAME_PIECE, 0, "P6 4294967295 1 255\n123"),
	GUEST_GOOD(VI915_FRAME_PIECE, 0, "P6 1 1 255"),
	GUEST_GOOD(VI915_FRAME_PIECE, 0, "P6 99999999999999999999999999999999999999999999999"),
};

#define GUEST_SEND(self, table, random) \
	guest_send(self, &(table)[fuzz_below(random, sizeof(table) / sizeof(*(table)))])

static void guest_send(GUEST *self, const struct guest_frame *frame)
{
	player_frame(&self->player, frame->type, frame->stream, frame->bytes, frame->len);
}

static void guest_step_frame(GUEST *self, struct fuzz_random *random)
{
	char any[2048];
	size_t len = fuzz_below(random, sizeof(any)), i;

	if (fuzz_chance(random, 80)) {
		GUEST_SEND(self, guest_good_frames, random);
		return;
	}
	if (fuzz_chance(random, 50)) {
		player_frame(&self->player, VI915_FRAME_SHOT, 0, "gpu1-DP-1", 9);
		GUEST_SEND(self, guest_good_pieces, random);
		return;
	}
	for (i = 0; i < len; i++)
		any[i] = fuzz_random(random);
	if (fuzz_chance(random, 20))
		player_say(&self->player, any, len);
	else
		player_frame(&self->player, fuzz_below(random, VI915_FRAME_BROKEN + 2),
			     fuzz_below(random, 100) / 33, any, len);
}

static void guest_step(GUEST *self, struct fuzz_random *random)
{
	switch (fuzz_below(random, 40)) {
	case 0:
		vi915_check(ftruncate(self->player.memfd, fuzz_below(random, PLAYER_SIZE)));
		/* The player can access its memory again, and the host reads zeros. */
		vi915_check(ftruncate(self->player.memfd, PLAYER_SIZE));
		break;
	case 1:
	case 2:
	case 3:
		guest_step_message(self, random);
		break;
	case 4:
	case 5:
		guest_step_ring(self, random);
		break;
	default:
		guest_step_frame(self, random);
	}
}

/* The host keeps a limited amount of data, whatever the guest sends. */
static void guest_bounds(GUEST *self)
{
	const struct vi915_box *box = &self->box;

	if (vi915_queue_len(&box->link.in) > 4 * VI915_VRING_MAX_NUM * VI915_VRING_MAX_BYTES ||
	    vi915_queue_len(&box->link.control) >= sizeof(struct virtio_console_control) ||
	    vi915_queue_len(&box->link.out) > 4 * VI915_PROTO_WINDOW ||
	    vi915_queue_len(&box->streams.out[1]) > VI915_PROTO_WINDOW ||
	    box->streams.credit > VI915_PROTO_WINDOW)
		vi915_fail("more is kept than there are bounds for");
}

static unsigned int guest_session(GUEST *self, struct fuzz_random *random)
{
	unsigned int step;

	if (fuzz_chance(random, 90))
		guest_hello(self);
	for (step = 0; step < GUEST_STEPS && self->box.ending.kind == VI915_ENDING_NONE; step++) {
		guest_step(self, random);
		guest_turn(self);
		guest_bounds(self);
	}
	return step;
}

static unsigned int guest_open_fds(void)
{
	unsigned int num = 0;

	for (int fd = 0; fd < 1024; fd++)
		num += fcntl(fd, F_GETFD) >= 0;
	return num;
}

/*
 * A new session begins when the host ends one. FUZZ_SEED=N makes other sessions
 * than the default ones.
 */
TEST_F_TIMEOUT(guest, whatever_it_does_the_host_stays_whole, GUEST_FUZZ_S)
{
	const char *text = getenv("FUZZ_SEED");
	const uint64_t seed = text ? strtoull(text, NULL, 0) : 915;
	const unsigned int fds = guest_open_fds();
	unsigned long steps = 0, ended = 0, i;

	for (i = 0; i < GUEST_SESSIONS; i++) {
		struct fuzz_random random = { seed * 1000003 + i };

		steps += guest_session(self, &random);
		ended += self->box.ending.kind != VI915_ENDING_NONE;
		guest_end(self);
		guest_begin(self);
	}
	vi915_note("seed %llu: %lu sessions, %lu steps, %lu sessions ended, %d pictures",
		   (unsigned long long)seed, i, steps, ended, guest_pictures);
	EXPECT_EQ(fds, guest_open_fds());
	/* Otherwise the sessions have tried or found too little. */
	EXPECT_GT(steps, 2 * GUEST_SESSIONS);
	EXPECT_GT(ended, GUEST_SESSIONS / 2);
	EXPECT_GT(guest_pictures, 0);
}

/* A process that changes the guest's memory while the host reads it. */
static pid_t guest_flip(GUEST *self)
{
	struct fuzz_random random = { 915 };
	pid_t pid = fork();

	while (!pid) {
		struct vring_desc *desc = player_desc(&self->player, 1, fuzz_below(&random, 8));

		desc->addr = fuzz_chance(&random, 50) ? PLAYER_GUEST : -4096ull;
		desc->len = fuzz_chance(&random, 50) ? 16 : 0x7fffffff;
		desc->next = fuzz_below(&random, PLAYER_NUM * 2);
		player_avail(&self->player, 1)->ring[fuzz_below(&random, 8)] =
			fuzz_below(&random, PLAYER_NUM * 2);
	}
	return pid;
}

TEST_F_TIMEOUT(guest, memory_that_changes_while_it_is_read_harms_nobody, GUEST_FUZZ_S)
{
	unsigned int i, taken = 0;
	pid_t pid;

	guest_hello(self);
	pid = guest_flip(self);
	for (i = 0; i < 20000; i++) {
		struct vi915_link *link = &self->box.link;

		self->player.given[1] = link->vhost.rings[1].next;
		player_give(&self->player, 1, i % 8);
		taken += !vi915_vring_take(&link->vhost.rings[1], &link->vhost.mem, &link->in);
		vi915_queue_taken(&link->in, vi915_queue_len(&link->in));
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	EXPECT_GT(taken, 0);
	EXPECT_LT(taken, i);
}

TEST_HARNESS_MAIN

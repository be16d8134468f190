// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: none
/*
 * Attacks of a hostile guest kernel, one at a time. All of box/ is built with
 * ASan and UBSan for this.
 */
#include "guest_fixture.h"

#define TWENTY "12345678901234567890"

TEST_F(guest, a_kernel_that_behaves_is_heard_to_its_end)
{
	const int32_t status = 7 << 8;

	guest_hello(self);
	EXPECT_HEARD();
	EXPECT_TRUE(self->box.spoken);
	player_frame(&self->player, VI915_FRAME_DATA, 1, "words", 5);
	guest_turns(self);
	EXPECT_HEARD();
	player_frame(&self->player, VI915_FRAME_EXIT, 0, &status, sizeof(status));
	guest_turns(self);
	EXPECT_EQ(VI915_ENDING_EXITED, self->box.ending.kind);
	EXPECT_EQ(status, self->box.ending.status);
	/* The buffers of all three frames came back. */
	EXPECT_EQ(3, player_used(&self->player, 1)->idx);
}

TEST_F(guest, half_a_message_holds_nobody_up)
{
	const struct vi915_vhost_head head = { VI915_VHOST_GET_FEATURES, VI915_VHOST_VERSION, 0 };
	struct vi915_vhost_head answer;

	guest_turn(self);
	ASSERT_EQ(5, send(self->player.sock, &head, 5, 0));
	guest_turns(self);
	EXPECT_HEARD();
	EXPECT_EQ(-1, recv(self->player.sock, &answer, sizeof(answer), MSG_DONTWAIT));
	ASSERT_EQ(7, send(self->player.sock, (char *)&head + 5, 7, 0));
	guest_turns(self);
	EXPECT_EQ(sizeof(answer), recv(self->player.sock, &answer, sizeof(answer), MSG_DONTWAIT));
	EXPECT_EQ(sizeof(uint64_t), answer.size);
}

TEST_F(guest, a_ring_that_grows_must_be_placed_anew)
{
	const uint64_t end = PLAYER_GUEST + PLAYER_SIZE;

	guest_hello(self);
	/* Room for eight descriptors only. */
	player_set_num(&self->player, 1, 8);
	player_set_addr(&self->player, 1, end - 8 * sizeof(struct vring_desc),
			PLAYER_GUEST + PLAYER_RING(1) + PLAYER_AVAIL,
			PLAYER_GUEST + PLAYER_RING(1) + PLAYER_USED);
	guest_turns(self);
	EXPECT_HEARD();
	EXPECT_NE(NULL, self->box.link.vhost.rings[1].desc);
	player_set_num(&self->player, 1, VI915_VRING_MAX_NUM);
	player_give(&self->player, 1, VI915_VRING_MAX_NUM - 1);
	guest_turns(self);
	EXPECT_EQ(NULL, self->box.link.vhost.rings[1].desc);
	EXPECT_HEARD();
}

TEST_F(guest, memory_that_goes_takes_its_rings_along)
{
	const struct vring_desc desc = { .addr = PLAYER_GUEST, .len = 4 };
	int i;

	guest_hello(self);
	player_set_mem(&self->player);
	*player_desc(&self->player, 1, 0) = desc;
	player_give(&self->player, 1, 0);
	guest_turns(self);
	for (i = 0; i < VI915_VHOST_RINGS; i++)
		EXPECT_EQ(NULL, self->box.link.vhost.rings[i].used);
	EXPECT_HEARD();
}

TEST_F(guest, memory_that_is_cut_off_ends_the_box)
{
	guest_hello(self);
	ASSERT_OK(ftruncate(self->player.memfd, 0));
	guest_turns(self);
	EXPECT_GARBLED();
}

TEST_F(guest, memory_is_a_file_that_is_long_enough)
{
	struct vi915_vhost_mem mem = { .num = 1, .guest_addr = PLAYER_GUEST, .size = PLAYER_SIZE };

	mem.mmap_offset = 4096;
	player_send(&self->player, VI915_VHOST_SET_MEM_TABLE, &mem, sizeof(mem),
		    self->player.memfd);
	guest_turns(self);
	EXPECT_GARBLED();
	EXPECT_EQ(NULL, self->box.link.vhost.mem.base);
}

/* Gives one descriptor to the ring that the host reads. */
static void guest_give_desc(GUEST *self, uint64_t addr, uint32_t len,
			    uint16_t flags, uint16_t next)
{
	struct player *player = &self->player;
	const unsigned int at = player->given[1] % PLAYER_NUM;

	guest_hello(self);
	*player_desc(player, 1, at + 1) = (struct vring_desc){
		.addr = addr, .len = len, .flags = flags, .next = next,
	};
	player_give(player, 1, at + 1);
	guest_turns(self);
}

TEST_F(guest, a_chain_that_bites_its_tail_ends_the_box)
{
	guest_give_desc(self, PLAYER_GUEST, 1, VRING_DESC_F_NEXT, 2);
	guest_turns(self);
	/* The first chain led to an empty descriptor; now that one points to itself. */
	self->player.given[1] = player_avail(&self->player, 1)->idx;
	player_desc(&self->player, 1, 2)->flags = VRING_DESC_F_NEXT;
	player_desc(&self->player, 1, 2)->addr = PLAYER_GUEST;
	player_desc(&self->player, 1, 2)->next = 2;
	player_give(&self->player, 1, 2);
	guest_turns(self);
	EXPECT_GARBLED();
}

TEST_F(guest, a_buffer_outside_of_memory_ends_the_box)
{
	guest_give_desc(self, PLAYER_GUEST + PLAYER_SIZE - 8, 9, 0, 0);
	EXPECT_GARBLED();
}

TEST_F(guest, a_buffer_that_wraps_around_ends_the_box)
{
	guest_give_desc(self, -8ull, 16, 0, 0);
	EXPECT_GARBLED();
}

TEST_F(guest, a_buffer_longer_than_any_ends_the_box)
{
	guest_give_desc(self, PLAYER_GUEST, VI915_VRING_MAX_BYTES + 1, 0, 0);
	EXPECT_GARBLED();
}

TEST_F(guest, more_buffers_than_there_are_end_the_box)
{
	guest_hello(self);
	player_avail(&self->player, 1)->idx += PLAYER_NUM + 2;
	guest_turns(self);
	EXPECT_GARBLED();
}

TEST_F(guest, a_kick_that_was_taken_back_holds_nobody_up)
{
	struct vi915_vring *ring = &self->box.link.vhost.rings[1];

	guest_hello(self);
	ASSERT_GE(ring->kick_fd, 0);
	/* Both sides share one open file, so the guest can make our reads block. */
	ASSERT_OK(fcntl(self->player.kick, F_SETFL, 0));
	vi915_vring_drain_kick(ring);
	vi915_vring_drain_kick(ring);
	EXPECT_GE(ring->kick_fd, 0);
}

TEST_F(guest, a_socket_that_nobody_reads_holds_nobody_up)
{
	char words[512] = "";
	int i;

	guest_hello(self);
	while (send(self->player.call[1], words, sizeof(words), MSG_DONTWAIT) > 0)
		;
	for (i = 0; i < 100; i++) {
		player_frame(&self->player, VI915_FRAME_DATA, 1, words, sizeof(words));
		guest_turn(self);
	}
	EXPECT_HEARD();
}

static const struct guest_frame guest_bad_frames[] = {
	GUEST_FRAME("a name that leads out", VI915_FRAME_SHOT, 0, "../../etc/passwd"),
	GUEST_FRAME("a name with a folder", VI915_FRAME_SHOT, 0, "a/b"),
	GUEST_FRAME("a name that hides", VI915_FRAME_SHOT, 0, ".profile"),
	GUEST_FRAME("a name with a NUL", VI915_FRAME_SHOT, 0, "gpu0\0x"),
	GUEST_FRAME("a name with an escape", VI915_FRAME_SHOT, 0, "gpu0\33[2J"),
	GUEST_FRAME("no name", VI915_FRAME_SHOT, 0, ""),
	GUEST_FRAME("a long name", VI915_FRAME_SHOT, 0,
		    "a" TWENTY TWENTY TWENTY TWENTY),
	GUEST_FRAME("a document of another name", VI915_FRAME_DOCUMENT, 0, "junit.xml"),
	GUEST_FRAME("a piece of nothing", VI915_FRAME_PIECE, 0, "x"),
	GUEST_FRAME("a second hello", VI915_FRAME_HELLO, 0, "\3\0\0\0"),
	GUEST_FRAME("an end that is none", VI915_FRAME_EXIT, 0, "\177\0\0\0"),
	GUEST_FRAME("an end that is cut short", VI915_FRAME_EXIT, 0, "\0\0"),
	GUEST_FRAME("no error", VI915_FRAME_NOEXEC, 0, "\0\0\0\0"),
	GUEST_FRAME("a step that is ours", VI915_FRAME_STEP, 0, "\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0"),
	GUEST_FRAME("a step that is cut short", VI915_FRAME_STEP, 0, "\0\0\0\0"),
	GUEST_FRAME("words on stdin", VI915_FRAME_DATA, 0, "x"),
	GUEST_FRAME("words on nothing", VI915_FRAME_DATA, 3, "x"),
	GUEST_FRAME("more credit than there is", VI915_FRAME_CREDIT, 0, "\377\377\377\377"),
	GUEST_FRAME("credit for stdout", VI915_FRAME_CREDIT, 1, "\1\0\0\0"),
	GUEST_FRAME("our own frame", VI915_FRAME_PARAMS, 0, "arg=rm"),
	GUEST_FRAME("a frame of no type", 0, 0, ""),
	GUEST_FRAME("a frame of a type to come", 999, 0, ""),
};

TEST_F(guest, what_no_guest_says_ends_the_box)
{
	size_t i;

	for (i = 0; i < sizeof(guest_bad_frames) / sizeof(guest_bad_frames[0]); i++) {
		const struct guest_frame *bad = &guest_bad_frames[i];

		guest_hello(self);
		EXPECT_HEARD();
		player_frame(&self->player, bad->type, bad->stream, bad->bytes, bad->len);
		guest_turns(self);
		EXPECT_GARBLED() {
			TH_LOG("%s was taken", bad->what);
		}
		EXPECT_EQ(0, self->box.shots.num);
		guest_end(self);
		guest_begin(self);
	}
}

TEST_F(guest, nothing_is_heard_before_hello_and_after_the_end)
{
	const int32_t status = 0;
	struct vi915_frame_head head = { 4, VI915_FRAME_EXIT, 0 };
	char frames[2 * sizeof(head) + 4 + 3];

	player_greet(&self->player);
	guest_turns(self);
	player_frame(&self->player, VI915_FRAME_EXIT, 0, &status, sizeof(status));
	guest_turns(self);
	EXPECT_GARBLED();
	guest_end(self);

	guest_begin(self);
	guest_hello(self);
	memcpy(frames, &head, sizeof(head));
	memcpy(frames + sizeof(head), &status, 4);
	head = (struct vi915_frame_head){ 3, VI915_FRAME_FAIL, 0 };
	memcpy(frames + sizeof(head) + 4, &head, sizeof(head));
	memcpy(frames + 2 * sizeof(head) + 4, "bad", 3);
	player_say(&self->player, frames, sizeof(frames));
	guest_turns(self);
	EXPECT_EQ(VI915_ENDING_EXITED, self->box.ending.kind);
}

TEST_F(guest, what_it_says_to_people_moves_no_cursor)
{
	guest_hello(self);
	player_frame(&self->player, VI915_FRAME_FAIL, 0, "a\33[2Jb\nc\r", 9);
	guest_turns(self);
	EXPECT_EQ(VI915_ENDING_FAILED, self->box.ending.kind);
	EXPECT_STREQ("a?[2Jb?c?", self->box.ending.reason);
}

TEST_HARNESS_MAIN

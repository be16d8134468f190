/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The host's side of a box, driven as the command drives it, against a hostile
 * guest kernel. Includes all of box/box.c and the harness, so only a test
 * program's .c file includes this.
 */
#ifndef VI915_TESTS_GUEST_FIXTURE_H
#define VI915_TESTS_GUEST_FIXTURE_H

#include <fcntl.h>
#include <sanitizer/common_interface_defs.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "box/box.c"
#include "cli/picture.h"
#include "player.h"
#include "test.h"

static struct vi915_box_options guest_options;
static int guest_words, guest_nothing, guest_pictures;

/* Handles a picture as the command does, except for writing the file. */
static int guest_shot(void *to, const char *name, const char *ppm, size_t len)
{
	struct vi915_picture picture;
	unsigned long sum = 0;

	(void)to;
	if (strchr(name, '/') || *name == '.' || !*name)
		vi915_fail("a picture is called '%s'", name);
	if (vi915_picture_parse(&picture, ppm, len))
		return 1;
	for (size_t i = 0; i < 3ul * picture.width * picture.height; i++)
		sum += picture.rgb[i];
	guest_pictures++;
	return sum == 1;
}

FIXTURE(guest) {
	struct vi915_box box;
	struct player player;
	uint64_t seed;
};

#define GUEST FIXTURE_DATA(guest)

static void guest_begin(GUEST *self)
{
	struct vi915_box *box = &self->box;

	memset(box, 0, sizeof(*box));
	guest_options = (struct vi915_box_options){
		.argv = (char *[]){ "true", NULL },
		.flavour = "fast",
		.gpus = "1",
		.leaks = true,
		.shot = guest_shot,
	};
	box->options = &guest_options;
	box->signals = -1;
	box->slot.fd = box->klog.fd = box->klog.copy_fd = -1;
	/* In the past, so that no turn sleeps. */
	box->times.grace = 1;
	box->streams.credit = VI915_PROTO_WINDOW;
	vi915_queue_put(&box->params, "what is wanted", 14);
	vi915_check(vi915_link_open(&box->link, "/tmp"));
	player_open(&self->player, box->link.guest_fd);
}

/* One turn of the command; its output is dropped. */
static void guest_turn(GUEST *self)
{
	fflush(stdout);
	dup2(guest_nothing, 1);
	dup2(guest_nothing, 2);
	vi915_box_turn(&self->box);
	dup2(guest_words, 1);
	dup2(guest_words, 2);
}

/* Enough turns to hear and answer any one thing that the guest does. */
static void guest_turns(GUEST *self)
{
	/* One message per turn; a greeting has 22. */
	for (int i = 0; i < 30 && self->box.ending.kind == VI915_ENDING_NONE; i++)
		guest_turn(self);
}

static void guest_end(GUEST *self)
{
	dup2(guest_nothing, 2);
	vi915_shots_give(&self->box.shots, &guest_options);
	dup2(guest_words, 2);
	vi915_link_close(&self->box.link);
	vi915_streams_fini(&self->box.streams);
	vi915_shots_fini(&self->box.shots);
	vi915_queue_fini(&self->box.params);
	vi915_queue_fini(&self->box.ending.leaks);
	player_close(&self->player);
}

static void guest_hello(GUEST *self)
{
	const uint32_t version = VI915_PROTO_VERSION;

	player_greet(&self->player);
	guest_turns(self);
	player_frame(&self->player, VI915_FRAME_HELLO, 0, &version, sizeof(version));
	guest_turns(self);
}

FIXTURE_SETUP(guest)
{
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	signal(SIGPIPE, SIG_IGN);
	guest_words = fcntl(1, F_DUPFD_CLOEXEC, 10);
	guest_nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
	dup2(zero, 0);
	close(zero);
	__sanitizer_set_report_fd((void *)(intptr_t)guest_words);
	guest_begin(self);
}

FIXTURE_TEARDOWN(guest)
{
	guest_end(self);
}

#define EXPECT_HEARD() EXPECT_EQ(VI915_ENDING_NONE, self->box.ending.kind)
#define EXPECT_GARBLED() EXPECT_EQ(VI915_ENDING_GARBLED, self->box.ending.kind)

/* A frame that a guest sends, and what is wrong with it. */
struct guest_frame {
	const char *what;
	unsigned int type, stream;
	const char *bytes;
	size_t len;
};

#define GUEST_FRAME(what, type, stream, bytes) { what, type, stream, bytes, sizeof(bytes) - 1 }

#endif

// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <ctype.h>
#include <string.h>
#include <sys/wait.h>

#include "inbound.h"
#include "shots.h"

/**
 * DOC: checks of the frames from a guest
 *
 * The box's first process means well, but a program may have taken over the kernel below it. So
 * each frame is checked as a whole before it is acted on: its type must exist in this direction,
 * its length and stream must fit the type, it must come at a possible time, and a name or a status
 * in it must be one.
 */

/* Streams by their numbers. */
#define VI915_INBOUND_STDIN	(1u << 0)
#define VI915_INBOUND_OUTPUT	(1u << 1 | 1u << 2)

/**
 * struct vi915_inbound_rule - requirements for one type of frame
 * @min: least number of bytes
 * @max: largest number of bytes
 * @streams: bit n is set if it can be about stream n, bit 0 also if it is about none; 0 if a guest
 *	may not send it
 * @once: it may come only once
 * @good: checks its content, or NULL
 */
struct vi915_inbound_rule {
	uint32_t min, max;
	unsigned int streams;
	bool once;
	bool (*good)(const struct vi915_frame *frame);
};

static bool vi915_inbound_good_errno(const struct vi915_frame *frame)
{
	uint32_t err = vi915_frame_u32(frame);

	return err && err < 4096;
}

static bool vi915_inbound_good_status(const struct vi915_frame *frame)
{
	uint32_t status = vi915_frame_u32(frame);

	return status <= 0xffff && (WIFEXITED(status) || WIFSIGNALED(status));
}

/* The name becomes a file's: a GPU's name, '-', and a connector's name. */
static bool vi915_inbound_good_name(const struct vi915_frame *frame)
{
	size_t i;

	for (i = 0; i < frame->len; i++)
		if (!isalnum((unsigned char)frame->data[i]) &&
		    (!i || !frame->data[i] || !strchr("_-.", frame->data[i])))
			return false;
	return true;
}

static bool vi915_inbound_good_document(const struct vi915_frame *frame)
{
	static const char *const names[] = { "graph.json", "gpus.json" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == frame->len && !memcmp(names[i], frame->data, frame->len))
			return true;
	return false;
}

static bool vi915_inbound_good_step(const struct vi915_frame *frame)
{
	struct vi915_step_head head;

	memcpy(&head, frame->data, sizeof(head));
	return head.step >= VI915_STEP_INIT && head.step <= VI915_STEP_ENDED;
}

static const struct vi915_inbound_rule vi915_inbound_rules[] = {
	[VI915_FRAME_HELLO] = { 4, 4, 1, true, NULL },
	[VI915_FRAME_STARTED] = { 0, 0, 1, true, NULL },
	[VI915_FRAME_FAIL] = { 1, VI915_PROTO_MAX, 1, true, NULL },
	[VI915_FRAME_NOEXEC] = { 4, 4, 1, true, vi915_inbound_good_errno },
	[VI915_FRAME_LEAKS] = { 1, VI915_PROTO_MAX, 1, false, NULL },
	[VI915_FRAME_EXIT] = { 4, 4, 1, true, vi915_inbound_good_status },
	[VI915_FRAME_WARN] = { 1, VI915_PROTO_MAX, 1, false, NULL },
	[VI915_FRAME_SHOT] = { 1, VI915_SHOT_NAME - 1, 1, false, vi915_inbound_good_name },
	[VI915_FRAME_DOCUMENT] = { 1, VI915_SHOT_NAME - 1, 1, false,
				   vi915_inbound_good_document },
	[VI915_FRAME_PIECE] = { 1, VI915_PROTO_MAX, 1, false, NULL },
	[VI915_FRAME_STEP] = { sizeof(struct vi915_step_head), VI915_PROTO_MAX, 1, false,
			       vi915_inbound_good_step },
	[VI915_FRAME_DATA] = { 1, VI915_PROTO_MAX, VI915_INBOUND_OUTPUT, false, NULL },
	[VI915_FRAME_EOF] = { 0, 0, VI915_INBOUND_OUTPUT, false, NULL },
	[VI915_FRAME_CREDIT] = { 4, 4, VI915_INBOUND_STDIN, false, NULL },
	[VI915_FRAME_BROKEN] = { 0, 0, VI915_INBOUND_STDIN, false, NULL },
};

/**
 * vi915_inbound_takes() - check whether a guest may send this frame now
 * @inbound: the frames that it has sent before
 * @frame: the frame
 *
 * Return: true if it may; otherwise the guest is broken and the box must end.
 */
bool vi915_inbound_takes(struct vi915_inbound *inbound, const struct vi915_frame *frame)
{
	const size_t num = sizeof(vi915_inbound_rules) / sizeof(vi915_inbound_rules[0]);
	const unsigned int type = frame->type;
	const struct vi915_inbound_rule *rule;

	if (type >= num || frame->stream > 2)
		return false;
	rule = &vi915_inbound_rules[type];
	if (!(rule->streams & 1u << frame->stream) || frame->len < rule->min ||
	    frame->len > rule->max)
		return false;
	if ((rule->once && inbound->seen & 1u << type) || (rule->good && !rule->good(frame)))
		return false;
	/* HELLO, with the protocol's version, is the first frame and comes once. */
	if (inbound->seen ? type == VI915_FRAME_HELLO : type != VI915_FRAME_HELLO)
		return false;
	inbound->seen |= 1u << type;
	return true;
}

/**
 * vi915_inbound_text() - copy the message in a frame, as one line
 * @frame: the frame
 * @text: filled; cut if too long
 * @size: bytes at @text
 *
 * Control characters become '?', since they could move a terminal's cursor.
 */
void vi915_inbound_text(const struct vi915_frame *frame, char *text, size_t size)
{
	size_t len = frame->len < size ? frame->len : size - 1, i;

	for (i = 0; i < len; i++)
		text[i] = iscntrl((unsigned char)frame->data[i]) ? '?' : frame->data[i];
	text[len] = '\0';
}

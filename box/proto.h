/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_PROTO_H
#define VI915_PROTO_H

#include <stdint.h>

/**
 * DOC: the protocol between vi915 on the host and the box's first process
 *
 * There is one byte stream in each direction, cut into frames: a head, then @len bytes. Both
 * programs are built together and refuse each other when VI915_PROTO_VERSION differs.
 *
 * The start parameters are one list of "key=value" strings, each ended by a
 * NUL, sent as any number of VI915_FRAME_PARAMS and ended by VI915_FRAME_START.
 *
 * stdin, stdout and stderr have credit: a side sends at most VI915_PROTO_WINDOW bytes of a stream
 * beyond those that the other side has acknowledged. So a stream that is not read never blocks
 * another one.
 */

#define VI915_PROTO_VERSION	4
/* Bytes of one stream that may be on their way. */
#define VI915_PROTO_WINDOW	(512 * 1024)
/* Bytes in the longest frame; longer data is sent in several frames. */
#define VI915_PROTO_MAX		(32 * 1024 - sizeof(struct vi915_frame_head))

enum vi915_frame_type {
	/* command -> guest */
	VI915_FRAME_PARAMS = 1,	/* a piece of the start parameters */
	VI915_FRAME_START,	/* they are complete: begin */
	VI915_FRAME_WINSZ,	/* struct vi915_winsz */
	VI915_FRAME_KILL,	/* end all processes, sync, send EXIT: uint32_t ms for
				 * pictures, and again for documents
				 */

	/* guest -> command */
	VI915_FRAME_HELLO,	/* uint32_t version */
	VI915_FRAME_STARTED,	/* the command runs */
	VI915_FRAME_FAIL,	/* the box cannot be set up: one sentence */
	VI915_FRAME_NOEXEC,	/* the command could not be run: int32_t errno */
	VI915_FRAME_LEAKS,	/* a piece of kmemleak's report */
	VI915_FRAME_EXIT,	/* int32_t wait status */
	VI915_FRAME_WARN,	/* a warning for the user: one sentence */
	VI915_FRAME_SHOT,	/* a picture, a binary PPM, begins: its name */
	VI915_FRAME_DOCUMENT,	/* another file begins: its name */
	VI915_FRAME_PIECE,	/* a piece of the last SHOT or DOCUMENT */
	VI915_FRAME_STEP,	/* struct vi915_step_head, then lines for people */

	/* both ways, for one stream */
	VI915_FRAME_DATA,	/* bytes */
	VI915_FRAME_EOF,	/* nothing more will come */
	VI915_FRAME_CREDIT,	/* uint32_t bytes taken off the stream */
	VI915_FRAME_BROKEN,	/* the reader of this stream is gone */
};

struct vi915_frame_head {
	uint32_t len;
	uint16_t type;
	uint16_t stream;	/* 0, 1 or 2 as a file descriptor */
};

/* The steps of a box, in this order; SESSION only with --session. */
enum vi915_step {
	VI915_STEP_BEGIN,	/* vi915 was started */
	VI915_STEP_KERNEL,	/* the kernel is started */
	VI915_STEP_INIT,	/* the guest's first process runs */
	VI915_STEP_ROOT,	/* it has built the file system */
	VI915_STEP_MODULES,	/* GPUs and peers are there */
	VI915_STEP_SESSION,	/* the surroundings of a desktop are there */
	VI915_STEP_COMMAND,	/* the command is at its first instruction */
	VI915_STEP_ENDED,	/* the command has ended */
	VI915_STEP_GONE,	/* the box is gone */
	VI915_NUM_STEPS
};

/*
 * A step has been reached. Lines "what<TAB>text" follow, with details for --verbose.
 */
struct vi915_step_head {
	uint64_t ns;		/* by the guest's clock */
	uint32_t step;		/* enum vi915_step */
	uint32_t pad;
};

struct vi915_winsz {
	uint16_t rows, cols, xpixel, ypixel;
};

/* Under QEMU each writable path has its own 9P server: its mount tag and mount options. */
#define VI915_PROTO_TAG "rw%u"
#define VI915_PROTO_9P "trans=virtio,version=9p2000.L,msize=262144,cache=loose"

/* A line in the kernel's log that the guest writes when the command has ended. */
#define VI915_PROTO_END_MARK	"vi915-box: end"

#endif

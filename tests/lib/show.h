/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Outputs for the benches, of a GPU or of vkms: a lit output that shows two
 * framebuffers in turns, and whose pictures are read as CRCs or through its
 * writeback connector.
 */
#ifndef VI915_TESTS_SHOW_H
#define VI915_TESTS_SHOW_H

#include <stdbool.h>
#include <stdint.h>

#include "kms.h"

/**
 * struct show - an output that shows frames
 * @kms: the output
 * @paced: the output has vblanks
 * @mode: current mode
 * @fbs: two framebuffers of the mode's size
 * @flips: a commit that shows each framebuffer on the primary plane
 * @turn: index of the next framebuffer
 * @writeback: its writeback connector
 * @target: framebuffer that pictures are written to
 * @writes: like @flips, with a writeback job
 * @fence: where these commits put their out-fence
 * @crc: file that CRCs are read from, or -1
 */
struct show {
	struct kms kms;
	bool paced;
	drmModeModeInfo mode;
	struct kms_fb fbs[2];
	struct _drmModeAtomicReq *flips[2];
	unsigned int turn;
	uint32_t writeback;
	struct kms_fb target;
	struct _drmModeAtomicReq *writes[2];
	int32_t fence;
	int crc;
};

/**
 * show_open() - open the first output of a card
 * @fd: file of the card
 * @paced: false for a GPU with vblank=off
 */
void show_open(struct show *show, int fd, bool paced);
/**
 * show_light() - light the output, with two framebuffers of that size
 * @hz: frames per second
 *
 * Turns it off first if it is lit.
 */
void show_light(struct show *show, unsigned int width, unsigned int height, unsigned int hz);
void show_dark(struct show *show);

/* Write a pattern once to the pixels of a dumb buffer. */
void show_fill(int fd, const struct kms_fb *fb, uint32_t seed);

/* Show the other framebuffer by PAGE_FLIP; returns when it is shown. */
void show_flip(struct show *show);
/* The same with a given framebuffer. */
void show_flip_to(struct show *show, uint32_t fb);

/**
 * show_crc_begin() - have a CRC made of each frame from now on
 */
void show_crc_begin(struct show *show);
void show_crc_end(struct show *show);
/**
 * show_crc() - the time from a vblank until the CRC of its picture can be read
 *
 * Without vblanks, the time from the next flip.
 *
 * Returns: nanoseconds.
 */
int64_t show_crc(struct show *show);
/* The same, from a commit of @req. */
int64_t show_crc_of(struct show *show, drmModeAtomicReq *req);
/**
 * show_write() - the time until the picture is written by writeback
 */
int64_t show_write(struct show *show);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Outputs for the benches, of a GPU or of vkms: one that is lit and shows two
 * framebuffers in turns, and whose pictures are looked at as CRCs or through
 * its writeback connector.
 */
#ifndef VI915_TESTS_SHOW_H
#define VI915_TESTS_SHOW_H

#include <stdbool.h>
#include <stdint.h>

#include "kms.h"

/**
 * struct show - an output that shows frames
 * @kms: the output
 * @paced: there are vblanks
 * @mode: it is lit with
 * @fbs: two framebuffers of that size
 * @flips: a commit for each, of the primary plane alone
 * @turn: which one comes next
 * @writeback: its writeback connector
 * @target: what pictures are written to
 * @writes: as @flips, with a picture of it to be written
 * @fence: where those put their fence
 * @crc: the file that CRCs come from, or -1
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
 * show_open() - the first output of a card
 * @fd: the card
 * @paced: false for a GPU with vblank=off
 */
void show_open(struct show *show, int fd, bool paced);
/**
 * show_light() - light it, with two framebuffers of that size
 * @hz: frames per second
 *
 * Goes dark first, if it is lit.
 */
void show_light(struct show *show, unsigned int width, unsigned int height, unsigned int hz);
void show_dark(struct show *show);

/* A dumb buffer's pixels, written once. */
void show_fill(int fd, const struct kms_fb *fb, uint32_t seed);

/* The other framebuffer, with PAGE_FLIP; returns when it is shown. */
void show_flip(struct show *show);
/* Likewise, another one. */
void show_flip_to(struct show *show, uint32_t fb);

/**
 * show_crc_begin() - have a CRC made of each frame from now on
 */
void show_crc_begin(struct show *show);
void show_crc_end(struct show *show);
/**
 * show_crc() - the time from a vblank until the CRC of the picture is there
 *
 * Without vblanks: from the next flip.
 *
 * Returns: nanoseconds.
 */
int64_t show_crc(struct show *show);
/* The same, from a commit of @req. */
int64_t show_crc_of(struct show *show, drmModeAtomicReq *req);
/**
 * show_write() - the same until the picture is written
 */
int64_t show_write(struct show *show);

#endif

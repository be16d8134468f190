/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A client that does nothing wrong: it has the GPU draw, waits, and checks its
 * pixels. Nothing that other clients do may change them.
 */
#ifndef VI915_TESTS_INNOCENT_H
#define VI915_TESTS_INNOCENT_H

#include <stdint.h>

#include "fail.h"

/**
 * struct innocent - an innocent client of a GPU
 * @fd: its own file
 * @still: object that is not drawn to after innocent_open()
 * @canvas: object that the GPU draws to in each round
 * @still_map: mapping of @still
 * @canvas_map: mapping of @canvas
 * @rounds: number of finished rounds
 */
struct innocent {
	int fd;
	uint32_t still;
	uint32_t canvas;
	char *still_map;
	char *canvas_map;
	uint32_t rounds;
};

/**
 * innocent_open() - open a client of the GPU with that name, and its objects
 */
void innocent_open_at(const char *at, struct innocent *innocent, const char *gpu);
#define innocent_open(innocent, gpu) innocent_open_at(VI915_AT, innocent, gpu)

/**
 * innocent_round() - draw, wait, and compare every pixel
 *
 * Ends the test when the job is refused or ends with an error, when it has not
 * ended after 20 seconds, or when a pixel is wrong.
 */
void innocent_round_at(const char *at, struct innocent *innocent);
#define innocent_round(innocent) innocent_round_at(VI915_AT, innocent)

void innocent_close(struct innocent *innocent);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The table of doc/peers.md, one row of which comes from each peer's test.
 */
#ifndef VI915_TESTS_SHARE_TABLE_H
#define VI915_TESTS_SHARE_TABLE_H

#include "fail.h"

/**
 * table_row() - print a row, and end the test unless doc/peers.md has it
 * @peer: first column
 * @gives: 0 or -errno of taking a buffer from it
 * @takes: 0 or -errno of giving it one; 1 when it has no way to ask
 * @call: where a refusal comes from, or NULL
 *
 * The document is looked for from the folder that the tests run in.
 */
void table_row_at(const char *at, const char *peer, int gives, int takes, const char *call);
#define table_row(peer, gives, takes, call) table_row_at(VI915_AT, peer, gives, takes, call)

#endif

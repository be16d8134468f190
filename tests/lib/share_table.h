/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The table of doc/peers.md; each peer's test prints one row of it.
 */
#ifndef VI915_TESTS_SHARE_TABLE_H
#define VI915_TESTS_SHARE_TABLE_H

#include "fail.h"

/**
 * table_row() - print a row, and end the test unless doc/peers.md contains it
 * @peer: first column
 * @gives: 0, or -errno of importing a buffer of the peer
 * @takes: 0, or -errno of giving the peer a buffer; 1 if it cannot import
 * @call: the call that refused, or NULL
 *
 * The path of the document is relative to the tests' working directory.
 */
void table_row_at(const char *at, const char *peer, int gives, int takes, const char *call);
#define table_row(peer, gives, takes, call) table_row_at(VI915_AT, peer, gives, takes, call)

#endif

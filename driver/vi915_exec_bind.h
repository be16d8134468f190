/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_EXEC_BIND_H
#define VI915_EXEC_BIND_H

struct vi915_bo;
struct vi915_execbuf;

void vi915_exec_set_busy(struct vi915_execbuf *eb, struct vi915_bo *bo);
int vi915_exec_bind(struct vi915_execbuf *eb);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_EXEC_LIST_H
#define VI915_EXEC_LIST_H

struct vi915_execbuf;

int vi915_exec_list_copy(struct vi915_execbuf *eb);
int vi915_exec_list_look_up(struct vi915_execbuf *eb);
void vi915_exec_list_give(struct vi915_execbuf *eb);
void vi915_exec_list_write_back(const struct vi915_execbuf *eb);
void vi915_exec_list_release(struct vi915_execbuf *eb);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_SESSION_H
#define VI915_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Daemons of the host that a session runs. */
enum vi915_session_program {
	VI915_SESSION_UDEVD,
	VI915_SESSION_SEATD,
	VI915_SESSION_PROGRAMS,
};

/**
 * struct vi915_session - a desktop's surroundings, as the command plans them
 * @programs: paths, by enum vi915_session_program; NULL when one is missing
 * @made: the user exists only in the box
 * @uid: the user that the command runs as
 * @gid: the user's group
 * @home: home folder of the user if @made, which the guest creates
 * @groups: the user's other groups
 * @num_groups: how many
 * @env: the command's environment, NULL-terminated
 * @num_env: how many strings that is
 */
struct vi915_session {
	const char *programs[VI915_SESSION_PROGRAMS];
	bool made;
	uid_t uid;
	gid_t gid;
	const char *home;
	gid_t *groups;
	int num_groups;
	char **env;
	size_t num_env;
};

/* The name of the user that only the box knows. */
#define VI915_SESSION_USER "vi915"

const char *vi915_session_missing(void);
int vi915_session_init(struct vi915_session *session);
void vi915_session_fini(struct vi915_session *session);

#endif

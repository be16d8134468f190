/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_GUEST_H
#define VI915_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "frame.h"

/* Path of the driver in the box, where its folder on the host may be hidden. */
#define VI915_GUEST_MODULE "/run/vi915/vi915.ko"

/**
 * struct vi915_port - the guest's end of the connection to the command vi915
 * @fd: the device, non-blocking
 * @in: bytes received, not yet looked at
 * @out: bytes to send
 */
struct vi915_port {
	int fd;
	struct vi915_queue in, out;
};

/**
 * struct vi915_params - the parameters of this box
 *
 * All strings point into @text.
 *
 * @text: the parameters as received
 * @len: bytes of @text
 * @argv: the program and its arguments, NULL-terminated
 * @env: its environment, NULL-terminated
 * @cwd: the program's current folder
 * @rw: paths that are writable, NULL-terminated; mostly with @cwd
 * @uid: the user it runs as
 * @gid: the user's group
 * @groups: the user's other groups
 * @num_groups: how many
 * @umask: the file mode mask
 * @tty: bit n is set when descriptor n is to be the program's own terminal
 * @closed: bit n is set when descriptor n is to be closed
 * @joined: stderr is the same file as stdout
 * @ignored: bit n is set when signal n is to be ignored
 * @nofile_soft: soft limit on open files
 * @nofile_hard: hard limit on open files
 * @hostname: the host's name, which the box has too
 * @modules: host folder with the kernel's modules
 * @module: host path of vi915.ko
 * @gpus: the module's gpus= parameter
 * @peers: names of other drivers, each with ":parameters" or without, NULL-terminated
 * @seatd: path of the seat daemon, or NULL for no session
 * @udevd: path of the device daemon
 * @home: home folder of a user to be created, or NULL
 * @reporter: path of the command vi915, or NULL for no report
 * @hostfs: file system by which writable paths are mounted, "hostfs" or "9p"
 * @privileged: root keeps all its capabilities
 * @leaks: look for leaks when the command has ended
 * @shots: send a picture of every output when the command ends
 * @winsz: size of the terminal
 */
struct vi915_params {
	char *text;
	size_t len;
	char **argv, **env;
	const char *cwd;
	char **rw;
	uid_t uid;
	gid_t gid;
	gid_t *groups;
	size_t num_groups;
	mode_t umask;
	unsigned int tty, closed;
	bool joined;
	unsigned long long ignored;
	unsigned long nofile_soft, nofile_hard;
	const char *hostname;
	const char *modules, *module, *gpus;
	char **peers;
	const char *seatd, *udevd, *home, *reporter;
	const char *hostfs;
	bool privileged, leaks, shots;
	struct vi915_winsz winsz;
};

/**
 * struct vi915_child - the running command
 * @pid: its process
 * @to: our end of its stdin, or -1
 * @from: our ends of its stdout and stderr (index 1 and 2), or -1
 * @pty: @to and @from[1] are a terminal's master
 */
struct vi915_child {
	pid_t pid;
	int to;
	int from[3];
	bool pty;
};

/* guest_init.c */
extern struct vi915_port vi915_port;
void vi915_guest_fail(const char *format, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

void vi915_guest_write(const char *path, const char *text);

/* guest_steps.c */
void vi915_guest_note(const char *what, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void vi915_guest_step(enum vi915_step step);
long long vi915_guest_now(void);

/* guest_port.c */
void vi915_port_open(struct vi915_port *port);
bool vi915_port_receive(struct vi915_port *port);
bool vi915_port_send(struct vi915_port *port);
void vi915_port_flush(struct vi915_port *port);
void vi915_guest_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void vi915_port_piece(struct vi915_port *port, const void *bytes, size_t len);

/* guest_params.c */
void vi915_params_parse(struct vi915_params *params);

/* guest_root.c */
void vi915_guest_root(const struct vi915_params *params);
void vi915_guest_homes(const struct vi915_params *params);
void vi915_guest_mkdirs(const char *path, mode_t mode);

/* guest_modules.c */
void vi915_guest_modules(const struct vi915_params *params);
void vi915_guest_open_nodes(void);

/* guest_caps.c */
void vi915_caps_drop(const struct vi915_params *params);
int vi915_caps_drop_child(const struct vi915_params *params);

/* guest_session.c */
void vi915_guest_session(const struct vi915_params *params);

/* guest_child.c */
int vi915_child_start(struct vi915_child *child,
		      const struct vi915_params *params);
void vi915_child_winsz(struct vi915_child *child,
		       const struct vi915_winsz *winsz);

/* guest_shots.c */
void vi915_shots_arm(void);
void vi915_shots_take(unsigned int limit_ms);

/* guest_report.c */
void vi915_report_open(const struct vi915_params *params);
void vi915_report_take(unsigned int limit_ms);

/* guest_relay.c */
int vi915_guest_relay(struct vi915_child *child, bool shots);

#endif

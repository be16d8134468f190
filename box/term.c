// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "term.h"

/* The terminal's settings, to be restored on every way out. */
static struct termios vi915_term_saved;
static bool vi915_term_is_raw;

/**
 * vi915_term_usable() - check whether the command can have a terminal of its own
 *
 * In the background the terminal belongs to another process group.
 *
 * Return: true if stdin and stdout are a terminal and we are in the foreground.
 */
bool vi915_term_usable(void)
{
	return isatty(0) && isatty(1) && tcgetpgrp(0) == getpgrp();
}

/**
 * vi915_term_raw() - pass every key to the command
 *
 * vi915_term_restore() undoes it, at exit() at the latest.
 */
void vi915_term_raw(void)
{
	static bool registered;
	struct termios raw;

	if (tcgetattr(0, &vi915_term_saved))
		return;
	if (!registered)
		atexit(vi915_term_restore);
	registered = true;
	raw = vi915_term_saved;
	cfmakeraw(&raw);
	vi915_term_is_raw = !tcsetattr(0, TCSADRAIN, &raw);
}

/**
 * vi915_term_restore() - restore the terminal's settings
 */
void vi915_term_restore(void)
{
	if (vi915_term_is_raw)
		tcsetattr(0, TCSADRAIN, &vi915_term_saved);
	vi915_term_is_raw = false;
}

/**
 * vi915_term_winsz() - how large the terminal is
 * @winsz: filled; 24 lines of 80 when it does not say
 */
void vi915_term_winsz(struct vi915_winsz *winsz)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };

	ioctl(0, TIOCGWINSZ, &size);
	*winsz = (struct vi915_winsz){
		.rows = size.ws_row,
		.cols = size.ws_col,
		.xpixel = size.ws_xpixel,
		.ypixel = size.ws_ypixel,
	};
}

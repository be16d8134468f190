// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>

#include "signals.h"

/**
 * vi915_signals_open() - receive the signals that matter to a box by a descriptor
 *
 * SIGINT and SIGTERM always end the box, even if they were ignored: shells that are not interactive
 * start background commands with SIGINT ignored, which must not leave a box behind. Other ignored
 * signals stay so, as nohup(1) wants it.
 *
 * Return: a signalfd, or -1 with errno.
 */
int vi915_signals_open(void)
{
	static const int ends[] = { SIGHUP, SIGQUIT };
	struct sigaction action;
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGCONT);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGXCPU);
	/* An ignored signal would never reach the signalfd. */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (!sigaction(ends[i], NULL, &action) &&
		    action.sa_handler != SIG_IGN)
			sigaddset(&set, ends[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/**
 * vi915_signals_pass() - die of a signal, so that our parent sees it
 * @number: the signal
 */
void vi915_signals_pass(int number)
{
	sigset_t set;

	signal(number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, number);
	raise(number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

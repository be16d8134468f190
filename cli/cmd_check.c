// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include "cmd.h"

int vi915_cmd_check(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

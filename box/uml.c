// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <limits.h>
#include <time.h>

#include "link.h"
#include "machine.h"
#include "uml.h"

/* CONFIG_HZ of User-Mode Linux. */
#define VI915_UML_HZ 100

static long vi915_uml_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000l + ts.tv_nsec;
}

/*
 * Iterations of the kernel's delay loop in a tick on this CPU. The kernel could measure that
 * itself, but it would take half of its boot.
 */
static unsigned long vi915_uml_loops_per_tick(void)
{
	unsigned long loops = 300000, left, tries;
	long best = LONG_MAX, start, took;

	for (tries = 0; tries < 3; tries++) {
		left = loops;
		start = vi915_uml_ns();
		asm volatile(".align 16\n1:\tdec %0\n\tjnz 1b" : "+r"(left));
		took = vi915_uml_ns() - start;
		/* Being scheduled out only adds time, so the least is right. */
		if (took > 0 && took < best)
			best = took;
	}
	return loops * (1000000000ul / VI915_UML_HZ) / best;
}

static void vi915_uml_line(struct vi915_machine *line,
			   const struct vi915_uml_args *args)
{
	vi915_machine_add(line, "%s", args->kernel);
	vi915_machine_add(line, "mem=%luM", args->mem_mib);
	vi915_machine_add(line, "root=none");
	vi915_machine_add(line, "rootfstype=hostfs");
	vi915_machine_add(line, "rootflags=/");
	vi915_machine_add(line, "ro");
	/* The kernel cuts its line at blanks, except inside quotes. */
	vi915_machine_add(line, "init=\"%s\"", args->init);

	/* The console's output goes to the log; it has no input. */
	vi915_machine_add(line, "con0=fd:0,fd:1");
	vi915_machine_add(line, "con=none");
	vi915_machine_add(line, "loglevel=8");
	vi915_machine_add(line, "printk.devkmsg=on");
	vi915_machine_add(line, "%s", vi915_link_kernel_arg());

	vi915_machine_add(line, "lpj=%lu", vi915_uml_loops_per_tick());

	/* After an oops no result can be trusted. */
	vi915_machine_add(line, "oops=panic");
	/*
	 * UML makes a folder for a file with its pid, and leaves it behind when it is killed. It
	 * goes on without one, so name a folder in /proc, where none can be made.
	 */
	vi915_machine_add(line, "uml_dir=/proc/");
	vi915_machine_add(line, "umid=vi915");
}

/**
 * vi915_uml_start() - start a guest's kernel
 * @args: its options
 *
 * Return: its process, or -1 with errno.
 */
pid_t vi915_uml_start(const struct vi915_uml_args *args)
{
	struct vi915_machine machine = {
		.writable = args->writable,
		.mem_dir = args->mem_dir,
		.in_memory = args->in_memory,
		.preload = args->preload,
		.cpu = args->cpu,
		/*
		 * UML allocates page structures for the gap between its program and its heap, which
		 * address randomization makes up to a gigabyte. Where fixed addresses are refused,
		 * as in containers, that costs 16 MiB at most.
		 */
		.fixed = true,
		.log_fd = args->log_fd,
		.link_fd = args->link_fd,
	};

	vi915_uml_line(&machine, args);
	return vi915_machine_start(&machine);
}

/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_PROGRAMS_H
#define VI915_PROGRAMS_H

#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct seq_file;
struct vi915_device;
struct vi915_job;

/* Names in the table; the last entry is for all others. */
#define VI915_PROGRAMS_MAX	32

/**
 * enum vi915_programs_kind - uses of a GPU that have no effect
 * @VI915_PROGRAMS_3D: skipped commands of the render engine
 * @VI915_PROGRAMS_VIDEO: skipped commands of the video engines
 * @VI915_PROGRAMS_UNMAPPED: accesses to unmapped addresses
 * @VI915_PROGRAMS_KINDS: number of kinds
 */
enum vi915_programs_kind {
	VI915_PROGRAMS_3D,
	VI915_PROGRAMS_VIDEO,
	VI915_PROGRAMS_UNMAPPED,
	VI915_PROGRAMS_KINDS,
};

/**
 * struct vi915_submitter - a process, also after it has ended
 * @pid: its number in the initial namespace
 * @name: its name; printable, without spaces
 */
struct vi915_submitter {
	pid_t pid;
	char name[TASK_COMM_LEN];
};

/**
 * struct vi915_program - all processes of one name
 * @first: the first such process
 * @counts: by &enum vi915_programs_kind, how often they used it
 */
struct vi915_program {
	struct vi915_submitter first;
	u64 counts[VI915_PROGRAMS_KINDS];
};

/**
 * struct vi915_programs - programs that used a GPU without effect
 * @lock: taken where fences depend on it, with no other lock held; no lock is
 *	taken inside
 * @count: number of @program
 * @program: in order of their first use
 */
struct vi915_programs {
	spinlock_t lock;	/* guards what follows */
	unsigned int count;
	struct vi915_program program[VI915_PROGRAMS_MAX];
};

void vi915_programs_init(struct vi915_device *dev);
void vi915_programs_submitter(struct vi915_submitter *submitter);
void vi915_programs_note(struct vi915_job *job);
int vi915_programs_show(struct seq_file *m, void *unused);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_PROGRAMS_H
#define VI915_PROGRAMS_H

#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct seq_file;
struct vi915_device;
struct vi915_job;

/* Programs that are told apart; the last place is for all others. */
#define VI915_PROGRAMS_MAX	32

/**
 * enum vi915_programs_kind - what a program can ask for in vain
 * @VI915_PROGRAMS_3D: commands of the render engine that are stepped over
 * @VI915_PROGRAMS_VIDEO: those of the video engines
 * @VI915_PROGRAMS_UNMAPPED: memory where no object is mapped
 * @VI915_PROGRAMS_KINDS: how many there are
 */
enum vi915_programs_kind {
	VI915_PROGRAMS_3D,
	VI915_PROGRAMS_VIDEO,
	VI915_PROGRAMS_UNMAPPED,
	VI915_PROGRAMS_KINDS,
};

/**
 * struct vi915_submitter - which process it was, also when that is gone
 * @pid: its number
 * @name: what it was called; printable, without spaces
 */
struct vi915_submitter {
	pid_t pid;
	char name[TASK_COMM_LEN];
};

/**
 * struct vi915_program - all processes of one name
 * @first: the first of them
 * @counts: how often they asked
 */
struct vi915_program {
	struct vi915_submitter first;
	u64 counts[VI915_PROGRAMS_KINDS];
};

/**
 * struct vi915_programs - who asked a GPU for what it does not do
 * @lock: taken on the way to a fence, with nothing else. Nothing is taken
 *	under it
 * @count: of @program
 * @program: in the order in which they asked first
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

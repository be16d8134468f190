// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_debugfs.h>
#include <linux/ctype.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_context.h"
#include "vi915_device.h"
#include "vi915_engine.h"
#include "vi915_job.h"
#include "vi915_programs.h"
#include "vi915_ring.h"

/**
 * DOC: programs
 *
 * No call tells a program that its 3D or video commands have no effect, or that
 * its batches use unmapped addresses. A person should know: the kernel's log
 * says so once for each name of a program and each kind of use (the box repeats
 * these lines when it ends), and debugfs has the counts. Programs are told
 * apart by name, not by process, since a test suite starts thousands of
 * processes; and only as many names as there is room for.
 */

static const char vi915_programs_others[] = "(others)";

/**
 * vi915_programs_init() - set up an empty table
 * @dev: the GPU, being made
 */
void vi915_programs_init(struct vi915_device *dev)
{
	spin_lock_init(&dev->programs.lock);
}

/**
 * vi915_programs_submitter() - describe the submitting process
 * @submitter: out: the calling process, named after its first thread
 */
void vi915_programs_submitter(struct vi915_submitter *submitter)
{
	char *c;

	submitter->pid = task_tgid_nr(current);
	get_task_comm(submitter->name, current->group_leader);
	/* The name is one word in lines that people and programs read. */
	for (c = submitter->name; *c; c++)
		if (!isascii(*c) || !isgraph(*c))
			*c = '_';
}

/* The entry of a name; if the table is full, the entry of all others. */
static struct vi915_program *
vi915_programs_find(struct vi915_programs *programs,
		    const struct vi915_submitter *submitter)
{
	struct vi915_program *program = programs->program;

	lockdep_assert_held(&programs->lock);

	for (; program < programs->program + programs->count; program++)
		if (!strcmp(program->first.name, submitter->name))
			return program;
	if (programs->count == VI915_PROGRAMS_MAX)
		return program - 1;

	program->first = *submitter;
	if (++programs->count == VI915_PROGRAMS_MAX)
		strscpy(program->first.name, vi915_programs_others);
	return program;
}

static void vi915_programs_say(struct vi915_job *job,
			       enum vi915_programs_kind kind)
{
	const struct vi915_submitter *who = &job->submitter;
	struct device *dev = job->ctx->dev->drm.dev;

	if (kind == VI915_PROGRAMS_UNMAPPED)
		dev_info(dev, "process %d (%s) used address 0x%llx of context %u, where no object is mapped: reads gave zeros, writes vanished\n",
			 who->pid, who->name, job->cs.stray.first,
			 job->ctx->id);
	else
		dev_info(dev, "process %d (%s) used %s commands, which were stepped over: what it made with them is not there\n",
			 who->pid, who->name,
			 kind == VI915_PROGRAMS_3D ? "3D" : "video");
}

static void vi915_programs_add(struct vi915_job *job,
			       enum vi915_programs_kind kind, u64 count)
{
	struct vi915_programs *programs = &job->ctx->dev->programs;
	struct vi915_program *program;
	unsigned long flags;
	bool first;

	if (!count)
		return;
	spin_lock_irqsave(&programs->lock, flags);
	program = vi915_programs_find(programs, &job->submitter);
	first = !program->counts[kind];
	program->counts[kind] += count;
	spin_unlock_irqrestore(&programs->lock, flags);

	if (first)
		vi915_programs_say(job, kind);
}

/**
 * vi915_programs_note() - count a job's skipped commands and stray accesses
 * @job: a job that is over
 *
 * The job's fence depends on it: it does not sleep or allocate.
 */
void vi915_programs_note(struct vi915_job *job)
{
	bool render = job->ring->engine->info->class ==
		      I915_ENGINE_CLASS_RENDER;

	vi915_programs_add(job, render ? VI915_PROGRAMS_3D :
					 VI915_PROGRAMS_VIDEO,
			   job->cs.stats.skipped);
	vi915_programs_add(job, VI915_PROGRAMS_UNMAPPED, job->cs.stray.count);
}

/**
 * vi915_programs_show() - the file vi915_programs in debugfs
 * @m: the file to write to
 * @unused: unused
 *
 * Return: 0.
 */
int vi915_programs_show(struct seq_file *m, void *unused)
{
	const struct drm_debugfs_entry *entry = m->private;
	struct vi915_programs *programs = &to_vi915_device(entry->dev)->programs;
	const struct vi915_program *program;

	spin_lock_irq(&programs->lock);
	for (program = programs->program;
	     program < programs->program + programs->count; program++)
		seq_printf(m, "name=%s pid=%d 3d=%llu video=%llu unmapped=%llu\n",
			   program->first.name, program->first.pid,
			   program->counts[VI915_PROGRAMS_3D],
			   program->counts[VI915_PROGRAMS_VIDEO],
			   program->counts[VI915_PROGRAMS_UNMAPPED]);
	spin_unlock_irq(&programs->lock);
	return 0;
}

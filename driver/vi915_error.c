// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_managed.h>
#include <drm/drm_print.h>
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "vi915_context.h"
#include "vi915_device.h"
#include "vi915_engine.h"
#include "vi915_error.h"
#include "vi915_job.h"
#include "vi915_ring.h"

/**
 * DOC: hang reports
 *
 * The record of the first hang is kept until it is cleared: later hangs are
 * often its consequences. Memory is copied when the hang happens; the text is
 * made when it is read.
 *
 * Each hang also sends three uevents of the card, as i915 does when it resets
 * the whole GPU. Here the reset is over before the first one is sent, because
 * the way to a fence must not wait for them. Hangs that come faster than the
 * events can be sent share them.
 */

/* Dwords shown before the one where the batch stopped. */
#define VI915_ERROR_BEFORE	(VI915_ERROR_DWORDS / 2)

static void vi915_error_record_comm(struct vi915_error_record *record,
				    struct pid *pid)
{
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID) ?: pid_task(pid, PIDTYPE_PID);
	strscpy(record->comm, task ? task->comm : "");
	rcu_read_unlock();
}

/* If the dwords before are not mapped, begin at the start of the page. */
static void vi915_error_record_dwords(struct vi915_error_record *record,
				      struct vi915_cs *cs)
{
	u64 page = record->stop & PAGE_MASK;
	u64 before = min(record->stop, VI915_ERROR_BEFORE * sizeof(u32));

	record->dump_start = (record->stop - before) & ~3ull;
	record->num_dwords = vi915_cs_dump(cs, record->dump_start,
					   record->dwords, VI915_ERROR_DWORDS);
	if (record->num_dwords || record->dump_start >= page)
		return;

	record->dump_start = page;
	record->num_dwords = vi915_cs_dump(cs, page, record->dwords,
					   VI915_ERROR_DWORDS);
}

static void vi915_error_record_captures(struct vi915_error_record *record,
					struct vi915_job *job)
{
	struct vi915_error_capture *capture;
	unsigned int i;

	static_assert(VI915_ERROR_CAPTURES == VI915_JOB_CAPTURES);
	for (i = 0; i < job->num_captures; i++) {
		capture = &record->captures[i];
		capture->start = job->captures[i];
		capture->num_dwords = vi915_cs_dump(&job->cs, capture->start,
						    capture->dwords,
						    ARRAY_SIZE(capture->dwords));
	}
	record->num_captures = job->num_captures;
}

static void vi915_error_record(struct vi915_error_record *record,
			       struct vi915_job *job, const char *reason)
{
	record->valid = true;
	record->engine = job->ring->engine->info->name;
	record->pid = pid_nr(job->ctx->pid);
	record->ctx = job->ctx->id;
	record->seqno = job->seqno;
	record->time_ns = ktime_get_ns();
	record->reason = reason;
	record->fault = job->cs.fault;
	record->batch_start = job->batch_start;
	record->stop = job->cs.pc;
	record->strays = atomic64_read(&job->ctx->strays) +
			 job->cs.stray.count;
	vi915_error_record_comm(record, job->ctx->pid);
	vi915_error_record_dwords(record, &job->cs);
	vi915_error_record_captures(record, job);
}

/**
 * vi915_error_hang() - report a hung job
 * @dev: the GPU
 * @job: the job; nothing but the caller runs it
 * @reason: why it counts as hung; a static string
 * @capture: keep a record, unless there is one
 *
 * Called on the way to the job's fence: never sleeps and allocates nothing.
 */
void vi915_error_hang(struct vi915_device *dev, struct vi915_job *job,
		      const char *reason, bool capture)
{
	struct vi915_error *error = &dev->error;
	unsigned long flags;
	bool first = false;

	if (capture) {
		spin_lock_irqsave(&error->lock, flags);
		first = !error->record.valid;
		if (first)
			vi915_error_record(&error->record, job, reason);
		spin_unlock_irqrestore(&error->lock, flags);
	}

	atomic_inc(&error->resets);
	atomic_inc(&error->events);
	queue_work(system_wq, &error->work);

	/* Only once, or a client that hangs on purpose would fill the log. */
	if (first)
		drm_info(&dev->drm,
			 "%s: hang: %s at 0x%llx, process %d, context %u; see error in sysfs\n",
			 job->ring->engine->info->name, reason, job->cs.pc,
			 pid_nr(job->ctx->pid), job->ctx->id);
}

/**
 * vi915_error_reset() - record that the GPU was reset by hand
 * @dev: the GPU
 *
 * A job that ran has a record already. If none did, or none that may be
 * captured, the record only names the reset.
 */
void vi915_error_reset(struct vi915_device *dev)
{
	struct vi915_error_record *record = &dev->error.record;

	spin_lock_irq(&dev->error.lock);
	if (!record->valid) {
		memset(record, 0, sizeof(*record));
		record->valid = true;
		record->reason = VI915_ERROR_BY_HAND;
		record->time_ns = ktime_get_ns();
	}
	spin_unlock_irq(&dev->error.lock);
}

static void vi915_error_send_uevent(struct vi915_device *dev, char *text)
{
	char *env[2] = { text, NULL };

	kobject_uevent_env(&dev->drm.primary->kdev->kobj, KOBJ_CHANGE, env);
}

static void vi915_error_work(struct work_struct *work)
{
	struct vi915_device *dev = container_of(work, struct vi915_device,
						error.work);
	int idx;

	if (!atomic_xchg(&dev->error.events, 0))
		return;
	if (!drm_dev_enter(&dev->drm, &idx))
		return;
	/* A job may hang before registration ends, once a node is open. */
	if (dev->drm.registered) {
		vi915_error_send_uevent(dev, "ERROR=1");
		vi915_error_send_uevent(dev, "RESET=1");
		vi915_error_send_uevent(dev, "ERROR=0");
	}
	drm_dev_exit(idx);
}

static void vi915_error_fini(struct drm_device *drm, void *unused)
{
	cancel_work_sync(&to_vi915_device(drm)->error.work);
}

/**
 * vi915_error_init() - set up hang reports
 * @dev: the GPU, being made
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_error_init(struct vi915_device *dev)
{
	spin_lock_init(&dev->error.lock);
	INIT_WORK(&dev->error.work, vi915_error_work);

	return drmm_add_action_or_reset(&dev->drm, vi915_error_fini, NULL);
}

/* Is it inside a run of equal dwords? Its ends are shown, the rest is not. */
static bool vi915_error_is_dull(const struct vi915_error_record *record,
				unsigned int i)
{
	const u32 *dw = record->dwords;

	if (!i || i + 1 == record->num_dwords)
		return false;
	if (record->dump_start + i * sizeof(u32) == record->stop)
		return false;
	return dw[i - 1] == dw[i] && dw[i] == dw[i + 1];
}

static void vi915_error_print_dwords(struct drm_printer *p,
				     const struct vi915_error_record *record)
{
	bool dull, skipped = false;
	unsigned int i;
	u64 addr;

	if (!record->num_dwords) {
		drm_puts(p, "Batch: cannot be read where it stopped\n");
		return;
	}

	drm_puts(p, "Batch:\n");
	for (i = 0; i < record->num_dwords; i++) {
		addr = record->dump_start + i * sizeof(u32);
		dull = vi915_error_is_dull(record, i);
		if (!dull)
			drm_printf(p, "%s 0x%012llx: 0x%08x\n",
				   addr == record->stop ? "->" : "  ", addr,
				   record->dwords[i]);
		else if (!skipped)
			drm_puts(p, "   ...\n");
		skipped = dull;
	}
}

static void vi915_error_print_capture(struct drm_printer *p,
				      const struct vi915_error_capture *capture)
{
	unsigned int i;

	drm_printf(p, "Captured: object at 0x%012llx, its first dwords:\n",
		   capture->start);
	for (i = 0; i < capture->num_dwords; i++)
		drm_printf(p, "%s%08x%s", i % 8 ? " " : "   ",
			   capture->dwords[i], i % 8 == 7 ? "\n" : "");
	if (i % 8)
		drm_puts(p, "\n");
}

static void vi915_error_print(struct drm_printer *p,
			      const struct vi915_device *dev,
			      const struct vi915_error_record *record)
{
	unsigned int i;
	u32 ns;
	u64 s;

	if (!record->valid) {
		drm_puts(p, "No error state collected\n");
		return;
	}

	s = div_u64_rem(record->time_ns, NSEC_PER_SEC, &ns);
	drm_printf(p, "GPU hang: %s: %s\n", record->engine ?: "no job",
		   record->reason);
	drm_printf(p, "GPU: %s\n", dev->config.name);
	drm_printf(p, "Time: %llu.%06u s since boot\n", s,
		   ns / (u32)NSEC_PER_USEC);
	if (!record->engine)
		return;
	drm_printf(p, "Process: %s [%d]\n",
		   *record->comm ? record->comm : "(gone)", record->pid);
	drm_printf(p, "Context: %u, job %llu\n", record->ctx, record->seqno);
	drm_printf(p, "Batch start: 0x%012llx\n", record->batch_start);
	drm_printf(p, "Stopped at: 0x%012llx\n", record->stop);
	if (record->fault.kind != VI915_CS_FAULT_NONE)
		drm_printf(p, "Command: 0x%08x\n", record->fault.header);
	if (record->fault.kind == VI915_CS_FAULT_ADDRESS)
		drm_printf(p, "Faulting address: 0x%012llx\n",
			   record->fault.addr);
	if (record->strays)
		drm_printf(p, "Accesses of the context where nothing is mapped: %llu\n",
			   record->strays);
	vi915_error_print_dwords(p, record);
	for (i = 0; i < record->num_captures; i++)
		vi915_error_print_capture(p, &record->captures[i]);
}

/**
 * vi915_error_read() - read the record as text
 * @dev: the GPU
 * @buf: out: a part of the text
 * @at: offset of that part, in bytes
 * @size: length of @buf, in bytes
 *
 * Return: number of bytes written; 0 at the end; -ENOMEM.
 */
ssize_t vi915_error_read(struct vi915_device *dev, char *buf, loff_t at,
			 size_t size)
{
	struct drm_print_iterator iter = {
		.data = buf,
		.start = at,
		.remain = size,
	};
	struct drm_printer p = drm_coredump_printer(&iter);
	struct vi915_error_record *record;

	record = kmalloc(sizeof(*record), GFP_KERNEL);
	if (!record)
		return -ENOMEM;

	spin_lock_irq(&dev->error.lock);
	*record = dev->error.record;
	spin_unlock_irq(&dev->error.lock);

	vi915_error_print(&p, dev, record);
	kfree(record);
	return size - iter.remain;
}

/**
 * vi915_error_clear() - make room for the next hang's record
 * @dev: the GPU
 */
void vi915_error_clear(struct vi915_device *dev)
{
	spin_lock_irq(&dev->error.lock);
	dev->error.record.valid = false;
	spin_unlock_irq(&dev->error.lock);
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_debugfs.h>
#include <drm/drm_device.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "vi915_device.h"
#include "vi915_engine.h"
#include "vi915_engine_debugfs.h"
#include "vi915_error.h"

/* Time that drop_caches gives work to end before cancelling it, as in i915. */
#define VI915_ENGINE_PATIENCE_MS	200

/* A consistent copy of an engine's counters. */
struct vi915_engine_view {
	struct vi915_engine_stats stats;
	unsigned int queued;
	unsigned int running;
};

static void vi915_engine_look(struct vi915_engine *engine,
			      struct vi915_engine_view *view)
{
	spin_lock_irq(&engine->lock);
	view->stats = engine->stats;
	view->queued = engine->queued;
	view->running = engine->running;
	spin_unlock_irq(&engine->lock);
}

static const char *const vi915_engine_clocks[] = {
	[VI915_CLOCK_NOW] = "now",
	[VI915_CLOCK_DELAY] = "delay",
	[VI915_CLOCK_LAZY] = "lazy",
	[VI915_CLOCK_MANUAL] = "manual",
};

static void vi915_engine_show_line(struct seq_file *m,
				   struct vi915_engine *engine)
{
	const struct vi915_config *config = &engine->dev->config;
	struct vi915_engine_view view;

	vi915_engine_look(engine, &view);
	seq_printf(m, "name=%s class=%u instance=0 clock=%s", engine->info->name,
		   engine->info->class, vi915_engine_clocks[config->clock]);
	if (config->clock == VI915_CLOCK_DELAY)
		seq_printf(m, "=%u", config->delay_ms);
	seq_printf(m, " queued=%u running=%u", view.queued, view.running);
	seq_printf(m, " jobs=%llu busy_ns=%llu hangs=%llu skipped=%llu blits=%llu bytes=%llu unmapped=%llu\n",
		   view.stats.jobs, view.stats.busy_ns, view.stats.hangs,
		   view.stats.cs.skipped, view.stats.cs.blits,
		   view.stats.cs.bytes, view.stats.strays);
}

static int vi915_engine_show_lines(struct seq_file *m, void *unused)
{
	const struct drm_debugfs_entry *entry = m->private;
	struct vi915_device *dev = to_vi915_device(entry->dev);
	unsigned int i;

	for (i = 0; i < vi915_engine_count(dev); i++)
		vi915_engine_show_line(m, &dev->engines[i]);
	return 0;
}

/* Text for people; IGT prints it when a test fails. */
static void vi915_engine_show_info(struct seq_file *m,
				   struct vi915_engine *engine)
{
	const struct vi915_engine_props *props = &engine->props;
	struct vi915_engine_view view;

	vi915_engine_look(engine, &view);
	seq_printf(m, "%s\n", engine->info->name);
	seq_printf(m, "\tjobs: %u queued, %u running, %llu over, %llu of them hung\n",
		   view.queued, view.running, view.stats.jobs,
		   view.stats.hangs);
	seq_printf(m, "\tbusy: %llu ns\n", view.stats.busy_ns);
	seq_printf(m, "\tcommands: %llu, stepped over %llu; blits: %llu of %llu bytes\n",
		   view.stats.cs.commands, view.stats.cs.skipped,
		   view.stats.cs.blits, view.stats.cs.bytes);
	seq_printf(m, "\taccesses where nothing is mapped: %llu\n",
		   view.stats.strays);
	seq_printf(m, "\theartbeat: %llu ms, preempt timeout: %llu ms, timeslice: %llu ms\n",
		   READ_ONCE(props->heartbeat_ms),
		   READ_ONCE(props->preempt_timeout_ms),
		   READ_ONCE(props->timeslice_ms));
}

static int vi915_engine_show_infos(struct seq_file *m, void *unused)
{
	const struct drm_debugfs_entry *entry = m->private;
	struct vi915_device *dev = to_vi915_device(entry->dev);
	unsigned int i;

	seq_printf(m, "GPU %s, %d resets\n", dev->config.name,
		   atomic_read(&dev->error.resets));
	for (i = 0; i < vi915_engine_count(dev); i++)
		vi915_engine_show_info(m, &dev->engines[i]);
	return 0;
}

static const struct drm_debugfs_info vi915_engine_files[] = {
	{ "i915_engine_info", vi915_engine_show_infos },
	{ "vi915_engines", vi915_engine_show_lines },
};

/* A wedged GPU cannot be used any more; this one never is. */
static int vi915_engine_wedged_get(void *data, u64 *val)
{
	*val = 0;
	return 0;
}

/* Any value resets the running jobs, which are over on return. */
static int vi915_engine_wedged_set(void *data, u64 val)
{
	struct vi915_device *dev = data;
	unsigned int i;

	for (i = 0; i < VI915_NUM_ENGINES; i++)
		vi915_engine_reset(&dev->engines[i]);
	for (i = 0; i < VI915_NUM_ENGINES; i++)
		flush_work(&dev->engines[i].work);
	vi915_error_reset(dev);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(vi915_engine_wedged_ops, vi915_engine_wedged_get,
			 vi915_engine_wedged_set, "%llu\n");

/**
 * vi915_engine_debugfs_reset_active() - make a GPU idle
 * @dev: the GPU
 *
 * Jobs that are not over in 200 ms are cancelled, which neither counts nor is
 * reported as a hang.
 *
 * Return: 0, or -ERESTARTSYS.
 */
int vi915_engine_debugfs_reset_active(struct vi915_device *dev)
{
	int ret;

	/* Clients may go on submitting, so this may take several rounds. */
	while ((ret = vi915_engine_wait_idle(dev, VI915_ENGINE_PATIENCE_MS))) {
		if (ret != -ETIME)
			return ret;
		vi915_engine_cancel_all(dev, -EIO);
	}
	return 0;
}

/**
 * vi915_engine_debugfs() - show the engines in debugfs
 * @dev: the GPU
 * @root: its folder in debugfs; the files are removed with it
 */
void vi915_engine_debugfs(struct vi915_device *dev, struct dentry *root)
{
	drm_debugfs_add_files(&dev->drm, vi915_engine_files,
			      ARRAY_SIZE(vi915_engine_files));
	debugfs_create_file_unsafe("i915_wedged", 0600, root, dev,
				   &vi915_engine_wedged_ops);
}

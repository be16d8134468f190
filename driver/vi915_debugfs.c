// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_debugfs.h>
#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <linux/debugfs.h>
#include <linux/dma-buf.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "vi915_clock.h"
#include "vi915_debugfs.h"
#include "vi915_device.h"
#include "vi915_display_debugfs.h"
#include "vi915_engine.h"
#include "vi915_engine_debugfs.h"
#include "vi915_export.h"
#include "vi915_gem.h"
#include "vi915_inject_debugfs.h"
#include "vi915_job.h"
#include "vi915_pages.h"
#include "vi915_params.h"
#include "vi915_programs.h"
#include "vi915_shrinker.h"

/* i915's bits. RESET_SEQNO does nothing, as seqnos need no reset. */
#define VI915_DROP_UNBOUND	BIT(0)
#define VI915_DROP_BOUND	BIT(1)
#define VI915_DROP_RETIRE	BIT(2)
#define VI915_DROP_ACTIVE	BIT(3)
#define VI915_DROP_FREED	BIT(4)
#define VI915_DROP_SHRINK_ALL	BIT(5)
#define VI915_DROP_IDLE		BIT(6)
#define VI915_DROP_RESET_ACTIVE	BIT(7)
#define VI915_DROP_RESET_SEQNO	BIT(8)
#define VI915_DROP_RCU		BIT(9)
#define VI915_DROP_ALL		GENMASK(9, 0)

#define VI915_DROP_WAIT		(VI915_DROP_ACTIVE | VI915_DROP_IDLE)
#define VI915_DROP_PAGES						\
	(VI915_DROP_UNBOUND | VI915_DROP_BOUND | VI915_DROP_SHRINK_ALL)

static struct vi915_device *vi915_debugfs_device(struct seq_file *m)
{
	const struct drm_debugfs_entry *entry = m->private;

	return to_vi915_device(entry->dev);
}

static int vi915_debugfs_description(struct seq_file *m, void *unused)
{
	char *line = kmalloc(VI915_CONFIG_LEN, GFP_KERNEL);

	if (!line)
		return -ENOMEM;
	vi915_config_print(&vi915_debugfs_device(m)->config, line,
			   VI915_CONFIG_LEN);
	seq_printf(m, "%s\n", line);
	kfree(line);
	return 0;
}

static const char *const vi915_debugfs_kinds[] = {
	[VI915_PAGES_SHMEM] = "shmem",
	[VI915_PAGES_IMPORT] = "import",
	[VI915_PAGES_USERPTR] = "userptr",
	[VI915_PAGES_CONTIG] = "contig",
};

static const char *const vi915_debugfs_madvs[] = {
	[VI915_MADV_WILLNEED] = "will",
	[VI915_MADV_DONTNEED] = "dont",
	[VI915_MADV_PURGED] = "purged",
};

static const char *vi915_debugfs_dir(enum dma_data_direction dir)
{
	switch (dir) {
	case DMA_BIDIRECTIONAL:
		return "both";
	case DMA_TO_DEVICE:
		return "to";
	case DMA_FROM_DEVICE:
		return "from";
	default:
		return "none";
	}
}

static void vi915_debugfs_object(struct seq_file *m, struct vi915_bo *bo)
{
	const struct dma_buf_attachment *attach = bo->base.import_attach;
	const char *owner = "none";
	unsigned long ino;

	dma_resv_lock(bo->base.resv, NULL);
	/* fdinfo and /proc/PID/fd show the same inode number. */
	ino = attach ? file_inode(attach->dmabuf->file)->i_ino :
		       vi915_export_ino(bo);
	if (ino)
		owner = module_name(attach ? attach->dmabuf->owner :
					     THIS_MODULE);
	seq_printf(m,
		   "ino=%lu size=%zu kind=%s pages=%lu users=%u mapped=%d dir=%s madv=%s shares=%u copy=%lu",
		   ino, bo->base.size, vi915_debugfs_kinds[bo->pages.kind],
		   bo->pages.frames ? vi915_bo_pages(bo) : 0, bo->pages.users,
		   !!bo->pages.sgt, vi915_debugfs_dir(bo->pages.dir),
		   vi915_debugfs_madvs[bo->pages.madv], bo->pages.shares,
		   bo->view.count);
	/* The dma-buf's exp_name is "drm" for all DRM drivers. */
	seq_printf(m, " owner=%s object=%p\n", owner, bo);
	vi915_bo_unlock(bo);
}

/* Objects are read under their reservation, without the list's lock. */
static int vi915_debugfs_objects(struct seq_file *m, void *unused)
{
	struct vi915_device *dev = vi915_debugfs_device(m);
	struct vi915_bo *bo, *last = NULL;

	mutex_lock(&dev->bos_lock);
	list_for_each_entry(bo, &dev->bos, link) {
		if (!kref_get_unless_zero(&bo->base.refcount))
			continue;
		mutex_unlock(&dev->bos_lock);

		if (last)
			vi915_bo_put(last);
		last = bo;
		vi915_debugfs_object(m, bo);

		mutex_lock(&dev->bos_lock);
	}
	mutex_unlock(&dev->bos_lock);

	if (last)
		vi915_bo_put(last);
	return 0;
}

/* Lists a file's handles; object= is as in vi915_objects. */
static void vi915_debugfs_client(struct seq_file *m, struct drm_file *file)
{
	struct drm_gem_object *obj;
	pid_t pid;
	int handle;

	rcu_read_lock();
	pid = pid_vnr(rcu_dereference(file->pid));
	rcu_read_unlock();

	spin_lock(&file->table_lock);
	idr_for_each_entry(&file->object_idr, obj, handle)
		seq_printf(m, "client=%llu pid=%d handle=%d object=%p\n",
			   file->client_id, pid, handle, to_vi915_bo(obj));
	spin_unlock(&file->table_lock);
}

static int vi915_debugfs_handles(struct seq_file *m, void *unused)
{
	struct drm_device *drm = &vi915_debugfs_device(m)->drm;
	struct drm_file *file;

	mutex_lock(&drm->filelist_mutex);
	list_for_each_entry_reverse(file, &drm->filelist, lhead)
		vi915_debugfs_client(m, file);
	mutex_unlock(&drm->filelist_mutex);
	return 0;
}

static int vi915_debugfs_count(struct seq_file *m, void *unused)
{
	struct vi915_device *dev = vi915_debugfs_device(m);
	unsigned int count = 0, shared = 0, imported = 0;
	struct vi915_bo *bo;
	u64 bytes = 0;

	mutex_lock(&dev->bos_lock);
	list_for_each_entry(bo, &dev->bos, link) {
		count++;
		bytes += bo->base.size;
		shared += !list_empty(&bo->exports);
		imported += !!bo->base.import_attach;
	}
	mutex_unlock(&dev->bos_lock);

	seq_printf(m, "%u objects, %llu bytes\n%u exported, %u imported\n",
		   count, bytes, shared, imported);
	seq_printf(m, "%lu pages purgeable, %lu pages evictable\n",
		   READ_ONCE(dev->purgeable.count),
		   READ_ONCE(dev->evictable.count));
	return 0;
}

static const struct drm_debugfs_info vi915_debugfs_files[] = {
	{ "i915_gem_objects", vi915_debugfs_count },
	{ "vi915_description", vi915_debugfs_description },
	{ "vi915_handles", vi915_debugfs_handles },
	{ "vi915_objects", vi915_debugfs_objects },
	{ "vi915_programs", vi915_programs_show },
};

static int vi915_debugfs_drop_get(void *data, u64 *val)
{
	*val = VI915_DROP_ALL;
	return 0;
}

static int vi915_debugfs_drop_set(void *data, u64 val)
{
	struct vi915_device *dev = data;
	int ret;

	if (val & ~VI915_DROP_ALL)
		return -EINVAL;

	if (val & VI915_DROP_RESET_ACTIVE) {
		ret = vi915_engine_debugfs_reset_active(dev);
		if (ret)
			return ret;
	}
	if (val & VI915_DROP_WAIT) {
		ret = vi915_engine_wait_idle(dev, 0);
		if (ret)
			return ret;
	}
	if (val & (VI915_DROP_RETIRE | VI915_DROP_FREED))
		vi915_job_flush_retired(dev);
	if (val & VI915_DROP_PAGES)
		vi915_shrinker_drop_all(dev);
	if (val & VI915_DROP_FREED)
		vi915_bo_flush_freed(dev);
	if (val & VI915_DROP_RCU)
		rcu_barrier();
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(vi915_debugfs_drop_ops, vi915_debugfs_drop_get,
			 vi915_debugfs_drop_set, "0x%08llx\n");

/**
 * vi915_debugfs_init() - drm_driver.debugfs_init
 * @minor: the card
 */
void vi915_debugfs_init(struct drm_minor *minor)
{
	struct vi915_device *dev = to_vi915_device(minor->dev);

	drm_debugfs_add_files(minor->dev, vi915_debugfs_files,
			      ARRAY_SIZE(vi915_debugfs_files));
	debugfs_create_file_unsafe("i915_gem_drop_caches", 0600,
				   minor->debugfs_root, dev,
				   &vi915_debugfs_drop_ops);
	vi915_display_debugfs(dev);
	vi915_engine_debugfs(dev, minor->debugfs_root);
	vi915_inject_debugfs(dev, minor->debugfs_root);
	vi915_params_debugfs(dev, minor->debugfs_root);
	vi915_clock_debugfs(dev, minor->debugfs_root);
}

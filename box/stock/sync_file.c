// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/debugfs.h>
#include <linux/module.h>

#include "sync_debug.h"

/**
 * DOC: sw_sync as a module
 *
 * The kernel's sw_sync.c makes fences for tests. Debian leaves it out, and it
 * cannot be a module by itself: the file through which it is reached is made
 * in sync_debug.c, which needs what is not exported, to print lists of fences.
 * Here is the file without the lists. box/build-stock puts both together; once
 * loaded it stays.
 */

void sync_timeline_debug_add(struct sync_timeline *obj)
{
}

void sync_timeline_debug_remove(struct sync_timeline *obj)
{
}

void sync_file_debug_add(struct sync_file *fence)
{
}

void sync_file_debug_remove(struct sync_file *fence)
{
}

static int __init vi915_sync_file_init(void)
{
	struct dentry *dir = debugfs_create_dir("sync", NULL);

	debugfs_create_file_unsafe("sw_sync", 0644, dir, NULL,
				   &sw_sync_debugfs_fops);
	return 0;
}
module_init(vi915_sync_file_init);

MODULE_DESCRIPTION("sw_sync for tests");
MODULE_LICENSE("GPL");

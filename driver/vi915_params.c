// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kstrtox.h>
#include <linux/seq_file.h>

#include "vi915_device.h"
#include "vi915_params.h"

/**
 * DOC: parameters that tests change
 *
 * i915 has its module parameters per device in debugfs, and its tests switch
 * two of them: how to reset, and whether to look for hangs. This driver always
 * recovers from hangs; @reset only changes the answer of GETPARAM, which a test
 * that sets it asks for first.
 *
 * (i915 contract, section 4)
 */

/* i915's initial value: all resets that the hardware can do. */
#define VI915_PARAMS_RESET	3

/**
 * vi915_params_init() - set the initial values
 * @dev: the GPU, being made
 */
void vi915_params_init(struct vi915_device *dev)
{
	dev->params.reset = VI915_PARAMS_RESET;
	dev->params.hangcheck = true;
}

/**
 * vi915_params_gpu_reset() - GETPARAM's answer about resets
 * @dev: the GPU
 *
 * Return: 0 for none, 1 for the whole GPU, 2 for single engines.
 */
int vi915_params_gpu_reset(const struct vi915_device *dev)
{
	if (!READ_ONCE(dev->params.hangcheck))
		return 0;
	return min(READ_ONCE(dev->params.reset), 2u);
}

static int vi915_params_reset_show(struct seq_file *m, void *unused)
{
	const struct vi915_params *params = m->private;

	seq_printf(m, "%u\n", READ_ONCE(params->reset));
	return 0;
}

static int vi915_params_reset_open(struct inode *inode, struct file *file)
{
	return single_open(file, vi915_params_reset_show, inode->i_private);
}

/* Takes a number, or a word for a bool, as in i915. */
static ssize_t vi915_params_reset_write(struct file *file,
					const char __user *user, size_t size,
					loff_t *pos)
{
	struct seq_file *m = file->private_data;
	struct vi915_params *params = m->private;
	unsigned int value;
	bool on;
	int ret;

	ret = kstrtouint_from_user(user, size, 0, &value);
	if (ret) {
		ret = kstrtobool_from_user(user, size, &on);
		if (ret)
			return ret;
		value = on;
	}

	WRITE_ONCE(params->reset, value);
	return size;
}

static const struct file_operations vi915_params_reset_ops = {
	.owner = THIS_MODULE,
	.open = vi915_params_reset_open,
	.read = seq_read,
	.write = vi915_params_reset_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/**
 * vi915_params_debugfs() - show the parameters in debugfs
 * @dev: the GPU
 * @root: the GPU's debugfs folder, which removes the files with it
 */
void vi915_params_debugfs(struct vi915_device *dev, struct dentry *root)
{
	struct dentry *dir = debugfs_create_dir("i915_params", root);

	debugfs_create_file("reset", 0600, dir, &dev->params,
			    &vi915_params_reset_ops);
	debugfs_create_bool("enable_hangcheck", 0600, dir,
			    &dev->params.hangcheck);
}

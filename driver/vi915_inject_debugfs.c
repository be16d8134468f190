// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fault-inject.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "vi915_config_keys.h"
#include "vi915_device.h"
#include "vi915_inject.h"
#include "vi915_inject_debugfs.h"

/* Room for the longest "every:N" or errno's name, and blanks around it. */
#define VI915_INJECT_TEXT	32

/* Copies a written word, and strips blanks and newlines around it. */
static char *vi915_inject_get_text(char *text, const char __user *user,
				   size_t count)
{
	if (count >= VI915_INJECT_TEXT)
		return ERR_PTR(-EINVAL);
	if (copy_from_user(text, user, count))
		return ERR_PTR(-EFAULT);
	text[count] = '\0';
	return strim(text);
}

static ssize_t vi915_inject_when_read(struct file *filp, char __user *user,
				      size_t count, loff_t *pos)
{
	struct vi915_inject_point *point = file_inode(filp)->i_private;
	char text[VI915_INJECT_TEXT];
	struct vi915_when when;
	int n;

	spin_lock(&point->lock);
	when = point->when;
	spin_unlock(&point->lock);

	n = vi915_config_print_when(&when, text, sizeof(text));
	n += scnprintf(text + n, sizeof(text) - n, "\n");
	return simple_read_from_buffer(user, count, pos, text, n);
}

static ssize_t vi915_inject_when_write(struct file *filp,
				       const char __user *user, size_t count,
				       loff_t *pos)
{
	struct vi915_inject_point *point = file_inode(filp)->i_private;
	char text[VI915_INJECT_TEXT], *word;
	struct vi915_when when;

	word = vi915_inject_get_text(text, user, count);
	if (IS_ERR(word))
		return PTR_ERR(word);
	if (!vi915_config_read_when(&when, word, strlen(word)))
		return -EINVAL;
	vi915_inject_order(point, &when);
	return count;
}

static const struct file_operations vi915_inject_when_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = vi915_inject_when_read,
	.write = vi915_inject_when_write,
	.llseek = default_llseek,
};

static ssize_t vi915_inject_errno_read(struct file *filp, char __user *user,
				       size_t count, loff_t *pos)
{
	struct vi915_inject_point *point = file_inode(filp)->i_private;
	char text[VI915_INJECT_TEXT];
	int n;

	n = scnprintf(text, sizeof(text), "%s\n",
		      vi915_config_errno_name(READ_ONCE(point->error)));
	return simple_read_from_buffer(user, count, pos, text, n);
}

static ssize_t vi915_inject_errno_write(struct file *filp,
					const char __user *user, size_t count,
					loff_t *pos)
{
	struct vi915_inject_point *point = file_inode(filp)->i_private;
	char text[VI915_INJECT_TEXT], *word;
	int error;

	word = vi915_inject_get_text(text, user, count);
	if (IS_ERR(word))
		return PTR_ERR(word);
	error = vi915_config_read_errno(word, strlen(word));
	if (!error)
		return -EINVAL;
	vi915_inject_set_error(point, error);
	return count;
}

static const struct file_operations vi915_inject_errno_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = vi915_inject_errno_read,
	.write = vi915_inject_errno_write,
	.llseek = default_llseek,
};

static struct dentry *vi915_inject_debugfs_dir(struct vi915_inject_point *point,
					       const char *name,
					       struct dentry *root)
{
	if (IS_ENABLED(CONFIG_FAULT_INJECTION_DEBUG_FS))
		return fault_create_debugfs_attr(name, root, &point->attr);
	return debugfs_create_dir(name, root);
}

static struct dentry *
vi915_inject_debugfs_point(struct vi915_inject_point *point, const char *name,
			   struct dentry *root)
{
	struct dentry *dir = vi915_inject_debugfs_dir(point, name, root);

	debugfs_create_file("when", 0600, dir, point, &vi915_inject_when_fops);
	debugfs_create_u64("calls", 0400, dir, &point->calls);
	debugfs_create_u64("failures", 0400, dir, &point->failures);
	return dir;
}

/**
 * vi915_inject_debugfs() - make the folder of a GPU's faults on order
 * @dev: the GPU
 * @root: the GPU's debugfs folder
 *
 * vi915_faults has a folder for each kind of call, and one for hangs. Each
 * folder has "when", which starts to count anew when it is written, "calls",
 * "failures" and, except for hangs, "errno". With the kernel's fault injection
 * framework it has that framework's files, too, as in
 * Documentation/fault-injection/: they show what is left of "when", and
 * override it if written.
 */
void vi915_inject_debugfs(struct vi915_device *dev, struct dentry *root)
{
	struct dentry *faults = debugfs_create_dir("vi915_faults", root), *dir;
	struct vi915_inject *inject = &dev->inject;
	unsigned int i;

	for (i = 0; i < VI915_NUM_FAULTS; i++) {
		dir = vi915_inject_debugfs_point(&inject->points[i],
						 vi915_config_fault_name(i),
						 faults);
		debugfs_create_file("errno", 0600, dir, &inject->points[i],
				    &vi915_inject_errno_fops);
	}
	vi915_inject_debugfs_point(&inject->hang, "hang", faults);
}

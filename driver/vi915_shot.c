// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_crtc.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_managed.h>
#include <linux/container_of.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/kstrtox.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "vi915_composer.h"
#include "vi915_device.h"
#include "vi915_formats.h"
#include "vi915_frame.h"
#include "vi915_output.h"
#include "vi915_scanout.h"
#include "vi915_shot.h"

/**
 * DOC: screenshots
 *
 * `vi915_shot` in a CRTC's debugfs folder is the picture that is on the screen
 * at the moment of the open, as PPM: a binary format that all programs read,
 * and that needs no compression code here. The process that opens it pays with
 * its memory and time, and holds the frame like any other reader. No client and
 * no commit waits.
 *
 * `vi915_last` is the same while the screen shows a plane. After 1 was written
 * to it, it also has the last picture of a screen that is dark or shows no
 * plane, so that one can look at a program's picture after the program has
 * ended. When a client's file is closed, the DRM core takes its framebuffers
 * off the screen one by one, so the picture is made just before that.
 */

/* Room for "P6\n4096 2160\n255\n" and its NUL. */
#define VI915_SHOT_HEADER	32

/* Contents of an open file; never change. */
struct vi915_shot_picture {
	struct kref ref;
	size_t size;
	u8 data[];
};

static void vi915_shot_free(struct kref *ref)
{
	kvfree(container_of(ref, struct vi915_shot_picture, ref));
}

static void vi915_shot_put(struct vi915_shot_picture *picture)
{
	if (picture)
		kref_put(&picture->ref, vi915_shot_free);
}

static struct vi915_shot_picture *vi915_shot_make(struct vi915_frame *frame)
{
	u32 width = frame->width, y, rows;
	struct vi915_shot_picture *picture;
	struct vi915_composer *composer;
	const u32 *pixels;
	unsigned int i;

	picture = kvmalloc(sizeof(*picture) + VI915_SHOT_HEADER +
			   (size_t)width * frame->height * 3,
			   GFP_KERNEL | __GFP_NOWARN);
	if (!picture)
		return ERR_PTR(-ENOMEM);
	composer = vi915_composer_create(width);
	if (IS_ERR(composer)) {
		kvfree(picture);
		return ERR_CAST(composer);
	}

	kref_init(&picture->ref);
	picture->size = scnprintf(picture->data, VI915_SHOT_HEADER,
				  "P6\n%u %u\n255\n", width, frame->height);
	for (i = 0; i < frame->count; i++)
		vi915_scanout_refresh(frame->layers[i].scanout);
	for (y = 0; y < frame->height; y += rows) {
		pixels = vi915_composer_band(composer, frame, y, &rows);
		vi915_formats_rgb(pixels, picture->data + picture->size,
				  rows * width);
		picture->size += (size_t)rows * width * 3;
		cond_resched();
	}
	vi915_composer_destroy(composer);
	return picture;
}

/* -ENODATA if the output is dark, or if no plane is on and @black is false. */
static struct vi915_shot_picture *vi915_shot_take(struct vi915_output *output,
						  bool black)
{
	struct vi915_shot_picture *picture;
	struct vi915_frame *frame;
	int idx;

	/* Unplug waits for us before it drops imported pages. */
	if (!drm_dev_enter(&output->dev->drm, &idx))
		return ERR_PTR(-ENODEV);
	frame = vi915_output_frame(output);
	if (frame && (black || frame->count))
		picture = vi915_shot_make(frame);
	else
		picture = ERR_PTR(-ENODATA);
	vi915_frame_put(frame);
	drm_dev_exit(idx);
	return picture;
}

static struct vi915_shot_picture *vi915_shot_last(struct vi915_output *output)
{
	struct vi915_shot *shot = &output->shot;
	struct vi915_shot_picture *last;

	flush_work(&shot->work);
	mutex_lock(&shot->lock);
	last = shot->last;
	if (last)
		kref_get(&last->ref);
	mutex_unlock(&shot->lock);
	return last ?: ERR_PTR(-ENODATA);
}

static int vi915_shot_open(struct inode *inode, struct file *file)
{
	struct vi915_shot_picture *picture = vi915_shot_take(inode->i_private,
								     true);

	if (IS_ERR(picture))
		return PTR_ERR(picture);
	file->private_data = picture;
	return 0;
}

static ssize_t vi915_shot_read(struct file *file, char __user *to, size_t count,
			       loff_t *pos)
{
	const struct vi915_shot_picture *picture = file->private_data;

	if (!picture)
		return -ENODATA;
	return simple_read_from_buffer(to, count, pos, picture->data,
				       picture->size);
}

static int vi915_shot_release(struct inode *inode, struct file *file)
{
	vi915_shot_put(file->private_data);
	return 0;
}

static const struct file_operations vi915_shot_fops = {
	.owner = THIS_MODULE,
	.open = vi915_shot_open,
	.read = vi915_shot_read,
	.llseek = default_llseek,
	.release = vi915_shot_release,
};

/* A file opened only for writing needs no picture. */
static int vi915_shot_last_open(struct inode *inode, struct file *file)
{
	struct vi915_output *output = inode->i_private;
	struct vi915_shot_picture *picture;

	file->private_data = NULL;
	if (!(file->f_mode & FMODE_READ))
		return 0;
	picture = vi915_shot_take(output, false);
	if (picture == ERR_PTR(-ENODATA))
		picture = vi915_shot_last(output);
	if (!IS_ERR(picture))
		file->private_data = picture;
	else if (PTR_ERR(picture) != -ENODATA || !(file->f_mode & FMODE_WRITE))
		return PTR_ERR(picture);
	return 0;
}

static ssize_t vi915_shot_last_write(struct file *file, const char __user *from,
				     size_t count, loff_t *pos)
{
	struct vi915_output *output = file_inode(file)->i_private;
	struct vi915_shot_picture *last = NULL;
	struct vi915_shot *shot = &output->shot;
	bool keep;
	int ret;

	ret = kstrtobool_from_user(from, count, &keep);
	if (ret)
		return ret;

	mutex_lock(&shot->lock);
	shot->keep = keep;
	if (!keep)
		swap(last, shot->last);
	mutex_unlock(&shot->lock);
	vi915_shot_put(last);
	return count;
}

static const struct file_operations vi915_shot_last_fops = {
	.owner = THIS_MODULE,
	.open = vi915_shot_last_open,
	.read = vi915_shot_read,
	.write = vi915_shot_last_write,
	.llseek = default_llseek,
	.release = vi915_shot_release,
};

/**
 * vi915_shot_register() - add the files to a CRTC's debugfs folder
 * @output: the output
 */
void vi915_shot_register(struct vi915_output *output)
{
	struct dentry *folder = output->crtc.debugfs_entry;

	debugfs_create_file("vi915_shot", 0444, folder, output,
			    &vi915_shot_fops);
	debugfs_create_file("vi915_last", 0644, folder, output,
			    &vi915_shot_last_fops);
}

/* Without a picture, because of an error, the older one stays. */
static void vi915_shot_keep(struct vi915_shot *shot,
			    struct vi915_shot_picture *picture)
{
	if (IS_ERR_OR_NULL(picture))
		return;

	mutex_lock(&shot->lock);
	if (shot->keep)
		swap(picture, shot->last);
	mutex_unlock(&shot->lock);
	vi915_shot_put(picture);
}

/* A worker, since the commit that darkens the output must not allocate. */
static void vi915_shot_work(struct work_struct *work)
{
	struct vi915_shot *shot = container_of(work, struct vi915_shot, work);
	struct vi915_output *output =
		container_of(shot, struct vi915_output, shot);
	struct vi915_shot_picture *picture = NULL;
	struct vi915_frame *frame = NULL;
	int idx;

	mutex_lock(&shot->lock);
	swap(frame, shot->frame);
	mutex_unlock(&shot->lock);

	if (frame && drm_dev_enter(&output->dev->drm, &idx)) {
		picture = vi915_shot_make(frame);
		drm_dev_exit(idx);
	}
	vi915_frame_put(frame);
	vi915_shot_keep(shot, picture);
}

/**
 * vi915_shot_off() - keep the last picture of an output that goes dark
 * @output: the output
 * @last: the frame shown last, or NULL
 */
void vi915_shot_off(struct vi915_output *output, struct vi915_frame *last)
{
	struct vi915_shot *shot = &output->shot;
	struct vi915_frame *old = NULL;

	if (!last || !last->count)
		return;

	mutex_lock(&shot->lock);
	if (shot->keep && !drm_dev_is_unplugged(&output->dev->drm)) {
		old = shot->frame;
		shot->frame = vi915_frame_get(last);
		queue_work(output->dev->display.wq, &shot->work);
	}
	mutex_unlock(&shot->lock);
	vi915_frame_put(old);
}

/**
 * vi915_shot_closing() - keep the last pictures before a client goes
 * @file: the client's file, about to be closed
 */
void vi915_shot_closing(struct drm_file *file)
{
	struct vi915_device *dev = to_vi915_device(file->minor->dev);
	struct vi915_output *output;
	unsigned int i;

	if (list_empty(&file->fbs))
		return;
	for (i = 0; i < dev->display.count; i++) {
		output = &dev->display.outputs[i];
		if (READ_ONCE(output->shot.keep))
			vi915_shot_keep(&output->shot,
					vi915_shot_take(output, false));
	}
}

static void vi915_shot_fini(struct drm_device *drm, void *data)
{
	struct vi915_shot *shot = data;

	flush_work(&shot->work);
	vi915_shot_put(shot->last);
	mutex_destroy(&shot->lock);
}

/**
 * vi915_shot_init() - set up an output's screenshots
 * @output: the output
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_shot_init(struct vi915_output *output)
{
	mutex_init(&output->shot.lock);
	INIT_WORK(&output->shot.work, vi915_shot_work);
	return drmm_add_action_or_reset(&output->dev->drm, vi915_shot_fini,
					&output->shot);
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_debugfs.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_framebuffer.h>
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "vi915_crtc.h"
#include "vi915_device.h"
#include "vi915_display_debugfs.h"
#include "vi915_frame.h"
#include "vi915_output.h"
#include "vi915_scanout.h"

/**
 * DOC: the display in debugfs
 *
 * vi915_outputs describes the frame that each output shows now. A commit that
 * no vblank has latched yet is not there. The other files are for programs that
 * expect those of i915.
 */

static struct vi915_device *vi915_display_debugfs_device(struct seq_file *m)
{
	const struct drm_debugfs_entry *entry = m->private;

	return to_vi915_device(entry->dev);
}

static const char *vi915_display_debugfs_plane(struct vi915_output *output,
					       unsigned int plane)
{
	if (plane == drm_plane_index(&output->primary))
		return "primary";
	return plane == drm_plane_index(&output->overlay) ? "overlay" : "cursor";
}

static void vi915_display_debugfs_layer(struct seq_file *m,
					struct vi915_output *output,
					const struct vi915_layer *layer)
{
	const struct drm_framebuffer *fb = layer->scanout->fb;
	u32 format = fb->format->format;

	/* %p4cc would write more than one word. */
	seq_printf(m, "output=%u plane=%s fb=%u format=%c%c%c%c modifier=0x%llx size=%ux%u",
		   output->index,
		   vi915_display_debugfs_plane(output, layer->plane),
		   fb->base.id, format & 0xff, format >> 8 & 0xff,
		   format >> 16 & 0xff, format >> 24 & 0x7f, fb->modifier,
		   fb->width, fb->height);
	seq_printf(m, " src=%u,%u dst=%u,%u,%ux%u alpha=0x%04x\n", layer->src_x,
		   layer->src_y, layer->x, layer->y, layer->width,
		   layer->height, layer->alpha);
}

/* One line for the output, then one for each of its visible planes. */
static void vi915_display_debugfs_output(struct seq_file *m,
					 struct vi915_output *output)
{
	struct vi915_frame *frame = vi915_output_frame(output);
	unsigned int i;

	seq_printf(m, "output=%u connector=%s frames=%llu crtc=%u ",
		   output->index, output->connector.name,
		   vi915_output_frames(output), output->crtc.base.id);
	if (!frame) {
		seq_puts(m, "dark\n");
		return;
	}
	seq_printf(m, "mode=%ux%u period=%llu\n", frame->width, frame->height,
		   output->vblank.period);
	for (i = 0; i < frame->count; i++)
		vi915_display_debugfs_layer(m, output, &frame->layers[i]);
	vi915_frame_put(frame);
}

static int vi915_display_debugfs_outputs(struct seq_file *m, void *unused)
{
	struct vi915_display *display = &vi915_display_debugfs_device(m)->display;
	unsigned int i;

	for (i = 0; i < display->count; i++)
		vi915_display_debugfs_output(m, &display->outputs[i]);
	return 0;
}

static int vi915_display_debugfs_clock(struct seq_file *m, void *unused)
{
	seq_printf(m, "Current CD clock frequency: %d kHz\n",
		   VI915_CRTC_MAX_CLOCK);
	seq_printf(m, "Max CD clock frequency: %d kHz\n", VI915_CRTC_MAX_CLOCK);
	seq_printf(m, "Max pixel clock frequency: %d kHz\n",
		   VI915_CRTC_MAX_CLOCK);
	return 0;
}

static const struct drm_debugfs_info vi915_display_debugfs_files[] = {
	{ "i915_cdclk_info", vi915_display_debugfs_clock },
	{ "i915_display_info", vi915_display_debugfs_outputs },
	{ "vi915_outputs", vi915_display_debugfs_outputs },
};

/**
 * vi915_display_debugfs() - make the files for all outputs together
 * @dev: the GPU
 */
void vi915_display_debugfs(struct vi915_device *dev)
{
	if (dev->display.count)
		drm_debugfs_add_files(&dev->drm, vi915_display_debugfs_files,
				      ARRAY_SIZE(vi915_display_debugfs_files));
}

static int vi915_display_debugfs_pipe_show(struct seq_file *m, void *unused)
{
	const struct vi915_output *output = m->private;

	seq_printf(m, "%c\n", 'A' + output->index);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vi915_display_debugfs_pipe);

/**
 * vi915_display_debugfs_crtc() - make the files of a CRTC
 * @output: the output
 */
void vi915_display_debugfs_crtc(struct vi915_output *output)
{
	debugfs_create_file("i915_pipe", 0444, output->crtc.debugfs_entry,
			    output, &vi915_display_debugfs_pipe_fops);
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_syncobj.h>
#include <linux/dma-fence-chain.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/sync_file.h>
#include <linux/uaccess.h>
#include <uapi/drm/i915_drm.h>

#include "vi915_exec_fence.h"
#include "vi915_extension.h"
#include "vi915_fence.h"
#include "vi915_job.h"
#include "vi915_refuse.h"

/**
 * DOC: explicit fences
 *
 * Everything that can fail is done before the job is submitted: file
 * descriptor, sync file and the links of timelines are made and kept ready.
 */

/* More syncobjs are a mistake, and would take a lot of memory. */
#define VI915_EXEC_MAX_SYNCOBJS	SZ_16K
/* Fences in these and the in-fence, with chains and arrays taken apart. */
#define VI915_EXEC_MAX_FENCES	SZ_1M

/**
 * struct vi915_exec_syncobj - one syncobj of an execbuf
 * @syncobj: the syncobj; a reference
 * @wait: fence to wait for, read when the call was made, or NULL
 * @chain: link for the point to be signalled, or NULL
 * @point: point of a timeline, 0 for a binary syncobj
 * @signal: it gets the job's fence
 */
struct vi915_exec_syncobj {
	struct drm_syncobj *syncobj;
	struct dma_fence *wait;
	struct dma_fence_chain *chain;
	u64 point;
	bool signal;
};

struct vi915_exec_collector {
	struct vi915_exec_fences *fences;
	struct drm_device *drm;
	struct drm_file *file;
};

static int vi915_exec_fence_find_point(struct vi915_exec_syncobj *s,
				       u64 point)
{
	struct dma_fence *fence = drm_syncobj_fence_get(s->syncobj);
	int ret;

	if (!fence)
		return -EINVAL;
	/* NULL afterwards means: signalled so long ago that it is gone. */
	ret = dma_fence_chain_find_seqno(&fence, point);
	if (ret) {
		dma_fence_put(fence);
		return ret;
	}
	s->wait = fence;
	return 0;
}

static int vi915_exec_fence_add(struct vi915_exec_collector *c,
				const struct drm_i915_gem_exec_fence *user,
				u64 point, bool timeline)
{
	struct vi915_exec_syncobj *s =
		&c->fences->syncobjs[c->fences->num_syncobjs];
	bool wait = user->flags & I915_EXEC_FENCE_WAIT;

	memset(s, 0, sizeof(*s));
	if (VI915_REFUSE(c->drm, user->flags & __I915_EXEC_FENCE_UNKNOWN_FLAGS))
		return -EINVAL;

	s->syncobj = drm_syncobj_find(c->file, user->handle);
	if (VI915_REFUSE(c->drm, !s->syncobj))
		return -ENOENT;
	/* From here on the release of @fences puts this syncobj. */
	c->fences->num_syncobjs++;
	s->signal = user->flags & I915_EXEC_FENCE_SIGNAL;
	s->point = point;

	/* A point that waits for itself would never signal. */
	if (VI915_REFUSE(c->drm, wait && s->signal && point))
		return -EINVAL;
	if (wait && timeline) {
		int ret = vi915_exec_fence_find_point(s, point);

		if (VI915_REFUSE(c->drm, ret))
			return ret;
	} else if (wait) {
		s->wait = drm_syncobj_fence_get(s->syncobj);
		if (VI915_REFUSE(c->drm, !s->wait))
			return -EINVAL;
	}

	if (s->signal && point) {
		s->chain = dma_fence_chain_alloc();
		if (!s->chain)
			return -ENOMEM;
	}
	return 0;
}

static int vi915_exec_fence_copy(struct vi915_exec_collector *c, u64 count,
				 u64 handles, u64 values, bool timeline)
{
	struct drm_i915_gem_exec_fence __user *user = u64_to_user_ptr(handles);
	u64 __user *points = u64_to_user_ptr(values);
	struct vi915_exec_fences *fences = c->fences;
	struct drm_i915_gem_exec_fence fence;
	struct vi915_exec_syncobj *array;
	u64 i, point = 0;
	int ret;

	if (!count)
		return 0;
	if (VI915_REFUSE(c->drm, count > VI915_EXEC_MAX_SYNCOBJS -
			 fences->num_syncobjs))
		return -EINVAL;
	if (!access_ok(user, count * sizeof(*user)))
		return -EFAULT;

	array = kvrealloc(fences->syncobjs,
			  (fences->num_syncobjs + count) * sizeof(*array),
			  GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!array)
		return -ENOMEM;
	fences->syncobjs = array;

	for (i = 0; i < count; i++) {
		if (copy_from_user(&fence, &user[i], sizeof(fence)))
			return -EFAULT;
		if (timeline && get_user(point, &points[i]))
			return -EFAULT;
		ret = vi915_exec_fence_add(c, &fence, point, timeline);
		if (ret)
			return ret;
		if (signal_pending(current))
			return -EINTR;
	}
	return 0;
}

static int vi915_exec_fence_timelines(struct i915_user_extension __user *base,
				      void *data)
{
	struct drm_i915_gem_execbuffer_ext_timeline_fences ext;

	if (copy_from_user(&ext, base, sizeof(ext)))
		return -EFAULT;
	return vi915_exec_fence_copy(data, ext.fence_count, ext.handles_ptr,
				     ext.values_ptr, true);
}

static const vi915_extension_fn vi915_exec_fence_extensions[] = {
	[DRM_I915_GEM_EXECBUFFER_EXT_TIMELINE_FENCES] =
		vi915_exec_fence_timelines,
};

static int vi915_exec_fence_collect_syncobjs(struct vi915_exec_collector *c,
					     const struct drm_i915_gem_execbuffer2 *args)
{
	bool array = args->flags & I915_EXEC_FENCE_ARRAY;

	if (args->flags & I915_EXEC_USE_EXTENSIONS) {
		/* The same fields hold the array or the extensions. */
		if (VI915_REFUSE(c->drm, array))
			return -EINVAL;
		if (VI915_REFUSE(c->drm, args->num_cliprects))
			return -EINVAL;
		return vi915_extension_walk(args->cliprects_ptr,
				vi915_exec_fence_extensions,
				ARRAY_SIZE(vi915_exec_fence_extensions), c);
	}
	if (array)
		return vi915_exec_fence_copy(c, args->num_cliprects,
					     args->cliprects_ptr, 0, false);
	return 0;
}

/**
 * vi915_exec_fence_collect() - look up the fences that an execbuf names
 * @fences: zeroed but for out_fd, which is -1; to be released even on failure
 * @drm: the GPU
 * @file: open file that the syncobjs belong to
 * @args: the execbuf
 *
 * Return: 0; -EINVAL for FENCE_IN with FENCE_SUBMIT, a descriptor of no sync
 * file, unknown flags, too many syncobjs, a syncobj without a fence, or a point
 * that does not exist or is both to be waited for and signalled; -ENOENT for a
 * bad handle; -EFAULT; -EMFILE; -ENOMEM; -EINTR.
 */
int vi915_exec_fence_collect(struct vi915_exec_fences *fences,
			     struct drm_device *drm, struct drm_file *file,
			     const struct drm_i915_gem_execbuffer2 *args)
{
	struct vi915_exec_collector c = {
		.fences = fences, .drm = drm, .file = file,
	};
	bool in = args->flags & I915_EXEC_FENCE_IN;
	bool submit = args->flags & I915_EXEC_FENCE_SUBMIT;
	struct dma_fence *fence;
	int ret;

	ret = vi915_exec_fence_collect_syncobjs(&c, args);
	if (ret)
		return ret;

	if (VI915_REFUSE(drm, in && submit))
		return -EINVAL;
	if (in || submit) {
		fence = sync_file_get_fence(lower_32_bits(args->rsvd2));
		if (VI915_REFUSE(drm, !fence))
			return -EINVAL;
		fences->in = fence;
	}
	if (submit && to_vi915_fence(fence)) {
		/* Wait for its start; a foreign fence has no start fence. */
		fences->in = dma_fence_get(&to_vi915_fence(fence)->started);
		dma_fence_put(fence);
	}

	if (args->flags & I915_EXEC_FENCE_OUT) {
		ret = get_unused_fd_flags(O_CLOEXEC);
		if (ret < 0)
			return ret;
		fences->out_fd = ret;
	}
	return 0;
}

/**
 * vi915_exec_fence_depend() - let a job wait for the collected fences
 * @fences: from vi915_exec_fence_collect()
 * @job: the job
 *
 * Return: 0; -EINVAL for more than 1 Mi fences, chains and arrays taken apart;
 * -ENOMEM; -EINTR.
 */
int vi915_exec_fence_depend(const struct vi915_exec_fences *fences,
			    struct vi915_job *job)
{
	unsigned int i, left = VI915_EXEC_MAX_FENCES;
	int ret;

	if (fences->in) {
		ret = vi915_job_depend(job, fences->in, &left);
		if (ret)
			return ret;
	}
	for (i = 0; i < fences->num_syncobjs; i++) {
		if (!fences->syncobjs[i].wait)
			continue;
		ret = vi915_job_depend(job, fences->syncobjs[i].wait, &left);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * vi915_exec_fence_prepare() - make the sync file for the job's fence
 * @fences: from vi915_exec_fence_collect()
 * @fence: the job's fence
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_exec_fence_prepare(struct vi915_exec_fences *fences,
			     struct dma_fence *fence)
{
	if (fences->out_fd < 0)
		return 0;

	fences->out = sync_file_create(fence);
	return fences->out ? 0 : -ENOMEM;
}

/**
 * vi915_exec_fence_publish() - put the job's fence into syncobjs and sync file
 * @fences: from vi915_exec_fence_collect(), prepared
 * @args: the execbuf; the upper half of rsvd2 gets the out fence's descriptor
 * @fence: the job's fence
 *
 * Nothing here can fail.
 */
void vi915_exec_fence_publish(struct vi915_exec_fences *fences,
			      struct drm_i915_gem_execbuffer2 *args,
			      struct dma_fence *fence)
{
	struct vi915_exec_syncobj *s;
	unsigned int i;

	for (i = 0; i < fences->num_syncobjs; i++) {
		s = &fences->syncobjs[i];
		if (s->chain)
			drm_syncobj_add_point(s->syncobj, s->chain, fence,
					      s->point);
		else if (s->signal)
			drm_syncobj_replace_fence(s->syncobj, fence);
		/* The syncobj owns the link now. */
		s->chain = NULL;
	}

	if (fences->out) {
		fd_install(fences->out_fd, fences->out->file);
		args->rsvd2 = (u64)fences->out_fd << 32 |
			      lower_32_bits(args->rsvd2);
		/* The process owns both now. */
		fences->out = NULL;
		fences->out_fd = -1;
	}
}

/**
 * vi915_exec_fence_release() - free collected fences and what is unused
 * @fences: from vi915_exec_fence_collect()
 */
void vi915_exec_fence_release(struct vi915_exec_fences *fences)
{
	unsigned int i;

	for (i = 0; i < fences->num_syncobjs; i++) {
		dma_fence_put(fences->syncobjs[i].wait);
		dma_fence_chain_free(fences->syncobjs[i].chain);
		drm_syncobj_put(fences->syncobjs[i].syncobj);
	}
	kvfree(fences->syncobjs);

	dma_fence_put(fences->in);
	if (fences->out)
		fput(fences->out->file);
	if (fences->out_fd >= 0)
		put_unused_fd(fences->out_fd);
}

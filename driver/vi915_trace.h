/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * One event for each change in sharing a buffer: a device imports or exports
 * it, or gains or loses access to its pages. The common fields name the
 * process.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vi915

#if !defined(VI915_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VI915_TRACE_H

#include <linux/device.h>
#include <linux/dma-buf.h>
#include <linux/dma-direction.h>
#include <linux/fs.h>
#include <linux/tracepoint.h>

#include "vi915_context.h"
#include "vi915_device.h"
#include "vi915_engine.h"
#include "vi915_job.h"
#include "vi915_ring.h"

TRACE_DEFINE_ENUM(DMA_BIDIRECTIONAL);
TRACE_DEFINE_ENUM(DMA_TO_DEVICE);
TRACE_DEFINE_ENUM(DMA_FROM_DEVICE);

/* @dev has given a file descriptor of @dma_buf, or a handle for it. */
DECLARE_EVENT_CLASS(vi915_share,
	TP_PROTO(const struct vi915_device *dev, const struct dma_buf *dma_buf),
	TP_ARGS(dev, dma_buf),
	TP_STRUCT__entry(
		__string(gpu, dev->config.name)
		__string(exporter, dma_buf->exp_name)
		__field(unsigned long, ino)
		__field(size_t, size)
	),
	TP_fast_assign(
		__assign_str(gpu);
		__assign_str(exporter);
		__entry->ino = file_inode(dma_buf->file)->i_ino;
		__entry->size = dma_buf->size;
	),
	TP_printk("gpu=%s ino=%lu size=%zu exporter=%s", __get_str(gpu),
		  __entry->ino, __entry->size, __get_str(exporter))
);

DEFINE_EVENT(vi915_share, vi915_import,
	TP_PROTO(const struct vi915_device *dev, const struct dma_buf *dma_buf),
	TP_ARGS(dev, dma_buf));

DEFINE_EVENT(vi915_share, vi915_export,
	TP_PROTO(const struct vi915_device *dev, const struct dma_buf *dma_buf),
	TP_ARGS(dev, dma_buf));

/*
 * The device of @attach gains or loses access to the pages; @dev is the
 * exporter or the importer. Between two GPUs of ours there is one event from
 * each side.
 */
DECLARE_EVENT_CLASS(vi915_mapping,
	TP_PROTO(const struct vi915_device *dev,
		 const struct dma_buf_attachment *attach,
		 enum dma_data_direction dir),
	TP_ARGS(dev, attach, dir),
	TP_STRUCT__entry(
		__string(gpu, dev->config.name)
		__string(device, dev_name(attach->dev))
		__field(unsigned long, ino)
		__field(size_t, size)
		__field(int, dir)
	),
	TP_fast_assign(
		__assign_str(gpu);
		__assign_str(device);
		__entry->ino = file_inode(attach->dmabuf->file)->i_ino;
		__entry->size = attach->dmabuf->size;
		__entry->dir = dir;
	),
	TP_printk("gpu=%s ino=%lu size=%zu device=%s dir=%s", __get_str(gpu),
		  __entry->ino, __entry->size, __get_str(device),
		  __print_symbolic(__entry->dir,
				   { DMA_BIDIRECTIONAL, "both" },
				   { DMA_TO_DEVICE, "to" },
				   { DMA_FROM_DEVICE, "from" }))
);

DEFINE_EVENT(vi915_mapping, vi915_map,
	TP_PROTO(const struct vi915_device *dev,
		 const struct dma_buf_attachment *attach,
		 enum dma_data_direction dir),
	TP_ARGS(dev, attach, dir));

DEFINE_EVENT(vi915_mapping, vi915_unmap,
	TP_PROTO(const struct vi915_device *dev,
		 const struct dma_buf_attachment *attach,
		 enum dma_data_direction dir),
	TP_ARGS(dev, attach, dir));

/*
 * Stages of a job: submitted, when its fence is public; begun, with its first
 * slice; complete, before its fence signals.
 */
DECLARE_EVENT_CLASS(vi915_job,
	TP_PROTO(const struct vi915_job *job, int error),
	TP_ARGS(job, error),
	TP_STRUCT__entry(
		__string(gpu, job->ctx->dev->config.name)
		__string(engine, job->ring->engine->info->name)
		__field(pid_t, pid)
		__field(u32, ctx)
		__field(u64, ring)
		__field(u64, seqno)
		__field(int, error)
	),
	TP_fast_assign(
		__assign_str(gpu);
		__assign_str(engine);
		__entry->pid = pid_nr(job->ctx->pid);
		__entry->ctx = job->ctx->id;
		__entry->ring = job->ring->fence_context;
		__entry->seqno = job->seqno;
		__entry->error = error;
	),
	TP_printk("gpu=%s engine=%s pid=%d ctx=%u ring=%llu seqno=%llu error=%d",
		  __get_str(gpu), __get_str(engine), __entry->pid, __entry->ctx,
		  __entry->ring, __entry->seqno, __entry->error)
);

DEFINE_EVENT(vi915_job, vi915_job_submit,
	TP_PROTO(const struct vi915_job *job, int error),
	TP_ARGS(job, error));

DEFINE_EVENT(vi915_job, vi915_job_run,
	TP_PROTO(const struct vi915_job *job, int error),
	TP_ARGS(job, error));

DEFINE_EVENT(vi915_job, vi915_job_complete,
	TP_PROTO(const struct vi915_job *job, int error),
	TP_ARGS(job, error));

#endif

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE vi915_trace
#include <trace/define_trace.h>

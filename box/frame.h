/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_FRAME_H
#define VI915_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "proto.h"

/**
 * struct vi915_queue - bytes waiting to be sent or read
 * @bytes: storage, grown as needed
 * @start: index of the first waiting byte
 * @end: index behind the last one
 * @size: bytes of storage
 */
struct vi915_queue {
	char *bytes;
	size_t start, end, size;
};

/**
 * struct vi915_frame - one frame taken off a queue
 * @type: type of the frame
 * @stream: the stream that it is about
 * @data: its bytes; valid until the queue is next touched
 * @len: how many
 */
struct vi915_frame {
	enum vi915_frame_type type;
	unsigned int stream;
	const char *data;
	size_t len;
};

static inline size_t vi915_queue_len(const struct vi915_queue *queue)
{
	return queue->end - queue->start;
}

static inline const char *vi915_queue_head(const struct vi915_queue *queue)
{
	return queue->bytes + queue->start;
}

char *vi915_queue_room(struct vi915_queue *queue, size_t len);
void vi915_queue_filled(struct vi915_queue *queue, size_t len);
void vi915_queue_put(struct vi915_queue *queue, const void *data, size_t len);
void vi915_queue_taken(struct vi915_queue *queue, size_t len);
void vi915_queue_fini(struct vi915_queue *queue);

void vi915_frame_put(struct vi915_queue *queue, enum vi915_frame_type type,
		     unsigned int stream, const void *data, size_t len);
void vi915_frame_put_u32(struct vi915_queue *queue, enum vi915_frame_type type,
			 unsigned int stream, uint32_t value);
int vi915_frame_take(struct vi915_queue *queue, struct vi915_frame *frame);
uint32_t vi915_frame_u32(const struct vi915_frame *frame);

#endif

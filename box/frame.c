// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"

/**
 * vi915_queue_room() - make room at the end of a queue
 * @queue: the queue
 * @len: bytes wanted
 *
 * Return: where to write them; call vi915_queue_filled() afterwards. Never NULL: without memory for
 * a few hundred kilobytes neither side can go on.
 */
char *vi915_queue_room(struct vi915_queue *queue, size_t len)
{
	size_t have = vi915_queue_len(queue);

	if (queue->size - queue->end >= len)
		return queue->bytes + queue->end;

	/* Queues are mostly short, so moving to the front often avoids growing. */
	if (queue->start) {
		memmove(queue->bytes, queue->bytes + queue->start, have);
		queue->start = 0;
		queue->end = have;
	}
	if (queue->size - queue->end < len) {
		queue->size = 2 * (have + len);
		queue->bytes = realloc(queue->bytes, queue->size);
		if (!queue->bytes) {
			fputs("vi915: out of memory\n", stderr);
			exit(125);
		}
	}
	return queue->bytes + queue->end;
}

/**
 * vi915_queue_filled() - append the bytes written at vi915_queue_room()
 * @queue: the queue
 * @len: how many
 */
void vi915_queue_filled(struct vi915_queue *queue, size_t len)
{
	queue->end += len;
}

/**
 * vi915_queue_put() - append bytes
 * @queue: the queue
 * @data: the bytes
 * @len: how many
 */
void vi915_queue_put(struct vi915_queue *queue, const void *data, size_t len)
{
	memcpy(vi915_queue_room(queue, len), data, len);
	queue->end += len;
}

/**
 * vi915_queue_taken() - drop bytes from the front
 * @queue: the queue
 * @len: how many
 */
void vi915_queue_taken(struct vi915_queue *queue, size_t len)
{
	queue->start += len;
	if (queue->start == queue->end)
		queue->start = queue->end = 0;
}

/**
 * vi915_queue_fini() - free what a queue holds
 * @queue: the queue
 */
void vi915_queue_fini(struct vi915_queue *queue)
{
	free(queue->bytes);
	memset(queue, 0, sizeof(*queue));
}

/**
 * vi915_frame_put() - append frames
 * @queue: the queue
 * @type: type of the frames
 * @stream: the stream that they are about
 * @data: their bytes
 * @len: how many; they are split into frames of VI915_PROTO_MAX bytes
 */
void vi915_frame_put(struct vi915_queue *queue, enum vi915_frame_type type,
		     unsigned int stream, const void *data, size_t len)
{
	struct vi915_frame_head head = { .type = type, .stream = stream };

	do {
		head.len = len < VI915_PROTO_MAX ? len : VI915_PROTO_MAX;
		vi915_queue_put(queue, &head, sizeof(head));
		if (head.len)
			vi915_queue_put(queue, data, head.len);
		data = (const char *)data + head.len;
		len -= head.len;
	} while (len);
}

/**
 * vi915_frame_put_u32() - append a frame that holds one number
 * @queue: the queue
 * @type: type of the frame
 * @stream: the stream that it is about
 * @value: the number
 */
void vi915_frame_put_u32(struct vi915_queue *queue, enum vi915_frame_type type,
			 unsigned int stream, uint32_t value)
{
	vi915_frame_put(queue, type, stream, &value, sizeof(value));
}

/**
 * vi915_frame_take() - take the next frame off a queue
 * @queue: the queue
 * @frame: filled; its bytes stay valid until the queue is next touched
 *
 * Return: 1 when there was one, 0 when it is not complete yet, -1 when the bytes are no frame.
 */
int vi915_frame_take(struct vi915_queue *queue, struct vi915_frame *frame)
{
	struct vi915_frame_head head;

	if (vi915_queue_len(queue) < sizeof(head))
		return 0;
	memcpy(&head, vi915_queue_head(queue), sizeof(head));
	if (head.len > VI915_PROTO_MAX || head.stream > 2)
		return -1;
	if (vi915_queue_len(queue) < sizeof(head) + head.len)
		return 0;

	frame->type = head.type;
	frame->stream = head.stream;
	frame->data = vi915_queue_head(queue) + sizeof(head);
	frame->len = head.len;
	vi915_queue_taken(queue, sizeof(head) + head.len);
	return 1;
}

/**
 * vi915_frame_u32() - the number a frame holds
 * @frame: the frame
 *
 * Return: the number; 0 when the frame is too short to hold one.
 */
uint32_t vi915_frame_u32(const struct vi915_frame *frame)
{
	uint32_t value = 0;

	if (frame->len >= sizeof(value))
		memcpy(&value, frame->data, sizeof(value));
	return value;
}

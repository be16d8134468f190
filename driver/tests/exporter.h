/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_TESTS_EXPORTER_H
#define VI915_TESTS_EXPORTER_H

#include <linux/dma-buf.h>
#include <linux/dma-direction.h>
#include <linux/types.h>

#define VI915_EXPORTER_PAGES	4
#define VI915_EXPORTER_BYTES	((size_t)VI915_EXPORTER_PAGES * PAGE_SIZE)

struct kunit;
struct page;

/**
 * struct vi915_exporter_table - what an exporter answers when asked to map
 * @error: this errno instead of a table, if not 0
 * @entries: how many entries the table has
 * @bytes: how long each is
 * @skew: added to each address
 * @backwards: the last page comes first
 * @offsets: entries name the first page and how far behind it they begin, as
 *	those of huge pages do; only the addresses count
 */
struct vi915_exporter_table {
	int error;
	unsigned int entries;
	unsigned int bytes;
	unsigned int skew;
	bool backwards;
	bool offsets;
};

/**
 * struct vi915_exporter - an exporter that is no GPU
 * @ops: what it can do; may be changed before it exports
 * @table: what it answers when asked to map; may be changed at any time
 * @attach_error: what it says to attachments, if not 0
 * @block: its memory, VI915_EXPORTER_PAGES one after the other
 * @attached: how many are attached now
 * @mapped: how often it gave a table
 * @unmapped: how often it got one back
 * @vmapped: how many kernel mappings there are now
 * @dir: the direction of the last mapping
 */
struct vi915_exporter {
	struct dma_buf_ops ops;
	const struct vi915_exporter_table *table;
	int attach_error;
	struct page *block;
	unsigned int attached;
	unsigned int mapped;
	unsigned int unmapped;
	unsigned int vmapped;
	enum dma_data_direction dir;
};

extern const struct vi915_exporter_table vi915_exporter_good_table;

struct vi915_exporter *vi915_exporter_create(struct kunit *test);
struct dma_buf *vi915_exporter_export(struct kunit *test,
				      struct vi915_exporter *exporter,
				      size_t size);

#endif

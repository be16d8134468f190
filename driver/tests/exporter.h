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
 * struct vi915_exporter_table - the exporter's answer to a mapping request
 * @error: errno to return instead of a table, or 0
 * @entries: number of entries of the table
 * @bytes: length of each entry in bytes
 * @skew: bytes to add to each address
 * @backwards: list the pages in reverse order
 * @offsets: entries give the first page and an offset behind it, as those of
 *	huge pages do; only the addresses count
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
 * @ops: its dma-buf operations; may be changed before it exports
 * @table: its answer to mapping requests; may be changed at any time
 * @attach_error: errno to return for attachments, or 0
 * @block: its memory, VI915_EXPORTER_PAGES contiguous pages
 * @attached: number of current attachments
 * @mapped: number of tables that it has returned
 * @unmapped: number of tables that were given back
 * @vmapped: number of current kernel mappings
 * @dir: direction of the last mapping
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

// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "share_table.h"

#define TABLE_DOC "doc/peers.md"

static void table_cell(char *text, size_t size, int result, const char *call)
{
	if (result > 0)
		snprintf(text, size, "cannot");
	else if (!result)
		snprintf(text, size, "works");
	else
		snprintf(text, size, "%s from %s", vi915_errname(result), call);
}

void table_row_at(const char *at, const char *peer, int gives, int takes, const char *call)
{
	char line[256], row[256], cells[2][64];
	bool found = false;
	FILE *doc;

	table_cell(cells[0], sizeof(cells[0]), gives, call);
	table_cell(cells[1], sizeof(cells[1]), takes, call);
	snprintf(row, sizeof(row), "| %s | %s | %s |", peer, cells[0], cells[1]);
	vi915_note("%s", row);

	doc = fopen(TABLE_DOC, "re");
	if (!doc)
		vi915_fail_at(at, "open " TABLE_DOC ": %s: run from the top of the repository",
			      vi915_errname(errno));
	while (!found && fgets(line, sizeof(line), doc)) {
		line[strcspn(line, "\n")] = '\0';
		found = !strcmp(line, row);
	}
	fclose(doc);
	if (!found)
		vi915_fail_at(at, TABLE_DOC " has no row: %s", row);
}

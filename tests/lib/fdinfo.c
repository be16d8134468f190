// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fdinfo.h"

int __vi915_fdinfo(int fd, const char *key, char *value, size_t size)
{
	size_t len = strlen(key);
	int ret = -ENOENT;
	char line[256];
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (ret && fgets(line, sizeof(line), f)) {
		if (strncmp(line, key, len) || line[len] != ':')
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(value, size, "%s", line + len + 1 + strspn(line + len + 1, " \t"));
		ret = 0;
	}
	fclose(f);
	return ret;
}

uint64_t vi915_fdinfo_at(const char *at, int fd, const char *key)
{
	char value[128], unit[16] = "";
	uint64_t number;

	vi915_check_at(at, key, __vi915_fdinfo(fd, key, value, sizeof(value)));
	if (sscanf(value, "%" SCNu64 "%15s", &number, unit) < 1)
		vi915_fail_at(at, "%s is no number: %s", key, value);
	if (!strcmp(unit, "KiB"))
		return number << 10;
	if (!strcmp(unit, "MiB"))
		return number << 20;
	if (*unit && strcmp(unit, "ns"))
		vi915_fail_at(at, "%s has an unknown unit: %s", key, value);
	return number;
}

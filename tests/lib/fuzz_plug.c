// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Steps of root: GPUs and screens are plugged and unplugged, memory is
 * reclaimed, hangs are injected, and debugfs is read meanwhile. The first GPU
 * stays, since an innocent client draws there.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "fuzz.h"
#include "gpu.h"
#include "proc.h"
#include "share.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* Number of GPUs of the box besides the first, and of GPUs that steps make. */
#define FUZZ_BOUND 3
#define FUZZ_MADE 3
/* Number of card minors that steps try. */
#define FUZZ_CARDS 8
#define FUZZ_READ 65536

static const char *fuzz_any(struct fuzz *fuzz, const char *const *texts, unsigned int n)
{
	return texts[fuzz_below(&fuzz->random, n)];
}

static void fuzz_write(struct fuzz *fuzz, const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	fuzz_say(fuzz, "write %s to %s", text, path);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fuzz->refused++;
	else
		fuzz->done++;
	if (fd >= 0)
		close(fd);
}

static void fuzz_read(struct fuzz *fuzz, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	fuzz_say(fuzz, "read %s", path);
	if (fd < 0 || read(fd, fuzz->arena + VI915_PAGE, FUZZ_READ) < 0)
		fuzz->refused++;
	else
		fuzz->done++;
	if (fd >= 0)
		close(fd);
}

/* Any card except that of the first GPU. */
static unsigned int fuzz_card(struct fuzz *fuzz)
{
	unsigned int card;

	do
		card = fuzz_below(&fuzz->random, FUZZ_CARDS);
	while ((int)card == fuzz->world->spared);
	return card;
}

static void fuzz_plug_bind(struct fuzz *fuzz)
{
	char name[16];

	snprintf(name, sizeof(name), "vi915.%u", 1 + fuzz_below(&fuzz->random, FUZZ_BOUND));
	if (fuzz_chance(&fuzz->random, 50))
		fuzz_write(fuzz, "/sys/bus/platform/drivers/vi915/unbind", name);
	if (fuzz_chance(&fuzz->random, 80))
		fuzz_write(fuzz, "/sys/bus/platform/drivers/vi915/bind", name);
}

static void fuzz_plug_made(struct fuzz *fuzz)
{
	static const char *const values[][2] = {
		{ "set", "amd-like" }, { "set", "arm-like" }, { "outputs", "0" },
		{ "outputs", "3" }, { "split", "1" }, { "split", "0" }, { "late", "20" },
		{ "late", "0" }, { "clock", "lazy" }, { "clock", "now" }, { "contiguous", "1" },
		{ "implicit", "0" }, { "fault", "import:ENODEV@every:3" }, { "hang", "every:5" },
		{ "fbdev", "1" }, { "vblank", "off" }, { "order", "seed:3" }, { "render", "0" },
	};
	unsigned int value = fuzz_below(&fuzz->random, COUNT(values));
	char name[16];
	int ret;

	snprintf(name, sizeof(name), "fuzz%u", fuzz_below(&fuzz->random, FUZZ_MADE));
	fuzz_say(fuzz, "configfs %s", name);
	switch (fuzz_below(&fuzz->random, 6)) {
	case 0:
		ret = __config_make(name);
		break;
	case 1:
		ret = __config_remove(name);
		break;
	case 2:
		ret = __config_plug(name);
		break;
	case 3:
		ret = __config_unplug(name);
		break;
	default:
		ret = __config_set(name, values[value][0], values[value][1]);
	}
	if (ret)
		fuzz->refused++;
	else
		fuzz->done++;
}

static void fuzz_plug_screen(struct fuzz *fuzz)
{
	static const char *const words[] = { "on", "off", "detect", "on-digital" };
	char path[96];

	snprintf(path, sizeof(path), "/sys/class/drm/card%u-HDMI-A-%u/status", fuzz_card(fuzz),
		 1 + fuzz_below(&fuzz->random, 2));
	fuzz_write(fuzz, path, fuzz_any(fuzz, words, COUNT(words)));
}

static void fuzz_plug_drop(struct fuzz *fuzz)
{
	static const char *const bits[] = { "0x1", "0x23", "0x3f", "0x14", "0x80", "0x200", "0x8" };
	char path[96];

	snprintf(path, sizeof(path), VI915_DRI_DEBUGFS "/%u/i915_gem_drop_caches",
		 fuzz_card(fuzz));
	fuzz_write(fuzz, path, fuzz_any(fuzz, bits, COUNT(bits)));
	if (fuzz_chance(&fuzz->random, 10))
		fuzz_write(fuzz, "/proc/sys/vm/drop_caches", "3");
}

static void fuzz_plug_hang(struct fuzz *fuzz)
{
	char path[96];

	snprintf(path, sizeof(path), VI915_DRI_DEBUGFS "/%u/i915_wedged", fuzz_card(fuzz));
	fuzz_write(fuzz, path, "1");
	snprintf(path, sizeof(path), "/sys/class/drm/card%u/error", fuzz_card(fuzz));
	if (fuzz_chance(&fuzz->random, 50))
		fuzz_read(fuzz, path);
	else
		fuzz_write(fuzz, path, "1");
}

static void fuzz_plug_look(struct fuzz *fuzz)
{
	static const char *const files[] = {
		"vi915_objects", "vi915_handles", "i915_gem_objects", "vi915_engines",
		"i915_engine_info", "vi915_outputs", "i915_display_info", "state", "framebuffer",
		"vi915_description", "crtc-0/vi915_shot", "crtc-0/vi915_last", "gem_names",
		"clients",
	};
	char path[96];

	snprintf(path, sizeof(path), VI915_DRI_DEBUGFS "/%u/%s",
		 fuzz_below(&fuzz->random, FUZZ_CARDS), fuzz_any(fuzz, files, COUNT(files)));
	fuzz_read(fuzz, path);
	if (fuzz_chance(&fuzz->random, 20))
		fuzz_read(fuzz, "/sys/kernel/debug/dma_buf/bufinfo");
}

void fuzz_step_plug(struct fuzz *fuzz)
{
	static void (*const steps[])(struct fuzz *fuzz) = {
		fuzz_plug_bind, fuzz_plug_made, fuzz_plug_made, fuzz_plug_screen, fuzz_plug_drop,
		fuzz_plug_hang, fuzz_plug_look, fuzz_plug_look,
	};

	steps[fuzz_below(&fuzz->random, COUNT(steps))](fuzz);
}

void fuzz_plug_restore(void)
{
	char name[16];
	unsigned int i;

	for (i = 0; i < FUZZ_MADE; i++) {
		snprintf(name, sizeof(name), "fuzz%u", i);
		__config_unplug(name);
		__config_remove(name);
	}
	/* Refused for a device that is already bound. */
	for (i = 1; i <= FUZZ_BOUND; i++) {
		snprintf(name, sizeof(name), "vi915.%u", i);
		__share_bind(name);
	}
}

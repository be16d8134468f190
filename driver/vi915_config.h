/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CONFIG_H
#define VI915_CONFIG_H

#include <linux/types.h>

#define VI915_MAX_GPUS		64
#define VI915_NAME_LEN		32
#define VI915_REASON_LEN	160

/**
 * enum vi915_imports - what the CPU may do with an imported buffer
 * @VI915_IMPORTS_GPU: it is for the GPU alone (rules R3 and R4)
 * @VI915_IMPORTS_CPU: pread and pwrite go through the exporter (rule R5)
 */
enum vi915_imports {
	VI915_IMPORTS_GPU,
	VI915_IMPORTS_CPU,
};

/**
 * enum vi915_clock - when a job runs
 * @VI915_CLOCK_NOW: as soon as it can
 * @VI915_CLOCK_DELAY: some time after it could
 * @VI915_CLOCK_LAZY: when somebody waits for it
 * @VI915_CLOCK_MANUAL: when a person says so
 */
enum vi915_clock {
	VI915_CLOCK_NOW,
	VI915_CLOCK_DELAY,
	VI915_CLOCK_LAZY,
	VI915_CLOCK_MANUAL,
};

/* A CRTC needs a bit of a u32, a person a way to tell them apart. */
#define VI915_MAX_OUTPUTS	8

/* The longest delay: as long as a job is ever held back (rule R10). */
#define VI915_MAX_DELAY_MS	10000

/**
 * struct vi915_config - one GPU's description
 *
 * Filled once by vi915_config_parse() or vi915_config_init(), then read only.
 */
struct vi915_config {
	/** @name: what the user calls this GPU, unique in one list */
	char name[VI915_NAME_LEN];
	/** @render: there is a render node beside the card */
	bool render;
	/** @imports: see &enum vi915_imports */
	enum vi915_imports imports;
	/** @clock: see &enum vi915_clock */
	enum vi915_clock clock;
	/** @delay_ms: of VI915_CLOCK_DELAY */
	unsigned int delay_ms;
	/** @outputs: how many screens can be connected; 0 to VI915_MAX_OUTPUTS */
	unsigned int outputs;
	/** @vblank: pictures change at the pace of the mode, not at once */
	bool vblank;
	/** @fbdev: there is a /dev/fb* of the first output */
	bool fbdev;
};

void vi915_config_init(struct vi915_config *config, unsigned int index);
int vi915_config_parse(struct vi915_config *config, unsigned int index,
		       char *text, char *reason);
int vi915_config_parse_list(struct vi915_config *configs, unsigned int max,
			    const char *text, char *reason);
int vi915_config_print(const struct vi915_config *config, char *buf,
		       size_t size);

#endif

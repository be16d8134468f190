/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CONFIG_H
#define VI915_CONFIG_H

#ifdef __KERNEL__
#include <linux/bits.h>
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#define BIT(n) (1u << (n))
#endif

#define VI915_MAX_GPUS		64
#define VI915_NAME_LEN		32
#define VI915_REASON_LEN	480
/* Length of the longest description that vi915_config_print() writes. */
#define VI915_CONFIG_LEN	1024

/**
 * enum vi915_set - sets of constraints; see doc/sets.md for the reasons
 * @VI915_SET_INTEL: constraints of the GPU whose uAPI this driver offers
 * @VI915_SET_AMD: pitches are multiples of 256 bytes; shows linear only
 * @VI915_SET_NVIDIA: no implicit fences, no device may attach to its buffers
 * @VI915_SET_ARM: two devices, one that renders and one that displays
 * @VI915_SET_DISPLAY: displays what others have rendered, read by the CPU
 */
enum vi915_set {
	VI915_SET_INTEL,
	VI915_SET_AMD,
	VI915_SET_NVIDIA,
	VI915_SET_ARM,
	VI915_SET_DISPLAY,
};

/**
 * enum vi915_imports - use of foreign buffers
 * @VI915_IMPORTS_GPU: only the GPU may access them (rules R3 and R4)
 * @VI915_IMPORTS_CPU: pread and pwrite go through the exporter too (rule R5)
 * @VI915_IMPORTS_NONE: they are refused
 */
enum vi915_imports {
	VI915_IMPORTS_GPU,
	VI915_IMPORTS_CPU,
	VI915_IMPORTS_NONE,
};

/**
 * enum vi915_exports - use of a buffer of this GPU by others
 * @VI915_EXPORTS_NONE: no buffer can be exported
 * @VI915_EXPORTS_ALL: all devices, and processes with a descriptor, can use it
 * @VI915_EXPORTS_OWN: no other device can use it: attaching is refused
 */
enum vi915_exports {
	VI915_EXPORTS_NONE,
	VI915_EXPORTS_ALL,
	VI915_EXPORTS_OWN,
};

/**
 * enum vi915_pitch - treatment of a picture whose pitch the outputs cannot do
 * @VI915_PITCH_REJECT: its framebuffer is refused
 * @VI915_PITCH_ROUND: it is shown as if its pitch were rounded up
 */
enum vi915_pitch {
	VI915_PITCH_REJECT,
	VI915_PITCH_ROUND,
};

/* Layouts that outputs can read; if none is set, modifiers are unsupported. */
#define VI915_MODIFIER_LINEAR	BIT(0)
#define VI915_MODIFIER_X	BIT(1)
#define VI915_MODIFIER_Y	BIT(2)

/**
 * enum vi915_clock - when a job runs
 * @VI915_CLOCK_NOW: as soon as possible
 * @VI915_CLOCK_DELAY: some time after that
 * @VI915_CLOCK_LAZY: when a waiter wants it
 * @VI915_CLOCK_MANUAL: when a user steps it in debugfs
 */
enum vi915_clock {
	VI915_CLOCK_NOW,
	VI915_CLOCK_DELAY,
	VI915_CLOCK_LAZY,
	VI915_CLOCK_MANUAL,
};

/* Each CRTC needs a bit of a u32; people could not tell many more apart. */
#define VI915_MAX_OUTPUTS	8

/* Longest delay: the time that any job may be held back (rule R10). */
#define VI915_MAX_DELAY_MS	10000

/* Latest probe: people do not wait longer for a boot. */
#define VI915_MAX_LATE_MS	60000

/**
 * enum vi915_unmapped - treatment of accesses to unmapped GPU addresses
 * @VI915_UNMAPPED_SCRATCH: reads give zeros, writes vanish, as on the hardware
 * @VI915_UNMAPPED_HANG: the job hangs
 */
enum vi915_unmapped {
	VI915_UNMAPPED_SCRATCH,
	VI915_UNMAPPED_HANG,
};

/**
 * enum vi915_order_kind - how the minor number of a card is chosen
 * @VI915_ORDER_AUTO: the lowest free number
 * @VI915_ORDER_MINOR: the number in the description
 * @VI915_ORDER_SEED: a number from a shuffle
 */
enum vi915_order_kind {
	VI915_ORDER_AUTO,
	VI915_ORDER_MINOR,
	VI915_ORDER_SEED,
};

/**
 * struct vi915_order - the minor number of a GPU's card
 * @kind: how it is chosen
 * @number: the minor, 0 to 63, or the seed of the shuffle
 */
struct vi915_order {
	enum vi915_order_kind kind;
	unsigned int number;
};

/**
 * enum vi915_when_kind - how to choose the calls that fail, by a number N
 * @VI915_WHEN_NEVER: none
 * @VI915_WHEN_ONCE: call N, counted from 1
 * @VI915_WHEN_EVERY: every Nth call
 * @VI915_WHEN_AFTER: all calls after the first N
 */
enum vi915_when_kind {
	VI915_WHEN_NEVER,
	VI915_WHEN_ONCE,
	VI915_WHEN_EVERY,
	VI915_WHEN_AFTER,
};

/**
 * struct vi915_when - which of many calls fail
 * @kind: see &enum vi915_when_kind
 * @number: its N, from 1
 */
struct vi915_when {
	enum vi915_when_kind kind;
	unsigned int number;
};

/**
 * enum vi915_fault_id - calls that can be made to fail
 * @VI915_FAULT_ADDFB: making a framebuffer
 * @VI915_FAULT_COMMIT: an atomic commit that was not just a test
 * @VI915_FAULT_CREATE: making an object, also a dumb buffer
 * @VI915_FAULT_EXECBUF: submitting a batch
 * @VI915_FAULT_EXPORT: making a dma-buf from a handle
 * @VI915_FAULT_IMPORT: making a handle from a dma-buf
 * @VI915_FAULT_MAP: asking for the offset of a mapping
 * @VI915_FAULT_MMAP: mmap(2)
 * @VI915_NUM_FAULTS: number of kinds
 */
enum vi915_fault_id {
	VI915_FAULT_ADDFB,
	VI915_FAULT_COMMIT,
	VI915_FAULT_CREATE,
	VI915_FAULT_EXECBUF,
	VI915_FAULT_EXPORT,
	VI915_FAULT_IMPORT,
	VI915_FAULT_MAP,
	VI915_FAULT_MMAP,
	VI915_NUM_FAULTS,
};

/**
 * struct vi915_fault_config - one kind of call that is made to fail
 * @when: which of these calls fail
 * @error: negative errno that they fail with
 */
struct vi915_fault_config {
	struct vi915_when when;
	int error;
};

/**
 * struct vi915_config - one GPU's description
 *
 * Filled by vi915_config_parse() or vi915_config_init(); does not change while
 * the GPU is plugged in.
 */
struct vi915_config {
	/** @name: the user's name for this GPU, unique in a list */
	char name[VI915_NAME_LEN];
	/** @set: set that it started from; for people, not for code */
	enum vi915_set set;

	/** @render: there is a render node beside the card */
	bool render;
	/** @outputs: number of screens that it has; 0 to VI915_MAX_OUTPUTS */
	unsigned int outputs;
	/** @split: it is two devices, one that displays and one that renders */
	bool split;
	/** @vblank: pictures change at the pace of the mode, not at once */
	bool vblank;
	/** @fbdev: there is a /dev/fb* of the first output */
	bool fbdev;
	/** @clock: see &enum vi915_clock */
	enum vi915_clock clock;
	/** @delay_ms: delay of VI915_CLOCK_DELAY, in ms */
	unsigned int delay_ms;
	/** @media: there are video engines, which step over media commands */
	bool media;
	/** @unmapped: see &enum vi915_unmapped */
	enum vi915_unmapped unmapped;
	/** @order: see &struct vi915_order */
	struct vi915_order order;
	/** @late_ms: ms from plugging it in to its appearance */
	unsigned int late_ms;

	/** @imports: see &enum vi915_imports */
	enum vi915_imports imports;
	/** @exports: see &enum vi915_exports */
	enum vi915_exports exports;
	/** @vmap: the kernel may map exported buffers */
	bool vmap;
	/** @mmap: exported buffers can be mapped by mmap(2) of the dma-buf */
	bool mmap;
	/** @max_handles: most handles of an open file; 0: no limit */
	unsigned int max_handles;
	/** @max_size: bytes of the largest object; 0: no limit */
	unsigned long long max_size;
	/** @contiguous: outputs show only physically contiguous memory */
	bool contiguous;
	/** @pitch_align: bytes; pitches are multiples of it */
	unsigned int pitch_align;
	/** @pitch: see &enum vi915_pitch */
	enum vi915_pitch pitch;
	/** @height_align: in rows; framebuffers need memory for a multiple */
	unsigned int height_align;
	/** @modifiers: bits VI915_MODIFIER_* of the layouts outputs can read */
	unsigned int modifiers;
	/** @in_fence: commits may have a fence in IN_FENCE_FD */
	bool in_fence;
	/** @implicit: jobs and flips wait for fences in buffers, and leave theirs */
	bool implicit;

	/** @faults: calls that fail, by &enum vi915_fault_id */
	struct vi915_fault_config faults[VI915_NUM_FAULTS];
	/** @hang: which of the batches hang */
	struct vi915_when hang;
};

/* Appended to a split GPU's name to name its rendering device. */
#define VI915_CONFIG_RENDER_PART "-render"

void vi915_config_init(struct vi915_config *config, unsigned int index);
int vi915_config_check(const struct vi915_config *config, char *reason);
int vi915_config_set(struct vi915_config *config, const char *name,
		     const char *value, char *reason);
int vi915_config_set_name(struct vi915_config *config, const char *name,
			  char *reason);
int vi915_config_parse(struct vi915_config *config, unsigned int index,
		       char *text, char *reason);
int vi915_config_parse_list(struct vi915_config *configs, unsigned int max,
			    char *text, char *reason);
int vi915_config_print(const struct vi915_config *config, char *buf,
		       size_t size);
int vi915_config_print_key(const struct vi915_config *config, const char *name,
			   char *buf, size_t size);
const char *vi915_config_key(unsigned int index, char *good, size_t size);
const char *vi915_config_key_help(unsigned int index);
const char *vi915_config_fault_name(enum vi915_fault_id id);
const char *vi915_config_errno_name(int error);
unsigned int vi915_config_parts(const struct vi915_config *config);
void vi915_config_part(const struct vi915_config *config, unsigned int part,
		       struct vi915_config *result);
int vi915_config_minor(const struct vi915_config *config, unsigned int part,
		       unsigned int index);
void vi915_config_minors(const struct vi915_config *configs, unsigned int count,
			 int minors[VI915_MAX_GPUS]);
int vi915_config_check_list(const struct vi915_config *configs,
			    unsigned int count, char *reason);

#endif

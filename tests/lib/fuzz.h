/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A fuzzer of our ioctls.
 *
 * What a step does follows from the seed, the stream (a phase, thread or
 * process of the test) and the step's number alone: each step has a random
 * generator of its own, and what earlier steps got from the kernel only fills
 * slots that later ones name by number. So a seed gives the same calls each
 * time, however long it runs and whatever interrupts it.
 */
#ifndef VI915_TESTS_FUZZ_H
#define VI915_TESTS_FUZZ_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FUZZ_FILES 16
#define FUZZ_HANDLES 10
#define FUZZ_FDS 24
#define FUZZ_NAMES 8
#define FUZZ_OFFSETS 8
#define FUZZ_MAPS 6
/* Ids of contexts and of address spaces that steps name: 0 and the first few. */
#define FUZZ_CONTEXTS 6

/* Where execbufs put the object of a slot; the largest fits twice. */
#define FUZZ_AT_OBJECT(slot) (0x100000000ULL + (slot) * 2ULL * FUZZ_SIZE_MAX)

/*
 * ENOSYS, with which the DRM core refuses what a driver has no hook for; it is
 * not written out, since for a driver's own refusals that is a mistake.
 */
#define FUZZ_NO_HOOK 38

/* No object is larger, but those larger than any memory. */
#define FUZZ_SIZE_MAX (1 << 20)
#define FUZZ_HUGE (1ULL << 41)

/* Memory for ioctls to read and write, with a hole behind it. */
#define FUZZ_ARENA (2 << 20)

/*
 * Mappings lie in windows with a hole behind them: what the kernel writes past
 * the end of one hits nothing of this program.
 */
#define FUZZ_WINDOW FUZZ_SIZE_MAX

/* The largest argument that an ioctl number can carry is 16383 bytes. */
#define FUZZ_ARG_MAX 16384

/**
 * struct fuzz_random - a random generator, splitmix64
 */
struct fuzz_random {
	uint64_t state;
};

struct fuzz_kms;

uint64_t fuzz_random(struct fuzz_random *random);
/* Less than @n. */
uint32_t fuzz_below(struct fuzz_random *random, uint32_t n);
/* True @percent times in 100. */
bool fuzz_chance(struct fuzz_random *random, unsigned int percent);
/* A number that is at, or next to, a border: of a type, a page, a sign. */
uint64_t fuzz_number(struct fuzz_random *random);

/**
 * struct fuzz_world - what all threads of a process share
 * @seed: of the whole run
 * @nodes: paths of the device nodes of all GPUs
 * @files: an open file per node
 * @handles: what each file was given last, per slot; 0: nothing
 * @sizes: of the objects behind them, when created here
 * @fds: dma-bufs and sync_files; -1: none
 * @names: of FLINK; in memory that processes share
 * @offsets: of MMAP_OFFSET, per file
 * @timeline: of fences that get signalled all the time, or -1
 * @fences: how many were put on it
 * @vgem: a card of another driver, or -1
 * @socket: to another process that fuzzes, or -1
 * @kms: the outputs behind each file, or NULL when steps are not about them
 * @spared: number of the card that root's steps leave alone, or -1
 * @concurrent: others use the same slots at the same time
 * @unplugs: GPUs come and go meanwhile
 * @root: steps may be root's
 * @verbose: print each step
 */
struct fuzz_world {
	uint64_t seed;
	unsigned int num_files;
	char nodes[FUZZ_FILES][32];
	int files[FUZZ_FILES];
	uint32_t handles[FUZZ_FILES][FUZZ_HANDLES];
	uint64_t sizes[FUZZ_FILES][FUZZ_HANDLES];
	int fds[FUZZ_FDS];
	uint32_t *names;
	uint64_t offsets[FUZZ_FILES][FUZZ_OFFSETS];
	int timeline;
	uint32_t fences;
	int vgem;
	int socket;
	struct fuzz_kms *kms;
	int spared;
	bool concurrent;
	bool unplugs;
	bool root;
	bool verbose;
};

/**
 * struct fuzz - one stream of steps
 * @world: what it works on
 * @stream: its number
 * @step: the step under way
 * @done: calls that were answered with success
 * @refused: calls that were refused
 * @random: of this step
 * @file: which file this step is about
 * @size: of the object that it named last, or a guess
 * @last: what went into the field before
 * @slots: a bit for each slot whose object the job has
 * @maps: mappings, no other stream's: size 0 if there is none
 * @windows: where they are
 * @arena: memory for arguments
 * @arg: of the ioctl
 * @before: the same before the call
 */
struct fuzz {
	struct fuzz_world *world;
	unsigned int stream;
	uint64_t step;
	uint64_t done;
	uint64_t refused;
	struct fuzz_random random;
	unsigned int file;
	uint64_t size;
	uint64_t last;
	unsigned int slots;
	struct {
		char *ptr;
		size_t size;
	} maps[FUZZ_MAPS];
	char *windows;
	char *arena;
	unsigned char arg[FUZZ_ARG_MAX] __attribute__((aligned(8)));
	unsigned char before[FUZZ_ARG_MAX] __attribute__((aligned(8)));
};

/**
 * enum fuzz_kind - what a field of an ioctl's argument means
 */
enum fuzz_kind {
	FUZZ_PAD,
	FUZZ_HANDLE,
	FUZZ_FD,
	FUZZ_NAME,
	FUZZ_SIZE,
	FUZZ_OFFSET,
	FUZZ_LENGTH,
	FUZZ_BUFFER,
	FUZZ_STRING_LENGTH,
	FUZZ_USER_MEMORY,
	FUZZ_CHAIN,
	FUZZ_ITEMS,
	FUZZ_FEW,
	FUZZ_BITS,
	FUZZ_READ,
	FUZZ_WRITE,
	FUZZ_CLOEXEC_RDWR,
	FUZZ_PIXELS,
	FUZZ_DEPTH,
	FUZZ_STRIDE,
	FUZZ_TIMEOUT,
	FUZZ_ID,
	FUZZ_REGISTER,
	FUZZ_PARAM_SIZE,
	FUZZ_PARAM_VALUE,
	FUZZ_OUT,
};

struct fuzz_field {
	uint8_t offset;
	uint8_t size;
	uint8_t kind;
	/* FUZZ_FEW: values below it are good; FUZZ_BITS: bits in it are. */
	uint16_t limit;
};

/* What a successful call gives, to be put in a slot and given back some day. */
enum fuzz_gives {
	FUZZ_GIVES_NOTHING,
	FUZZ_GIVES_HANDLE,
	FUZZ_GIVES_FD,
	FUZZ_GIVES_NAME,
	FUZZ_GIVES_OFFSET,
	FUZZ_GIVES_MAP,
};

#define FUZZ_FIELDS 8
#define FUZZ_ERRORS 12

/**
 * struct fuzz_call - one ioctl
 * @request: its number, as in the uAPI
 * @on_dmabuf: is for a dma-buf, not a DRM file
 * @weight: how often to make it, compared with others; 0 means 2
 * @unchanged: a refusal leaves the whole argument as it was
 * @gives: and in which field of the argument that is
 * @fields: of the argument, offset 0 and size 0 after the last
 * @errors: with which it may refuse a well-formed call, 0 after the last
 */
struct fuzz_call {
	const char *name;
	unsigned long request;
	uint8_t weight;
	bool on_dmabuf;
	bool unchanged;
	uint8_t gives;
	uint8_t gives_at;
	struct fuzz_field fields[FUZZ_FIELDS];
	uint8_t errors[FUZZ_ERRORS];
};

extern const struct fuzz_call fuzz_calls[];
extern const unsigned int fuzz_num_calls;

/* Fills fuzz->arg with what @call might be given. */
void fuzz_fill(struct fuzz *fuzz, const struct fuzz_call *call);

/* Would this number and argument take more memory than a box has, or make the core say so? */
bool fuzz_is_greedy(unsigned long request, const void *arg);

/*
 * World and streams. fuzz_world_close() gives everything back but what streams
 * have mapped, which fuzz_close() does.
 */
void fuzz_world_open(struct fuzz_world *world, uint64_t seed);
void fuzz_world_close(struct fuzz_world *world);
void fuzz_open(struct fuzz *fuzz, struct fuzz_world *world, unsigned int stream);
void fuzz_close(struct fuzz *fuzz);

/* What the kernel gave goes to a slot; what was there is given back. */
void fuzz_put_handle(struct fuzz *fuzz, uint32_t handle, uint64_t size);
void fuzz_put_fd(struct fuzz *fuzz, int fd);
void fuzz_put_map(struct fuzz *fuzz, char *ptr, size_t size);
void fuzz_drop_map(struct fuzz *fuzz, unsigned int slot);
int fuzz_any_fd(struct fuzz *fuzz);
/* A new file in the place of the step's, with nothing in it. */
void fuzz_reopen(struct fuzz *fuzz);

/**
 * enum fuzz_mix - which steps a stream does
 */
enum fuzz_mix {
	FUZZ_ANY_BYTES,
	FUZZ_FORMED,
	FUZZ_LIVES,
	FUZZ_BATCHES,
	FUZZ_OUTPUTS,
	FUZZ_MANY,
};

/* One step, and what it says of the kernel: ends the process when wrong. */
void fuzz_step(struct fuzz *fuzz, enum fuzz_mix mix);

/*
 * Parts of it: any ioctl number, a well-formed ioctl, another system call, a job;
 * games with the address space, with fences, and what only root may do.
 */
void fuzz_step_bytes(struct fuzz *fuzz);
void fuzz_step_ioctl(struct fuzz *fuzz);
void fuzz_step_life(struct fuzz *fuzz);
void fuzz_step_exec(struct fuzz *fuzz);
void fuzz_step_game(struct fuzz *fuzz);
void fuzz_step_sync(struct fuzz *fuzz);
void fuzz_step_plug(struct fuzz *fuzz);
/* All GPUs of the box are there again, and those that steps made are not. */
void fuzz_plug_restore(void);

/*
 * Commands for an engine, with a blitter or none, at most @max dwords, for a
 * batch that will be at the GPU address @self. Returns: how many dwords.
 */
unsigned int fuzz_batch(struct fuzz *fuzz, uint32_t *dwords, unsigned int max, uint64_t self,
			bool blits);

/* Ends the process: prints what makes it happen again. */
void fuzz_fail(struct fuzz *fuzz, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 2, 3)));
/* Prints the step when that was asked for. */
void fuzz_say(struct fuzz *fuzz, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A fuzzer of our ioctls.
 *
 * A step depends only on the seed, the stream (a phase, thread or process of
 * the test) and the step's number: each step has its own random generator, and
 * results of earlier steps only fill slots that later steps name by number. So
 * a seed gives the same calls each time, no matter how long it runs or what
 * interrupts it.
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
/* Number of ids of contexts and of address spaces that steps use: 0 and the first few. */
#define FUZZ_CONTEXTS 6

/* GPU address of the object in a slot; the space fits the largest object twice. */
#define FUZZ_AT_OBJECT(slot) (0x100000000ULL + (slot) * 2ULL * FUZZ_SIZE_MAX)

/*
 * ENOSYS, with which the DRM core refuses a call that a driver has no hook for.
 * It is written as a number, since it would be a mistake in a driver's own
 * refusals.
 */
#define FUZZ_NO_HOOK 38

/* Largest object that is created, except for those larger than any memory. */
#define FUZZ_SIZE_MAX (1 << 20)
#define FUZZ_HUGE (1ULL << 41)

/* Memory that ioctls read and write, followed by an unmapped hole. */
#define FUZZ_ARENA (2 << 20)

/*
 * Mappings lie in windows followed by a hole, so that a kernel write past the
 * end of one cannot hit other memory of this program.
 */
#define FUZZ_WINDOW FUZZ_SIZE_MAX

/* The largest argument that an ioctl number can carry is 16383 bytes. */
#define FUZZ_ARG_MAX 16384

/**
 * struct fuzz_random - state of a random generator, splitmix64
 */
struct fuzz_random {
	uint64_t state;
};

struct fuzz_kms;

uint64_t fuzz_random(struct fuzz_random *random);
/* A number less than @n. */
uint32_t fuzz_below(struct fuzz_random *random, uint32_t n);
/* True @percent times in 100. */
bool fuzz_chance(struct fuzz_random *random, unsigned int percent);
/* A number at or next to a limit: of a type, a page, a sign. */
uint64_t fuzz_number(struct fuzz_random *random);

/**
 * struct fuzz_world - what all threads of a process share
 * @seed: seed of the whole run
 * @nodes: paths of the device nodes of all GPUs
 * @files: an open file per node
 * @handles: the last handle that each file was given, per slot; 0: none
 * @sizes: sizes of these objects, if they were created here
 * @fds: dma-bufs and sync_files; -1: none
 * @names: FLINK names; in memory that processes share
 * @offsets: fake offsets from MMAP_OFFSET, per file
 * @timeline: sw_sync timeline whose fences get signalled all the time, or -1
 * @fences: how many fences were put on it
 * @vgem: file of a card of another driver, or -1
 * @socket: connection to another process that fuzzes, or -1
 * @kms: the outputs behind each file, or NULL when steps are not about them
 * @spared: number of the card that root's steps leave alone, or -1
 * @concurrent: other threads use the same slots at the same time
 * @unplugs: GPUs are plugged and unplugged meanwhile
 * @root: steps may do what only root may
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
 * @world: the world that the steps work on
 * @stream: number of this stream
 * @step: number of the current step
 * @done: number of calls that succeeded
 * @refused: number of calls that were refused
 * @random: generator of this step
 * @file: index of the file that this step uses
 * @size: size of the object that the step named last, or a guess
 * @last: value of the field filled in before
 * @slots: a bit for each slot whose object is in the job
 * @maps: mappings of this stream only; size 0 if there is none
 * @windows: address space for these mappings
 * @arena: memory for arguments
 * @arg: argument of the ioctl
 * @before: copy of @arg from before the call
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
	/* FUZZ_FEW: smaller values are valid; FUZZ_BITS: mask of valid bits. */
	uint16_t limit;
};

/* Result of a successful call; it is put in a slot and given back later. */
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
 * @on_dmabuf: the ioctl is one of a dma-buf, not of a DRM file
 * @weight: relative frequency of the call; 0 means 2
 * @unchanged: a refusal leaves the whole argument unchanged
 * @gives: enum fuzz_gives; @gives_at is the offset of that field in the
 *	argument
 * @fields: fields of the argument, ended by offset 0 and size 0
 * @errors: errnos that a well-formed call may be refused with, ended by 0
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

/* Fills fuzz->arg with a random argument for @call. */
void fuzz_fill(struct fuzz *fuzz, const struct fuzz_call *call);

/* Would this call take more memory than a box has, or make the core print a warning? */
bool fuzz_is_greedy(unsigned long request, const void *arg);

/*
 * World and streams. fuzz_world_close() gives back everything except the
 * mappings of streams, which fuzz_close() gives back.
 */
void fuzz_world_open(struct fuzz_world *world, uint64_t seed);
void fuzz_world_close(struct fuzz_world *world);
void fuzz_open(struct fuzz *fuzz, struct fuzz_world *world, unsigned int stream);
void fuzz_close(struct fuzz *fuzz);

/* Put what the kernel gave into a slot, and give back what was there. */
void fuzz_put_handle(struct fuzz *fuzz, uint32_t handle, uint64_t size);
void fuzz_put_fd(struct fuzz *fuzz, int fd);
void fuzz_put_map(struct fuzz *fuzz, char *ptr, size_t size);
void fuzz_drop_map(struct fuzz *fuzz, unsigned int slot);
int fuzz_any_fd(struct fuzz *fuzz);
/* Replace the file of this step by a new one without any objects. */
void fuzz_reopen(struct fuzz *fuzz);

/**
 * enum fuzz_mix - kind of steps that a stream makes
 */
enum fuzz_mix {
	FUZZ_ANY_BYTES,
	FUZZ_FORMED,
	FUZZ_LIVES,
	FUZZ_BATCHES,
	FUZZ_OUTPUTS,
	FUZZ_MANY,
};

/* Make one step and check the kernel's answers; a wrong one ends the process. */
void fuzz_step(struct fuzz *fuzz, enum fuzz_mix mix);

/*
 * Kinds of steps: any ioctl number, a well-formed ioctl, another system call, a
 * job; games with the address space, with fences, and what only root may do.
 */
void fuzz_step_bytes(struct fuzz *fuzz);
void fuzz_step_ioctl(struct fuzz *fuzz);
void fuzz_step_life(struct fuzz *fuzz);
void fuzz_step_exec(struct fuzz *fuzz);
void fuzz_step_game(struct fuzz *fuzz);
void fuzz_step_sync(struct fuzz *fuzz);
void fuzz_step_plug(struct fuzz *fuzz);
/* Plug in all GPUs of the box again, and remove those that steps made. */
void fuzz_plug_restore(void);

/*
 * Write commands for an engine with (@blits) or without a blitter, at most @max
 * dwords, for a batch that will be at GPU address @self. Returns: how many
 * dwords.
 */
unsigned int fuzz_batch(struct fuzz *fuzz, uint32_t *dwords, unsigned int max, uint64_t self,
			bool blits);

/* Ends the process and prints how to reproduce the failure. */
void fuzz_fail(struct fuzz *fuzz, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 2, 3)));
/* Prints the step in verbose runs. */
void fuzz_say(struct fuzz *fuzz, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif

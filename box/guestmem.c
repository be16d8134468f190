// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "guestmem.h"

/**
 * DOC: the guest's memory
 *
 * It is a file that the guest has open, too. So the guest can shorten it at any time, and reading
 * the missing part raises SIGBUS. The handler then replaces the whole mapping by empty memory: the
 * reader goes on with zeros, and vi915_guestmem_gone() tells that the guest is broken.
 */

/* The memory that is mapped now, for the handler. */
static struct {
	char *volatile base;
	volatile uint64_t size;
	volatile sig_atomic_t gone;
} vi915_guestmem_held;

static void vi915_guestmem_sigbus(int signal_number, siginfo_t *info, void *context)
{
	char *base = vi915_guestmem_held.base, *at = info->si_addr;
	uint64_t size = vi915_guestmem_held.size;
	int err = errno;

	(void)context;
	if (!base || at < base || at >= base + size ||
	    mmap(base, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != base)
		/* The access faults again, and ends this process. */
		signal(signal_number, SIG_DFL);
	vi915_guestmem_held.gone = 1;
	errno = err;
}

/**
 * vi915_guestmem_map() - map a guest's memory
 * @mem: filled; it must not be mapped yet
 * @fd: the file, or -1; it stays open
 * @offset: offset of the memory in the file
 * @size: bytes of memory
 * @guest: the guest's address of the first byte
 *
 * Return: 0, or -1 when the file cannot be that memory.
 */
int vi915_guestmem_map(struct vi915_guestmem *mem, int fd, uint64_t offset, uint64_t size,
		       uint64_t guest)
{
	const struct sigaction action = {
		.sa_sigaction = vi915_guestmem_sigbus,
		.sa_flags = SA_SIGINFO,
	};
	struct stat st;
	void *base;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || !size ||
	    size > (uint64_t)st.st_size || offset > (uint64_t)st.st_size - size)
		return -1;
	base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
	if (base == MAP_FAILED)
		return -1;
	*mem = (struct vi915_guestmem){ .base = base, .size = size, .guest = guest };
	vi915_guestmem_held.base = base;
	vi915_guestmem_held.size = size;
	vi915_guestmem_held.gone = 0;
	sigaction(SIGBUS, &action, NULL);
	return 0;
}

/**
 * vi915_guestmem_at() - find a piece of a guest's memory
 * @mem: the memory
 * @guest: the guest's address of it
 * @len: bytes of it
 *
 * Return: its address, or NULL when it is not wholly inside.
 */
void *vi915_guestmem_at(const struct vi915_guestmem *mem, uint64_t guest, uint64_t len)
{
	if (!mem->base || guest < mem->guest || len > mem->size ||
	    guest - mem->guest > mem->size - len)
		return NULL;
	return mem->base + (guest - mem->guest);
}

/**
 * vi915_guestmem_gone() - check whether the guest has shortened its memory
 *
 * Return: true if it has, and we hit that; then empty memory is mapped instead.
 */
bool vi915_guestmem_gone(void)
{
	return vi915_guestmem_held.gone;
}

/**
 * vi915_guestmem_unmap() - unmap a guest's memory
 * @mem: the memory; it may be unmapped already
 */
void vi915_guestmem_unmap(struct vi915_guestmem *mem)
{
	if (mem->base)
		munmap(mem->base, mem->size);
	vi915_guestmem_held.base = NULL;
	*mem = (struct vi915_guestmem){ 0 };
}

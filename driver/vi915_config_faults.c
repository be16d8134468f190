// SPDX-License-Identifier: GPL-2.0-only OR MIT

#ifdef __KERNEL__
#include <linux/errno.h>
#endif

#include "vi915_config_keys.h"

/**
 * DOC: faults in words
 *
 * The value of fault= is CALL:ERRNO@WHEN, for example import:ENODEV@after:100,
 * or several of these joined by '+', at most one for each CALL.
 */

static const char *const vi915_config_calls[VI915_NUM_FAULTS] = {
	[VI915_FAULT_ADDFB] = "addfb",
	[VI915_FAULT_COMMIT] = "commit",
	[VI915_FAULT_CREATE] = "create",
	[VI915_FAULT_EXECBUF] = "execbuf",
	[VI915_FAULT_EXPORT] = "export",
	[VI915_FAULT_IMPORT] = "import",
	[VI915_FAULT_MAP] = "map",
	[VI915_FAULT_MMAP] = "mmap",
};

struct vi915_config_errno {
	const char *name;
	int error;
};

#define VI915_CONFIG_ERRNO(name) { #name, -(name) }

/* Errnos that some driver gives for one of these calls. Sorted. */
static const struct vi915_config_errno vi915_config_errnos[] = {
	VI915_CONFIG_ERRNO(E2BIG),
	VI915_CONFIG_ERRNO(EACCES),
	VI915_CONFIG_ERRNO(EAGAIN),
	VI915_CONFIG_ERRNO(EBADF),
	VI915_CONFIG_ERRNO(EBUSY),
	VI915_CONFIG_ERRNO(EFAULT),
	VI915_CONFIG_ERRNO(EINTR),
	VI915_CONFIG_ERRNO(EINVAL),
	VI915_CONFIG_ERRNO(EIO),
	VI915_CONFIG_ERRNO(EMFILE),
	VI915_CONFIG_ERRNO(ENODEV),
	VI915_CONFIG_ERRNO(ENOENT),
	VI915_CONFIG_ERRNO(ENOMEM),
	VI915_CONFIG_ERRNO(ENOSPC),
	VI915_CONFIG_ERRNO(ENOSYS),
	VI915_CONFIG_ERRNO(EOPNOTSUPP),
	VI915_CONFIG_ERRNO(EPERM),
	VI915_CONFIG_ERRNO(ERANGE),
	VI915_CONFIG_ERRNO(ETIMEDOUT),
};

/**
 * vi915_config_fault_name() - name of a kind of call
 * @id: the kind
 *
 * Return: a word, as in fault=.
 */
const char *vi915_config_fault_name(enum vi915_fault_id id)
{
	return vi915_config_calls[id];
}

static bool vi915_config_is(const char *word, const char *text, size_t len)
{
	return strlen(word) == len && !strncmp(word, text, len);
}

/**
 * vi915_config_read_errno() - parse the name of an errno
 * @text: "ENOMEM", for example
 * @len: length of the name, in bytes
 *
 * Return: the negative errno, or 0 for an unknown name.
 */
int vi915_config_read_errno(const char *text, size_t len)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vi915_config_errnos); i++)
		if (vi915_config_is(vi915_config_errnos[i].name, text, len))
			return vi915_config_errnos[i].error;
	return 0;
}

/* Parse one fault, @len bytes of @text; an invalid one changes nothing. */
static bool vi915_config_read_fault(struct vi915_fault_config *faults,
				    const char *text, size_t len)
{
	const char *colon = memchr(text, ':', len);
	const char *at = memchr(text, '@', len);
	struct vi915_fault_config fault;
	unsigned int id;

	if (!colon || !at || at < colon)
		return false;
	for (id = 0; id < VI915_NUM_FAULTS; id++)
		if (vi915_config_is(vi915_config_calls[id], text, colon - text))
			break;
	fault.error = vi915_config_read_errno(colon + 1, at - colon - 1);
	if (id == VI915_NUM_FAULTS || !fault.error ||
	    faults[id].when.kind != VI915_WHEN_NEVER ||
	    !vi915_config_read_when(&fault.when, at + 1, text + len - at - 1) ||
	    fault.when.kind == VI915_WHEN_NEVER)
		return false;
	faults[id] = fault;
	return true;
}

static bool vi915_config_faults_read(const struct vi915_config_key *key,
				     void *field, const char *text)
{
	struct vi915_fault_config faults[VI915_NUM_FAULTS];
	size_t len;

	memset(faults, 0, sizeof(faults));
	for (; strcmp(text, "none"); text += len + 1) {
		len = strcspn(text, "+");
		if (!vi915_config_read_fault(faults, text, len))
			return false;
		if (!text[len])
			break;
	}
	memcpy(field, faults, sizeof(faults));
	return true;
}

/**
 * vi915_config_errno_name() - name of an errno
 * @error: a negative errno from vi915_config_read_errno()
 *
 * Return: its name.
 */
const char *vi915_config_errno_name(int error)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vi915_config_errnos) - 1; i++)
		if (vi915_config_errnos[i].error == error)
			break;
	return vi915_config_errnos[i].name;
}

static int vi915_config_faults_print(const struct vi915_config_key *key,
				     const void *field, char *buf, size_t size)
{
	const struct vi915_fault_config *faults = field;
	unsigned int id;
	int n = 0;

	for (id = 0; id < VI915_NUM_FAULTS; id++) {
		if (faults[id].when.kind == VI915_WHEN_NEVER)
			continue;
		n += scnprintf(buf + n, size - n, "%s%s:%s@", n ? "+" : "",
			       vi915_config_calls[id],
			       vi915_config_errno_name(faults[id].error));
		n += vi915_config_print_when(&faults[id].when, buf + n,
					     size - n);
	}
	return n ?: scnprintf(buf, size, "none");
}

static int vi915_config_faults_good(const struct vi915_config_key *key,
				    char *buf, size_t size)
{
	unsigned int i;
	int n;

	n = scnprintf(buf, size,
		      "none, or CALL:ERRNO@WHEN joined by '+', each CALL once; WHEN is N, every:N or after:N, N from 1; CALL is");
	for (i = 0; i < VI915_NUM_FAULTS; i++)
		n += scnprintf(buf + n, size - n, "%s %s", i ? "," : "",
			       vi915_config_calls[i]);
	n += scnprintf(buf + n, size - n, "; ERRNO is");
	for (i = 0; i < ARRAY_SIZE(vi915_config_errnos); i++)
		n += scnprintf(buf + n, size - n, "%s %s", i ? "," : "",
			       vi915_config_errnos[i].name);
	return n;
}

const struct vi915_config_kind vi915_config_faults = {
	vi915_config_faults_read, vi915_config_faults_print,
	vi915_config_faults_good,
};

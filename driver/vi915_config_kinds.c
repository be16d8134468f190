// SPDX-License-Identifier: GPL-2.0-only OR MIT

#ifdef __KERNEL__
#include <linux/limits.h>
#include <linux/log2.h>
#endif

#include "vi915_config_keys.h"

/**
 * DOC: kinds of values
 *
 * A kind is the syntax of a key's values: how they are read and printed, and
 * how the possible ones are listed after a mistake. Driver and command build
 * this file, so both say the same.
 */

/**
 * vi915_config_read_number() - read a decimal number, and nothing else
 * @text: its digits
 * @max: the largest valid number
 * @number: out: the number
 *
 * Return: whether @text is such a number.
 */
bool vi915_config_read_number(const char *text, unsigned long long max,
			      unsigned long long *number)
{
	unsigned int digit;

	if (!*text)
		return false;
	for (*number = 0; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		digit = *text - '0';
		if (*number > (max - digit) / 10 || digit > max)
			return false;
		*number = *number * 10 + digit;
	}
	return true;
}

static bool vi915_config_read_range(const struct vi915_config_key *key,
				    const char *text, unsigned int *value)
{
	unsigned long long number;

	if (!vi915_config_read_number(text, key->max, &number) ||
	    number < key->min)
		return false;
	*value = number;
	return true;
}

/* Index in @words of the word that is @len bytes of @text, or -1. */
static int vi915_config_find(const char *const *words, const char *text,
			     size_t len)
{
	int i;

	for (i = 0; words[i]; i++)
		if (strlen(words[i]) == len && !strncmp(words[i], text, len))
			return i;
	return -1;
}

static int vi915_config_good_words(const struct vi915_config_key *key,
				   const char *between, char *buf, size_t size)
{
	int n = 0, i;

	for (i = 0; key->words[i]; i++)
		n += scnprintf(buf + n, size - n, "%s%s", i ? between : "",
			       key->words[i]);
	return n;
}

/* -- yes or no -- */

static bool vi915_config_bool_read(const struct vi915_config_key *key,
				   void *field, const char *text)
{
	bool *value = field;

	if ((*text != '0' && *text != '1') || text[1])
		return false;
	*value = *text == '1';
	return true;
}

static int vi915_config_bool_print(const struct vi915_config_key *key,
				   const void *field, char *buf, size_t size)
{
	const bool *value = field;

	return scnprintf(buf, size, "%d", *value);
}

static int vi915_config_bool_good(const struct vi915_config_key *key, char *buf,
				  size_t size)
{
	return scnprintf(buf, size, "0 or 1");
}

const struct vi915_config_kind vi915_config_bool = {
	vi915_config_bool_read, vi915_config_bool_print, vi915_config_bool_good,
};

/* -- one word of a list; the field is an enum or an unsigned int -- */

static bool vi915_config_choice_read(const struct vi915_config_key *key,
				     void *field, const char *text)
{
	int i = vi915_config_find(key->words, text, strlen(text));
	unsigned int *value = field;

	if (i < 0)
		return false;
	*value = i;
	return true;
}

static int vi915_config_choice_print(const struct vi915_config_key *key,
				     const void *field, char *buf, size_t size)
{
	const unsigned int *value = field;

	return scnprintf(buf, size, "%s", key->words[*value]);
}

static int vi915_config_choice_good(const struct vi915_config_key *key,
				    char *buf, size_t size)
{
	return vi915_config_good_words(key, " or ", buf, size);
}

const struct vi915_config_kind vi915_config_choice = {
	vi915_config_choice_read, vi915_config_choice_print,
	vi915_config_choice_good,
};

/* -- one of two words; the field is a bool -- */

static bool vi915_config_switch_read(const struct vi915_config_key *key,
				     void *field, const char *text)
{
	unsigned int value;

	if (!vi915_config_choice_read(key, &value, text))
		return false;
	*(bool *)field = value;
	return true;
}

static int vi915_config_switch_print(const struct vi915_config_key *key,
				     const void *field, char *buf, size_t size)
{
	const bool *value = field;

	return scnprintf(buf, size, "%s", key->words[*value]);
}

const struct vi915_config_kind vi915_config_switch = {
	vi915_config_switch_read, vi915_config_switch_print,
	vi915_config_choice_good,
};

/* -- any words of a list, or none; word i is bit i -- */

static bool vi915_config_flags_read(const struct vi915_config_key *key,
				    void *field, const char *text)
{
	unsigned int *value = field, bits = 0;
	size_t len;
	int i;

	if (!strcmp(text, "none")) {
		*value = 0;
		return true;
	}
	for (;; text += len + 1) {
		len = strcspn(text, "+");
		i = vi915_config_find(key->words, text, len);
		if (i < 0)
			return false;
		bits |= BIT(i);
		if (!text[len])
			break;
	}
	*value = bits;
	return true;
}

static int vi915_config_flags_print(const struct vi915_config_key *key,
				    const void *field, char *buf, size_t size)
{
	const unsigned int *value = field;
	int n = 0, i;

	if (!*value)
		return scnprintf(buf, size, "none");
	for (i = 0; key->words[i]; i++)
		if (*value & BIT(i))
			n += scnprintf(buf + n, size - n, "%s%s", n ? "+" : "",
				       key->words[i]);
	return n;
}

static int vi915_config_flags_good(const struct vi915_config_key *key,
				   char *buf, size_t size)
{
	int n = scnprintf(buf, size, "none, or some of ");

	n += vi915_config_good_words(key, ", ", buf + n, size - n);
	return n + scnprintf(buf + n, size - n, " joined by '+'");
}

const struct vi915_config_kind vi915_config_flags = {
	vi915_config_flags_read, vi915_config_flags_print,
	vi915_config_flags_good,
};

/* -- a number from min to max -- */

static bool vi915_config_number_read(const struct vi915_config_key *key,
				     void *field, const char *text)
{
	return vi915_config_read_range(key, text, field);
}

static int vi915_config_number_print(const struct vi915_config_key *key,
				     const void *field, char *buf, size_t size)
{
	const unsigned int *value = field;

	return scnprintf(buf, size, "%u", *value);
}

static int vi915_config_number_good(const struct vi915_config_key *key,
				    char *buf, size_t size)
{
	return scnprintf(buf, size, "a number from %u to %u", key->min,
			 key->max);
}

const struct vi915_config_kind vi915_config_number = {
	vi915_config_number_read, vi915_config_number_print,
	vi915_config_number_good,
};

/* -- a power of two from min to max -- */

static bool vi915_config_power_read(const struct vi915_config_key *key,
				    void *field, const char *text)
{
	unsigned int number, *value = field;

	if (!vi915_config_read_range(key, text, &number) ||
	    (number & (number - 1)))
		return false;
	*value = number;
	return true;
}

static int vi915_config_power_good(const struct vi915_config_key *key,
				   char *buf, size_t size)
{
	return scnprintf(buf, size, "a power of two from %u to %u", key->min,
			 key->max);
}

const struct vi915_config_kind vi915_config_power = {
	vi915_config_power_read, vi915_config_number_print,
	vi915_config_power_good,
};

/* -- bytes, with K, M or G; 0 for no limit -- */

static const char vi915_config_units[] = "KMG";

static bool vi915_config_size_read(const struct vi915_config_key *key,
				   void *field, const char *text)
{
	unsigned long long *value = field, number;
	size_t len = strlen(text);
	unsigned int shift = 0;
	const char *unit;
	char digits[24];

	if (!len || len >= sizeof(digits))
		return false;
	memcpy(digits, text, len + 1);
	unit = strchr(vi915_config_units, text[len - 1]);
	if (unit) {
		shift = 10 * (unit - vi915_config_units + 1);
		digits[len - 1] = '\0';
	}
	if (!vi915_config_read_number(digits, LLONG_MAX >> shift, &number))
		return false;
	*value = number << shift;
	return true;
}

static int vi915_config_size_print(const struct vi915_config_key *key,
				   const void *field, char *buf, size_t size)
{
	const unsigned long long *value = field;
	unsigned int unit = 0;

	while (*value && unit < 3 && !(*value & ((1ull << 10 * (unit + 1)) - 1)))
		unit++;
	if (!unit)
		return scnprintf(buf, size, "%llu", *value);
	return scnprintf(buf, size, "%llu%c", *value >> 10 * unit,
			 vi915_config_units[unit - 1]);
}

static int vi915_config_size_good(const struct vi915_config_key *key, char *buf,
				  size_t size)
{
	return scnprintf(buf, size,
			 "bytes, as 65536, 64K, 16M or 1G, or 0 for no limit");
}

const struct vi915_config_kind vi915_config_size = {
	vi915_config_size_read, vi915_config_size_print, vi915_config_size_good,
};

/* -- the clock; its delay is in a field of its own -- */

static const char vi915_config_delay[] = "delay=";

static bool vi915_config_clock_read(const struct vi915_config_key *key,
				    void *field, const char *text)
{
	struct vi915_config *config = field;
	unsigned int value, delay = 0;

	if (!strncmp(text, vi915_config_delay, strlen(vi915_config_delay))) {
		text += strlen(vi915_config_delay);
		if (!vi915_config_read_range(key, text, &delay))
			return false;
		value = VI915_CLOCK_DELAY;
	} else if (!vi915_config_choice_read(key, &value, text) ||
		   value == VI915_CLOCK_DELAY) {
		return false;
	}
	config->clock = value;
	config->delay_ms = delay;
	return true;
}

static int vi915_config_clock_print(const struct vi915_config_key *key,
				    const void *field, char *buf, size_t size)
{
	const struct vi915_config *config = field;

	if (config->clock == VI915_CLOCK_DELAY)
		return scnprintf(buf, size, "%s%u", vi915_config_delay,
				 config->delay_ms);
	return scnprintf(buf, size, "%s", key->words[config->clock]);
}

static int vi915_config_clock_good(const struct vi915_config_key *key,
				   char *buf, size_t size)
{
	int n = vi915_config_good_words(key, " or ", buf, size);

	return n + scnprintf(buf + n, size - n, ", MS from %u to %u", key->min,
			     key->max);
}

const struct vi915_config_kind vi915_config_clock = {
	vi915_config_clock_read, vi915_config_clock_print,
	vi915_config_clock_good,
};

/* -- the order -- */

static const char vi915_config_seed[] = "seed:";

static bool vi915_config_order_read(const struct vi915_config_key *key,
				    void *field, const char *text)
{
	struct vi915_order order = { VI915_ORDER_AUTO, 0 };
	unsigned long long number = 0;

	if (!strncmp(text, vi915_config_seed, strlen(vi915_config_seed))) {
		order.kind = VI915_ORDER_SEED;
		if (!vi915_config_read_number(text + strlen(vi915_config_seed),
					      UINT_MAX, &number))
			return false;
	} else if (strcmp(text, "auto")) {
		order.kind = VI915_ORDER_MINOR;
		if (!vi915_config_read_number(text, key->max, &number))
			return false;
	}
	order.number = number;
	*(struct vi915_order *)field = order;
	return true;
}

static int vi915_config_order_print(const struct vi915_config_key *key,
				    const void *field, char *buf, size_t size)
{
	const struct vi915_order *order = field;

	if (order->kind == VI915_ORDER_AUTO)
		return scnprintf(buf, size, "auto");
	return scnprintf(buf, size, "%s%u",
			 order->kind == VI915_ORDER_SEED ? vi915_config_seed : "",
			 order->number);
}

static int vi915_config_order_good(const struct vi915_config_key *key,
				   char *buf, size_t size)
{
	return scnprintf(buf, size,
			 "auto, the number of its card from 0 to %u, or seed:N",
			 key->max);
}

const struct vi915_config_kind vi915_config_order = {
	vi915_config_order_read, vi915_config_order_print,
	vi915_config_order_good,
};

/* -- when to fail: which of many calls -- */

static const char *const vi915_config_whens[] = {
	[VI915_WHEN_NEVER] = "never",
	[VI915_WHEN_ONCE] = "",
	[VI915_WHEN_EVERY] = "every:",
	[VI915_WHEN_AFTER] = "after:",
};

/**
 * vi915_config_read_when() - parse which of many calls are meant
 * @when: out: the calls
 * @text: "never", "N", "every:N" or "after:N"
 * @len: length of @text, in bytes
 *
 * Return: whether it was one of these.
 */
bool vi915_config_read_when(struct vi915_when *when, const char *text,
			    size_t len)
{
	unsigned long long number = 0;
	unsigned int kind;
	size_t prefix;
	char digits[24];

	if (len == strlen("never") && !strncmp(text, "never", len)) {
		when->kind = VI915_WHEN_NEVER;
		when->number = 0;
		return true;
	}
	for (kind = VI915_WHEN_AFTER; kind > VI915_WHEN_ONCE; kind--)
		if (!strncmp(text, vi915_config_whens[kind],
			     strlen(vi915_config_whens[kind])))
			break;
	prefix = strlen(vi915_config_whens[kind]);
	if (len <= prefix || len - prefix >= sizeof(digits))
		return false;
	memcpy(digits, text + prefix, len - prefix);
	digits[len - prefix] = '\0';
	if (!vi915_config_read_number(digits, INT_MAX - 1, &number) || !number)
		return false;
	when->kind = kind;
	when->number = number;
	return true;
}

/**
 * vi915_config_print_when() - write which of many calls are meant
 * @when: the calls
 * @buf: out: the text
 * @size: length of @buf, in bytes
 *
 * Return: bytes written, without the final NUL.
 */
int vi915_config_print_when(const struct vi915_when *when, char *buf,
			    size_t size)
{
	int n = scnprintf(buf, size, "%s", vi915_config_whens[when->kind]);

	if (when->kind == VI915_WHEN_NEVER)
		return n;
	return n + scnprintf(buf + n, size - n, "%u", when->number);
}

static bool vi915_config_when_read(const struct vi915_config_key *key,
				   void *field, const char *text)
{
	return vi915_config_read_when(field, text, strlen(text));
}

static int vi915_config_when_print(const struct vi915_config_key *key,
				   const void *field, char *buf, size_t size)
{
	return vi915_config_print_when(field, buf, size);
}

static int vi915_config_when_good(const struct vi915_config_key *key, char *buf,
				  size_t size)
{
	return scnprintf(buf, size, "never, N, every:N or after:N, N from 1");
}

const struct vi915_config_kind vi915_config_when = {
	vi915_config_when_read, vi915_config_when_print, vi915_config_when_good,
};

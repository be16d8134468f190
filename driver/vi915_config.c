// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/visibility.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vi915_config.h"

/**
 * DOC: descriptions
 *
 * A GPU is described by one line, the same on the command line, in the module
 * parameter and wherever else GPUs are made: an optional name, then key=value
 * pairs, all separated by commas. Several descriptions are separated by
 * semicolons. A bare number stands for that many GPUs with nothing changed.
 *
 * Everything a description can say is one row of vi915_config_keys[]. What is
 * not in the table is refused with a sentence that lists what is.
 */

struct vi915_config_key {
	const char *name;
	/*
	 * The good values; the index of the one given goes to set(). One that
	 * ends in a word in capitals, as in delay=MS, takes a number from 1 to
	 * max there.
	 */
	const char *const *values;
	unsigned int num_values;
	unsigned int max;
	void (*set)(struct vi915_config *config, unsigned int value,
		    unsigned int number);
	unsigned int (*get)(const struct vi915_config *config,
			    unsigned int *number);
};

static const char *const vi915_config_bools[] = { "0", "1" };
static const char *const vi915_config_imports[] = {
	[VI915_IMPORTS_GPU] = "gpu",
	[VI915_IMPORTS_CPU] = "cpu",
};

static const char *const vi915_config_clocks[] = {
	[VI915_CLOCK_NOW] = "now",
	[VI915_CLOCK_DELAY] = "delay=MS",
	[VI915_CLOCK_LAZY] = "lazy",
	[VI915_CLOCK_MANUAL] = "manual",
};

static const char *const vi915_config_outputs[] = {
	"0", "1", "2", "3", "4", "5", "6", "7", "8"
};

static_assert(ARRAY_SIZE(vi915_config_outputs) == VI915_MAX_OUTPUTS + 1);

static const char *const vi915_config_vblanks[] = { "off", "mode" };

static void vi915_config_set_render(struct vi915_config *config,
				    unsigned int value, unsigned int number)
{
	config->render = value;
}

static unsigned int vi915_config_get_render(const struct vi915_config *config,
					    unsigned int *number)
{
	return config->render;
}

static void vi915_config_set_imports(struct vi915_config *config,
				     unsigned int value, unsigned int number)
{
	config->imports = value;
}

static unsigned int vi915_config_get_imports(const struct vi915_config *config,
					     unsigned int *number)
{
	return config->imports;
}

static void vi915_config_set_clock(struct vi915_config *config,
				   unsigned int value, unsigned int number)
{
	config->clock = value;
	config->delay_ms = number;
}

static unsigned int vi915_config_get_clock(const struct vi915_config *config,
					   unsigned int *number)
{
	*number = config->delay_ms;
	return config->clock;
}

static void vi915_config_set_outputs(struct vi915_config *config,
				     unsigned int value, unsigned int number)
{
	config->outputs = value;
}

static unsigned int vi915_config_get_outputs(const struct vi915_config *config,
					     unsigned int *number)
{
	return config->outputs;
}

static void vi915_config_set_vblank(struct vi915_config *config,
				    unsigned int value, unsigned int number)
{
	config->vblank = value;
}

static unsigned int vi915_config_get_vblank(const struct vi915_config *config,
					    unsigned int *number)
{
	return config->vblank;
}

static void vi915_config_set_fbdev(struct vi915_config *config,
				   unsigned int value, unsigned int number)
{
	config->fbdev = value;
}

static unsigned int vi915_config_get_fbdev(const struct vi915_config *config,
					   unsigned int *number)
{
	return config->fbdev;
}

static const struct vi915_config_key vi915_config_keys[] = {
	{ "clock", vi915_config_clocks, ARRAY_SIZE(vi915_config_clocks),
	  VI915_MAX_DELAY_MS, vi915_config_set_clock, vi915_config_get_clock },
	{ "fbdev", vi915_config_bools, ARRAY_SIZE(vi915_config_bools),
	  0, vi915_config_set_fbdev, vi915_config_get_fbdev },
	{ "imports", vi915_config_imports, ARRAY_SIZE(vi915_config_imports),
	  0, vi915_config_set_imports, vi915_config_get_imports },
	{ "outputs", vi915_config_outputs, ARRAY_SIZE(vi915_config_outputs),
	  0, vi915_config_set_outputs, vi915_config_get_outputs },
	{ "render", vi915_config_bools, ARRAY_SIZE(vi915_config_bools),
	  0, vi915_config_set_render, vi915_config_get_render },
	{ "vblank", vi915_config_vblanks, ARRAY_SIZE(vi915_config_vblanks),
	  0, vi915_config_set_vblank, vi915_config_get_vblank },
};

/**
 * vi915_config_init() - fill a description with what holds when nothing is said
 * @config: the description
 * @index: the GPU's place in its list; its name becomes gpu<index>
 */
void vi915_config_init(struct vi915_config *config, unsigned int index)
{
	memset(config, 0, sizeof(*config));
	snprintf(config->name, sizeof(config->name), "gpu%u", index);
	config->render = true;
	config->imports = VI915_IMPORTS_GPU;
	config->outputs = 1;
	config->vblank = true;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_config_init);

static void vi915_config_bad_key(char *reason, const char *given)
{
	int n = scnprintf(reason, VI915_REASON_LEN,
			  "unknown key '%.32s'; the keys are", given);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vi915_config_keys); i++)
		n += scnprintf(reason + n, VI915_REASON_LEN - n, "%s %s",
			       i ? "," : "", vi915_config_keys[i].name);
}

static void vi915_config_bad_value(char *reason,
				   const struct vi915_config_key *key,
				   const char *given)
{
	int n = scnprintf(reason, VI915_REASON_LEN,
			  "%s='%.32s' is not possible; it can be", key->name,
			  given);
	unsigned int i;

	for (i = 0; i < key->num_values; i++)
		n += scnprintf(reason + n, VI915_REASON_LEN - n, "%s %s",
			       i ? " or" : "", key->values[i]);
	if (key->max)
		scnprintf(reason + n, VI915_REASON_LEN - n, ", MS from 1 to %u",
			  key->max);
}

/* How much of a good value is to be written as it stands. */
static size_t vi915_config_literal(const char *value)
{
	const char *equals = strchr(value, '=');

	return equals ? equals + 1 - value : strlen(value);
}

/* Does what was given match a good value, and with which number? */
static bool vi915_config_match(const struct vi915_config_key *key,
			       const char *value, const char *given,
			       unsigned int *number)
{
	size_t literal = vi915_config_literal(value);

	*number = 0;
	if (!value[literal])
		return !strcmp(value, given);
	return !strncmp(value, given, literal) &&
	       !kstrtouint(given + literal, 10, number) && *number &&
	       *number <= key->max;
}

static int vi915_config_set(struct vi915_config *config, const char *name,
			    const char *value, char *reason)
{
	const struct vi915_config_key *key;
	unsigned int i, number;

	for (key = vi915_config_keys;
	     key < vi915_config_keys + ARRAY_SIZE(vi915_config_keys); key++) {
		if (strcmp(key->name, name))
			continue;

		for (i = 0; i < key->num_values; i++) {
			if (!vi915_config_match(key, key->values[i], value,
						&number))
				continue;
			key->set(config, i, number);
			return 0;
		}
		vi915_config_bad_value(reason, key, value);
		return -EINVAL;
	}

	vi915_config_bad_key(reason, name);
	return -EINVAL;
}

static int vi915_config_set_name(struct vi915_config *config, const char *name,
				 char *reason)
{
	const char *c;

	for (c = name; *c; c++)
		if (!isalnum(*c) && !strchr("_-.", *c))
			break;
	if (*c || !isalpha(*name) || c - name >= VI915_NAME_LEN) {
		scnprintf(reason, VI915_REASON_LEN,
			  "'%.40s' is no name for a GPU; write a letter, then up to %d letters, digits, '_', '-' or '.'",
			  name, VI915_NAME_LEN - 2);
		return -EINVAL;
	}

	strscpy(config->name, name);
	return 0;
}

/* What each key allows, but not all of them together. */
static int vi915_config_check(const struct vi915_config *config, char *reason)
{
	const char *wrong = NULL;

	if (!config->render && !config->outputs)
		wrong = "has neither a render node nor outputs; write render=1 or outputs=1";
	else if (config->fbdev && !config->outputs)
		wrong = "has fbdev=1 but no outputs; write outputs=1 or fbdev=0";
	if (!wrong)
		return 0;

	scnprintf(reason, VI915_REASON_LEN, "'%s' %s", config->name, wrong);
	return -EINVAL;
}

/**
 * vi915_config_parse() - read one GPU's description
 * @config: filled, first with the defaults
 * @index: the GPU's place in its list, for its default name
 * @text: the description; cut into pieces while it is read
 * @reason: VI915_REASON_LEN bytes; says on failure what was wrong and what
 *	would be right
 *
 * Return: 0, or -EINVAL for an unknown key, a value that is not possible, a bad
 * name, or values that do not go together.
 */
int vi915_config_parse(struct vi915_config *config, unsigned int index,
		       char *text, char *reason)
{
	bool first = true;
	char *word, *value;
	int ret;

	vi915_config_init(config, index);
	text = strim(text);
	if (!*text)
		return 0;

	while ((word = strsep(&text, ",")) != NULL) {
		word = strim(word);
		value = strchr(word, '=');
		if (value) {
			*value++ = '\0';
			ret = vi915_config_set(config, word, value, reason);
		} else if (first) {
			ret = vi915_config_set_name(config, word, reason);
		} else {
			scnprintf(reason, VI915_REASON_LEN,
				  "'%.40s' has no '='; write key=value", word);
			ret = -EINVAL;
		}
		if (ret)
			return ret;
		first = false;
	}

	return vi915_config_check(config, reason);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_config_parse);

static int vi915_config_check_unique(const struct vi915_config *configs,
				     unsigned int count, char *reason)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (!strcmp(configs[i].name, configs[count].name)) {
			scnprintf(reason, VI915_REASON_LEN,
				  "two GPUs are called '%s'; give each a name of its own",
				  configs[count].name);
			return -EINVAL;
		}
	}
	return 0;
}

static int vi915_config_parse_count(struct vi915_config *configs,
				    unsigned int max, unsigned int count,
				    char *reason)
{
	unsigned int i;

	if (count > max) {
		scnprintf(reason, VI915_REASON_LEN,
			  "%u GPUs are too many; there can be up to %u", count,
			  max);
		return -EINVAL;
	}

	for (i = 0; i < count; i++)
		vi915_config_init(&configs[i], i);
	return count;
}

/**
 * vi915_config_parse_list() - read a list of descriptions, or a number of GPUs
 * @configs: room for @max descriptions
 * @max: how many there may be
 * @text: the list
 * @reason: as for vi915_config_parse()
 *
 * Return: how many GPUs there are; -EINVAL for a bad description, a name
 * given twice or too many GPUs; -ENOMEM.
 */
int vi915_config_parse_list(struct vi915_config *configs, unsigned int max,
			    const char *text, char *reason)
{
	char *copy, *rest, *one;
	unsigned int count = 0;
	int ret = 0;

	copy = kstrdup(text, GFP_KERNEL);
	if (!copy) {
		scnprintf(reason, VI915_REASON_LEN, "out of memory");
		return -ENOMEM;
	}

	rest = strim(copy);
	if (!kstrtouint(rest, 10, &count)) {
		ret = vi915_config_parse_count(configs, max, count, reason);
		goto out_free_copy;
	}

	count = 0;
	while ((one = strsep(&rest, ";")) != NULL) {
		if (count == max) {
			scnprintf(reason, VI915_REASON_LEN,
				  "more than %u GPUs are too many", max);
			ret = -EINVAL;
			goto out_free_copy;
		}
		ret = vi915_config_parse(&configs[count], count, one, reason);
		if (!ret)
			ret = vi915_config_check_unique(configs, count, reason);
		if (ret)
			goto out_free_copy;
		count++;
	}
	ret = count;

out_free_copy:
	kfree(copy);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_config_parse_list);

/**
 * vi915_config_print() - write a description for programs to read
 * @config: the description
 * @buf: where to
 * @size: of @buf, in bytes
 *
 * Words of the form key=value, the name first, with a space between them. Every
 * key is written, so a reader need not know the defaults.
 *
 * Return: bytes written, without the final NUL.
 */
int vi915_config_print(const struct vi915_config *config, char *buf,
		       size_t size)
{
	const struct vi915_config_key *key;
	int n = scnprintf(buf, size, "name=%s", config->name);

	for (key = vi915_config_keys;
	     key < vi915_config_keys + ARRAY_SIZE(vi915_config_keys); key++) {
		unsigned int number = 0;
		const char *value = key->values[key->get(config, &number)];

		n += scnprintf(buf + n, size - n, " %s=%.*s", key->name,
			       (int)vi915_config_literal(value), value);
		if (number)
			n += scnprintf(buf + n, size - n, "%u", number);
	}
	return n;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_config_print);

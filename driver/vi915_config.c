// SPDX-License-Identifier: GPL-2.0-only OR MIT

#ifdef __KERNEL__
#include <kunit/visibility.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/module.h>
#endif

#include "vi915_config_keys.h"

/**
 * DOC: descriptions
 *
 * A GPU is described by one line, the same on the command line, in the module
 * parameter and in configfs: an optional name, then key=value pairs, all
 * separated by commas. Several descriptions are separated by semicolons. A bare
 * number in place of the name stands for that many GPUs that are all alike.
 *
 * Each key is a row of vi915_config_keys[]. An unknown key is refused with a
 * sentence that lists the known ones. Driver and command build the same files,
 * so both refuse the same mistakes with the same words; the command finds them
 * before it boots anything.
 */

static const char *const vi915_config_sets[] = {
	[VI915_SET_INTEL] = "intel",
	[VI915_SET_AMD] = "amd-like",
	[VI915_SET_NVIDIA] = "nvidia-like",
	[VI915_SET_ARM] = "arm-like",
	[VI915_SET_DISPLAY] = "display-only",
	NULL
};

static const char *const vi915_config_imports[] = {
	[VI915_IMPORTS_GPU] = "gpu",
	[VI915_IMPORTS_CPU] = "cpu",
	[VI915_IMPORTS_NONE] = "none",
	NULL
};

static const char *const vi915_config_exports[] = {
	[VI915_EXPORTS_NONE] = "0",
	[VI915_EXPORTS_ALL] = "1",
	[VI915_EXPORTS_OWN] = "own",
	NULL
};

static const char *const vi915_config_clocks[] = {
	[VI915_CLOCK_NOW] = "now",
	[VI915_CLOCK_DELAY] = "delay=MS",
	[VI915_CLOCK_LAZY] = "lazy",
	[VI915_CLOCK_MANUAL] = "manual",
	NULL
};

static const char *const vi915_config_pitches[] = {
	[VI915_PITCH_REJECT] = "reject",
	[VI915_PITCH_ROUND] = "round",
	NULL
};

static const char *const vi915_config_unmappeds[] = {
	[VI915_UNMAPPED_SCRATCH] = "scratch",
	[VI915_UNMAPPED_HANG] = "hang",
	NULL
};

static const char *const vi915_config_vblanks[] = { "off", "mode", NULL };

/* Word i is for bit i of VI915_MODIFIER_*. */
static const char *const vi915_config_modifiers[] = { "linear", "x", "y", NULL };

#define VI915_KEY(_name, _kind, _field, ...)				\
	{ .name = _name, .kind = &vi915_config_##_kind,			\
	  .offset = offsetof(struct vi915_config, _field), ##__VA_ARGS__ }
/* Kinds that need several fields get the whole description. */
#define VI915_KEY_WHOLE(_name, _kind, ...)				\
	{ .name = _name, .kind = &vi915_config_##_kind, .offset = 0,	\
	  ##__VA_ARGS__ }

/* Sorted. */
static const struct vi915_config_key vi915_config_keys[] = {
	VI915_KEY_WHOLE("clock", clock, .words = vi915_config_clocks,
			.min = 1, .max = VI915_MAX_DELAY_MS,
			.help = "when jobs run"),
	VI915_KEY("contiguous", bool, contiguous,
		  .help = "outputs show only what lies in one piece of memory"),
	VI915_KEY("exports", choice, exports, .words = vi915_config_exports,
		  .help = "who gets its buffers: nobody, everybody, or (own) no other device"),
	VI915_KEY("fault", faults, faults,
		  .help = "calls that are made to fail"),
	VI915_KEY("fbdev", bool, fbdev,
		  .help = "there is a /dev/fbN"),
	VI915_KEY("hang", when, hang,
		  .help = "batches that hang"),
	VI915_KEY("height_align", power, height_align, .min = 1, .max = 4096,
		  .help = "a framebuffer needs memory for a multiple of so many rows"),
	VI915_KEY("implicit", bool, implicit,
		  .help = "fences in buffers are waited for and left there"),
	VI915_KEY("imports", choice, imports, .words = vi915_config_imports,
		  .help = "what imports are for: gpu, cpu too (pread, pwrite), or none are taken"),
	VI915_KEY("in_fence", bool, in_fence,
		  .help = "commits may bring a fence in IN_FENCE_FD"),
	VI915_KEY("late", number, late_ms, .max = VI915_MAX_LATE_MS,
		  .help = "milliseconds from plugging in to being there"),
	VI915_KEY("max_handles", number, max_handles, .max = 1048576,
		  .help = "most handles that one open file can have; 0 for no limit"),
	VI915_KEY("max_size", size, max_size,
		  .help = "bytes of the largest buffer; 0 for no limit"),
	VI915_KEY("media", bool, media,
		  .help = "there are engines for video and its enhancement"),
	VI915_KEY("mmap", bool, mmap,
		  .help = "exported buffers can be mapped by mmap(2)"),
	VI915_KEY("modifiers", flags, modifiers, .words = vi915_config_modifiers,
		  .help = "layouts that outputs can read"),
	VI915_KEY("order", order, order, .max = 63,
		  .help = "the number its card gets"),
	VI915_KEY("outputs", number, outputs, .max = VI915_MAX_OUTPUTS,
		  .help = "screens that are plugged in"),
	VI915_KEY("pitch", choice, pitch, .words = vi915_config_pitches,
		  .help = "what becomes of a pitch that is no multiple of pitch_align"),
	VI915_KEY("pitch_align", power, pitch_align, .min = 4, .max = 4096,
		  .help = "bytes that pitches are a multiple of"),
	VI915_KEY("render", bool, render,
		  .help = "there is a render node"),
	VI915_KEY_WHOLE("set", set_of, .words = vi915_config_sets,
			.help = "whose limits it starts from; keys that follow win"),
	VI915_KEY("split", bool, split,
		  .help = "two devices: one that shows and one that renders"),
	VI915_KEY("unmapped", choice, unmapped, .words = vi915_config_unmappeds,
		  .help = "where no object is mapped: zeros, as on the hardware, or the job hangs"),
	VI915_KEY("vblank", switch, vblank, .words = vi915_config_vblanks,
		  .help = "pictures change as soon as they may, or at the pace of the mode"),
	VI915_KEY("vmap", bool, vmap,
		  .help = "exported buffers can be mapped by the kernel"),
};

/**
 * vi915_config_find_key() - find a key by its name
 * @name: the name
 *
 * Return: the key, or NULL.
 */
const struct vi915_config_key *vi915_config_find_key(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vi915_config_keys); i++)
		if (!strcmp(vi915_config_keys[i].name, name))
			return &vi915_config_keys[i];
	return NULL;
}

/**
 * vi915_config_init() - fill a description with the defaults
 * @config: the description
 * @index: the GPU's place in its list; its name becomes gpu<index>
 */
void vi915_config_init(struct vi915_config *config, unsigned int index)
{
	const struct vi915_config_key *set = vi915_config_find_key("set");

	memset(config, 0, sizeof(*config));
	scnprintf(config->name, sizeof(config->name), "gpu%u", index);
	config->outputs = 1;
	config->vblank = true;
	config->media = true;
	set->kind->read(set, config, vi915_config_sets[VI915_SET_INTEL]);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_config_init);

static int vi915_config_bad_key(char *reason, const char *given)
{
	int n = scnprintf(reason, VI915_REASON_LEN,
			  "unknown key '%.32s'; the keys are", given);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vi915_config_keys); i++)
		n += scnprintf(reason + n, VI915_REASON_LEN - n, "%s %s",
			       i ? "," : "", vi915_config_keys[i].name);
	return -EINVAL;
}

/**
 * vi915_config_set() - change the value of one key
 * @config: the description
 * @name: name of the key
 * @value: its new value
 * @reason: as for vi915_config_parse()
 *
 * Call vi915_config_check() after the last change, to check that all fit.
 *
 * Return: 0, or -EINVAL for an unknown key or an impossible value; then the
 * description is unchanged.
 */
int vi915_config_set(struct vi915_config *config, const char *name,
		     const char *value, char *reason)
{
	const struct vi915_config_key *key = vi915_config_find_key(name);
	int n;

	if (!key)
		return vi915_config_bad_key(reason, name);
	if (key->kind->read(key, vi915_config_field(config, key), value))
		return 0;

	n = scnprintf(reason, VI915_REASON_LEN, "%s cannot be '%.32s'; write ",
		      key->name, value);
	key->kind->good(key, reason + n, VI915_REASON_LEN - n);
	return -EINVAL;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_config_set);

/**
 * vi915_config_set_name() - change the name of a GPU
 * @config: its description
 * @name: the name
 * @reason: as for vi915_config_parse()
 *
 * Return: 0, or -EINVAL for an invalid name.
 */
int vi915_config_set_name(struct vi915_config *config, const char *name,
			  char *reason)
{
	const char *c;

	for (c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_-.", *c))
			break;
	if (*c || !isalpha((unsigned char)*name) || c - name >= VI915_NAME_LEN) {
		scnprintf(reason, VI915_REASON_LEN,
			  "'%.40s' is no name for a GPU; write a letter, then up to %d letters, digits, '_', '-' or '.'",
			  name, VI915_NAME_LEN - 2);
		return -EINVAL;
	}

	memcpy(config->name, name, c - name + 1);
	return 0;
}

/**
 * vi915_config_check() - check that the values of a description fit together
 * @config: the description
 * @reason: as for vi915_config_parse()
 *
 * Return: 0, or -EINVAL if they do not.
 */
int vi915_config_check(const struct vi915_config *config, char *reason)
{
	const char *wrong = NULL;

	if (!config->render && !config->outputs)
		wrong = "has neither a render node nor outputs; write render=1 or outputs=1";
	else if (config->fbdev && !config->outputs)
		wrong = "has fbdev=1 but no outputs; write outputs=1 or fbdev=0";
	else if (config->fbdev && config->modifiers &&
		 !(config->modifiers & VI915_MODIFIER_LINEAR))
		wrong = "has fbdev=1 but shows nothing linear; write modifiers=linear or fbdev=0";
	else if (config->split && !config->render)
		wrong = "has split=1 but no render node; write render=1 or split=0";
	else if (config->split && !config->outputs)
		wrong = "has split=1 but no outputs; write outputs=1 or split=0";
	else if (config->split && strlen(config->name) +
		 strlen(VI915_CONFIG_RENDER_PART) >= VI915_NAME_LEN)
		wrong = "has split=1 and too long a name; write a shorter one";
	if (!wrong)
		return 0;

	scnprintf(reason, VI915_REASON_LEN, "'%s' %s", config->name, wrong);
	return -EINVAL;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_config_check);

/**
 * vi915_config_parts() - count the devices of a GPU
 * @config: its description
 *
 * Return: 1, or 2 for one that is split.
 */
unsigned int vi915_config_parts(const struct vi915_config *config)
{
	return config->split ? 2 : 1;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_config_parts);

/**
 * vi915_config_part() - describe one of the devices of a GPU
 * @config: the GPU's description, checked
 * @part: index of the device, below vi915_config_parts()
 * @result: out: the device's description
 *
 * The first device of a split GPU displays, the second renders.
 */
void vi915_config_part(const struct vi915_config *config, unsigned int part,
		       struct vi915_config *result)
{
	size_t len = strlen(config->name);

	*result = *config;
	if (!config->split)
		return;
	result->split = false;
	if (!part) {
		result->render = false;
		return;
	}
	result->outputs = 0;
	result->fbdev = false;
	result->contiguous = false;
	/* The display part gets the number; it can be used only once. */
	if (result->order.kind == VI915_ORDER_MINOR)
		result->order.kind = VI915_ORDER_AUTO;
	scnprintf(result->name + len, sizeof(result->name) - len,
		  VI915_CONFIG_RENDER_PART);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_config_part);

static char *vi915_config_trim(char *text)
{
	size_t len;

	while (isspace((unsigned char)*text))
		text++;
	len = strlen(text);
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	text[len] = '\0';
	return text;
}

static int vi915_config_bad_word(char *reason, const char *word)
{
	if (*word)
		scnprintf(reason, VI915_REASON_LEN,
			  "'%.40s' has no '='; write key=value, and join the values of one key with '+'",
			  word);
	else
		scnprintf(reason, VI915_REASON_LEN,
			  "there is a comma with nothing behind it; leave it out");
	return -EINVAL;
}

/* Parse "key=value[,key=value]...", after a name unless @named is set. */
static int vi915_config_parse_words(struct vi915_config *config, char *text,
				    bool named, char *reason)
{
	char *word, *value;
	int ret;

	while ((word = strsep(&text, ",")) != NULL) {
		word = vi915_config_trim(word);
		value = strchr(word, '=');
		if (value) {
			*value++ = '\0';
			ret = vi915_config_set(config, word, value, reason);
		} else if (!named) {
			ret = vi915_config_set_name(config, word, reason);
		} else {
			ret = vi915_config_bad_word(reason, word);
		}
		if (ret)
			return ret;
		named = true;
	}
	return 0;
}

/**
 * vi915_config_parse() - read one GPU's description
 * @config: out: the description; keys not in @text get their defaults
 * @index: the GPU's place in its list, for its default name
 * @text: the description; cut into pieces while it is read
 * @reason: out, on failure: a sentence that says what is wrong and what would
 *	be right; VI915_REASON_LEN bytes
 *
 * Return: 0, or -EINVAL for an unknown key, an impossible value, a bad name, or
 * values that do not fit together.
 */
int vi915_config_parse(struct vi915_config *config, unsigned int index,
		       char *text, char *reason)
{
	int ret;

	vi915_config_init(config, index);
	text = vi915_config_trim(text);
	if (!*text)
		return 0;

	ret = vi915_config_parse_words(config, text, false, reason);
	return ret ?: vi915_config_check(config, reason);
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

/* Describe @count GPUs that are all alike; @rest has their keys, or is NULL. */
static int vi915_config_parse_count(struct vi915_config *configs,
				    unsigned int max, unsigned long long count,
				    char *rest, char *reason)
{
	struct vi915_config alike;
	unsigned int i;
	int ret = 0;

	if (count > max) {
		scnprintf(reason, VI915_REASON_LEN,
			  "%llu GPUs are too many; there can be up to %u", count,
			  max);
		return -EINVAL;
	}

	vi915_config_init(&alike, 0);
	if (rest)
		ret = vi915_config_parse_words(&alike, rest, true, reason);
	if (!ret)
		ret = vi915_config_check(&alike, reason);
	if (ret)
		return ret;
	for (i = 0; i < count; i++) {
		configs[i] = alike;
		scnprintf(configs[i].name, sizeof(configs[i].name), "gpu%u", i);
	}
	return count;
}

/**
 * vi915_config_parse_list() - read a list of descriptions, or a number of GPUs
 * @configs: out: the descriptions
 * @max: length of @configs
 * @text: the list; cut into pieces while it is read
 * @reason: as for vi915_config_parse()
 *
 * Return: number of GPUs; -EINVAL for a bad description, a name or card number
 * given twice, or too many GPUs.
 */
int vi915_config_parse_list(struct vi915_config *configs, unsigned int max,
			    char *text, char *reason)
{
	char *rest = vi915_config_trim(text), *one;
	unsigned long long number;
	unsigned int count = 0;
	size_t digits;
	int ret;

	digits = strspn(rest, "0123456789");
	if (digits && (!rest[digits] || rest[digits] == ',')) {
		one = strsep(&rest, ",");
		if (!vi915_config_read_number(one, ~0u, &number))
			number = ~0u;
		ret = vi915_config_parse_count(configs, max, number, rest,
					       reason);
		if (ret < 0)
			return ret;
		return vi915_config_check_list(configs, ret, reason) ?: ret;
	}

	while ((one = strsep(&rest, ";")) != NULL) {
		if (count == max) {
			scnprintf(reason, VI915_REASON_LEN,
				  "more than %u GPUs are too many", max);
			return -EINVAL;
		}
		ret = vi915_config_parse(&configs[count], count, one, reason);
		if (!ret)
			ret = vi915_config_check_unique(configs, count, reason);
		if (ret)
			return ret;
		count++;
	}
	return vi915_config_check_list(configs, count, reason) ?: (int)count;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_config_parse_list);

/**
 * vi915_config_print() - write a description for programs to read
 * @config: the description
 * @buf: out: the text
 * @size: length of @buf, in bytes
 *
 * Writes key=value words, the name first, with a space between them. Every key
 * is written, so a reader need not know the defaults.
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
		n += scnprintf(buf + n, size - n, " %s=", key->name);
		n += key->kind->print(key, vi915_config_field_const(config, key),
				      buf + n, size - n);
	}
	return n;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_config_print);

/**
 * vi915_config_print_key() - write the value of one key
 * @config: the description
 * @name: name of the key, which must exist
 * @buf: out: the text
 * @size: length of @buf, in bytes
 *
 * Return: bytes written, without the final NUL.
 */
int vi915_config_print_key(const struct vi915_config *config, const char *name,
			   char *buf, size_t size)
{
	const struct vi915_config_key *key = vi915_config_find_key(name);

	return key->kind->print(key, vi915_config_field_const(config, key), buf,
				size);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_config_print_key);

/**
 * vi915_config_key() - enumerate the keys
 * @index: index of the key, from 0, in the order of their names
 * @good: out: its possible values, worded to follow "write"
 * @size: length of @good, in bytes
 *
 * Return: its name, or NULL after the last key.
 */
const char *vi915_config_key(unsigned int index, char *good, size_t size)
{
	const struct vi915_config_key *key = &vi915_config_keys[index];

	if (index >= ARRAY_SIZE(vi915_config_keys))
		return NULL;
	key->kind->good(key, good, size);
	return key->name;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_config_key);

/**
 * vi915_config_key_help() - describe a key
 * @index: index of the key, as for vi915_config_key(); must be valid
 *
 * Return: a few words.
 */
const char *vi915_config_key_help(unsigned int index)
{
	return vi915_config_keys[index].help;
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../vi915_config.h"

/* Most GPUs in a row of a table. */
#define VI915_CONFIG_TEST_GPUS	4

/* Expected description of a GPU. */
struct vi915_config_want {
	const char *name;
	bool render;
	enum vi915_imports imports;
	enum vi915_clock clock;
	unsigned int delay_ms;
	unsigned int outputs;
	bool vblank;
	bool fbdev;
};

struct vi915_config_list_case {
	const char *name;
	const char *text;
	int count;
	struct vi915_config_want gpus[VI915_CONFIG_TEST_GPUS];
};

#define VI915_GPU(_name, _render, _imports)				\
	{ .name = (_name), .render = (_render),				\
	  .imports = VI915_IMPORTS_##_imports, .outputs = 1, .vblank = true }
#define VI915_CLOCK(_name, _clock, _delay)				\
	{ .name = (_name), .render = true, .clock = VI915_CLOCK_##_clock, \
	  .delay_ms = (_delay), .outputs = 1, .vblank = true }
#define VI915_SCREENS(_name, _outputs, _vblank, _fbdev)			\
	{ .name = (_name), .render = true, .outputs = (_outputs),	\
	  .vblank = (_vblank), .fbdev = (_fbdev) }

static const struct vi915_config_list_case vi915_config_list_cases[] = {
	{ "nothing", "", 1, { VI915_GPU("gpu0", true, GPU) } },
	{ "blanks", " \t\n", 1, { VI915_GPU("gpu0", true, GPU) } },
	{ "no_gpu", "0", 0, {} },
	{ "number_1", "1", 1, { VI915_GPU("gpu0", true, GPU) } },
	{ "number_3", "3", 3,
	  { VI915_GPU("gpu0", true, GPU), VI915_GPU("gpu1", true, GPU),
	    VI915_GPU("gpu2", true, GPU) } },
	{ "number_and_keys", "2,render=0,imports=cpu", 2,
	  { VI915_GPU("gpu0", false, CPU), VI915_GPU("gpu1", false, CPU) } },
	{ "number_in_blanks", " 2\n", 2,
	  { VI915_GPU("gpu0", true, GPU), VI915_GPU("gpu1", true, GPU) } },
	{ "name", "left", 1, { VI915_GPU("left", true, GPU) } },
	{ "every_kind_of_letter", "Aa9-_.", 1,
	  { VI915_GPU("Aa9-_.", true, GPU) } },
	{ "longest_name", "a234567890123456789012345678901", 1,
	  { VI915_GPU("a234567890123456789012345678901", true, GPU) } },
	{ "render_0", "a,render=0", 1, { VI915_GPU("a", false, GPU) } },
	{ "render_1", "a,render=1", 1, { VI915_GPU("a", true, GPU) } },
	{ "imports_gpu", "a,imports=gpu", 1, { VI915_GPU("a", true, GPU) } },
	{ "imports_cpu", "a,imports=cpu", 1, { VI915_GPU("a", true, CPU) } },
	{ "clock_now", "a,clock=now", 1, { VI915_GPU("a", true, GPU) } },
	{ "clock_lazy", "a,clock=lazy", 1, { VI915_CLOCK("a", LAZY, 0) } },
	{ "clock_manual", "a,clock=manual", 1,
	  { VI915_CLOCK("a", MANUAL, 0) } },
	{ "clock_delay", "a,clock=delay=50", 1,
	  { VI915_CLOCK("a", DELAY, 50) } },
	{ "shortest_delay", "a,clock=delay=1", 1,
	  { VI915_CLOCK("a", DELAY, 1) } },
	{ "longest_delay", "a,clock=delay=10000", 1,
	  { VI915_CLOCK("a", DELAY, 10000) } },
	{ "clock_taken_back", "a,clock=delay=5,clock=now", 1,
	  { VI915_GPU("a", true, GPU) } },
	{ "no_outputs", "a,outputs=0", 1,
	  { VI915_SCREENS("a", 0, true, false) } },
	{ "most_outputs", "a,outputs=8", 1,
	  { VI915_SCREENS("a", 8, true, false) } },
	{ "vblank_off", "a,vblank=off", 1,
	  { VI915_SCREENS("a", 1, false, false) } },
	{ "vblank_mode", "a,vblank=mode", 1,
	  { VI915_SCREENS("a", 1, true, false) } },
	{ "fbdev_0", "a,fbdev=0", 1, { VI915_SCREENS("a", 1, true, false) } },
	{ "fbdev_1", "a,fbdev=1", 1, { VI915_SCREENS("a", 1, true, true) } },
	{ "nothing_but_outputs_for_a_while", "a,outputs=0,render=0,outputs=1", 1,
	  { VI915_GPU("a", false, GPU) } },
	{ "all_keys", "a,imports=cpu,render=0", 1,
	  { VI915_GPU("a", false, CPU) } },
	{ "all_keys_in_other_order", "a,render=0,imports=cpu", 1,
	  { VI915_GPU("a", false, CPU) } },
	{ "keys_without_name", "render=0,imports=cpu", 1,
	  { VI915_GPU("gpu0", false, CPU) } },
	{ "last_value_of_a_key", "a,render=0,render=1", 1,
	  { VI915_GPU("a", true, GPU) } },
	{ "list", "a;b,imports=cpu;c,render=0", 3,
	  { VI915_GPU("a", true, GPU), VI915_GPU("b", true, CPU),
	    VI915_GPU("c", false, GPU) } },
	{ "blanks_around_words", " a , imports=cpu ;\tb\n", 2,
	  { VI915_GPU("a", true, CPU), VI915_GPU("b", true, GPU) } },
	{ "default_names_count_all_gpus", "a;;render=0;d", 4,
	  { VI915_GPU("a", true, GPU), VI915_GPU("gpu1", true, GPU),
	    VI915_GPU("gpu2", false, GPU), VI915_GPU("d", true, GPU) } },
	{ "semicolon_at_end", "a;", 2,
	  { VI915_GPU("a", true, GPU), VI915_GPU("gpu1", true, GPU) } },
};

static void vi915_config_expect(struct kunit *test,
				const struct vi915_config *got,
				const struct vi915_config_want *want)
{
	KUNIT_EXPECT_STREQ(test, got->name, want->name);
	KUNIT_EXPECT_EQ(test, got->render, want->render);
	KUNIT_EXPECT_EQ(test, got->imports, want->imports);
	KUNIT_EXPECT_EQ(test, got->clock, want->clock);
	KUNIT_EXPECT_EQ(test, got->delay_ms, want->delay_ms);
	KUNIT_EXPECT_EQ(test, got->outputs, want->outputs);
	KUNIT_EXPECT_EQ(test, got->vblank, want->vblank);
	KUNIT_EXPECT_EQ(test, got->fbdev, want->fbdev);
}

/* Has room for exactly @count, so that KASAN sees a write behind the end. */
static struct vi915_config *vi915_config_alloc(struct kunit *test,
					       unsigned int count)
{
	struct vi915_config *configs;

	configs = kunit_kcalloc(test, count, sizeof(*configs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, configs);
	return configs;
}

/* Parsing modifies the text, so parse a copy. */
static int vi915_config_parse_copy(struct kunit *test,
				   struct vi915_config *configs,
				   unsigned int max, const char *text,
				   char *reason)
{
	char *copy = kunit_kzalloc(test, strlen(text) + 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memcpy(copy, text, strlen(text));
	return vi915_config_parse_list(configs, max, copy, reason);
}

static char *vi915_config_reason(struct kunit *test)
{
	char *reason = kunit_kzalloc(test, VI915_REASON_LEN, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, reason);
	return reason;
}

/* Each list gives the GPUs that it describes, and no complaint. */
static void vi915_config_test_list(struct kunit *test)
{
	const struct vi915_config_list_case *row = test->param_value;
	struct vi915_config *configs =
		vi915_config_alloc(test, VI915_CONFIG_TEST_GPUS);
	char *reason = vi915_config_reason(test);
	int i, count;

	count = vi915_config_parse_copy(test, configs, VI915_CONFIG_TEST_GPUS,
					row->text, reason);
	KUNIT_EXPECT_STREQ(test, reason, "");
	KUNIT_ASSERT_EQ(test, count, row->count);
	for (i = 0; i < count; i++)
		vi915_config_expect(test, &configs[i], &row->gpus[i]);
}

struct vi915_config_refusal_case {
	const char *name;
	const char *text;
	const char *reason;
};

#define VI915_KEYS							\
	"the keys are clock, contiguous, exports, fault, fbdev, hang, "	\
	"height_align, implicit, imports, in_fence, late, max_handles, "	\
	"max_size, media, mmap, modifiers, order, outputs, pitch, pitch_align, "	\
	"render, set, split, unmapped, vblank, vmap"
#define VI915_BAD_NAME(_name)						\
	"'" _name "' is no name for a GPU; "					\
	"write a letter, then up to 30 letters, digits, '_', '-' or '.'"

/* One fault each, all else valid; the reason says what would be valid. */
#define VI915_BAD_CLOCK(_given)						\
	"clock cannot be '" _given "'; write now or delay=MS "	\
	"or lazy or manual, MS from 1 to 10000"

#define VI915_BAD_COMMA	"there is a comma with nothing behind it; leave it out"
#define VI915_BAD_WORD(_word)						\
	"'" _word "' has no '='; write key=value, and join the values of one key with '+'"

#define VI915_BAD_OUTPUTS(_given)					\
	"outputs cannot be '" _given "'; write a number from 0 to 8"

static const struct vi915_config_refusal_case vi915_config_refusal_cases[] = {
	{ "unknown_key", "a,colour=red",
	  "unknown key 'colour'; " VI915_KEYS },
	{ "empty_key", "a,=1", "unknown key ''; " VI915_KEYS },
	{ "key_in_capitals", "a,RENDER=0",
	  "unknown key 'RENDER'; " VI915_KEYS },
	{ "start_of_a_key", "a,rend=0",
	  "unknown key 'rend'; " VI915_KEYS },
	{ "blank_after_key", "a,render =0",
	  "unknown key 'render '; " VI915_KEYS },
	{ "long_key", "a,12345678901234567890123456789012345=1",
	  "unknown key '12345678901234567890123456789012'; " VI915_KEYS },
	{ "bad_render", "a,render=2",
	  "render cannot be '2'; write 0 or 1" },
	{ "render_in_words", "a,render=yes",
	  "render cannot be 'yes'; write 0 or 1" },
	{ "no_render", "a,render=",
	  "render cannot be ''; write 0 or 1" },
	{ "blank_before_value", "a,render= 0",
	  "render cannot be ' 0'; write 0 or 1" },
	{ "two_equal_signs", "a,render=0=1",
	  "render cannot be '0=1'; write 0 or 1" },
	{ "bad_clock", "a,clock=late",
	  VI915_BAD_CLOCK("late") },
	{ "delay_of_nothing", "a,clock=delay=",
	  VI915_BAD_CLOCK("delay=") },
	{ "no_delay", "a,clock=delay=0",
	  VI915_BAD_CLOCK("delay=0") },
	{ "too_long_a_delay", "a,clock=delay=10001",
	  VI915_BAD_CLOCK("delay=10001") },
	{ "delay_in_words", "a,clock=delay=MS",
	  VI915_BAD_CLOCK("delay=MS") },
	{ "delay_without_number", "a,clock=delay",
	  VI915_BAD_CLOCK("delay") },
	{ "too_many_outputs", "a,outputs=9", VI915_BAD_OUTPUTS("9") },
	{ "fewer_than_no_outputs", "a,outputs=-1", VI915_BAD_OUTPUTS("-1") },
	{ "bad_vblank", "a,vblank=60",
	  "vblank cannot be '60'; write off or mode" },
	{ "bad_fbdev", "a,fbdev=2",
	  "fbdev cannot be '2'; write 0 or 1" },
	{ "neither_node_nor_outputs", "a,render=0,outputs=0",
	  "'a' has neither a render node nor outputs; write render=1 or outputs=1" },
	{ "fbdev_that_cannot_show_it", "a,fbdev=1,modifiers=x+y",
	  "'a' has fbdev=1 but shows nothing linear; write modifiers=linear or fbdev=0" },
	{ "split_without_render", "a,render=0,split=1",
	  "'a' has split=1 but no render node; write render=1 or split=0" },
	{ "split_without_outputs", "a,set=arm-like,outputs=0",
	  "'a' has split=1 but no outputs; write outputs=1 or split=0" },
	{ "split_with_too_long_a_name", "a234567890123456789012345,split=1",
	  "'a234567890123456789012345' has split=1 and too long a name; write a shorter one" },
	{ "fbdev_of_no_output", "a,outputs=0,fbdev=1",
	  "'a' has fbdev=1 but no outputs; write outputs=1 or fbdev=0" },
	{ "bad_imports", "a,imports=tpu",
	  "imports cannot be 'tpu'; write gpu or cpu or none" },
	{ "end_of_value_missing", "a,imports=gp",
	  "imports cannot be 'gp'; write gpu or cpu or none" },
	{ "more_behind_value", "a,imports=gpus",
	  "imports cannot be 'gpus'; write gpu or cpu or none" },
	{ "long_value", "a,imports=12345678901234567890123456789012345",
	  "imports cannot be '12345678901234567890123456789012'; write gpu or cpu or none" },
	{ "key_without_value", "a,render",
	  VI915_BAD_WORD("render") },
	{ "comma_at_end", "a,", VI915_BAD_COMMA },
	{ "two_commas", "a,,render=0", VI915_BAD_COMMA },
	{ "values_with_a_comma", "a,modifiers=x,y", VI915_BAD_WORD("y") },
	{ "name_behind_key", "render=0,a",
	  VI915_BAD_WORD("a") },
	{ "comma_at_start", ",render=0", VI915_BAD_NAME("") },
	{ "blank_in_name", "a b", VI915_BAD_NAME("a b") },
	{ "slash_in_name", "a/b", VI915_BAD_NAME("a/b") },
	{ "digit_before_name", "1a", VI915_BAD_NAME("1a") },
	{ "dash_before_name", "-a", VI915_BAD_NAME("-a") },
	{ "number_below_0", "-1", VI915_BAD_NAME("-1") },
	{ "number_of_no_int", "4294967296",
	  "4294967295 GPUs are too many; there can be up to 4" },
	{ "number_in_a_list", "2;a", VI915_BAD_NAME("2") },
	{ "number_and_a_bad_key", "2,a=1", "unknown key 'a'; " VI915_KEYS },
	{ "number_and_a_name", "2,a", VI915_BAD_WORD("a") },
	{ "number_of_what_cannot_be", "2,render=0,outputs=0",
	  "'gpu0' has neither a render node nor outputs; write render=1 or outputs=1" },
	{ "name_too_long", "a2345678901234567890123456789012",
	  VI915_BAD_NAME("a2345678901234567890123456789012") },
	{ "name_far_too_long",
	  "a23456789012345678901234567890123456789012345",
	  VI915_BAD_NAME("a234567890123456789012345678901234567890") },
	{ "same_name", "a;b;a",
	  "two GPUs are called 'a'; give each a name of its own" },
	{ "name_that_is_a_default", "gpu1;",
	  "two GPUs are called 'gpu1'; give each a name of its own" },
	{ "fault_in_last_gpu", "a;b;c,render=2",
	  "render cannot be '2'; write 0 or 1" },
	{ "number_too_large", "5",
	  "5 GPUs are too many; there can be up to 4" },
	{ "list_too_long", "a;b;c;d;e", "more than 4 GPUs are too many" },
};

/* A refusal has a reason: one sentence of at most VI915_REASON_LEN bytes. */
static void vi915_config_test_refusal(struct kunit *test)
{
	const struct vi915_config_refusal_case *row = test->param_value;
	struct vi915_config *configs =
		vi915_config_alloc(test, VI915_CONFIG_TEST_GPUS);
	char *reason = vi915_config_reason(test);

	KUNIT_EXPECT_EQ(test,
			vi915_config_parse_copy(test, configs, VI915_CONFIG_TEST_GPUS,
						row->text, reason),
			-EINVAL);
	KUNIT_EXPECT_STREQ(test, reason, row->reason);
}

/* The maximum is accepted as a number and as a list, but not one more. */
static void vi915_config_test_most_gpus(struct kunit *test)
{
	struct vi915_config *configs =
		vi915_config_alloc(test, VI915_MAX_GPUS);
	char *reason = vi915_config_reason(test);
	char list[VI915_MAX_GPUS + 1];
	char number[8];

	snprintf(number, sizeof(number), "%d", VI915_MAX_GPUS);
	KUNIT_EXPECT_EQ(test,
			vi915_config_parse_copy(test, configs, VI915_MAX_GPUS,
						number, reason),
			VI915_MAX_GPUS);
	KUNIT_EXPECT_STREQ(test, configs[VI915_MAX_GPUS - 1].name, "gpu63");

	memset(list, ';', VI915_MAX_GPUS);
	list[VI915_MAX_GPUS] = '\0';
	KUNIT_EXPECT_EQ(test,
			vi915_config_parse_copy(test, configs, VI915_MAX_GPUS, list,
						reason),
			-EINVAL);
	list[VI915_MAX_GPUS - 1] = '\0';
	KUNIT_EXPECT_EQ(test,
			vi915_config_parse_copy(test, configs, VI915_MAX_GPUS, list,
						reason),
			VI915_MAX_GPUS);
	KUNIT_EXPECT_STREQ(test, configs[VI915_MAX_GPUS - 1].name, "gpu63");
}

/* By default a GPU has a render node, one output, and imports=gpu. */
static void vi915_config_test_defaults(struct kunit *test)
{
	static const struct vi915_config_want want = VI915_GPU("gpu7", true, GPU);
	struct vi915_config config;

	memset(&config, 0xff, sizeof(config));
	vi915_config_init(&config, 7);
	vi915_config_expect(test, &config, &want);
}

/* A refused description leaves nothing behind for the next one. */
static void vi915_config_test_parse_starts_anew(struct kunit *test)
{
	static const struct vi915_config_want want = VI915_GPU("b", true, GPU);
	char bad[] = "a,render=0,imports=cpu,x=1", good[] = "b";
	char *reason = vi915_config_reason(test);
	struct vi915_config config;

	KUNIT_EXPECT_EQ(test, vi915_config_parse(&config, 0, bad, reason),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, vi915_config_parse(&config, 0, good, reason), 0);
	vi915_config_expect(test, &config, &want);
}

/* A key, and its value when the description does not give one. */
struct vi915_config_key_case {
	const char *key;
	const char *by_default;
	/* Other valid values, each printed as it was given. */
	const char *values[4];
	/* Invalid values. */
	const char *bad[5];
};

static const struct vi915_config_key_case vi915_config_key_cases[] = {
	{ "clock", "now", { "lazy", "manual", "delay=1", "delay=10000" },
	  { "", "delay", "delay=0", "delay=MS", "delay=10001" } },
	{ "contiguous", "0", { "1" }, { "", "2", "yes", "01" } },
	{ "exports", "1", { "0", "own" }, { "", "2", "o", "owned" } },
	{ "fault", "none",
	  { "import:ENODEV@3", "import:ENODEV@every:7",
	    "import:ENODEV@after:100", "create:ENOMEM@1+mmap:EPERM@after:2" },
	  { "", "import:ENODEV", "import:ENODEV@0", "import:EGAL@1",
	    "import:EIO@1+import:EIO@2" } },
	{ "fbdev", "0", { "1" }, { "", "2" } },
	{ "hang", "never", { "1", "every:2", "after:3", "after:2147483646" },
	  { "", "0", "every:", "every:0", "2147483647" } },
	{ "height_align", "1", { "2", "16", "4096" }, { "", "0", "3", "8192", "1x" } },
	{ "implicit", "1", { "0" }, { "", "2" } },
	{ "imports", "gpu", { "cpu", "none" }, { "", "gp", "gpus", "0" } },
	{ "in_fence", "1", { "0" }, { "", "2" } },
	{ "late", "0", { "1", "60000" }, { "", "60001", "-1", " 1", "1s" } },
	{ "max_handles", "0", { "1", "1048576" }, { "", "1048577", "1K" } },
	{ "max_size", "0", { "4097", "4K", "1025M", "8589934591G" },
	  { "", "K", "1T", "8589934592G", "99999999999999999999999" } },
	{ "media", "1", { "0" }, { "", "2" } },
	{ "mmap", "1", { "0" }, { "", "2" } },
	{ "modifiers", "linear+x+y", { "none", "linear", "x+y", "y" },
	  { "", "+x", "x+", "linear,x", "xy" } },
	{ "order", "auto", { "0", "63", "seed:0", "seed:4294967295" },
	  { "", "64", "seed", "seed:", "seed:4294967296" } },
	{ "outputs", "1", { "0", "8" }, { "", "9", "-1", "1.0" } },
	{ "pitch", "reject", { "round" }, { "", "none" } },
	{ "pitch_align", "64", { "4", "256", "4096" }, { "", "2", "96", "8192", "0" } },
	{ "render", "1", { "0" }, { "", "2" } },
	{ "set", "intel",
	  { "amd-like", "nvidia-like", "arm-like", "display-only" },
	  { "", "amd", "none", "intel-like" } },
	{ "split", "0", { "1" }, { "", "2" } },
	{ "unmapped", "scratch", { "hang" }, { "", "0", "zeros" } },
	{ "vblank", "mode", { "off" }, { "", "0", "60" } },
	{ "vmap", "1", { "0" }, { "", "2" } },
};

static void vi915_config_expect_key(struct kunit *test,
				    const struct vi915_config *config,
				    const char *key, const char *value)
{
	char *buf = kunit_kzalloc(test, VI915_CONFIG_LEN, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	KUNIT_EXPECT_EQ(test,
			vi915_config_print_key(config, key, buf,
					       VI915_CONFIG_LEN),
			strlen(value));
	KUNIT_EXPECT_STREQ(test, buf, value);
}

/* Each value is printed as it was given; an invalid one changes nothing. */
static void vi915_config_test_key(struct kunit *test)
{
	const struct vi915_config_key_case *row = test->param_value;
	struct vi915_config *config = vi915_config_alloc(test, 2);
	char *reason = vi915_config_reason(test);
	unsigned int i;

	vi915_config_init(config, 0);
	vi915_config_expect_key(test, config, row->key, row->by_default);
	for (i = 0; i < ARRAY_SIZE(row->values) && row->values[i]; i++) {
		KUNIT_EXPECT_EQ(test,
				vi915_config_set(config, row->key,
						 row->values[i], reason), 0);
		KUNIT_EXPECT_STREQ(test, reason, "");
		vi915_config_expect_key(test, config, row->key, row->values[i]);
	}
	config[1] = config[0];
	for (i = 0; i < ARRAY_SIZE(row->bad) && row->bad[i]; i++) {
		KUNIT_EXPECT_EQ(test,
				vi915_config_set(config, row->key, row->bad[i],
						 reason), -EINVAL);
		KUNIT_EXPECT_NOT_NULL(test, strstr(reason, row->key));
		KUNIT_EXPECT_NOT_NULL(test, strstr(reason, "; write "));
		KUNIT_EXPECT_MEMEQ(test, &config[0], &config[1],
				   sizeof(*config));
	}
	KUNIT_EXPECT_EQ(test,
			vi915_config_set(config, row->key, row->by_default,
					 reason), 0);
	vi915_config_expect_key(test, config, row->key, row->by_default);
}

/* The table above has every key, and the longest refusal fits. */
static void vi915_config_test_all_keys(struct kunit *test)
{
	char *good = vi915_config_reason(test);
	const char *key;
	unsigned int i;

	for (i = 0; (key = vi915_config_key(i, good, VI915_REASON_LEN)); i++) {
		KUNIT_ASSERT_LT(test, i, ARRAY_SIZE(vi915_config_key_cases));
		KUNIT_EXPECT_STREQ(test, key, vi915_config_key_cases[i].key);
		KUNIT_EXPECT_LT(test,
				strlen(good) + strlen(key) + 32 +
				strlen(" cannot be ''; write "),
				VI915_REASON_LEN);
	}
	KUNIT_EXPECT_EQ(test, i, ARRAY_SIZE(vi915_config_key_cases));
}

/* Every key is printed with its value; a small buffer gets the start. */
static void vi915_config_test_print(struct kunit *test)
{
	char text[] = "a,fault=import:ENODEV@after:100,clock=delay=25,max_size=16M";
	char *all = kunit_kzalloc(test, VI915_CONFIG_LEN, GFP_KERNEL);
	struct vi915_config *config = vi915_config_alloc(test, 1);
	char *reason = vi915_config_reason(test), *buf;
	size_t length, size;

	KUNIT_ASSERT_NOT_NULL(test, all);
	KUNIT_ASSERT_EQ(test, vi915_config_parse(config, 0, text, reason), 0);
	length = vi915_config_print(config, all, VI915_CONFIG_LEN);
	KUNIT_EXPECT_STREQ(test, all,
			   "name=a clock=delay=25 contiguous=0 exports=1 fault=import:ENODEV@after:100 fbdev=0 hang=never height_align=1 implicit=1 imports=gpu in_fence=1 late=0 max_handles=0 max_size=16M media=1 mmap=1 modifiers=linear+x+y order=auto outputs=1 pitch=reject pitch_align=64 render=1 set=intel split=0 unmapped=scratch vblank=mode vmap=1");
	for (size = 1; size <= length + 1; size++) {
		/* Just as long, so that KASAN sees a write behind its end. */
		buf = kunit_kzalloc(test, size, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, buf);
		KUNIT_EXPECT_EQ(test, vi915_config_print(config, buf, size),
				size - 1);
		KUNIT_EXPECT_EQ(test, strlen(buf), size - 1);
		KUNIT_EXPECT_EQ(test, strncmp(buf, all, size - 1), 0);
	}
}

/* The longest possible description fits when it is printed. */
static void vi915_config_test_longest(struct kunit *test)
{
	static const char *const words[] = {
		"clock=delay=10000", "fault=addfb:EOPNOTSUPP@after:2147483646",
		"hang=after:2147483646", "late=60000", "max_handles=1048576",
		"max_size=9223372036854775807", "order=seed:4294967295",
		"height_align=4096", "pitch_align=4096", "set=display-only",
	};
	struct vi915_config *config = vi915_config_alloc(test, 1);
	char *buf = kunit_kzalloc(test, VI915_CONFIG_LEN, GFP_KERNEL);
	char *text = kunit_kzalloc(test, VI915_CONFIG_LEN, GFP_KERNEL);
	char *reason = vi915_config_reason(test);
	unsigned int i;
	int n;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	KUNIT_ASSERT_NOT_NULL(test, text);
	n = scnprintf(text, VI915_CONFIG_LEN, "a234567890123456789012345678901");
	for (i = 0; i < ARRAY_SIZE(words); i++)
		n += scnprintf(text + n, VI915_CONFIG_LEN - n, ",%s", words[i]);
	KUNIT_ASSERT_EQ(test, vi915_config_parse(config, 0, text, reason), 0);
	for (i = 0; i < VI915_NUM_FAULTS; i++)
		config->faults[i] = config->faults[VI915_FAULT_ADDFB];
	KUNIT_EXPECT_LT(test, vi915_config_print(config, buf, VI915_CONFIG_LEN),
			VI915_CONFIG_LEN - 1);
}

/* A set changes the values of its vendor's GPUs; later keys override it. */
static void vi915_config_test_set(struct kunit *test)
{
	char text[] = "a,outputs=3,vmap=0,set=amd-like,modifiers=none";
	struct vi915_config *config = vi915_config_alloc(test, 1);
	char *reason = vi915_config_reason(test);

	KUNIT_ASSERT_EQ(test, vi915_config_parse(config, 0, text, reason), 0);
	vi915_config_expect_key(test, config, "set", "amd-like");
	vi915_config_expect_key(test, config, "outputs", "3");
	vi915_config_expect_key(test, config, "vmap", "1");
	vi915_config_expect_key(test, config, "pitch_align", "256");
	vi915_config_expect_key(test, config, "modifiers", "none");
	KUNIT_EXPECT_EQ(test, vi915_config_set(config, "set", "intel", reason),
			0);
	vi915_config_expect_key(test, config, "pitch_align", "64");
	vi915_config_expect_key(test, config, "modifiers", "linear+x+y");
}

/* A split GPU becomes a display and a renderer, with two names. */
static void vi915_config_test_split(struct kunit *test)
{
	char text[] = "soc,split=1,contiguous=1,fbdev=1,outputs=2";
	struct vi915_config *configs = vi915_config_alloc(test, 3);
	char *reason = vi915_config_reason(test);

	KUNIT_ASSERT_EQ(test, vi915_config_parse(configs, 0, text, reason), 0);
	KUNIT_ASSERT_EQ(test, vi915_config_parts(configs), 2);
	vi915_config_part(configs, 0, &configs[1]);
	vi915_config_part(configs, 1, &configs[2]);
	KUNIT_EXPECT_STREQ(test, configs[1].name, "soc");
	KUNIT_EXPECT_FALSE(test, configs[1].render);
	KUNIT_EXPECT_EQ(test, configs[1].outputs, 2);
	KUNIT_EXPECT_TRUE(test, configs[1].contiguous);
	KUNIT_EXPECT_TRUE(test, configs[1].fbdev);
	KUNIT_EXPECT_STREQ(test, configs[2].name, "soc-render");
	KUNIT_EXPECT_TRUE(test, configs[2].render);
	KUNIT_EXPECT_EQ(test, configs[2].outputs, 0);
	KUNIT_EXPECT_FALSE(test, configs[2].contiguous);
	KUNIT_EXPECT_FALSE(test, configs[2].fbdev);
	KUNIT_EXPECT_EQ(test, vi915_config_check(&configs[1], reason), 0);
	KUNIT_EXPECT_EQ(test, vi915_config_check(&configs[2], reason), 0);
}

KUNIT_ARRAY_PARAM_DESC(vi915_config_list, vi915_config_list_cases, name);
KUNIT_ARRAY_PARAM_DESC(vi915_config_key, vi915_config_key_cases, key);
KUNIT_ARRAY_PARAM_DESC(vi915_config_refusal, vi915_config_refusal_cases, name);

static struct kunit_case vi915_config_cases[] = {
	KUNIT_CASE(vi915_config_test_all_keys),
	KUNIT_CASE(vi915_config_test_defaults),
	KUNIT_CASE_PARAM(vi915_config_test_key, vi915_config_key_gen_params),
	KUNIT_CASE_PARAM(vi915_config_test_list, vi915_config_list_gen_params),
	KUNIT_CASE(vi915_config_test_longest),
	KUNIT_CASE(vi915_config_test_most_gpus),
	KUNIT_CASE(vi915_config_test_parse_starts_anew),
	KUNIT_CASE(vi915_config_test_print),
	KUNIT_CASE_PARAM(vi915_config_test_refusal,
			 vi915_config_refusal_gen_params),
	KUNIT_CASE(vi915_config_test_set),
	KUNIT_CASE(vi915_config_test_split),
	{}
};

static struct kunit_suite vi915_config_suite = {
	.name = "vi915_config",
	.test_cases = vi915_config_cases,
};

kunit_test_suite(vi915_config_suite);

// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../vi915_config.h"

/* How many GPUs a row of a table speaks of at most. */
#define VI915_CONFIG_TEST_GPUS	4

struct vi915_config_list_case {
	const char *name;
	const char *text;
	int count;
	struct vi915_config gpus[VI915_CONFIG_TEST_GPUS];
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
				const struct vi915_config *want)
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

/* Has exactly @count rooms, so that KASAN sees a write behind the last. */
static struct vi915_config *vi915_config_alloc(struct kunit *test,
					       unsigned int count)
{
	struct vi915_config *configs;

	configs = kunit_kcalloc(test, count, sizeof(*configs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, configs);
	return configs;
}

static char *vi915_config_reason(struct kunit *test)
{
	char *reason = kunit_kzalloc(test, VI915_REASON_LEN, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, reason);
	return reason;
}

/* Each list gives the GPUs it describes, and no word of complaint. */
static void vi915_config_test_list(struct kunit *test)
{
	const struct vi915_config_list_case *row = test->param_value;
	struct vi915_config *configs =
		vi915_config_alloc(test, VI915_CONFIG_TEST_GPUS);
	char *reason = vi915_config_reason(test);
	int i, count;

	count = vi915_config_parse_list(configs, VI915_CONFIG_TEST_GPUS,
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
	"the keys are clock, fbdev, imports, outputs, render, vblank"
#define VI915_BAD_NAME(_name)						\
	"'" _name "' is no name for a GPU; "					\
	"write a letter, then up to 30 letters, digits, '_', '-' or '.'"

/* One fault each, all else good; the sentence says what would be right. */
#define VI915_BAD_CLOCK(_given)						\
	"clock='" _given "' is not possible; it can be now or delay=MS "	\
	"or lazy or manual, MS from 1 to 10000"

#define VI915_BAD_OUTPUTS(_given)					\
	"outputs='" _given "' is not possible; it can be "		\
	"0 or 1 or 2 or 3 or 4 or 5 or 6 or 7 or 8"

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
	  "render='2' is not possible; it can be 0 or 1" },
	{ "render_in_words", "a,render=yes",
	  "render='yes' is not possible; it can be 0 or 1" },
	{ "no_render", "a,render=",
	  "render='' is not possible; it can be 0 or 1" },
	{ "blank_before_value", "a,render= 0",
	  "render=' 0' is not possible; it can be 0 or 1" },
	{ "two_equal_signs", "a,render=0=1",
	  "render='0=1' is not possible; it can be 0 or 1" },
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
	  "vblank='60' is not possible; it can be off or mode" },
	{ "bad_fbdev", "a,fbdev=2",
	  "fbdev='2' is not possible; it can be 0 or 1" },
	{ "neither_node_nor_outputs", "a,render=0,outputs=0",
	  "'a' has neither a render node nor outputs; write render=1 or outputs=1" },
	{ "fbdev_of_no_output", "a,outputs=0,fbdev=1",
	  "'a' has fbdev=1 but no outputs; write outputs=1 or fbdev=0" },
	{ "bad_imports", "a,imports=tpu",
	  "imports='tpu' is not possible; it can be gpu or cpu" },
	{ "end_of_value_missing", "a,imports=gp",
	  "imports='gp' is not possible; it can be gpu or cpu" },
	{ "more_behind_value", "a,imports=gpus",
	  "imports='gpus' is not possible; it can be gpu or cpu" },
	{ "long_value", "a,imports=12345678901234567890123456789012345",
	  "imports='12345678901234567890123456789012' is not possible; it can be gpu or cpu" },
	{ "key_without_value", "a,render",
	  "'render' has no '='; write key=value" },
	{ "comma_at_end", "a,", "'' has no '='; write key=value" },
	{ "two_commas", "a,,render=0", "'' has no '='; write key=value" },
	{ "name_behind_key", "render=0,a",
	  "'a' has no '='; write key=value" },
	{ "comma_at_start", ",render=0", VI915_BAD_NAME("") },
	{ "blank_in_name", "a b", VI915_BAD_NAME("a b") },
	{ "slash_in_name", "a/b", VI915_BAD_NAME("a/b") },
	{ "digit_before_name", "1a", VI915_BAD_NAME("1a") },
	{ "dash_before_name", "-a", VI915_BAD_NAME("-a") },
	{ "number_below_0", "-1", VI915_BAD_NAME("-1") },
	{ "number_of_no_int", "4294967296", VI915_BAD_NAME("4294967296") },
	{ "number_with_a_key", "2,render=0", VI915_BAD_NAME("2") },
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
	  "render='2' is not possible; it can be 0 or 1" },
	{ "number_too_large", "5",
	  "5 GPUs are too many; there can be up to 4" },
	{ "list_too_long", "a;b;c;d;e", "more than 4 GPUs are too many" },
};

/* Each refusal says why, in one sentence of at most VI915_REASON_LEN bytes. */
static void vi915_config_test_refusal(struct kunit *test)
{
	const struct vi915_config_refusal_case *row = test->param_value;
	struct vi915_config *configs =
		vi915_config_alloc(test, VI915_CONFIG_TEST_GPUS);
	char *reason = vi915_config_reason(test);

	KUNIT_EXPECT_EQ(test,
			vi915_config_parse_list(configs, VI915_CONFIG_TEST_GPUS,
						row->text, reason),
			-EINVAL);
	KUNIT_EXPECT_STREQ(test, reason, row->reason);
}

/* As many as there may be, as a number and as a list; and not one more. */
static void vi915_config_test_most_gpus(struct kunit *test)
{
	struct vi915_config *configs =
		vi915_config_alloc(test, VI915_MAX_GPUS);
	char *reason = vi915_config_reason(test);
	char list[VI915_MAX_GPUS + 1];
	char number[8];

	snprintf(number, sizeof(number), "%d", VI915_MAX_GPUS);
	KUNIT_EXPECT_EQ(test,
			vi915_config_parse_list(configs, VI915_MAX_GPUS,
						number, reason),
			VI915_MAX_GPUS);
	KUNIT_EXPECT_STREQ(test, configs[VI915_MAX_GPUS - 1].name, "gpu63");

	memset(list, ';', VI915_MAX_GPUS);
	list[VI915_MAX_GPUS] = '\0';
	KUNIT_EXPECT_EQ(test,
			vi915_config_parse_list(configs, VI915_MAX_GPUS, list,
						reason),
			-EINVAL);
	list[VI915_MAX_GPUS - 1] = '\0';
	KUNIT_EXPECT_EQ(test,
			vi915_config_parse_list(configs, VI915_MAX_GPUS, list,
						reason),
			VI915_MAX_GPUS);
	KUNIT_EXPECT_STREQ(test, configs[VI915_MAX_GPUS - 1].name, "gpu63");
}

/* What nobody described has a render node and an output, for the GPU alone. */
static void vi915_config_test_defaults(struct kunit *test)
{
	static const struct vi915_config want = VI915_GPU("gpu7", true, GPU);
	struct vi915_config config;

	memset(&config, 0xff, sizeof(config));
	vi915_config_init(&config, 7);
	vi915_config_expect(test, &config, &want);
}

/* A refused description leaves no half of it behind in the next one. */
static void vi915_config_test_parse_starts_anew(struct kunit *test)
{
	static const struct vi915_config want = VI915_GPU("b", true, GPU);
	char bad[] = "a,render=0,imports=cpu,x=1", good[] = "b";
	char *reason = vi915_config_reason(test);
	struct vi915_config config;

	KUNIT_EXPECT_EQ(test, vi915_config_parse(&config, 0, bad, reason),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, vi915_config_parse(&config, 0, good, reason), 0);
	vi915_config_expect(test, &config, &want);
}

#define VI915_LONGEST	"a234567890123456789012345678901"

struct vi915_config_print_case {
	struct vi915_config config;
	const char *text;
};

static const struct vi915_config_print_case vi915_config_print_cases[] = {
	{ VI915_GPU("a", true, GPU),
	  "name=a clock=now fbdev=0 imports=gpu outputs=1 render=1 vblank=mode" },
	{ VI915_GPU("b", false, GPU),
	  "name=b clock=now fbdev=0 imports=gpu outputs=1 render=0 vblank=mode" },
	{ VI915_GPU("c", true, CPU),
	  "name=c clock=now fbdev=0 imports=cpu outputs=1 render=1 vblank=mode" },
	{ VI915_CLOCK("d", DELAY, 25),
	  "name=d clock=delay=25 fbdev=0 imports=gpu outputs=1 render=1 vblank=mode" },
	{ VI915_GPU("a234567890123456789012345678901", false, CPU),
	  "name=" VI915_LONGEST " clock=now fbdev=0 imports=cpu outputs=1 render=0 vblank=mode" },
	{ VI915_SCREENS("e", 0, false, false),
	  "name=e clock=now fbdev=0 imports=gpu outputs=0 render=1 vblank=off" },
	{ VI915_SCREENS("f", 8, true, true),
	  "name=f clock=now fbdev=1 imports=gpu outputs=8 render=1 vblank=mode" },
};

/* Every key is shown with its value; too short a buffer gets the start. */
static void vi915_config_test_print(struct kunit *test)
{
	const struct vi915_config_print_case *row = test->param_value;
	size_t length = strlen(row->text), size;
	char *buf;

	for (size = 1; size <= length + 1; size++) {
		/* Just as long, so that KASAN sees a write behind its end. */
		buf = kunit_kzalloc(test, size, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, buf);
		KUNIT_EXPECT_EQ(test,
				vi915_config_print(&row->config, buf, size),
				size - 1);
		KUNIT_EXPECT_EQ(test, strlen(buf), size - 1);
		KUNIT_EXPECT_EQ(test, strncmp(buf, row->text, size - 1), 0);
	}
}

static void vi915_config_describe_print(const struct vi915_config_print_case *row,
					char *desc)
{
	strscpy(desc, row->text, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM_DESC(vi915_config_list, vi915_config_list_cases, name);
KUNIT_ARRAY_PARAM(vi915_config_print, vi915_config_print_cases,
		  vi915_config_describe_print);
KUNIT_ARRAY_PARAM_DESC(vi915_config_refusal, vi915_config_refusal_cases, name);

static struct kunit_case vi915_config_cases[] = {
	KUNIT_CASE(vi915_config_test_defaults),
	KUNIT_CASE_PARAM(vi915_config_test_list, vi915_config_list_gen_params),
	KUNIT_CASE(vi915_config_test_most_gpus),
	KUNIT_CASE(vi915_config_test_parse_starts_anew),
	KUNIT_CASE_PARAM(vi915_config_test_print,
			 vi915_config_print_gen_params),
	KUNIT_CASE_PARAM(vi915_config_test_refusal,
			 vi915_config_refusal_gen_params),
	{}
};

static struct kunit_suite vi915_config_suite = {
	.name = "vi915_config",
	.test_cases = vi915_config_cases,
};

kunit_test_suite(vi915_config_suite);

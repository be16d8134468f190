// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * vi915 graph: how buffers are shared. graph_model.c, graph_outputs.c and graph_proc.c ask the
 * kernel, graph_text.c, graph_dot.c and graph_svg.c print.
 */
#include <json-c/json.h>
#include <stdbool.h>

#include "box/say.h"
#include "cmd.h"
#include "graph.h"
#include "model.h"
#include "options.h"

struct vi915_graph_options {
	bool json;
	bool dot;
	bool svg;
};

static int vi915_graph_set_json(void *to, const char *value)
{
	(void)value;
	((struct vi915_graph_options *)to)->json = true;
	return 0;
}

static int vi915_graph_set_dot(void *to, const char *value)
{
	(void)value;
	((struct vi915_graph_options *)to)->dot = true;
	return 0;
}

static int vi915_graph_set_svg(void *to, const char *value)
{
	(void)value;
	((struct vi915_graph_options *)to)->svg = true;
	return 0;
}

static const struct vi915_option vi915_graph_table[] = {
	{ "json", NULL, "print it for programs", vi915_graph_set_json },
	{ "dot", NULL, "print it for Graphviz: vi915 graph --dot | dot -Tpng",
	  vi915_graph_set_dot },
	{ "svg", NULL, "print it as a picture", vi915_graph_set_svg },
	{ 0 },
};

const struct vi915_usage vi915_graph_usage = {
	.name = "graph",
	.help = "Show which buffer is shared by whom, and what it waits for.",
	.options = vi915_graph_table,
};

/**
 * vi915_cmd_graph() - vi915 graph [--json|--dot|--svg]
 * @argc: number of words, the subcommand's name being the first
 * @argv: the words
 *
 * Return: the exit code.
 */
int vi915_cmd_graph(int argc, char **argv)
{
	struct vi915_graph_options options = { 0 };
	struct json_object *model;
	int rest, ret;

	ret = vi915_options_parse(&vi915_graph_usage, &options, argc, argv, &rest);
	if (ret)
		return ret == VI915_OPTIONS_HELPED ? 0 : ret;
	if (rest < argc)
		return vi915_say("graph: it takes nothing more; leave '%s' out", argv[rest]);
	if (options.json + options.dot + options.svg > 1)
		return vi915_say("graph: --json, --dot and --svg exclude each other; write one of them");

	model = vi915_graph_read();
	if (options.json)
		ret = vi915_model_print_json(model);
	else if (options.dot)
		vi915_graph_print_dot(model);
	else if (options.svg)
		vi915_graph_put_svg(model, stdout);
	else
		vi915_graph_print_text(model);
	json_object_put(model);
	return ret;
}

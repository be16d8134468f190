/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_GRAPH_H
#define VI915_GRAPH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json_object;

/* graph_model.c: builds the model from files of the kernel. */
struct json_object *vi915_graph_read(void);
struct json_object *vi915_graph_buffer(struct json_object *model, int64_t ino);

/* graph_outputs.c: the buffers on the outputs of a vi915 GPU. */
void vi915_graph_read_outputs(struct json_object *model, struct json_object *device,
			      struct json_object *objects);

/* graph_proc.c: the buffers that processes hold. */
void vi915_graph_read_processes(struct json_object *model);
struct json_object *vi915_graph_holder(struct json_object *model, struct json_object *buffer,
				       int64_t pid);

/* graph_text.c, graph_dot.c and graph_svg.c: print the model. */
void vi915_graph_print_text(struct json_object *model);
void vi915_graph_print_dot(struct json_object *model);
void vi915_graph_put_svg(struct json_object *model, FILE *file);
bool vi915_graph_works_on(struct json_object *buffer, const char *name);
char *vi915_graph_holds(struct json_object *holder, const char *separator);
const char *vi915_graph_direction(struct json_object *importer);
const char *vi915_graph_comm(struct json_object *model, int64_t pid);

#endif

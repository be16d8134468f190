/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_CONNECTOR_H
#define VI915_CONNECTOR_H

struct vi915_output;

int vi915_connector_init(struct vi915_output *output);
void vi915_connector_probe(struct vi915_output *output);

#endif

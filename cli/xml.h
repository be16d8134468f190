/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_XML_H
#define VI915_XML_H

#include <stddef.h>
#include <stdio.h>

void vi915_xml_put(FILE *file, const char *text, size_t len);
void vi915_xml_text(FILE *file, const char *text);

#endif

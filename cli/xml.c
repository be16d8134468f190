// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Any bytes as text of XML 1.0 or HTML, between tags or between quotes. Bytes that XML cannot have,
 * such as control characters and invalid UTF-8, become U+FFFD; a terminal's colours are left out.
 */
#include "xml.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define VI915_XML_INSTEAD "\xef\xbf\xbd"

/* Length of a terminal's escape sequence at @text, such as "ESC [ 31 m", or 0. */
static size_t vi915_xml_escape(const unsigned char *text, size_t len)
{
	size_t at = 2;

	if (len < 3 || text[0] != 0x1b || text[1] != '[')
		return 0;
	while (at < len && text[at] >= 0x20 && text[at] < 0x40)
		at++;
	return at < len && text[at] >= 0x40 && text[at] < 0x7f ? at + 1 : 0;
}

/* Length of the character at @text, or 0 when XML may not have it. */
static size_t vi915_xml_char(const unsigned char *text, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t num, i;
	uint32_t c;

	if (text[0] < 0x80)
		return text[0] >= 0x20 || strchr("\t\n\r", text[0]) ? text[0] != 0 : 0;
	num = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
	if (text[0] < 0xc2 || text[0] > 0xf4 || num > len)
		return 0;
	c = text[0] & (0x7f >> num);
	for (i = 1; i < num; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (text[i] & 0x3f);
	}
	if (c < least[num] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) || (c & 0xfffe) == 0xfffe)
		return 0;
	return num;
}

static void vi915_xml_one(FILE *file, const char *text, size_t len)
{
	switch (*text) {
	case '<':
		fputs("&lt;", file);
		break;
	case '>':
		fputs("&gt;", file);
		break;
	case '&':
		fputs("&amp;", file);
		break;
	case '"':
		fputs("&quot;", file);
		break;
	case '\r':
		/* Readers of XML would turn a plain CR into a newline. */
		fputs("&#13;", file);
		break;
	default:
		fwrite(text, 1, len, file);
	}
}

/**
 * vi915_xml_put() - write bytes as text
 * @file: where to
 * @text: the bytes
 * @len: how many
 */
void vi915_xml_put(FILE *file, const char *text, size_t len)
{
	while (len) {
		size_t num = vi915_xml_escape((const unsigned char *)text, len);

		if (!num) {
			num = vi915_xml_char((const unsigned char *)text, len);
			if (num)
				vi915_xml_one(file, text, num);
			else
				fputs(VI915_XML_INSTEAD, file);
			num = num ?: 1;
		}
		text += num;
		len -= num;
	}
}

/**
 * vi915_xml_text() - write a string as text
 * @file: where to
 * @text: the string
 */
void vi915_xml_text(FILE *file, const char *text)
{
	vi915_xml_put(file, text, strlen(text));
}

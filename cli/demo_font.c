// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Letters as strokes of a pen on a grid of 5x7 points. Two digits are a point, x then y. A stroke
 * is a sequence of points; a space separates strokes. "002640" is a V: from (0,0) down to (2,6) and
 * up to (4,0).
 */
#include "demo_font.h"

#include <stddef.h>

static const struct {
	char letter;
	const char *strokes;
} vi915_demo_font[] = {
	{ '\'', "2021" },
	{ ',', "1607" },
	{ '-', "1333" },
	{ '.', "1616" },
	{ '/', "0640" },
	{ '0', "103041453616050110 1432" },
	{ '1', "112026 1636" },
	{ '2', "01103041420646" },
	{ '3', "0110304142334445361605 1333" },
	{ '4', "36300444" },
	{ '5', "400003334445361605" },
	{ '6', "4130100105163645443303" },
	{ '7', "004016" },
	{ '8', "103041423313020110 1304051636454433" },
	{ '9', "0516364541301001021343" },
	{ ':', "1212 1515" },
	{ '>', "0343 214325" },
	{ 'A', "062046 1434" },
	{ 'B', "0006 003041423303 3344453606" },
	{ 'C', "4130100105163645" },
	{ 'D', "00204244260600" },
	{ 'E', "40000646 0333" },
	{ 'F', "400006 0333" },
	{ 'G', "41301001051636454323" },
	{ 'H', "0006 4046 0343" },
	{ 'I', "1030 2026 1636" },
	{ 'J', "4045361605" },
	{ 'K', "0006 400346" },
	{ 'L', "000646" },
	{ 'M', "0600234046" },
	{ 'N', "06004640" },
	{ 'O', "103041453616050110" },
	{ 'P', "06003041423303" },
	{ 'Q', "103041453616050110 2446" },
	{ 'R', "06003041423303 2346" },
	{ 'S', "413010010213334445361605" },
	{ 'T', "0040 2026" },
	{ 'U', "000516364540" },
	{ 'V', "002640" },
	{ 'W', "0016233640" },
	{ 'X', "0046 4006" },
	{ 'Y', "002340 2326" },
	{ 'Z', "00400646" },
};

/**
 * vi915_demo_font_strokes() - get the strokes of a letter
 * @letter: a capital, a digit, or one of ' , - . / : and > for an arrow
 *
 * Return: its strokes; none for a space and for any other character.
 */
const char *vi915_demo_font_strokes(char letter)
{
	for (size_t i = 0; i < sizeof(vi915_demo_font) / sizeof(vi915_demo_font[0]); i++) {
		if (vi915_demo_font[i].letter == letter)
			return vi915_demo_font[i].strokes;
	}
	return "";
}

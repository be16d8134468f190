// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "fuzz.h"

uint64_t fuzz_random(struct fuzz_random *random)
{
	uint64_t x = random->state += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

uint32_t fuzz_below(struct fuzz_random *random, uint32_t n)
{
	return (fuzz_random(random) >> 32) * n >> 32;
}

bool fuzz_chance(struct fuzz_random *random, unsigned int percent)
{
	return fuzz_below(random, 100) < percent;
}

uint64_t fuzz_number(struct fuzz_random *random)
{
	static const uint64_t borders[] = {
		0, 1, 2, 3, 4, 7, 8, 16, 31, 32, 63, 64, 255, 256, 512, 4095, 4096, 4097,
		8192, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
		0x7ffffffff000, 0x7fffffffffff, 0x800000000000, 0x7fffffff000,
		0x80000000000, 0x7fffffffffffffff, 0x8000000000000000, 0xfffffffffffff000,
		0xffffffffffffffff,
	};
	uint64_t number = borders[fuzz_below(random, sizeof(borders) / sizeof(*borders))];

	switch (fuzz_below(random, 8)) {
	case 0:
		return fuzz_random(random);
	case 1:
		return fuzz_random(random) >> fuzz_below(random, 64);
	case 2:
		return 1ULL << fuzz_below(random, 64);
	case 3:
		return number + 1;
	case 4:
		return number - 1;
	case 5:
		return -number;
	default:
		return number;
	}
}

/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_PROBE_H
#define VI915_PROBE_H

struct platform_device;

int vi915_device_probe(struct platform_device *pdev);
void vi915_device_remove(struct platform_device *pdev);

#endif

// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_atomic_state_helper.h>
#include <drm/drm_edid.h>
#include <drm/drm_modeset_helper_vtables.h>
#include <drm/drm_probe_helper.h>
#include <linux/string.h>

#include "vi915_connector.h"
#include "vi915_device.h"
#include "vi915_edid.h"
#include "vi915_output.h"

/**
 * DOC: connectors
 *
 * A screen is always plugged in. It describes itself by an EDID, like any other
 * screen, and the DRM core reads that. So the core's tools for real connectors
 * work: the files `status` and `force` unplug the screen and send a uevent, and
 * `edid_override` replaces the EDID.
 */

static int vi915_connector_read_edid(void *context, u8 *buf, unsigned int block,
				     size_t len)
{
	struct vi915_output *output = context;
	u8 edid[VI915_EDID_BYTES];
	char serial[32];
	size_t at = (size_t)block * EDID_LENGTH;

	if (at + len > sizeof(edid))
		return -EINVAL;

	snprintf(serial, sizeof(serial), "%s/%u",
		 dev_name(output->dev->drm.dev), output->index);
	vi915_edid_fill(edid, output->dev->config.name, serial, output->index);
	memcpy(buf, edid + at, len);
	return 0;
}

static int vi915_connector_get_modes(struct drm_connector *connector)
{
	struct vi915_output *output =
		container_of(connector, struct vi915_output, connector);
	const struct drm_edid *edid;
	int count;

	edid = drm_edid_read_custom(connector, vi915_connector_read_edid, output);
	drm_edid_connector_update(connector, edid);
	count = drm_edid_connector_add_modes(connector);
	drm_edid_free(edid);
	return count;
}

static const struct drm_connector_helper_funcs vi915_connector_helper_funcs = {
	.get_modes = vi915_connector_get_modes,
};

static const struct drm_connector_funcs vi915_connector_funcs = {
	.fill_modes = drm_helper_probe_single_connector_modes,
	.reset = drm_atomic_helper_connector_reset,
	.atomic_duplicate_state = drm_atomic_helper_connector_duplicate_state,
	.atomic_destroy_state = drm_atomic_helper_connector_destroy_state,
};

/**
 * vi915_connector_probe() - probe a connector before the first client does
 * @output: the output
 *
 * Otherwise sysfs would show no status and modes until a client probes.
 */
void vi915_connector_probe(struct vi915_output *output)
{
	struct drm_connector *connector = &output->connector;
	struct drm_mode_config *config = &connector->dev->mode_config;

	mutex_lock(&config->mutex);
	/* This is no hotplug, so it must send no uevent. */
	connector->status = connector_status_connected;
	connector->funcs->fill_modes(connector, config->max_width,
				     config->max_height);
	mutex_unlock(&config->mutex);
}

/**
 * vi915_connector_init() - make the connector of an output, after its CRTC
 * @output: the output
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_connector_init(struct vi915_output *output)
{
	struct drm_device *drm = &output->dev->drm;
	int ret;

	ret = drmm_encoder_init(drm, &output->encoder, NULL,
				DRM_MODE_ENCODER_TMDS, NULL);
	if (ret)
		return ret;
	output->encoder.possible_crtcs = drm_crtc_mask(&output->crtc);

	ret = drmm_connector_init(drm, &output->connector,
				  &vi915_connector_funcs,
				  DRM_MODE_CONNECTOR_HDMIA, NULL);
	if (ret)
		return ret;
	drm_connector_helper_add(&output->connector,
				 &vi915_connector_helper_funcs);
	return drm_connector_attach_encoder(&output->connector,
					    &output->encoder);
}

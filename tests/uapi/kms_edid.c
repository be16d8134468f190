// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0,outputs=2 --gpu other
/* Screens: their EDID, and hotplug. */
#include "gpu_fixture.h"

#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

#include "kms.h"

#define EDID_BYTES 256

struct screen {
	struct kms kms;
	uint8_t edid[EDID_BYTES];
	/* The connector's folder in sysfs. */
	char path[128];
};

static void screen_find(struct screen *screen, struct kms *kms)
{
	drmModeConnector *connector;
	drmModePropertyBlobRes *blob;

	screen->kms = *kms;
	/* Reading the connector probes it. */
	connector = drmModeGetConnector(kms->fd, kms->connector);
	vi915_require(connector);
	snprintf(screen->path, sizeof(screen->path), "/sys/class/drm/card%d-HDMI-A-%u",
		 vi915_minor(kms->fd), connector->connector_type_id);
	drmModeFreeConnector(connector);
	blob = drmModeGetPropertyBlob(kms->fd, kms_value(kms->fd, kms->connector, "EDID"));
	vi915_require(blob && blob->length == EDID_BYTES);
	memcpy(screen->edid, blob->data, EDID_BYTES);
	drmModeFreePropertyBlob(blob);
}

FIXTURE(screen)
{
	struct kms kms;
	struct screen screen;
};

FIXTURE_SETUP(screen)
{
	kms_open(&self->kms, "gpu0", 0);
	screen_find(&self->screen, &self->kms);
}

FIXTURE_TEARDOWN(screen)
{
	kms_close(&self->kms);
}

static int __write(const struct screen *screen, const char *file, const void *data, size_t size)
{
	char path[256];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", screen->path, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = write(fd, data, size);
	n = n < 0 ? -errno : 0;
	close(fd);
	return n;
}

static drmModeConnection status(const struct screen *screen)
{
	drmModeConnector *connector = drmModeGetConnector(screen->kms.fd, screen->kms.connector);
	drmModeConnection connection = connector->connection;

	drmModeFreeConnector(connector);
	return connection;
}

TEST_F(screen, checksums_are_right)
{
	unsigned int block, i;

	for (block = 0; block < EDID_BYTES; block += 128) {
		uint8_t sum = 0;

		for (i = 0; i < 128; i++)
			sum += self->screen.edid[block + i];
		EXPECT_EQ(0, sum);
	}
	EXPECT_EQ(1, self->screen.edid[126]);
}

/* The text of a descriptor: 13 characters, ended by a line feed. */
static const char *text_of(const struct screen *screen, uint8_t tag, char text[14])
{
	unsigned int at;

	for (at = 54; at < 126; at += 18)
		if (!screen->edid[at] && !screen->edid[at + 1] && screen->edid[at + 3] == tag)
			break;
	vi915_require(at < 126);
	memcpy(text, &screen->edid[at + 5], 13);
	text[13] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return text;
}

TEST_F(screen, says_which_gpu_and_output_it_is)
{
	struct screen second, other;
	struct kms kms;
	char text[14];

	EXPECT_STREQ("gpu0/0", text_of(&self->screen, 0xfc, text));
	EXPECT_STREQ("vi915.0/0", text_of(&self->screen, 0xff, text));
	kms_find(&kms, self->kms.fd, 1);
	screen_find(&second, &kms);
	EXPECT_STREQ("gpu0/1", text_of(&second, 0xfc, text));
	EXPECT_STREQ("vi915.0/1", text_of(&second, 0xff, text));
	kms_open(&kms, "other", 0);
	screen_find(&other, &kms);
	EXPECT_STREQ("other/0", text_of(&other, 0xfc, text));
	EXPECT_STREQ("vi915.1/0", text_of(&other, 0xff, text));
	kms_close(&kms);
}

/* Opens the socket with the events that udev gets. */
static int uevents(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	vi915_require(fd >= 0);
	vi915_require(!bind(fd, (struct sockaddr *)&address, sizeof(address)));
	return fd;
}

static bool hotplug_came(int fd)
{
	char text[4096];
	ssize_t n, at;
	bool drm, hotplug;

	while (fd_poll(fd, POLLIN, 20000)) {
		n = recv(fd, text, sizeof(text) - 1, 0);
		if (n <= 0)
			return false;
		text[n] = '\0';
		drm = false;
		hotplug = false;
		for (at = 0; at < n; at += strlen(text + at) + 1) {
			drm |= !strcmp(text + at, "SUBSYSTEM=drm");
			hotplug |= !strcmp(text + at, "HOTPLUG=1");
		}
		if (drm && hotplug)
			return true;
	}
	return false;
}

TEST_F(screen, the_plug_can_be_pulled_and_a_uevent_tells)
{
	int fd = uevents();

	ASSERT_OK(__write(&self->screen, "status", "off", 3));
	EXPECT_TRUE(hotplug_came(fd));
	EXPECT_EQ(DRM_MODE_DISCONNECTED, status(&self->screen));
	ASSERT_OK(__write(&self->screen, "status", "on", 2));
	EXPECT_TRUE(hotplug_came(fd));
	EXPECT_EQ(DRM_MODE_CONNECTED, status(&self->screen));
	ASSERT_OK(__write(&self->screen, "status", "detect", 6));
	EXPECT_EQ(DRM_MODE_CONNECTED, status(&self->screen));
	close(fd);
}

static int __debugfs_write(const struct screen *screen, const char *file, const void *data,
			   size_t size)
{
	struct screen debugfs = *screen;
	char *name = strrchr(debugfs.path, '/');

	/* "cardN-HDMI-A-M" in sysfs, "HDMI-A-M" in debugfs. */
	name = strchr(name, '-') + 1;
	memmove(debugfs.path + 64, name, strlen(name) + 1);
	snprintf(debugfs.path, 64, VI915_DRI_DEBUGFS "/%d/", vi915_minor(screen->kms.fd));
	memmove(debugfs.path + strlen(debugfs.path), debugfs.path + 64,
		strlen(debugfs.path + 64) + 1);
	return __write(&debugfs, file, data, size);
}

TEST_F(screen, the_plug_can_be_pulled_in_debugfs)
{
	ASSERT_OK(__debugfs_write(&self->screen, "force", "off", 3));
	EXPECT_EQ(DRM_MODE_DISCONNECTED, status(&self->screen));
	ASSERT_OK(__debugfs_write(&self->screen, "force", "unspecified", 11));
	EXPECT_EQ(DRM_MODE_CONNECTED, status(&self->screen));
}

TEST_F(screen, another_edid_can_be_given)
{
	uint8_t edid[EDID_BYTES];
	struct screen now;

	memcpy(edid, self->screen.edid, EDID_BYTES);
	/* Another product id, with a valid checksum. */
	edid[10]++;
	edid[127]--;
	ASSERT_OK(__debugfs_write(&self->screen, "edid_override", edid, EDID_BYTES));
	screen_find(&now, &self->kms);
	EXPECT_EQ(0, memcmp(edid, now.edid, EDID_BYTES));
	ASSERT_OK(__debugfs_write(&self->screen, "edid_override", "reset", 5));
	screen_find(&now, &self->kms);
	EXPECT_EQ(0, memcmp(self->screen.edid, now.edid, EDID_BYTES));
}

TEST_F(screen, an_edid_that_is_none_is_refused)
{
	uint8_t edid[EDID_BYTES];
	struct screen now;

	memset(edid, 0x55, sizeof(edid));
	EXPECT_ERR(EINVAL, __debugfs_write(&self->screen, "edid_override", edid, 100));
	EXPECT_ERR(EINVAL, __debugfs_write(&self->screen, "edid_override", edid, 1));
	screen_find(&now, &self->kms);
	EXPECT_EQ(0, memcmp(self->screen.edid, now.edid, EDID_BYTES));
}

TEST_HARNESS_MAIN

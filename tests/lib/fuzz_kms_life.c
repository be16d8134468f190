// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Steps for outputs other than ioctls of one file: events, leases, and the
 * files in debugfs for CRCs, pictures and screens.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "fail.h"
#include "fuzz_kms.h"
#include "gpu.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define U64(ptr) ((uintptr_t)(ptr))

static void fuzz_create_lease(struct fuzz *fuzz)
{
	struct drm_mode_create_lease *lease = (void *)fuzz->arg;
	uint32_t *ids = fuzz_kms_memory(fuzz), n = 0;
	struct fuzz_kms *kms = fuzz_kms(fuzz);
	unsigned int pipe = fuzz_below(&fuzz->random, kms->pipes), type;
	const struct fuzz_object *plane;

	ids[n++] = fuzz_kms_of_pipe(kms, DRM_MODE_OBJECT_CRTC, 0, pipe)->id;
	ids[n++] = fuzz_kms_of_pipe(kms, DRM_MODE_OBJECT_CONNECTOR, 0, pipe)->id;
	for (type = 0; type < FUZZ_PLANE_TYPES; type++) {
		plane = fuzz_kms_of_pipe(kms, DRM_MODE_OBJECT_PLANE, type, pipe);
		if (plane)
			ids[n++] = plane->id;
	}
	if (fuzz_chance(&fuzz->random, 30))
		ids[fuzz_below(&fuzz->random, n)] = fuzz_kms_id(fuzz, DRM_MODE_OBJECT_ANY);
	lease->object_ids = U64(ids);
	lease->object_count = fuzz_chance(&fuzz->random, 90) ? n :
		fuzz_below(&fuzz->random, 2048);
	lease->flags = O_CLOEXEC | O_NONBLOCK;
	if (fuzz_chance(&fuzz->random, 5))
		lease->flags = fuzz_number(&fuzz->random);
}

static void fuzz_keep_lease(struct fuzz *fuzz)
{
	const struct drm_mode_create_lease *lease = (const void *)fuzz->arg;
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_KMS_LESSEES);
	struct fuzz_kms *kms = fuzz_kms(fuzz);
	int old = __atomic_exchange_n(&kms->lessees[slot], (int)lease->fd, __ATOMIC_RELAXED);

	kms->lessee_ids[slot] = lease->lessee_id;
	if (old >= 0)
		close(old);
}

static void fuzz_list_lessees(struct fuzz *fuzz)
{
	struct drm_mode_list_lessees *list = (void *)fuzz->arg;

	list->count_lessees = fuzz_below(&fuzz->random, 20);
	list->pad = fuzz_chance(&fuzz->random, 5);
	list->lessees_ptr = U64(fuzz_kms_memory(fuzz));
}

static void fuzz_get_lease(struct fuzz *fuzz)
{
	struct drm_mode_get_lease *get = (void *)fuzz->arg;

	get->count_objects = fuzz_below(&fuzz->random, 20);
	get->pad = fuzz_chance(&fuzz->random, 5);
	get->objects_ptr = U64(fuzz_kms_memory(fuzz));
}

static void fuzz_revoke_lease(struct fuzz *fuzz)
{
	struct drm_mode_revoke_lease *revoke = (void *)fuzz->arg;

	revoke->lessee_id =
		fuzz_kms(fuzz)->lessee_ids[fuzz_below(&fuzz->random, FUZZ_KMS_LESSEES)];
	if (fuzz_chance(&fuzz->random, 10))
		revoke->lessee_id = fuzz_number(&fuzz->random);
}

const struct fuzz_kms_call fuzz_kms_lease_calls[] = {
	{ "CREATE_LEASE", DRM_IOCTL_MODE_CREATE_LEASE, .weight = 3,
	  .fill = fuzz_create_lease, .keep = fuzz_keep_lease,
	  .errors = { EBUSY, ENOSPC, EMFILE, E2BIG } },
	{ "LIST_LESSEES", DRM_IOCTL_MODE_LIST_LESSEES, .weight = 1, .fill = fuzz_list_lessees },
	{ "GET_LEASE", DRM_IOCTL_MODE_GET_LEASE, .weight = 1, .fill = fuzz_get_lease },
	{ "REVOKE_LEASE", DRM_IOCTL_MODE_REVOKE_LEASE, .weight = 2, .fill = fuzz_revoke_lease },
};

const unsigned int fuzz_num_kms_lease_calls = COUNT(fuzz_kms_lease_calls);

/* Never waits: another reader may have taken the event. */
static void fuzz_read_events(struct fuzz *fuzz)
{
	int fd = fuzz->world->files[fuzz->file];
	union {
		struct drm_event event;
		char bytes[1024];
	} room;
	size_t size = fuzz_chance(&fuzz->random, 80) ? sizeof(room) :
		fuzz_below(&fuzz->random, 64);
	ssize_t n;

	if (fcntl(fd, F_SETFL, O_NONBLOCK | O_RDWR))
		return;
	n = read(fd, &room, size);
	fuzz_say(fuzz, "read %zu bytes of events -> %zd", size, n);
	/* The descriptor may be another file by now if others use the slots too. */
	if (n >= (ssize_t)sizeof(room.event) && !fuzz->world->concurrent &&
	    room.event.length > n)
		fuzz_fail(fuzz, "read(2) gave %zd bytes of an event that has %u", n,
			  room.event.length);
}

static int fuzz_open_debugfs(int fd, const char *file, int flags)
{
	struct stat stat;
	char path[128];

	if (fstat(fd, &stat) || !S_ISCHR(stat.st_mode))
		return -1;
	snprintf(path, sizeof(path), VI915_DRI_DEBUGFS "/%u/%s", minor(stat.st_rdev), file);
	return open(path, flags | O_CLOEXEC | O_NONBLOCK);
}

/* Reads from a file of any length, and drops the bytes. */
static void fuzz_read_some(struct fuzz *fuzz, int fd)
{
	char *room = fuzz->arena + FUZZ_AT_KMS;
	unsigned int i;

	for (i = 0; i < 64 && read(fd, room, 8192) > 0; i++)
		;
}

static int fuzz_open_crtc_file(struct fuzz *fuzz, const char *file, int flags)
{
	unsigned int pipe = fuzz_below(&fuzz->random, fuzz_kms(fuzz)->pipes);
	char path[64];

	snprintf(path, sizeof(path), "crtc-%u/%s", pipe, file);
	fuzz_say(fuzz, "open %s", path);
	return fuzz_open_debugfs(fuzz->world->files[fuzz->file], path, flags);
}

static void fuzz_crc_control(struct fuzz *fuzz)
{
	int fd = fuzz_open_crtc_file(fuzz, "crc/control", O_RDWR);
	char text[80];

	if (fd < 0)
		return;
	if (fuzz_chance(&fuzz->random, 70)) {
		fuzz->done += write(fd, "auto", 4) == 4;
	} else {
		memset(text, 'x', sizeof(text));
		fuzz->refused += write(fd, text, fuzz_below(&fuzz->random, 80)) < 0;
	}
	fuzz_read_some(fuzz, fd);
	close(fd);
}

static void fuzz_crc_data(struct fuzz *fuzz)
{
	unsigned int slot = fuzz_below(&fuzz->random, FUZZ_KMS_CRCS);
	struct fuzz_kms *kms = fuzz_kms(fuzz);
	int fd = -1, old;

	if (fuzz_chance(&fuzz->random, 60))
		fd = fuzz_open_crtc_file(fuzz, "crc/data", O_RDONLY);
	fuzz->done += fd >= 0;
	old = __atomic_exchange_n(&kms->crcs[slot], fd, __ATOMIC_RELAXED);
	if (old < 0)
		return;
	fuzz_read_some(fuzz, old);
	close(old);
}

static void fuzz_shot(struct fuzz *fuzz)
{
	bool last = fuzz_chance(&fuzz->random, 50);
	int fd = fuzz_open_crtc_file(fuzz, last ? "vi915_last" : "vi915_shot",
				     last ? O_RDWR : O_RDONLY);

	if (fd < 0) {
		fuzz->refused++;
		return;
	}
	fuzz->done++;
	if (last && fuzz_chance(&fuzz->random, 50) &&
	    write(fd, fuzz_chance(&fuzz->random, 70) ? "1" : "0", 1) < 0)
		fuzz->refused++;
	fuzz_read_some(fuzz, fd);
	close(fd);
}

static int fuzz_open_connector(const struct fuzz_object *connector, int fd, const char *file)
{
	static const char *const names[] = {
		[DRM_MODE_CONNECTOR_VGA] = "VGA",
		[DRM_MODE_CONNECTOR_HDMIA] = "HDMI-A",
		[DRM_MODE_CONNECTOR_VIRTUAL] = "Virtual",
		[DRM_MODE_CONNECTOR_WRITEBACK] = "Writeback",
	};
	char path[64];

	if (connector->subtype >= COUNT(names) || !names[connector->subtype])
		return -1;
	snprintf(path, sizeof(path), "%s-%u/%s", names[connector->subtype], connector->number,
		 file);
	return fuzz_open_debugfs(fd, path, O_WRONLY);
}

static void fuzz_force(struct fuzz *fuzz)
{
	static const char *const words[] = {
		"on", "off", "digital", "unspecified", "unspecified", "", "onoff",
	};
	const char *word = words[fuzz_below(&fuzz->random, COUNT(words))];
	int fd = fuzz_open_connector(fuzz_kms_pick(fuzz, DRM_MODE_OBJECT_CONNECTOR),
				     fuzz->world->files[fuzz->file], "force");

	fuzz_say(fuzz, "force %s", word);
	if (fd < 0)
		return;
	fuzz->refused += write(fd, word, strlen(word)) < 0;
	close(fd);
}

/* An EDID of up to four blocks, mostly with valid headers and checksums. */
static size_t fuzz_edid(struct fuzz *fuzz, uint8_t *edid)
{
	static const uint8_t header[] = { 0, 255, 255, 255, 255, 255, 255, 0 };
	unsigned int blocks = 1 + fuzz_below(&fuzz->random, 4), i, j;
	uint8_t sum;

	for (i = 0; i < 128 * blocks; i++)
		edid[i] = fuzz_chance(&fuzz->random, 50) ? 0 : fuzz_random(&fuzz->random);
	memcpy(edid, header, sizeof(header));
	edid[18] = 1;
	edid[19] = 3 + fuzz_below(&fuzz->random, 2);
	edid[126] = fuzz_chance(&fuzz->random, 90) ? blocks - 1 : fuzz_random(&fuzz->random);
	for (i = 1; i < blocks; i++)
		edid[128 * i] = fuzz_chance(&fuzz->random, 70) ? 2 : 0x70;
	for (i = 0; i < blocks; i++) {
		for (sum = 0, j = 0; j < 127; j++)
			sum += edid[128 * i + j];
		if (fuzz_chance(&fuzz->random, 95))
			edid[128 * i + 127] = -sum;
	}
	return fuzz_chance(&fuzz->random, 90) ? 128 * blocks :
						fuzz_below(&fuzz->random, 600);
}

static void fuzz_override(struct fuzz *fuzz)
{
	const struct fuzz_object *connector = fuzz_kms_pick(fuzz, DRM_MODE_OBJECT_CONNECTOR);
	int drm = fuzz->world->files[fuzz->file];
	struct drm_mode_get_connector get = { .connector_id = connector->id };
	uint8_t *edid = fuzz_kms_memory(fuzz);
	int fd = fuzz_open_connector(connector, drm, "edid_override");
	size_t size = fuzz_edid(fuzz, edid);

	if (fd < 0)
		return;
	fuzz_say(fuzz, "EDID of %zu bytes", size);
	if (fuzz_chance(&fuzz->random, 20))
		fuzz->refused += write(fd, "reset", 5) < 0;
	else
		fuzz->refused += write(fd, edid, size) < 0;
	close(fd);
	/* Makes the driver read the EDID. */
	if (fuzz_chance(&fuzz->random, 70))
		vi915_ioctl(drm, DRM_IOCTL_MODE_GETCONNECTOR, &get);
}

/* Needed since CLOSEFB keeps a picture on the screen, even when all files are closed. */
static void fuzz_turn_off(struct fuzz_kms *kms, int fd)
{
	struct drm_mode_set_plane set;
	struct drm_mode_crtc crtc;
	unsigned int i;

	fuzz_kms_caps(fd);
	vi915_ioctl(fd, DRM_IOCTL_SET_MASTER, NULL);
	for (i = 0; i < kms->num_objects; i++) {
		set = (struct drm_mode_set_plane){ .plane_id = kms->objects[i].id };
		crtc = (struct drm_mode_crtc){ .crtc_id = kms->objects[i].id };
		if (kms->objects[i].type == DRM_MODE_OBJECT_PLANE)
			vi915_ioctl(fd, DRM_IOCTL_MODE_SETPLANE, &set);
		if (kms->objects[i].type == DRM_MODE_OBJECT_CRTC)
			vi915_ioctl(fd, DRM_IOCTL_MODE_SETCRTC, &crtc);
	}
	vi915_ioctl(fd, DRM_IOCTL_DROP_MASTER, NULL);
}

void fuzz_kms_restore(struct fuzz_world *world, unsigned int file)
{
	struct fuzz_kms *kms = &world->kms[file];
	unsigned int i;
	int fd;

	fuzz_turn_off(kms, world->files[file]);
	for (i = 0; i < kms->num_objects; i++) {
		if (kms->objects[i].type != DRM_MODE_OBJECT_CONNECTOR)
			continue;
		fd = fuzz_open_connector(&kms->objects[i], world->files[file], "edid_override");
		if (fd >= 0 && write(fd, "reset", 5) < 0)
			vi915_note("edid_override of a connector cannot be reset");
		if (fd >= 0)
			close(fd);
		fd = fuzz_open_connector(&kms->objects[i], world->files[file], "force");
		if (fd >= 0 && write(fd, "unspecified", 11) < 0)
			vi915_note("force of a connector cannot be reset");
		if (fd >= 0)
			close(fd);
	}
}

void fuzz_kms_life(struct fuzz *fuzz)
{
	switch (fuzz_below(&fuzz->random, 12)) {
	case 0:
	case 1:
		fuzz_crc_control(fuzz);
		break;
	case 2:
	case 3:
		fuzz_crc_data(fuzz);
		break;
	case 4:
	case 5:
		fuzz_shot(fuzz);
		break;
	case 6:
		fuzz_force(fuzz);
		break;
	case 7:
		fuzz_override(fuzz);
		break;
	default:
		fuzz_read_events(fuzz);
	}
}

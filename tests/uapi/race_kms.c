// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: --gpu gpu0,outputs=2 --gpu gpu1,outputs=2 --peers vgem
/*
 * Outputs under races: flips against calls that remove the picture, commits of
 * several threads and masters, observers meanwhile, and a GPU that is
 * unplugged. Each call works or has an errno that the race allows. At the end
 * the module is unloaded, so this has a box of its own.
 */
#include "share_fixture.h"

#include <drm/drm_fourcc.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>

#include "kms.h"
#include "share_race.h"

#define SECONDS 8
#define FBS 4
#define SIZE (640 * 480 * 4)

/* Shared by the threads of a race; a slot's framebuffer may be removed at any time. */
struct stage {
	struct kms kms;
	struct kms other;
	struct kms_fb fb;
	struct kms_fb cursor;
	uint32_t writeback;
	uint32_t handles[FBS];
	uint32_t fbs[FBS];
	char name[64];
	unsigned long unbinds;
	unsigned long rounds;
};

static uint32_t stage_fb(struct stage *stage, unsigned int slot)
{
	return __atomic_load_n(&stage->fbs[slot], __ATOMIC_SEQ_CST);
}

static uint32_t find_writeback(const struct kms *kms)
{
	drmModeRes *res = drmModeGetResources(kms->fd);
	uint32_t found = 0;
	int i;

	for (i = 0; res && i < res->count_connectors; i++) {
		drmModeConnector *connector = drmModeGetConnector(kms->fd, res->connectors[i]);
		drmModeEncoder *encoder;

		if (!connector)
			continue;
		encoder = drmModeGetEncoder(kms->fd, connector->encoders[0]);
		if (encoder && connector->connector_type == DRM_MODE_CONNECTOR_WRITEBACK &&
		    encoder->possible_crtcs == 1u << kms->pipe)
			found = connector->connector_id;
		drmModeFreeEncoder(encoder);
		drmModeFreeConnector(connector);
	}
	drmModeFreeResources(res);
	return found;
}

static int add_fb(int fd, uint32_t handle, uint32_t *fb)
{
	uint32_t handles[4] = { handle }, pitches[4] = { 640 * 4 }, offsets[4] = { 0 };

	return __kms_addfb(fd, 640, 480, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR, handles,
			   pitches, offsets, fb);
}

FIXTURE(race)
{
	struct stage stage;
	struct race race;
	int look;
};

FIXTURE_SETUP(race)
{
	struct stage *stage = &self->stage;
	unsigned int i;

	kms_open(&stage->kms, "gpu0", 0);
	self->look = vi915_open_render("gpu0");
	kms_find(&stage->other, stage->kms.fd, 1);
	stage->kms.mode = kms_mode(&stage->kms, 640, 480, 60);
	kms_fb_create(stage->kms.fd, &stage->fb, 640, 480, DRM_FORMAT_XRGB8888);
	kms_fb_create(stage->kms.fd, &stage->cursor, 64, 64, DRM_FORMAT_ARGB8888);
	for (i = 0; i < FBS; i++) {
		stage->handles[i] = gem_create(stage->kms.fd, SIZE);
		vi915_check(add_fb(stage->kms.fd, stage->handles[i], &stage->fbs[i]));
	}
	stage->writeback = find_writeback(&stage->kms);
	ASSERT_NE(0, stage->writeback);
	kms_light(&stage->kms, &stage->kms.mode, &stage->fb);
	self->race = (struct race){ .arg = stage, .rounds = ~0u, .seconds = SECONDS };
}

FIXTURE_TEARDOWN(race)
{
	struct drm_mode_cursor off = {
		.flags = DRM_MODE_CURSOR_BO,
		.crtc_id = self->stage.kms.crtc,
	};
	int64_t until;

	/* The DRM core owns its framebuffer, which would stay when the file is closed. */
	while (vi915_ioctl(self->stage.kms.fd, DRM_IOCTL_MODE_CURSOR, &off) == -EBUSY)
		usleep(1000);
	kms_close(&self->stage.kms);
	/* A worker drops frames. */
	until = vi915_now() + 5000000000LL;
	while (vi915_object_count(self->look) && vi915_now() < until)
		usleep(10000);
	/* No frame is left. */
	EXPECT_EQ(0, vi915_object_count(self->look));
	close(self->look);
}

static void flip(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	struct kms_fb fb = { .fb = stage_fb(stage, share_rand(seed, FBS)) };
	int ret = share_rand(seed, 2) ? __kms_page_flip(&stage->kms, &fb, 0, 0) :
		__kms_page_flip(&stage->kms, &fb, DRM_MODE_PAGE_FLIP_ASYNC, 0);

	(void)index;
	/*
	 * RMFB disables the plane of a framebuffer that is shown, another
	 * thread may turn off the CRTC, and a purgeable object is not shown.
	 */
	race_allow(ret, EBUSY, ENOENT, EINVAL, EFAULT);
	if (ret)
		usleep(share_rand(seed, 3000));
}

static void light(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;

	(void)index;
	/* EINVAL: a writeback job of another thread needs a lit CRTC. */
	if (!share_rand(seed, 3))
		race_allow(__kms_dark(&stage->kms), EBUSY, EINVAL);
	race_allow(__kms_light(&stage->kms, &stage->kms.mode, &stage->fb), EBUSY, EINVAL);
	usleep(share_rand(seed, 30000));
}

static void replace_fb(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	unsigned int slot = share_rand(seed, FBS);
	uint32_t handle = gem_create(stage->kms.fd, SIZE), fb, old, old_handle;

	(void)index;
	vi915_check(add_fb(stage->kms.fd, handle, &fb));
	old_handle = __atomic_exchange_n(&stage->handles[slot], handle, __ATOMIC_SEQ_CST);
	old = __atomic_exchange_n(&stage->fbs[slot], fb, __ATOMIC_SEQ_CST);
	if (share_rand(seed, 2)) {
		race_allow(__gem_close(stage->kms.fd, old_handle));
		race_allow(__kms_rmfb(stage->kms.fd, old));
	} else {
		race_allow(__kms_rmfb(stage->kms.fd, old));
		race_allow(__gem_close(stage->kms.fd, old_handle));
	}
	usleep(share_rand(seed, 5000));
}

/* Calls of a client on an object that may be on the screen. */
static void disturb(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	uint32_t handle = __atomic_load_n(&stage->handles[share_rand(seed, FBS)],
					  __ATOMIC_SEQ_CST);
	struct drm_i915_gem_set_tiling tiling = {
		.handle = handle, .tiling_mode = share_rand(seed, 3), .stride = 2560,
	};
	struct drm_i915_gem_madvise madvise = { .handle = handle, .madv = share_rand(seed, 2) };

	(void)index;
	switch (share_rand(seed, 4)) {
	case 0:
		race_allow(vi915_ioctl(stage->kms.fd, DRM_IOCTL_I915_GEM_SET_TILING, &tiling),
			   EBUSY, ENOENT, EINVAL);
		break;
	case 1:
		race_allow(vi915_ioctl(stage->kms.fd, DRM_IOCTL_I915_GEM_MADVISE, &madvise),
			   ENOENT);
		break;
	case 2:
		vi915_drop_caches(stage->kms.fd, DROP_PAGES);
		break;
	default:
		/* EFAULT: the object was purgeable. */
		race_allow(__gem_pwrite(stage->kms.fd, handle, share_rand(seed, SIZE - 64),
					stage->name, sizeof(stage->name)), ENOENT, EFAULT);
	}
	usleep(share_rand(seed, 500));
}

static void commit(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	drmModeAtomicReq *req = drmModeAtomicAlloc();
	uint32_t flags = DRM_MODE_ATOMIC_ALLOW_MODESET;
	int fence = -1;

	(void)index;
	kms_add_plane(req, &stage->kms, stage->kms.primary, &stage->fb, share_rand(seed, 64), 0);
	if (share_rand(seed, 2))
		flags |= DRM_MODE_ATOMIC_NONBLOCK;
	if (share_rand(seed, 2)) {
		kms_add(req, stage->kms.fd, stage->writeback, "CRTC_ID", stage->kms.crtc);
		kms_add(req, stage->kms.fd, stage->writeback, "WRITEBACK_FB_ID",
			stage_fb(stage, 0));
		kms_add(req, stage->kms.fd, stage->writeback, "WRITEBACK_OUT_FENCE_PTR",
			(uintptr_t)&fence);
	}
	/* EINVAL: writeback on a CRTC that another thread turned off. */
	race_allow(__kms_commit_free(stage->kms.fd, req, flags, 0), EBUSY, EINVAL, ENOENT,
		   EACCES, EFAULT);
	if (fence >= 0)
		close(fence);
}

static void move_cursor(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	struct drm_mode_cursor cursor = {
		.flags = share_rand(seed, 20) ? DRM_MODE_CURSOR_MOVE :
						DRM_MODE_CURSOR_MOVE | DRM_MODE_CURSOR_BO,
		.crtc_id = stage->kms.crtc,
		.x = share_rand(seed, 700), .y = share_rand(seed, 500),
		.width = 64, .height = 64,
		.handle = share_rand(seed, 4) ? stage->cursor.handle : 0,
	};

	(void)index;
	race_allow(vi915_ioctl(stage->kms.fd, DRM_IOCTL_MODE_CURSOR, &cursor), EBUSY);
	usleep(share_rand(seed, 500));
}

static void wait_vblank(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	uint32_t sequence = share_rand(seed, 3);
	uint64_t ns;

	(void)index;
	/* EINVAL: the CRTC is off. */
	race_allow(__kms_vblank(&stage->kms, DRM_VBLANK_RELATIVE, &sequence, 0, &ns), EINVAL,
		   EBUSY);
	usleep(share_rand(seed, 1000));
}

static void open_debugfs(const struct kms *kms, const char *file, int flags, uint32_t *seed)
{
	char path[128], room[4096];
	unsigned int i;
	int fd;

	snprintf(path, sizeof(path), VI915_DRI_DEBUGFS "/%d/crtc-%u/%s", vi915_minor(kms->fd),
		 kms->pipe, file);
	fd = open(path, flags | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		usleep(1000);
		return;
	}
	if (flags == O_RDWR && write(fd, "auto", 4) != 4)
		usleep(100);
	for (i = share_rand(seed, 20); i; i--)
		if (read(fd, room, sizeof(room)) <= 0)
			usleep(share_rand(seed, 4000));
	close(fd);
}

static void look(struct race *race, int index, uint32_t *seed)
{
	static const char *const files[] = { "crc/data", "vi915_shot", "vi915_last" };
	struct stage *stage = race->arg;

	(void)index;
	if (!share_rand(seed, 5))
		open_debugfs(&stage->kms, "crc/control", O_RDWR, seed);
	open_debugfs(&stage->kms, files[share_rand(seed, 3)], O_RDONLY, seed);
}

TEST_F_TIMEOUT(race, flips_against_what_takes_pictures_away, 90)
{
	self->race.seed = 601;
	self->race.threads = 6;
	self->race.fns[0] = self->race.fns[1] = flip;
	self->race.fns[2] = light;
	self->race.fns[3] = replace_fb;
	self->race.fns[4] = disturb;
	self->race.fns[5] = look;
	race_run(&self->race, "flips against RMFB, close, tiling, madvise, pwrite");
	EXPECT_GE(self->race.done, 200);
}

TEST_F_TIMEOUT(race, modesets_against_those_who_wait_and_look, 90)
{
	self->race.seed = 602;
	self->race.threads = 7;
	self->race.fns[0] = self->race.fns[1] = commit;
	self->race.fns[2] = light;
	self->race.fns[3] = wait_vblank;
	self->race.fns[4] = self->race.fns[5] = look;
	self->race.fns[6] = move_cursor;
	race_run(&self->race, "modesets against vblanks, CRCs, shots and cursors");
	EXPECT_GE(self->race.done, 200);
}

static void on_alarm(int sig)
{
	(void)sig;
}

static __thread bool interrupted;

/* Sends this thread a signal about each millisecond until it ends. */
static void interrupt_me(void)
{
	struct itimerspec often = { .it_value.tv_nsec = 1, .it_interval.tv_nsec = 1300000 };
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM,
		._sigev_un._tid = syscall(SYS_gettid),
	};
	timer_t timer;

	if (interrupted)
		return;
	interrupted = true;
	vi915_require(!timer_create(CLOCK_MONOTONIC, &event, &timer));
	vi915_require(!timer_settime(timer, 0, &often, NULL));
}

static void commit_under_signals(struct race *race, int index, uint32_t *seed)
{
	interrupt_me();
	commit(race, index, seed);
}

static void light_under_signals(struct race *race, int index, uint32_t *seed)
{
	interrupt_me();
	light(race, index, seed);
}

TEST_F_TIMEOUT(race, signals_during_commits, 90)
{
	struct sigaction action = { .sa_handler = on_alarm };

	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	self->race.seed = 603;
	self->race.threads = 4;
	self->race.fns[0] = self->race.fns[1] = commit_under_signals;
	self->race.fns[2] = light_under_signals;
	self->race.fns[3] = look;
	race_run(&self->race, "signals during commits");
	EXPECT_GE(self->race.done, 100);
	/* Remaining timers may still fire after their thread has ended. */
	signal(SIGALRM, SIG_IGN);
}

static void take_turns(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	struct stage mine = *stage;
	struct race own = { .arg = &mine };

	/* A new file becomes master, then the old one again. */
	mine.kms.fd = vi915_reopen(stage->kms.fd);
	drmSetClientCap(mine.kms.fd, DRM_CLIENT_CAP_ATOMIC, 1);
	drmSetClientCap(mine.kms.fd, DRM_CLIENT_CAP_WRITEBACK_CONNECTORS, 1);
	if (share_rand(seed, 2))
		ioctl(stage->kms.fd, DRM_IOCTL_DROP_MASTER, NULL);
	ioctl(mine.kms.fd, DRM_IOCTL_SET_MASTER, NULL);
	commit(&own, index, seed);
	commit(&own, index, seed);
	close(mine.kms.fd);
	ioctl(stage->kms.fd, DRM_IOCTL_SET_MASTER, NULL);
}

TEST_F_TIMEOUT(race, masters_that_take_turns, 90)
{
	self->race.seed = 604;
	self->race.threads = 4;
	self->race.fns[0] = self->race.fns[1] = take_turns;
	self->race.fns[2] = commit;
	self->race.fns[3] = look;
	race_run(&self->race, "masters that take turns");
	EXPECT_GE(self->race.done, 100);
}

/* gpu1 is unplugged and comes back while clients use its outputs. */

static void go_and_come(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;

	(void)index;
	usleep(share_rand(seed, 60000));
	share_unbind(stage->name);
	stage->unbinds++;
	usleep(share_rand(seed, 2000));
	share_bind(stage->name);
}

/* The client keeps its files open until the GPU is gone. */
static void use_until_it_is_gone(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	struct drm_mode_card_res res = { 0 };
	struct vi915_gpu gpu;
	char path[64];
	uint64_t size = SIZE;
	uint32_t handle = 0, fb, i;
	int fd, dmabuf = -1;

	if (__vi915_gpu_find("gpu1", &gpu)) {
		usleep(500);
		return;
	}
	snprintf(path, sizeof(path), "/dev/dri/card%d", gpu.card);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	drmSetClientCap(fd, DRM_CLIENT_CAP_ATOMIC, 1);
	ioctl(fd, DRM_IOCTL_SET_MASTER, NULL);
	race_allow(vi915_ioctl(fd, DRM_IOCTL_MODE_GETRESOURCES, &res), ENODEV);
	for (i = 0; i < 12; i++) {
		uint32_t crtc = stage->kms.crtc, connector = stage->kms.connector;

		if (__gem_create(fd, &size, &handle) || add_fb(fd, handle, &fb))
			break;
		if (!i)
			__prime_export(fd, handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf);
		/* The new GPU has the same ids each time. */
		race_allow(drmModeSetCrtc(fd, crtc, fb, 0, 0, &connector, 1, &stage->kms.mode),
			   ENODEV, EACCES, EBUSY, ENOENT, EINVAL);
		race_allow(drmModePageFlip(fd, crtc, fb, DRM_MODE_PAGE_FLIP_EVENT, NULL),
			   ENODEV, EACCES, EBUSY, ENOENT, EINVAL, ENOMEM);
		usleep(share_rand(seed, 5000));
	}
	if (dmabuf >= 0 && share_rand(seed, 2))
		share_writes(dmabuf, SHARE_SIZE, index);
	close(fd);
	if (dmabuf >= 0)
		close(dmabuf);
	__atomic_add_fetch(&stage->rounds, 1, __ATOMIC_RELAXED);
}

static void look_at_it(struct race *race, int index, uint32_t *seed)
{
	struct stage *stage = race->arg;
	struct vi915_gpu gpu;
	char path[64];
	int fd;

	(void)stage;
	(void)index;
	if (__vi915_gpu_find("gpu1", &gpu)) {
		usleep(500);
		return;
	}
	snprintf(path, sizeof(path), "/dev/dri/card%d", gpu.card);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0) {
		struct kms kms = { .fd = fd };

		open_debugfs(&kms, "crc/data", O_RDONLY, seed);
		open_debugfs(&kms, "vi915_shot", O_RDONLY, seed);
		close(fd);
	}
}

TEST_F_TIMEOUT(race, unbind_while_flipping_and_looking, 90)
{
	struct kms gone;
	int b;

	kms_open(&gone, "gpu1", 0);
	share_platform(gone.fd, self->stage.name);
	kms_close(&gone);
	self->stage.kms.crtc = gone.crtc;
	self->stage.kms.connector = gone.connector;
	self->race.seed = 605;
	self->race.threads = 4;
	self->race.fns[0] = go_and_come;
	self->race.fns[1] = self->race.fns[2] = use_until_it_is_gone;
	self->race.fns[3] = look_at_it;
	race_run(&self->race, "unbind while flipping and looking");
	vi915_note("%lu times gone and come back under %lu rounds", self->stage.unbinds,
		   self->stage.rounds);
	EXPECT_GE(self->stage.unbinds, race_least(20));
	EXPECT_GE(self->stage.rounds, race_least(20));
	b = vi915_open_render("gpu1");
	EXPECT_EQ(0, vi915_object_count(b));
	close(b);
}

/* This must be the last case, since no GPU is left after it. */

FIXTURE(module)
{
	int unused;
};

FIXTURE_SETUP(module)
{
}

FIXTURE_TEARDOWN(module)
{
}

TEST_F(module, r2_nothing_of_all_that_holds_it)
{
	int64_t until = vi915_now() + 5000000000LL;
	long ret;

	/* A worker drops the last frames. */
	do
		ret = syscall(SYS_delete_module, "vi915", O_NONBLOCK) ? -errno : 0;
	while (ret && vi915_now() < until && !usleep(100000));
	EXPECT_OK(ret);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Rule R1 while locks are held for a long time: a DRM master who is otherwise a
 * plain user closes handles that ADDFB2 is about to look up; and an object is
 * read while its dma-buf is freed. The order of two calls is left to chance, so
 * only what is true in either order is checked. (The harmful orders are tested
 * with the locks held, by the KUnit suites vi915_fb and vi915_dmabuf.)
 */
#include "share_fixture.h"

#include <pthread.h>

#include "attack.h"
#include "batch.h"
#include "kms.h"

#define TRIES 20
/*
 * Number of objects of one execbuf, which keeps all of them locked while it
 * runs; and of an execbuf beside a reader of its first object.
 */
#define OBJECTS 2000
#define OBJECTS_READ 300
#define FB_SIZE 64

/* A thread of this process that keeps the first of these objects locked. */
struct holder {
	int fd;
	bool stop;
	pthread_t thread;
	unsigned int count;
	struct drm_i915_gem_exec_object2 objects[OBJECTS];
};

static void holder_init(struct holder *holder, int fd, unsigned int count)
{
	uint32_t end[2] = { MI_BATCH_BUFFER_END };
	unsigned int i;

	holder->fd = fd;
	holder->count = count;
	for (i = 1; i < count; i++)
		holder->objects[i].handle = gem_create(fd, VI915_PAGE);
	gem_pwrite(fd, holder->objects[count - 1].handle, 0, end, sizeof(end));
}

static int hold(struct holder *holder)
{
	struct drm_i915_gem_execbuffer2 exec = {
		.buffers_ptr = (uintptr_t)holder->objects,
		.buffer_count = holder->count,
	};

	return vi915_ioctl(holder->fd, DRM_IOCTL_I915_GEM_EXECBUFFER2, &exec);
}

static void *hold_again_and_again(void *arg)
{
	struct holder *holder = arg;

	while (!__atomic_load_n(&holder->stop, __ATOMIC_RELAXED))
		vi915_check(hold(holder));
	return NULL;
}

/* The handle is closed during or just before the execbuf. */
static void *hold_once(void *arg)
{
	int ret = hold(arg);

	vi915_require(!ret || ret == -ENOENT);
	return NULL;
}

static void holder_start(struct holder *holder, uint32_t handle, void *(*fn)(void *arg))
{
	holder->stop = false;
	holder->objects[0].handle = handle;
	vi915_require(!pthread_create(&holder->thread, NULL, fn, holder));
}

static void holder_stop(struct holder *holder)
{
	__atomic_store_n(&holder->stop, true, __ATOMIC_RELAXED);
	pthread_join(holder->thread, NULL);
}

/* A thread that makes a framebuffer of two objects. */
struct maker {
	int fd;
	uint32_t handles[4];
	uint32_t fb;
	int ret;
	bool begun;
	pthread_t thread;
};

static void *make(void *arg)
{
	static const uint32_t pitches[4] = { FB_SIZE, FB_SIZE }, offsets[4];
	struct maker *maker = arg;

	__atomic_store_n(&maker->begun, true, __ATOMIC_RELAXED);
	maker->ret = __kms_addfb(maker->fd, FB_SIZE, FB_SIZE, DRM_FORMAT_NV12,
				 DRM_FORMAT_MOD_LINEAR, maker->handles, pitches, offsets,
				 &maker->fb);
	return NULL;
}

/* Returns: a new handle of the first plane; the second plane's is closed. */
static uint32_t handle_of_fb(const struct maker *maker)
{
	struct drm_mode_fb_cmd2 cmd = { .fb_id = maker->fb };

	vi915_check(vi915_ioctl(maker->fd, DRM_IOCTL_MODE_GETFB2, &cmd));
	if (cmd.handles[1] != maker->handles[1])
		gem_close(maker->fd, cmd.handles[1]);
	return cmd.handles[0];
}

/* Only the framebuffer holds the object; it must still have the same dma-buf. */
static void expect_one_dmabuf(const struct maker *maker, ino_t ino)
{
	uint32_t handle = handle_of_fb(maker);
	int again = prime_export(maker->fd, handle);
	char *map;

	vi915_require(dmabuf_inode(again) == ino);
	close(again);
	gem_close(maker->fd, handle);

	/* A write through the GTT view must zap the importers' mappings. */
	handle = handle_of_fb(maker);
	vi915_check(__kms_rmfb(maker->fd, maker->fb));
	gem_set_tiling(maker->fd, handle, I915_TILING_X, 512);
	map = gem_mmap_gtt(maker->fd, handle, SHARE_SIZE);
	map[0] = 1;
	vi915_require(map[0] == 1);
	gem_munmap(map, SHARE_SIZE);
	gem_close(maker->fd, handle);
}

/* Returns: whether the framebuffer was made. */
static bool close_under_addfb(int fd, int other, uint32_t chroma)
{
	struct maker maker = { .fd = fd };
	uint32_t import;
	int dmabuf;

	maker.handles[0] = gem_create(fd, SHARE_SIZE);
	maker.handles[1] = chroma;
	dmabuf = prime_export(fd, maker.handles[0]);
	import = prime_import(other, dmabuf);
	gem_set_domain(other, import, I915_GEM_DOMAIN_GTT, I915_GEM_DOMAIN_GTT);

	vi915_require(!pthread_create(&maker.thread, NULL, make, &maker));
	while (!__atomic_load_n(&maker.begun, __ATOMIC_RELAXED))
		usleep(100);
	usleep(300);
	gem_close(fd, maker.handles[0]);
	pthread_join(maker.thread, NULL);
	if (!maker.ret)
		expect_one_dmabuf(&maker, dmabuf_inode(dmabuf));
	else
		vi915_require(maker.ret == -ENOENT);

	gem_close(other, import);
	close(dmabuf);
	return !maker.ret;
}

static void close_under_addfb_again_and_again(struct attacker *attacker)
{
	uint32_t chroma = gem_create(attacker->card, VI915_PAGE);
	int *other = attacker->arg, made = 0, i;
	static struct holder holder;

	holder_init(&holder, attacker->card, OBJECTS);
	holder_start(&holder, chroma, hold_again_and_again);
	for (i = 0; i < TRIES; i++)
		made += close_under_addfb(attacker->card, *other, chroma);
	holder_stop(&holder);
	vi915_note("%d of %d framebuffers were made", made, TRIES);
}

TEST(r1_a_handle_closed_under_addfb2_does_not_split_its_object)
{
	int other = vi915_open_render("gpu1");

	attack_child("gpu0", close_under_addfb_again_and_again, &other);
	close(other);
}

/*
 * An O_PATH descriptor keeps the path of a dma-buf, but not its file, whose
 * memory is reused for another file. A new export of the object must return
 * neither.
 */
TEST(r1_an_export_is_never_the_file_of_somebody_else)
{
	int fd = vi915_open("gpu0"), dmabuf, path, files[64], i;
	struct drm_mode_fb_cmd2 cmd = {};
	struct kms_fb fb;
	char name[32];

	kms_fb_create(fd, &fb, FB_SIZE, FB_SIZE, DRM_FORMAT_XRGB8888);
	dmabuf = prime_export(fd, fb.handle);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", dmabuf);
	path = open(name, O_PATH);
	ASSERT_LE(0, path);
	gem_close(fd, fb.handle);
	close(dmabuf);
	for (i = 0; i < 64; i++)
		files[i] = open("/dev/null", O_RDWR);

	cmd.fb_id = fb.fb;
	ASSERT_EQ(0, vi915_ioctl(fd, DRM_IOCTL_MODE_GETFB2, &cmd));
	dmabuf = prime_export(fd, cmd.handles[0]);
	EXPECT_EQ((off_t)fb.size, lseek(dmabuf, 0, SEEK_END));
	EXPECT_EQ(dmabuf_inode(path), dmabuf_inode(dmabuf));

	for (i = 0; i < 64; i++)
		close(files[i]);
	close(path);
	close(dmabuf);
	close(fd);
}

struct reader {
	int fd;
	bool stop;
	pthread_t thread;
};

static void *look(void *arg)
{
	struct reader *reader = arg;
	struct vi915_object object;

	while (!__atomic_load_n(&reader->stop, __ATOMIC_RELAXED))
		__vi915_object_find(reader->fd, ~0ull, 0, &object);
	return NULL;
}

/* The file of a dma-buf is freed before its exporter is told. */
TEST_F(share, r1_an_object_can_be_looked_at_while_its_dmabuf_goes)
{
	struct reader reader = { .fd = self->a };
	static struct holder holder;
	uint32_t handle;
	int i, dmabuf;

	holder_init(&holder, self->a, OBJECTS_READ);
	ASSERT_EQ(0, pthread_create(&reader.thread, NULL, look, &reader));
	for (i = 0; i < TRIES; i++) {
		handle = gem_create(self->a, VI915_PAGE);
		dmabuf = prime_export(self->a, handle);
		holder_start(&holder, handle, hold_once);
		sched_yield();
		gem_close(self->a, handle);
		close(dmabuf);
		holder_stop(&holder);
	}
	__atomic_store_n(&reader.stop, true, __ATOMIC_RELAXED);
	pthread_join(reader.thread, NULL);
	EXPECT_EQ(SHARE_SIZE, share_state(self->a, self->ino, "size"));
}

TEST_HARNESS_MAIN

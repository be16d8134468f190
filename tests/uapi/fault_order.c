// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Faults on order: which calls count, orders from the description and from
 * debugfs, many threads, and two GPUs.
 */
// box: --gpu gpu0,fault=create:EIO@2+import:ENODEV@after:2 --gpu gpu1,fault=create:EPERM@every:3
#include "test.h"

#include <drm/drm_fourcc.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fb.h"
#include "gem.h"
#include "gpu.h"
#include "inject.h"
#include "kms.h"
#include "prime.h"
#include "proc.h"

#define WIDTH 640
#define HEIGHT 480

static int create(int fd)
{
	uint64_t size = VI915_PAGE;
	uint32_t handle;
	int ret = __gem_create(fd, &size, &handle);

	if (!ret)
		gem_close(fd, handle);
	return ret;
}

static int import(int fd, int dmabuf)
{
	uint32_t handle;
	int ret = __prime_import(fd, dmabuf, &handle);

	if (!ret)
		gem_close(fd, handle);
	return ret;
}

#define EXPECT_FILE(fd, call, file, want) \
	do { \
		char vi915_text[64]; \
		ASSERT_LE(0, __inject_read(fd, call, file, vi915_text, sizeof(vi915_text))); \
		EXPECT_STREQ(want, vi915_text); \
	} while (0)

/* Must be the first test of this program: no calls or orders were made before. */
TEST(the_description_is_an_order)
{
	int a = vi915_open_render("gpu0"), b = vi915_open_render("gpu1");
	unsigned int i;

	for (i = 1; i <= 9; i++) {
		EXPECT_EQ(i == 2 ? -EIO : 0, create(a));
		EXPECT_EQ(i % 3 == 0 ? -EPERM : 0, create(b));
	}
	EXPECT_EQ(9, inject_count(a, "create", "calls"));
	EXPECT_EQ(1, inject_count(a, "create", "failures"));
	EXPECT_EQ(9, inject_count(b, "create", "calls"));
	EXPECT_EQ(3, inject_count(b, "create", "failures"));
	close(a);
	close(b);
}

/* Works first, fails later. */
TEST(an_import_that_fails_later)
{
	int a = vi915_open_render("gpu0"), b = vi915_open_render("gpu1"), i;
	int dmabuf[5];

	for (i = 0; i < 5; i++) {
		uint32_t handle;
		uint64_t size = VI915_PAGE;

		while (__gem_create(b, &size, &handle))
			;
		dmabuf[i] = prime_export(b, handle);
		EXPECT_EQ(i < 2 ? 0 : -ENODEV, import(a, dmabuf[i]));
	}
	for (i = 0; i < 5; i++)
		close(dmabuf[i]);
	close(a);
	close(b);
}

TEST(debugfs_says_what_was_ordered)
{
	static const struct {
		const char *call;
		const char *when;
		const char *error;
	} orders[] = {
		{ "addfb", "never", "ENOMEM" },  { "commit", "never", "ENOMEM" },
		{ "create", "2", "EIO" },        { "execbuf", "never", "ENOMEM" },
		{ "export", "never", "ENOMEM" }, { "import", "after:2", "ENODEV" },
		{ "map", "never", "ENOMEM" },    { "mmap", "never", "ENOMEM" },
	};
	int fd = vi915_open_render("gpu0"), other = vi915_open_render("gpu1");
	char text[64];

	for (unsigned int i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		EXPECT_FILE(fd, orders[i].call, "when", orders[i].when);
		EXPECT_FILE(fd, orders[i].call, "errno", orders[i].error);
	}
	EXPECT_FILE(fd, "hang", "when", "never");
	EXPECT_EQ(-ENOENT, __inject_read(fd, "hang", "errno", text, sizeof(text)));
	EXPECT_FILE(other, "create", "when", "every:3");
	EXPECT_FILE(other, "create", "errno", "EPERM");
	EXPECT_FILE(other, "import", "when", "never");
	close(fd);
	close(other);
}

FIXTURE(order)
{
	int fd;
	int other;
};

FIXTURE_SETUP(order)
{
	self->fd = vi915_open_render("gpu0");
	self->other = vi915_open_render("gpu1");
	inject_nothing(self->fd);
	inject_nothing(self->other);
}

FIXTURE_TEARDOWN(order)
{
	inject_nothing(self->fd);
	inject_nothing(self->other);
	close(self->fd);
	close(self->other);
}

TEST_F(order, what_was_written_can_be_read)
{
	static const char *const whens[] = {
		"1", "every:2", "after:3", "2147483646", "every:2147483646",
		"after:2147483646", "never",
	};

	for (unsigned int i = 0; i < sizeof(whens) / sizeof(whens[0]); i++) {
		EXPECT_OK(__inject_write(self->fd, "map", "when", whens[i]));
		EXPECT_FILE(self->fd, "map", "when", whens[i]);
		EXPECT_FILE(self->other, "map", "when", "never");
	}
	EXPECT_OK(__inject_write(self->fd, "map", "when", " after:3 \n"));
	EXPECT_FILE(self->fd, "map", "when", "after:3");
	EXPECT_OK(__inject_write(self->fd, "map", "errno", "EACCES\n"));
	EXPECT_FILE(self->fd, "map", "errno", "EACCES");
	EXPECT_FILE(self->fd, "mmap", "errno", "ENOMEM");
}

TEST_F(order, what_is_none_is_einval_and_changes_nothing)
{
	static const char *const whens[] = {
		"0", "x", "every", "every:", "every:0", "after:0", "after:-1", "@3", "2147483647",
		"99999999999999999999", "1 2", "every:1+after:2", "every:00000000000000000000000000001",
	};
	static const char *const names[] = { "0", "5", "-5", "EFOO", "enomem", "ENOMEM ENODEV" };
	unsigned int i;

	inject_order(self->fd, "create", "every:4", "ENOSPC");
	for (i = 0; i < sizeof(whens) / sizeof(whens[0]); i++)
		EXPECT_ERR(EINVAL, __inject_write(self->fd, "create", "when", whens[i]));
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		EXPECT_ERR(EINVAL, __inject_write(self->fd, "create", "errno", names[i]));
	EXPECT_FILE(self->fd, "create", "when", "every:4");
	EXPECT_FILE(self->fd, "create", "errno", "ENOSPC");
}

/* An invalid call is refused for that, and does not count for the order. */
TEST_F(order, what_is_refused_does_not_count)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE), out;
	static const char *const calls[] = { "create", "import", "export", "map", "mmap" };
	uint64_t size = 0, offset, before[5];
	unsigned int i;
	int dmabuf, null = open("/dev/null", O_RDWR | O_CLOEXEC);
	void *ptr;

	for (i = 0; i < 5; i++) {
		inject_order(self->fd, calls[i], "every:1", "EIO");
		before[i] = inject_count(self->fd, calls[i], "calls");
	}
	EXPECT_ERR(EINVAL, __gem_create(self->fd, &size, &out));
	size = 1ull << 60;
	EXPECT_ERR(E2BIG, __gem_create(self->fd, &size, &out));
	EXPECT_ERR(EBADF, __prime_import(self->fd, -1, &out));
	EXPECT_ERR(EINVAL, __prime_import(self->fd, null, &out));
	EXPECT_ERR(ENOENT, __prime_export(self->fd, 0xbad, DRM_CLOEXEC, &dmabuf));
	EXPECT_ERR(ENOENT, __gem_mmap_gtt_offset(self->fd, 0xbad, &offset));
	EXPECT_ERR(EINVAL, __gem_mmap_at_offset(self->fd, 0, VI915_PAGE, &ptr));
	EXPECT_ERR(EINVAL, __gem_mmap(self->fd, handle, 0, 0, 0, &ptr));
	for (i = 0; i < 5; i++)
		EXPECT_EQ(before[i], inject_count(self->fd, calls[i], "calls"));
	close(null);
}

/* The DRM core answers these itself, also where imports really fail. */
TEST_F(order, what_the_file_has_already_does_not_fail)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	uint32_t here = gem_create(self->other, VI915_PAGE);
	int own = prime_export(self->fd, handle), foreign = prime_export(self->other, here), again;
	uint32_t got = prime_import(self->fd, foreign);

	inject_order(self->fd, "import", "every:1", "ENODEV");
	inject_order(self->fd, "export", "every:1", "ENODEV");
	EXPECT_EQ(got, prime_import(self->fd, foreign));
	EXPECT_EQ(handle, prime_import(self->fd, own));
	again = prime_export(self->fd, handle);
	EXPECT_EQ(dmabuf_inode(own), dmabuf_inode(again));
	close(again);
	gem_close(self->fd, got);
	EXPECT_ERR(ENODEV, __prime_import(self->fd, foreign, &got));
	close(own);
	close(foreign);
}

TEST_F(order, two_gpus_do_not_disturb_each_other)
{
	unsigned int i;

	inject_order(self->fd, "create", "every:2", "EPERM");
	inject_order(self->other, "create", "after:7", "ENOSPC");
	for (i = 1; i <= 12; i++) {
		EXPECT_EQ(i % 2 ? 0 : -EPERM, create(self->fd));
		EXPECT_EQ(i <= 7 ? 0 : -ENOSPC, create(self->other));
	}
}

TEST_F(order, an_order_counts_from_when_it_was_written)
{
	inject_order(self->fd, "create", "3", "EPERM");
	EXPECT_OK(create(self->fd));
	EXPECT_OK(create(self->fd));
	inject_order(self->fd, "create", "3", NULL);
	EXPECT_OK(create(self->fd));
	EXPECT_OK(create(self->fd));
	EXPECT_ERR(EPERM, create(self->fd));
	/* The order was for one call. */
	EXPECT_OK(create(self->fd));
	/* Writing errno changes the rest of the order. */
	inject_order(self->fd, "create", "every:2", "EPERM");
	EXPECT_OK(create(self->fd));
	EXPECT_OK(__inject_write(self->fd, "create", "errno", "EIO"));
	EXPECT_ERR(EIO, create(self->fd));
}

#define THREADS 4
#define THREAD_CALLS 150

struct crowd {
	int fds[THREADS];
	unsigned int failures[THREADS];
};

static void create_many(void *arg, int index)
{
	struct crowd *crowd = arg;
	unsigned int i;

	for (i = 0; i < THREAD_CALLS; i++)
		crowd->failures[index] += create(crowd->fds[index]) == -EPERM;
}

TEST_F(order, of_many_threads_calls_exactly_those_fail)
{
	static const struct {
		const char *when;
		unsigned int failures;
	} orders[] = {
		{ "77", 1 },
		{ "every:3", THREADS * THREAD_CALLS / 3 },
		{ "every:7", THREADS * THREAD_CALLS / 7 },
		{ "after:450", THREADS * THREAD_CALLS - 450 },
	};
	struct crowd crowd;
	unsigned int i, k, sum;

	for (k = 0; k < THREADS; k++)
		crowd.fds[k] = vi915_reopen(self->fd);
	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		uint64_t before = inject_count(self->fd, "create", "failures");

		memset(crowd.failures, 0, sizeof(crowd.failures));
		inject_order(self->fd, "create", orders[i].when, "EPERM");
		vi915_threads(THREADS, create_many, &crowd);
		for (k = sum = 0; k < THREADS; k++)
			sum += crowd.failures[k];
		EXPECT_EQ(orders[i].failures, sum);
		EXPECT_EQ(before + sum, inject_count(self->fd, "create", "failures"));
	}
	for (k = 0; k < THREADS; k++)
		close(crowd.fds[k]);
}

/* The files of the kernel's fault injection framework, if the kernel has it. */
TEST_F(order, the_kernels_framework_decides)
{
	char text[64];

	if (__inject_read(self->fd, "create", "probability", text, sizeof(text)) == -ENOENT)
		SKIP(return, "this kernel has no CONFIG_FAULT_INJECTION_DEBUG_FS");
	EXPECT_FILE(self->fd, "create", "probability", "0");
	EXPECT_FILE(self->fd, "create", "verbose", "0");
	inject_order(self->fd, "create", "3", "EIO");
	EXPECT_FILE(self->fd, "create", "probability", "100");
	EXPECT_FILE(self->fd, "create", "space", "3");
	EXPECT_FILE(self->fd, "create", "times", "1");
	EXPECT_OK(create(self->fd));
	EXPECT_FILE(self->fd, "create", "space", "2");
	/* Writing to the framework's files changes the order. */
	EXPECT_OK(__inject_write(self->fd, "create", "space", "0"));
	EXPECT_OK(__inject_write(self->fd, "create", "times", "2"));
	EXPECT_ERR(EIO, create(self->fd));
	EXPECT_ERR(EIO, create(self->fd));
	EXPECT_OK(create(self->fd));
	inject_order(self->fd, "create", "every:5", "EIO");
	EXPECT_FILE(self->fd, "create", "interval", "5");
	EXPECT_FILE(self->fd, "create", "times", "-1");
	inject_order(self->fd, "create", "after:5", "EIO");
	EXPECT_FILE(self->fd, "create", "interval", "1");
	EXPECT_FILE(self->fd, "create", "space", "6");
}

FIXTURE(commit)
{
	struct kms kms;
	struct kms_fb a;
	struct kms_fb b;
};

FIXTURE_SETUP(commit)
{
	kms_open(&self->kms, "gpu0", 0);
	inject_nothing(self->kms.fd);
	self->kms.mode = kms_mode(&self->kms, WIDTH, HEIGHT, 60);
	kms_fb_create(self->kms.fd, &self->a, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	kms_fb_create(self->kms.fd, &self->b, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	kms_light(&self->kms, &self->kms.mode, &self->a);
}

FIXTURE_TEARDOWN(commit)
{
	inject_nothing(self->kms.fd);
	kms_close(&self->kms);
}

/* A commit with an out-fence and an event; a failed one must make neither. */
static int commit(struct kms *kms, const struct kms_fb *fb, uint32_t flags, int32_t *fence)
{
	drmModeAtomicReq *req = drmModeAtomicAlloc();

	kms_add_plane(req, kms, kms->primary, fb, 0, 0);
	if (fence)
		kms_add(req, kms->fd, kms->crtc, "OUT_FENCE_PTR", (uintptr_t)fence);
	return __kms_commit_free(kms->fd, req, flags, 1);
}

/* TEST_ONLY succeeds, then the commit fails. */
TEST_F(commit, a_test_is_no_commit)
{
	uint64_t calls = inject_count(self->kms.fd, "commit", "calls");
	struct kms_event event;
	int32_t fence = -1;

	inject_order(self->kms.fd, "commit", "every:2", "ENOSPC");
	EXPECT_OK(commit(&self->kms, &self->b, DRM_MODE_ATOMIC_TEST_ONLY, NULL));
	EXPECT_OK(commit(&self->kms, &self->b, 0, NULL));
	EXPECT_OK(commit(&self->kms, &self->a, DRM_MODE_ATOMIC_TEST_ONLY, NULL));
	EXPECT_OK(commit(&self->kms, &self->a, DRM_MODE_ATOMIC_TEST_ONLY, NULL));
	EXPECT_ERR(ENOSPC, commit(&self->kms, &self->a,
				  DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_PAGE_FLIP_EVENT, &fence));
	EXPECT_EQ(-1, fence);
	EXPECT_ERR(ETIME, __kms_event(self->kms.fd, 0, &event));
	EXPECT_EQ(self->b.fb, kms_value(self->kms.fd, self->kms.primary, "FB_ID"));
	EXPECT_EQ(calls + 2, inject_count(self->kms.fd, "commit", "calls"));
	/* An invalid commit does not count. */
	EXPECT_ERR(EINVAL, commit(&self->kms, &self->a, 0x80000000, NULL));
	EXPECT_EQ(calls + 2, inject_count(self->kms.fd, "commit", "calls"));
}

/* The kernel cannot handle a failure of its own clean-up commits. */
TEST_F(commit, what_the_kernel_tidies_up_does_not_fail)
{
	struct kms_fb c;

	kms_fb_create(self->kms.fd, &c, WIDTH, HEIGHT, DRM_FORMAT_XRGB8888);
	EXPECT_OK(commit(&self->kms, &c, 0, NULL));
	inject_order(self->kms.fd, "commit", "every:1", "EIO");
	EXPECT_OK(__kms_rmfb(self->kms.fd, c.fb));
	EXPECT_EQ(0, kms_value(self->kms.fd, self->kms.primary, "FB_ID"));
	EXPECT_ERR(EIO, __kms_light(&self->kms, &self->kms.mode, &self->a));
	inject_nothing(self->kms.fd);
	EXPECT_OK(__kms_light(&self->kms, &self->kms.mode, &self->a));
	inject_order(self->kms.fd, "commit", "every:1", "EIO");
	/* The same for a file that is closed while its framebuffer is shown. */
	kms_close(&self->kms);
	kms_open(&self->kms, "gpu0", 0);
	EXPECT_EQ(0, kms_value(self->kms.fd, self->kms.primary, "FB_ID"));
}

TEST_HARNESS_MAIN

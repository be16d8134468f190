// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The debugfs files that programs written for i915 read and write. */
#include "gpu_fixture.h"

#include <dirent.h>
#include <fcntl.h>

#include "ctx.h"
#include "exec.h"
#include "peer.h"

TEST_F(gpu, drop_caches_tells_the_bits_it_knows)
{
	char text[64], want[64];

	ASSERT_GT(__vi915_debugfs_read(self->fd, "i915_gem_drop_caches", text, sizeof(text)), 0);
	snprintf(want, sizeof(want), "0x%08x\n", DROP_ALL);
	EXPECT_STREQ(want, text);
}

TEST_F(gpu, every_bit_of_drop_caches_can_be_written)
{
	uint64_t bit;

	for (bit = 1; bit <= DROP_ALL; bit <<= 1)
		EXPECT_OK(__vi915_drop_caches(self->fd, bit));
	EXPECT_OK(__vi915_drop_caches(self->fd, 0));
	EXPECT_OK(__vi915_drop_caches(self->fd, DROP_ALL));
	/* IGT writes this value at each open. */
	EXPECT_OK(__vi915_drop_caches(self->fd, 0x1dc));
}

TEST_F(gpu, unknown_bits_are_einval_in_drop_caches)
{
	EXPECT_ERR(EINVAL, __vi915_drop_caches(self->fd, DROP_ALL + 1));
	EXPECT_ERR(EINVAL, __vi915_drop_caches(self->fd, 1ULL << 63 | DROP_FREED));
}

TEST_F(gpu, what_is_no_number_is_einval_in_drop_caches)
{
	EXPECT_ERR(EINVAL, __vi915_debugfs_write(self->fd, "i915_gem_drop_caches", "all\n"));
	EXPECT_OK(__vi915_debugfs_write(self->fd, "i915_gem_drop_caches", "0x10\n"));
	EXPECT_OK(__vi915_debugfs_write(self->fd, "i915_gem_drop_caches", "16"));
}

static void set_params(int fd, const char *reset, const char *hangcheck)
{
	vi915_check(__vi915_debugfs_write(fd, "i915_params/reset", reset));
	vi915_check(__vi915_debugfs_write(fd, "i915_params/enable_hangcheck", hangcheck));
}

static bool param_is(int fd, const char *name, const char *want)
{
	char file[64], text[32];

	snprintf(file, sizeof(file), "i915_params/%s", name);
	vi915_check(__vi915_debugfs_read(fd, file, text, sizeof(text)));
	if (!strcmp(text, want))
		return true;
	vi915_note("%s is %s instead of %s", name, text, want);
	return false;
}

static bool params_are(int fd, const char *reset, const char *hangcheck)
{
	return param_is(fd, "reset", reset) && param_is(fd, "enable_hangcheck", hangcheck);
}

TEST_F(gpu, parameters_read_back_as_i915_prints_them)
{
	EXPECT_TRUE(params_are(self->fd, "3\n", "Y\n"));
	set_params(self->fd, "1\n", "0\n");
	EXPECT_TRUE(params_are(self->fd, "1\n", "N\n"));
	/* IGT writes these values, and scripts may write the others. */
	set_params(self->fd, "4294967295", "1");
	EXPECT_TRUE(params_are(self->fd, "4294967295\n", "Y\n"));
	set_params(self->fd, "0x2", "n");
	EXPECT_TRUE(params_are(self->fd, "2\n", "N\n"));
	set_params(self->fd, "no", "y");
	EXPECT_TRUE(params_are(self->fd, "0\n", "Y\n"));
	set_params(self->fd, "3", "1");
}

TEST_F(gpu, a_bad_parameter_changes_nothing)
{
	EXPECT_ERR(EINVAL, __vi915_debugfs_write(self->fd, "i915_params/reset", "engine"));
	EXPECT_ERR(EINVAL, __vi915_debugfs_write(self->fd, "i915_params/reset", "-1"));
	EXPECT_ERR(EINVAL, __vi915_debugfs_write(self->fd, "i915_params/reset", "4294967296"));
	/* debugfs ignores an invalid bool, without an error. */
	EXPECT_OK(__vi915_debugfs_write(self->fd, "i915_params/enable_hangcheck", "7"));
	EXPECT_TRUE(params_are(self->fd, "3\n", "Y\n"));
}

TEST_F(gpu, parameters_are_one_gpus_own)
{
	int other = vi915_open("gpu1");

	/* Debian's programs leave -1 there, and may have run in this box. */
	set_params(other, "3", "1");
	set_params(self->fd, "1", "0");
	EXPECT_TRUE(params_are(other, "3\n", "Y\n"));
	set_params(self->fd, "3", "1");
	close(other);
}

/* The number behind "key=" in an engine's line of vi915_engines. */
static uint64_t engine_number(int fd, const char *engine, const char *key)
{
	char text[4096], name[32], *line, *at;

	vi915_check(__vi915_debugfs_read(fd, "vi915_engines", text, sizeof(text)));
	snprintf(name, sizeof(name), "name=%s ", engine);
	line = strstr(text, name);
	if (!line)
		vi915_fail("no line of %s in vi915_engines: %s", engine, text);
	*strchr(line, '\n') = '\0';
	snprintf(name, sizeof(name), " %s=", key);
	at = strstr(line, name);
	if (!at)
		vi915_fail("no %s in vi915_engines: %s", key, line);
	return strtoull(at + strlen(name), NULL, 10);
}

TEST_F(gpu, vi915_engines_has_a_line_for_each_engine)
{
	static const char *const names[] = { "rcs0", "bcs0", "vcs0", "vecs0" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		EXPECT_EQ(i, engine_number(self->fd, names[i], "class"));
		EXPECT_EQ(0, engine_number(self->fd, names[i], "instance"));
		EXPECT_EQ(0, engine_number(self->fd, names[i], "queued"));
		EXPECT_EQ(0, engine_number(self->fd, names[i], "running"));
	}
}

TEST_F(gpu, vi915_engines_counts_jobs_and_what_they_did)
{
	uint64_t jobs = engine_number(self->fd, "bcs0", "jobs");
	uint64_t blits = engine_number(self->fd, "bcs0", "blits");
	uint64_t bytes = engine_number(self->fd, "bcs0", "bytes");
	uint64_t busy = engine_number(self->fd, "bcs0", "busy_ns");
	uint32_t handle = gem_create(self->fd, 4 * VI915_PAGE);

	exec_fill(self->fd, 0, I915_EXEC_BLT, handle, 4, 0x11223344);
	exec_sync(self->fd, handle);
	EXPECT_EQ(jobs + 1, engine_number(self->fd, "bcs0", "jobs"));
	EXPECT_EQ(blits + 1, engine_number(self->fd, "bcs0", "blits"));
	EXPECT_EQ(bytes + 4 * VI915_PAGE, engine_number(self->fd, "bcs0", "bytes"));
	EXPECT_GT(engine_number(self->fd, "bcs0", "busy_ns"), busy);
}

TEST_F(gpu, vi915_engines_shows_what_waits_and_what_runs)
{
	uint64_t hangs = engine_number(self->fd, "vcs0", "hangs");
	int fence, timeline = sw_timeline(), waiting = sw_fence(timeline, 1);
	struct spin spin;

	spin_start(&spin, self->fd, 0, I915_EXEC_BSD);
	spin_wait_running(&spin);
	EXPECT_EQ(1, engine_number(self->fd, "vcs0", "running"));
	EXPECT_EQ(0, engine_number(self->fd, "vcs0", "queued"));
	fence = exec_nop_fence(self->fd, ctx_create(self->fd), I915_EXEC_BSD, waiting);
	EXPECT_EQ(1, engine_number(self->fd, "vcs0", "queued"));
	sw_signal(timeline, 1);
	spin_free(&spin);
	EXPECT_EQ(1, exec_fence_wait(fence));
	EXPECT_EQ(0, engine_number(self->fd, "vcs0", "queued"));
	EXPECT_EQ(0, engine_number(self->fd, "vcs0", "running"));
	EXPECT_EQ(hangs, engine_number(self->fd, "vcs0", "hangs"));
	close(fence);
	close(waiting);
	close(timeline);
}

TEST_F(gpu, vi915_engines_counts_hangs)
{
	uint64_t hangs = engine_number(self->fd, "vecs0", "hangs");
	int fence = exec_break(self->fd, ctx_create(self->fd), I915_EXEC_VEBOX);

	EXPECT_EQ(-EIO, exec_fence_wait(fence));
	EXPECT_EQ(hangs + 1, engine_number(self->fd, "vecs0", "hangs"));
	close(fence);
}

static void signal_later(void *arg)
{
	sw_signal(*(int *)arg, 1);
}

TEST_F(gpu, drop_caches_leaves_a_busy_object_usable)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	int timeline = sw_timeline();
	char byte = 7;

	gem_pwrite(self->fd, handle, 0, &byte, 1);
	gem_attach_fence(self->fd, handle, sw_fence(timeline, 1), DMA_BUF_SYNC_WRITE);
	vi915_after(200000000, signal_later, &timeline);
	vi915_drop_caches(self->fd, DROP_PAGES);
	gem_pread(self->fd, handle, 0, &byte, 1);
	EXPECT_EQ(7, byte);
}

TEST_F(gpu, the_object_count_comes_back_to_what_it_was)
{
	uint32_t handles[50];
	long before, during;
	unsigned int i;

	vi915_drop_caches(self->fd, DROP_FREED | DROP_RCU);
	before = vi915_object_count(self->fd);
	for (i = 0; i < ARRAY_SIZE(handles); i++)
		handles[i] = gem_create(self->fd, VI915_PAGE);
	during = vi915_object_count(self->fd);
	EXPECT_EQ(before + (long)ARRAY_SIZE(handles), during);
	for (i = 0; i < ARRAY_SIZE(handles); i++)
		gem_close(self->fd, handles[i]);
	vi915_drop_caches(self->fd, DROP_FREED | DROP_RCU);
	EXPECT_EQ(before, vi915_object_count(self->fd));
}

TEST_F(gpu, the_object_list_and_the_count_agree)
{
	static char text[1 << 20];
	long count, lines = 0;
	char *c;

	gem_create(self->fd, VI915_PAGE);
	count = vi915_object_count(self->fd);
	ASSERT_GT(__vi915_debugfs_read(self->fd, "vi915_objects", text, sizeof(text)), 0);
	for (c = text; *c; c++)
		lines += *c == '\n';
	EXPECT_EQ(count, lines);
}

TEST_F(gpu, the_object_count_says_objects)
{
	char text[256], *end;

	ASSERT_GT(__vi915_debugfs_read(self->fd, "i915_gem_objects", text, sizeof(text)), 0);
	EXPECT_GE(strtol(text, &end, 10), 0);
	EXPECT_EQ(0, strncmp(end, " objects", 8));
}

TEST_F(gpu, an_exported_object_is_listed_with_its_dmabufs_inode)
{
	uint32_t handle = gem_create(self->fd, 41 * VI915_PAGE);
	struct vi915_object object;
	int dmabuf = prime_export(self->fd, handle);
	ino_t ino = dmabuf_inode(dmabuf);

	vi915_object_find(self->fd, ino, 0, &object);
	EXPECT_EQ(41 * VI915_PAGE, object.size);
	close(dmabuf);
	vi915_object_find(self->fd, 0, 41 * VI915_PAGE, &object);
	EXPECT_EQ(0, object.mapped);
}

TEST_F(gpu, render_and_card_minor_lead_to_one_folder)
{
	uint64_t size = 43 * VI915_PAGE;
	struct vi915_object object;
	int card = vi915_open("gpu0");

	gem_create(self->fd, size);
	EXPECT_TRUE(__vi915_object_find(card, 0, size, &object));
	close(card);
}

TEST(objects_of_one_gpu_are_not_listed_on_another)
{
	int a = vi915_open("gpu0"), b = vi915_open("gpu1");
	uint64_t size = 47 * VI915_PAGE;
	struct vi915_object object;

	gem_create(a, size);
	EXPECT_TRUE(__vi915_object_find(a, 0, size, &object));
	EXPECT_FALSE(__vi915_object_find(b, 0, size, &object));
}

/* The value of @key in the line of @file that has @word; "" when there is none. */
static void word_of(int fd, const char *file, const char *word, const char *key, char value[64])
{
	static char text[1 << 20];
	char *line, *rest = text, *at;

	value[0] = '\0';
	if (__vi915_debugfs_read(fd, file, text, sizeof(text)) <= 0)
		return;
	while ((line = strsep(&rest, "\n"))) {
		at = strstr(line, word);
		if (at && strchr(" ", at[strlen(word)]))
			break;
	}
	at = line ? strstr(line, key) : NULL;
	if (at)
		sscanf(at + strlen(key), "%63s", value);
}

TEST_F(gpu, a_handle_is_listed_with_its_object_and_process)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	char ino[64], name[64], same[64], pid[64], word[80];
	int dmabuf = prime_export(self->fd, handle);

	snprintf(ino, sizeof(ino), "ino=%lu", (unsigned long)dmabuf_inode(dmabuf));
	word_of(self->fd, "vi915_objects", ino, "object=", name);
	ASSERT_NE(0, strlen(name));
	snprintf(word, sizeof(word), "object=%s", name);
	word_of(self->fd, "vi915_handles", word, "object=", same);
	EXPECT_STREQ(name, same);
	word_of(self->fd, "vi915_handles", word, " handle=", same);
	EXPECT_EQ(handle, atoi(same));
	word_of(self->fd, "vi915_handles", word, "pid=", pid);
	EXPECT_EQ(getpid(), atoi(pid));

	gem_close(self->fd, handle);
	word_of(self->fd, "vi915_handles", word, "object=", same);
	EXPECT_STREQ("", same);
}

TEST_F(gpu, an_object_is_listed_with_the_module_that_exported_it)
{
	uint32_t handle = gem_create(self->fd, VI915_PAGE);
	char ino[64], owner[64];
	int dmabuf, vgem;

	dmabuf = prime_export(self->fd, handle);
	snprintf(ino, sizeof(ino), "ino=%lu", (unsigned long)dmabuf_inode(dmabuf));
	word_of(self->fd, "vi915_objects", ino, "owner=", owner);
	EXPECT_STREQ("vi915", owner);
	close(dmabuf);

	vgem = vi915_driver_open("vgem");
	dmabuf = prime_export(vgem, vgem_create(vgem, VI915_PAGE));
	prime_import(self->fd, dmabuf);
	snprintf(ino, sizeof(ino), "ino=%lu", (unsigned long)dmabuf_inode(dmabuf));
	word_of(self->fd, "vi915_objects", ino, "owner=", owner);
	EXPECT_STREQ("vgem", owner);
}

static bool describes(const char *gpu, const char *word)
{
	char text[256], found[64];
	int fd = vi915_open(gpu);
	char *c;

	if (__vi915_debugfs_read(fd, "vi915_description", text, sizeof(text)) < 0)
		return false;
	close(fd);
	for (c = text; sscanf(c, "%63s", found) == 1; c = strstr(c, found) + strlen(found))
		if (!strcmp(found, word))
			return true;
	return false;
}

TEST(the_description_says_what_the_gpu_is)
{
	EXPECT_TRUE(describes("gpu0", "name=gpu0"));
	EXPECT_TRUE(describes("gpu0", "render=1"));
	EXPECT_TRUE(describes("gpu0", "imports=gpu"));
	EXPECT_TRUE(describes("gpu2", "imports=cpu"));
	EXPECT_TRUE(describes("gpu3", "render=0"));
	EXPECT_FALSE(describes("gpu3", "render=1"));
}

/* Reads the regular files of one folder, each to its end. */
static int read_folder(const char *folder)
{
	struct dirent *entry;
	char path[512], buf[4096];
	int fd, files = 0;
	DIR *dir;

	dir = opendir(folder);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_type != DT_REG)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0)
			continue;
		while (read(fd, buf, sizeof(buf)) > 0)
			;
		close(fd);
		files++;
	}
	if (dir)
		closedir(dir);
	return files;
}

TEST_F(gpu, every_debugfs_file_can_be_read)
{
	char path[128];

	snprintf(path, sizeof(path), VI915_DRI_DEBUGFS "/%d", vi915_minor(self->fd));
	EXPECT_GE(read_folder(path), 4);
}

TEST_HARNESS_MAIN

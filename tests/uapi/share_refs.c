// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Rule R2: references point one way, and bytes live as long as the last
 * reference. Holders of all kinds, also in other processes; every order of
 * closing is in share_lifetime.c, unplugged devices are in share_unplug.c, and
 * the module is in race_module.c.
 */
#include "share_fixture.h"

#include <sys/socket.h>

TEST_F(share, r2_the_fd_holds_the_object)
{
	gem_close(self->a, self->handle);
	close(self->a);
	share_reads(self->dmabuf, SHARE_SIZE, SHARE_SEED);
	self->a = vi915_open_render("gpu0");
	EXPECT_EQ(SHARE_SIZE, share_state(self->a, self->ino, "size"));
	close(self->dmabuf);
	self->dmabuf = -1;
	EXPECT_EQ(-1, share_state(self->a, self->ino, "size"));
}

TEST_F(share, r2_the_handle_holds_the_object_but_not_the_fd)
{
	close(self->dmabuf);
	self->dmabuf = -1;
	share_gtt_reads(self->a, self->handle, SHARE_SIZE, SHARE_SEED);
	EXPECT_EQ(SHARE_SIZE, share_state(self->a, self->ino, "size"));
	gem_close(self->a, self->handle);
	EXPECT_EQ(-1, share_state(self->a, self->ino, "size"));
}

TEST_F(share, r2_an_import_holds_the_exporters_object)
{
	uint32_t handle = prime_import(self->b, self->dmabuf);

	gem_close(self->a, self->handle);
	close(self->dmabuf);
	self->dmabuf = -1;
	EXPECT_EQ(SHARE_SIZE, share_state(self->a, self->ino, "size"));
	share_gtt_reads(self->b, handle, SHARE_SIZE, SHARE_SEED);
	gem_close(self->b, handle);
	EXPECT_EQ(-1, share_state(self->a, self->ino, "size"));
	EXPECT_EQ(-1, share_state(self->b, self->ino, "size"));
}

TEST_F(share, r2_an_export_does_not_hold_the_importers_object)
{
	uint32_t handle = prime_import(self->b, self->dmabuf);

	gem_close(self->b, handle);
	EXPECT_EQ(-1, share_state(self->b, self->ino, "size"));
	EXPECT_EQ(SHARE_SIZE, share_state(self->a, self->ino, "size"));
}

TEST_F(share, r2_a_mapping_of_the_fd_holds_the_object)
{
	char *map = dmabuf_mmap(self->dmabuf, SHARE_SIZE);

	gem_close(self->a, self->handle);
	close(self->dmabuf);
	self->dmabuf = -1;
	vi915_same(map, SHARE_SIZE, SHARE_SEED);
	/* A hole splits it into two mappings, each of which holds the object. */
	gem_munmap(map + VI915_PAGE, VI915_PAGE);
	EXPECT_NE(0, vi915_object_count(self->a));
	EXPECT_EQ(0, vi915_verify(map, VI915_PAGE, SHARE_SEED) + 1);
	gem_munmap(map, VI915_PAGE);
	EXPECT_NE(0, vi915_read_signal(map));
	EXPECT_EQ(0, vi915_read_signal(map + 2 * VI915_PAGE));
	EXPECT_EQ(1, vi915_object_count(self->a));
	gem_munmap(map + 2 * VI915_PAGE, 2 * VI915_PAGE);
	EXPECT_EQ(0, vi915_object_count(self->a));
}

TEST_F(share, r2_a_mapping_of_an_import_holds_both_objects)
{
	uint32_t handle = prime_import(self->b, self->dmabuf);
	char *map = gem_mmap_gtt(self->b, handle, SHARE_SIZE);

	gem_close(self->b, handle);
	gem_close(self->a, self->handle);
	close(self->dmabuf);
	self->dmabuf = -1;
	vi915_same(map, SHARE_SIZE, SHARE_SEED);
	gem_munmap(map, SHARE_SIZE);
	EXPECT_EQ(-1, share_state(self->a, self->ino, "size"));
	EXPECT_EQ(-1, share_state(self->b, self->ino, "size"));
}

struct peer {
	int socket;
	int fd;
};

static void send_fd(int socket, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = {}, byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	vi915_require(sendmsg(socket, &msg, 0) == 1);
}

static int receive_fd(int socket)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	int fd;

	vi915_require(recvmsg(socket, &msg, 0) == 1 && msg.msg_controllen);
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

/* The other process gets nothing but a socket. */
static void import_elsewhere(void *arg)
{
	struct peer *peer = arg;
	int gpu = vi915_open_render("gpu1"), fd = receive_fd(peer->socket);
	uint32_t handle = prime_import(gpu, fd);

	share_gtt_reads(gpu, handle, SHARE_SIZE, SHARE_SEED);
	close(fd);
	share_gtt_writes(gpu, handle, SHARE_SIZE, 2);
	fd = prime_export(gpu, handle);
	send_fd(peer->socket, fd);
}

TEST_F(share, r2_the_fd_goes_to_another_process_and_comes_back)
{
	struct peer peer;
	int sockets[2], fd;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	peer.socket = sockets[1];
	pid = vi915_child(import_elsewhere, &peer);
	send_fd(sockets[0], self->dmabuf);
	/* In flight, only the message holds it. */
	close(self->dmabuf);
	self->dmabuf = -1;
	fd = receive_fd(sockets[0]);
	vi915_child_join(pid);
	EXPECT_EQ(self->ino, dmabuf_inode(fd));
	EXPECT_EQ(self->handle, prime_import(self->a, fd));
	share_gtt_reads(self->a, self->handle, SHARE_SIZE, 2);
	EXPECT_EQ(-1, share_state(self->b, self->ino, "size"));
	close(fd);
	close(sockets[0]);
	close(sockets[1]);
}

static void die_with_import(void *arg)
{
	int dmabuf = *(int *)arg, gpu = vi915_open_render("gpu1");
	char *map = gem_mmap_gtt(gpu, prime_import(gpu, dmabuf), SHARE_SIZE);

	vi915_same(map, SHARE_SIZE, SHARE_SEED);
	signal(SIGKILL, SIG_DFL);
	raise(SIGKILL);
}

TEST_F(share, r2_an_importer_that_is_killed_leaves_nothing)
{
	pid_t pid = vi915_child(die_with_import, &self->dmabuf);

	waitpid(pid, NULL, 0);
	EXPECT_EQ(-1, share_state(self->b, self->ino, "size"));
	EXPECT_EQ(0, share_state(self->a, self->ino, "shares"));
	share_reads(self->dmabuf, SHARE_SIZE, SHARE_SEED);
}

TEST_F(share, r2_a_loop_of_files_over_two_gpus_is_freed)
{
	int back;

	/*
	 * Each GPU exports one object and imports the other's, which makes no
	 * reference loop.
	 */
	back = prime_export(self->b, gem_create(self->b, SHARE_SIZE));
	prime_import(self->a, back);
	prime_import(self->b, self->dmabuf);
	close(back);
	close(self->dmabuf);
	self->dmabuf = -1;
	close(self->a);
	close(self->b);
	self->a = vi915_open_render("gpu0");
	self->b = vi915_open_render("gpu1");
	EXPECT_EQ(0, vi915_object_count(self->a));
	EXPECT_EQ(0, vi915_object_count(self->b));
}

TEST_HARNESS_MAIN

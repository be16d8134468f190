// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A guest's kernel that the host refuses a mapping fails the call that wanted
 * it, and nothing else. The program starts a box, lowers the limit of the box's
 * address space (RLIMIT_AS) to its present size while the box runs, and lifts it
 * again. In the box a second copy has vkms show a framebuffer, which it maps into
 * the kernel.
 */
#include "test.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xf86drmMode.h>

#include "gem.h"
#include "gpu.h"
#include "proc.h"

/**
 * struct screen - vkms's first output
 * @fd: of its card
 * @crtc: its CRTC
 * @connector: its connector
 * @mode: first mode of it
 * @fb: framebuffer of that size
 */
struct screen {
	int fd;
	uint32_t crtc;
	uint32_t connector;
	drmModeModeInfo mode;
	uint32_t fb;
};

static void screen_open(struct screen *screen)
{
	drmModeConnector *connector;
	uint32_t pitch, handle;
	drmModeRes *res;
	uint64_t size;

	screen->fd = vi915_driver_open("vkms");
	res = drmModeGetResources(screen->fd);
	vi915_require(res && res->count_crtcs && res->count_connectors);
	screen->crtc = res->crtcs[0];
	screen->connector = res->connectors[0];
	connector = drmModeGetConnector(screen->fd, screen->connector);
	vi915_require(connector && connector->count_modes);
	screen->mode = connector->modes[0];
	handle = gem_dumb_create(screen->fd, screen->mode.hdisplay, screen->mode.vdisplay, 32,
				 &pitch, &size);
	vi915_require(!drmModeAddFB(screen->fd, screen->mode.hdisplay, screen->mode.vdisplay, 24,
				    32, pitch, handle, &screen->fb));
	drmModeFreeConnector(connector);
	drmModeFreeResources(res);
}

static int screen_show(struct screen *screen)
{
	return drmModeSetCrtc(screen->fd, screen->crtc, screen->fb, 0, 0, &screen->connector, 1,
			      &screen->mode);
}

/* Answers each line of stdin with what showing the framebuffer returned. */
static int inside(void)
{
	struct screen screen;
	char line[16];

	screen_open(&screen);
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		printf("%d\n", screen_show(&screen));
		fflush(stdout);
	}
	return 0;
}

/**
 * struct box - a box that runs this program
 * @pid: process of the command
 * @to: its stdin
 * @from: its stdout
 */
struct box {
	pid_t pid;
	FILE *to;
	FILE *from;
};

static void box_start(struct box *box)
{
	char self[PATH_MAX] = "";
	int in[2], out[2];

	vi915_require(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	vi915_require(!pipe(in) && !pipe(out));
	box->pid = fork();
	vi915_require(box->pid >= 0);
	if (box->pid == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		close(in[0]);
		close(in[1]);
		close(out[0]);
		close(out[1]);
		execl(getenv("VI915"), "vi915", "run", "--gpus", "0", "--peers", "vkms", "--",
		      self, "inside", NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	box->to = fdopen(in[1], "w");
	box->from = fdopen(out[0], "r");
	vi915_require(box->to && box->from);
}

static int box_show(struct box *box)
{
	int ret;

	vi915_require(fputs("show\n", box->to) >= 0 && !fflush(box->to));
	vi915_require(fscanf(box->from, "%d", &ret) == 1);
	return ret;
}

/* The box's kernel: the child of the command that has a session of its own. */
static pid_t box_kernel(const struct box *box)
{
	char path[64];
	FILE *file;
	int child;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", box->pid, box->pid);
	file = fopen(path, "r");
	vi915_require(file);
	while (fscanf(file, "%d", &child) == 1)
		if (getsid(child) == child)
			break;
	vi915_require(getsid(child) == child);
	fclose(file);
	return child;
}

static rlim_t size_of(pid_t pid)
{
	unsigned long pages = 0;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/statm", pid);
	file = fopen(path, "r");
	vi915_require(file && fscanf(file, "%lu", &pages) == 1 && pages);
	fclose(file);
	return (rlim_t)pages * VI915_PAGE;
}

FIXTURE(box)
{
	struct box box;
};

FIXTURE_SETUP(box)
{
	char ready[16];

	box_start(&self->box);
	vi915_require(fscanf(self->box.from, "%15s", ready) == 1 && !strcmp(ready, "ready"));
}

FIXTURE_TEARDOWN(box)
{
	fclose(self->box.from);
}

TEST_F_TIMEOUT(box, a_call_that_the_host_has_no_mapping_for_is_enomem, 300)
{
	pid_t kernel = box_kernel(&self->box);
	struct rlimit before, tight;
	int status, i;

	ASSERT_EQ(0, prlimit(kernel, RLIMIT_AS, NULL, &before));
	tight = before;
	tight.rlim_cur = size_of(kernel);
	ASSERT_EQ(0, prlimit(kernel, RLIMIT_AS, &tight, NULL));
	for (i = 0; i < 10; i++)
		EXPECT_EQ(-ENOMEM, box_show(&self->box));
	ASSERT_EQ(0, prlimit(kernel, RLIMIT_AS, &before, NULL));
	EXPECT_EQ(0, box_show(&self->box));

	/* The box ends as any other does. */
	fclose(self->box.to);
	ASSERT_EQ(self->box.pid, waitpid(self->box.pid, &status, 0));
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(0, WEXITSTATUS(status));
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "inside"))
		return inside();
	if (getenv("VI915"))
		return test_harness_run(argc, argv);
	printf("Bail out! VI915 does not name the command\n");
	return 1;
}

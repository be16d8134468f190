// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gpu.h"
#include "peer.h"

#define VI915_VIDEO_NODES 64

uint32_t vgem_create_at(const char *at, int vgem, uint64_t size)
{
	struct drm_mode_create_dumb dumb = {
		.width = 1024,
		.height = (size + 4095) / 4096,
		.bpp = 32,
	};

	vi915_check_at(at, "vgem_create", vi915_ioctl(vgem, DRM_IOCTL_MODE_CREATE_DUMB, &dumb));
	return dumb.handle;
}

int __vgem_fence_attach(int vgem, uint32_t handle, uint32_t flags, uint32_t *fence)
{
	struct drm_vgem_fence_attach arg = { .handle = handle, .flags = flags };
	int ret;

	ret = vi915_ioctl(vgem, DRM_IOCTL_VGEM_FENCE_ATTACH, &arg);
	*fence = arg.out_fence;
	return ret;
}

uint32_t vgem_fence_attach_at(const char *at, int vgem, uint32_t handle, uint32_t flags)
{
	uint32_t fence;

	vi915_check_at(at, "vgem_fence_attach",
		       __vgem_fence_attach(vgem, handle, flags, &fence));
	return fence;
}

int __vgem_fence_signal(int vgem, uint32_t fence)
{
	struct drm_vgem_fence_signal arg = { .fence = fence };

	return vi915_ioctl(vgem, DRM_IOCTL_VGEM_FENCE_SIGNAL, &arg);
}

int __udmabuf_create(uint64_t size, int *dmabuf)
{
	struct udmabuf_create arg = { .flags = UDMABUF_FLAGS_CLOEXEC, .size = size };
	int dev, memfd, ret;

	*dmabuf = -1;
	dev = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
	if (dev < 0)
		return -errno;
	memfd = memfd_create("vi915-test", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	if (memfd < 0) {
		ret = -errno;
		goto out_dev;
	}
	if (ftruncate(memfd, size) || fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK)) {
		ret = -errno;
		goto out_memfd;
	}
	arg.memfd = memfd;
	ret = vi915_ioctl(dev, UDMABUF_CREATE, &arg);
	if (ret >= 0) {
		*dmabuf = ret;
		ret = 0;
	}
out_memfd:
	close(memfd);
out_dev:
	close(dev);
	return ret;
}

int udmabuf_create_at(const char *at, uint64_t size)
{
	int dmabuf;

	vi915_check_at(at, "udmabuf_create", __udmabuf_create(size, &dmabuf));
	return dmabuf;
}

int __heap_alloc(uint64_t size, int *dmabuf)
{
	struct dma_heap_allocation_data arg = { .len = size, .fd_flags = O_RDWR | O_CLOEXEC };
	int dev, ret;

	*dmabuf = -1;
	dev = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC);
	if (dev < 0)
		return -errno;
	ret = vi915_ioctl(dev, DMA_HEAP_IOCTL_ALLOC, &arg);
	close(dev);
	if (!ret)
		*dmabuf = arg.fd;
	return ret;
}

int heap_alloc_at(const char *at, uint64_t size)
{
	int dmabuf;

	vi915_check_at(at, "heap_alloc", __heap_alloc(size, &dmabuf));
	return dmabuf;
}

/* Whether the name of video node @i ends in @suffix. */
static int vi915_video_match(int i, const char *suffix)
{
	char path[64], name[64] = "";
	size_t len, end;
	FILE *file;

	snprintf(path, sizeof(path), "/sys/class/video4linux/video%d/name", i);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (!fgets(name, sizeof(name), file))
		name[0] = '\0';
	fclose(file);
	len = strcspn(name, "\n");
	name[len] = '\0';
	end = strlen(suffix);
	return len >= end && !strcmp(name + len - end, suffix);
}

int __video_open(const char *suffix, int n)
{
	char path[64];
	int fd, i;

	for (i = 0; i < VI915_VIDEO_NODES; i++) {
		if (!vi915_video_match(i, suffix) || n--)
			continue;
		snprintf(path, sizeof(path), "/dev/video%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		return fd < 0 ? -errno : fd;
	}
	return -ENOENT;
}

int video_open_at(const char *at, const char *suffix, int n)
{
	int fd = __video_open(suffix, n);

	if (fd < 0)
		vi915_fail_at(at, "video node *%s number %d: %s: run in a box with --peers vivid",
			      suffix, n, vi915_errname(fd));
	return fd;
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gpu.h"
#include "prime.h"

/* The uAPI of sw_sync, a debugfs file for tests, has no header. */
#define SW_SYNC_PATH "/sys/kernel/debug/sync/sw_sync"

struct sw_sync_create_fence_data {
	uint32_t value;
	char name[32];
	int32_t fence;
};

#define SW_SYNC_IOC_CREATE_FENCE _IOWR('W', 0, struct sw_sync_create_fence_data)
#define SW_SYNC_IOC_INC _IOW('W', 1, uint32_t)

int __prime_export(int fd, uint32_t handle, uint32_t flags, int *dmabuf)
{
	struct drm_prime_handle arg = { .handle = handle, .flags = flags, .fd = -1 };
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &arg);
	*dmabuf = ret ? -1 : arg.fd;
	return ret;
}

int prime_export_at(const char *at, int fd, uint32_t handle)
{
	int dmabuf;

	vi915_check_at(at, "prime_export",
		       __prime_export(fd, handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf));
	return dmabuf;
}

int __prime_import(int fd, int dmabuf, uint32_t *handle)
{
	struct drm_prime_handle arg = { .fd = dmabuf };
	int ret;

	ret = vi915_ioctl(fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &arg);
	*handle = arg.handle;
	return ret;
}

uint32_t prime_import_at(const char *at, int fd, int dmabuf)
{
	uint32_t handle;

	vi915_check_at(at, "prime_import", __prime_import(fd, dmabuf, &handle));
	return handle;
}

int __dmabuf_sync(int dmabuf, uint64_t flags)
{
	struct dma_buf_sync arg = { .flags = flags };

	return vi915_ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &arg);
}

int __dmabuf_mmap(int dmabuf, uint64_t offset, uint64_t size, int prot, void **ptr)
{
	*ptr = mmap(NULL, size, prot, MAP_SHARED, dmabuf, offset);
	if (*ptr == MAP_FAILED) {
		*ptr = NULL;
		return -errno;
	}
	return 0;
}

void *dmabuf_mmap_at(const char *at, int dmabuf, uint64_t size)
{
	void *ptr;

	vi915_check_at(at, "dmabuf_mmap",
		       __dmabuf_mmap(dmabuf, 0, size, PROT_READ | PROT_WRITE, &ptr));
	return ptr;
}

uint64_t dmabuf_size_at(const char *at, int dmabuf)
{
	off_t size = lseek(dmabuf, 0, SEEK_END);

	if (size < 0 || lseek(dmabuf, 0, SEEK_SET))
		vi915_fail_at(at, "lseek of dma-buf fd %d: %s", dmabuf, vi915_errname(errno));
	return size;
}

ino_t dmabuf_inode_at(const char *at, int dmabuf)
{
	struct stat st;

	vi915_check_at(at, "fstat of a dma-buf", fstat(dmabuf, &st) ? -errno : 0);
	return st.st_ino;
}

int fd_poll_at(const char *at, int fd, short events, int timeout_ms)
{
	struct pollfd pfd = { .fd = fd, .events = events };

	vi915_check_at(at, "poll", poll(&pfd, 1, timeout_ms) < 0 ? -errno : 0);
	return pfd.revents;
}

int __dmabuf_export_sync_file(int dmabuf, uint32_t flags, int *sync_file)
{
	struct dma_buf_export_sync_file arg = { .flags = flags, .fd = -1 };
	int ret;

	ret = vi915_ioctl(dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &arg);
	*sync_file = ret ? -1 : arg.fd;
	return ret;
}

int dmabuf_export_sync_file_at(const char *at, int dmabuf, uint32_t flags)
{
	int sync_file;

	vi915_check_at(at, "dmabuf_export_sync_file",
		       __dmabuf_export_sync_file(dmabuf, flags, &sync_file));
	return sync_file;
}

int __dmabuf_import_sync_file(int dmabuf, uint32_t flags, int sync_file)
{
	struct dma_buf_import_sync_file arg = { .flags = flags, .fd = sync_file };

	return vi915_ioctl(dmabuf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &arg);
}

int sync_file_status_at(const char *at, int sync_file)
{
	struct sync_file_info info = {};

	vi915_check_at(at, "SYNC_IOC_FILE_INFO",
		       vi915_ioctl(sync_file, SYNC_IOC_FILE_INFO, &info));
	return info.status;
}

int sw_timeline_at(const char *at)
{
	int fd = open(SW_SYNC_PATH, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		vi915_fail_at(at, "open " SW_SYNC_PATH
			      ": %s: the kernel needs CONFIG_SW_SYNC and debugfs mounted",
			      vi915_errname(errno));
	return fd;
}

int sw_fence_at(const char *at, int timeline, uint32_t seqno)
{
	struct sw_sync_create_fence_data arg = { .value = seqno, .name = "vi915-test" };

	vi915_check_at(at, "SW_SYNC_IOC_CREATE_FENCE",
		       vi915_ioctl(timeline, SW_SYNC_IOC_CREATE_FENCE, &arg));
	return arg.fence;
}

void sw_signal_at(const char *at, int timeline, uint32_t steps)
{
	vi915_check_at(at, "SW_SYNC_IOC_INC", vi915_ioctl(timeline, SW_SYNC_IOC_INC, &steps));
}

void gem_attach_fence_at(const char *at, int fd, uint32_t handle, int sync_file,
			 uint32_t flags)
{
	int dmabuf = prime_export_at(at, fd, handle);

	vi915_check_at(at, "dmabuf_import_sync_file",
		       __dmabuf_import_sync_file(dmabuf, flags, sync_file));
	close(dmabuf);
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "link.h"
#include "machine.h"
#include "qemu.h"
#include "say.h"

#define VI915_QEMU_PROGRAM "qemu-system-x86_64"

/**
 * DOC: a box whose kernel is a distribution's
 *
 * QEMU emulates a machine with two processors, without /dev/kvm, so that it is the same everywhere.
 * The guest mounts the host's root over 9P; box/boot_init.c makes it the root in which the usual
 * first process of a box starts. virtio-gpu is a peer.
 */

/**
 * vi915_qemu_runs() - check whether a kernel needs QEMU
 * @flavour: which kernel
 *
 * Return: true for kernels other than User-Mode Linux.
 */
bool vi915_qemu_runs(const char *flavour)
{
	return !strcmp(flavour, "stock");
}

/**
 * vi915_qemu_find() - check that QEMU is installed
 *
 * Return: 0, or the exit code after printing that it is not.
 */
int vi915_qemu_find(void)
{
	const char *dir = getenv("PATH") ?: "/usr/bin";
	char path[PATH_MAX];
	size_t len;

	for (; *dir; dir += len + !!dir[len]) {
		len = strcspn(dir, ":");
		snprintf(path, sizeof(path), "%.*s/" VI915_QEMU_PROGRAM, (int)len, dir);
		if (!access(path, X_OK))
			return 0;
	}
	return vi915_say("--kernel stock: " VI915_QEMU_PROGRAM " is not installed; write apt-get install --no-install-recommends qemu-system-x86, or take another kernel");
}

/* The kernel's command line; arguments after "--" are for its first process. */
static void vi915_qemu_append(struct vi915_machine *machine,
			      const struct vi915_qemu_args *args)
{
	vi915_machine_add(machine, "-append");
	/* Mitigations of processor bugs are slow under emulation, and useless. */
	vi915_machine_add(machine,
			  "console=ttyS0 loglevel=8 printk.devkmsg=on mitigations=off "
			  "no_timer_check tsc=reliable oops=panic panic=-1 rdinit=/init -- \"%s\"",
			  args->init);
}

/*
 * The folder to serve for @path: for a file it is the file's folder, of which the guest shows only
 * that file. QEMU's options end at a comma, so commas are doubled.
 */
static void vi915_qemu_folder(const char *path, char *to, size_t size)
{
	const char *end = path + strlen(path);
	size_t used = 0;
	struct stat st;

	if (!stat(path, &st) && !S_ISDIR(st.st_mode))
		end = strrchr(path, '/') + 1;
	for (; path < end && used + 3 < size; path++) {
		if (*path == ',')
			to[used++] = ',';
		to[used++] = *path;
	}
	to[used] = '\0';
}

/* Adds a file server for each writable path, since the root's is read-only. */
static void vi915_qemu_writable(struct vi915_machine *machine, char *const *writable)
{
	char path[2 * PATH_MAX];
	unsigned int i;

	for (i = 0; writable && writable[i]; i++) {
		vi915_qemu_folder(writable[i], path, sizeof(path));
		vi915_machine_add(machine, "-fsdev");
		vi915_machine_add(machine,
				  "local,id=rw%u,path=%s,security_model=none,multidevs=remap", i,
				  path);
		vi915_machine_add(machine, "-device");
		vi915_machine_add(machine, "virtio-9p-pci,fsdev=rw%u,mount_tag=" VI915_PROTO_TAG, i,
				  i);
	}
}

/**
 * vi915_qemu_start() - start a guest's machine
 * @args: its options
 *
 * Return: its process, or -1 with errno.
 */
pid_t vi915_qemu_start(const struct vi915_qemu_args *args)
{
	static const char *const devices[] = {
		"virtio-serial-pci", "virtserialport,chardev=link,nr=1",
		"virtio-9p-pci,fsdev=root,mount_tag=root", "virtio-gpu-pci",
	};
	struct vi915_machine machine = {
		.cpu = -1,
		.writable = args->writable,
		.log_fd = args->log_fd,
		.link_fd = args->link_fd,
	};
	size_t i;

	vi915_machine_add(&machine, VI915_QEMU_PROGRAM);
	vi915_machine_add(&machine, "-nodefaults");
	vi915_machine_add(&machine, "-no-user-config");
	vi915_machine_add(&machine, "-no-reboot");
	vi915_machine_add(&machine, "-display");
	vi915_machine_add(&machine, "none");
	vi915_machine_add(&machine, "-accel");
	vi915_machine_add(&machine, "tcg,thread=multi");
	vi915_machine_add(&machine, "-cpu");
	vi915_machine_add(&machine, "max");
	vi915_machine_add(&machine, "-smp");
	vi915_machine_add(&machine, "2");
	vi915_machine_add(&machine, "-m");
	vi915_machine_add(&machine, "%luM", args->mem_mib);

	vi915_machine_add(&machine, "-chardev");
	vi915_machine_add(&machine, "stdio,id=log,signal=off");
	vi915_machine_add(&machine, "-serial");
	vi915_machine_add(&machine, "chardev:log");
	vi915_machine_add(&machine, "-chardev");
	vi915_machine_add(&machine, "socket,id=link,fd=%d", VI915_LINK_FD);
	vi915_machine_add(&machine, "-fsdev");
	vi915_machine_add(&machine,
			  "local,id=root,path=/,security_model=none,multidevs=remap,readonly=on");
	vi915_qemu_writable(&machine, args->writable);
	for (i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		vi915_machine_add(&machine, "-device");
		vi915_machine_add(&machine, "%s", devices[i]);
	}

	vi915_machine_add(&machine, "-kernel");
	vi915_machine_add(&machine, "%s", args->kernel);
	vi915_machine_add(&machine, "-initrd");
	vi915_machine_add(&machine, "%s", args->initrd);
	vi915_qemu_append(&machine, args);
	return vi915_machine_start(&machine);
}

// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <linux/limits.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "vi915_context.h"
#include "vi915_device.h"
#include "vi915_file.h"
#include "vi915_refuse.h"
#include "vi915_vm.h"

/**
 * DOC: files
 *
 * Besides handles, an open file has contexts and address spaces, each with its
 * own ids from 1. Contexts may outlive their file, so that their jobs can end;
 * they hold &struct vi915_file, which counts those jobs.
 */

/* Some hundred times what the hungriest known programs need. */
#define VI915_FILE_MAX_KEPT	SZ_64M

static void vi915_file_free(struct kref *ref)
{
	struct vi915_file *client = container_of(ref, struct vi915_file, ref);

	xa_destroy(&client->contexts);
	xa_destroy(&client->vms);
	kfree(client);
}

/**
 * vi915_file_get() - take a reference
 * @client: the file
 *
 * Return: @client.
 */
struct vi915_file *vi915_file_get(struct vi915_file *client)
{
	kref_get(&client->ref);
	return client;
}

/**
 * vi915_file_put() - give back a reference
 * @client: the file
 */
void vi915_file_put(struct vi915_file *client)
{
	kref_put(&client->ref, vi915_file_free);
}

/**
 * vi915_file_take_handle() - count one more handle
 * @client: the file
 *
 * Return: 0; -ENOMEM at the GPU's limit per file, the error of a driver whose
 * table of handles is full.
 */
int vi915_file_take_handle(struct vi915_file *client)
{
	int limit = client->dev->config.max_handles ?: INT_MAX;

	if (VI915_REFUSE(&client->dev->drm,
			 !atomic_add_unless(&client->handles, 1, limit)))
		return -ENOMEM;
	return 0;
}

/**
 * vi915_file_give_handle() - count one handle less
 * @client: the file
 */
void vi915_file_give_handle(struct vi915_file *client)
{
	atomic_dec(&client->handles);
}

/**
 * vi915_file_charge() - charge driver memory to a file
 * @client: the file
 * @bytes: number of bytes
 *
 * Contexts, timelines, address spaces, their mappings, and pending jobs with
 * their lists: each is small, but a client could make any number of them.
 *
 * Return: 0; -ENOMEM when the file's total would exceed 64 MiB.
 */
int vi915_file_charge(struct vi915_file *client, size_t bytes)
{
	s64 kept = atomic64_add_return(bytes, &client->kept);

	if (!VI915_REFUSE(&client->dev->drm, kept > VI915_FILE_MAX_KEPT))
		return 0;
	atomic64_sub(bytes, &client->kept);
	return -ENOMEM;
}

/**
 * vi915_file_uncharge() - take back a charge
 * @client: the file
 * @bytes: number of bytes
 */
void vi915_file_uncharge(struct vi915_file *client, size_t bytes)
{
	atomic64_sub(bytes, &client->kept);
}

/**
 * vi915_file_open() - drm_driver.open
 * @drm: the GPU
 * @file: the DRM core's side of the new file
 *
 * Return: 0 or -ENOMEM.
 */
int vi915_file_open(struct drm_device *drm, struct drm_file *file)
{
	struct vi915_context *ctx;
	struct vi915_file *client;
	unsigned int i;

	client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);
	if (!client)
		return -ENOMEM;

	kref_init(&client->ref);
	client->dev = to_vi915_device(drm);
	xa_init_flags(&client->contexts, XA_FLAGS_ALLOC1);
	xa_init_flags(&client->vms, XA_FLAGS_ALLOC1);
	for (i = 0; i < VI915_NUM_ENGINES; i++)
		vi915_turns_init_client(&client->turns[i]);

	ctx = vi915_context_create(client);
	if (IS_ERR(ctx)) {
		vi915_file_put(client);
		return PTR_ERR(ctx);
	}

	client->default_ctx = ctx;
	file->driver_priv = client;
	return 0;
}

/**
 * vi915_file_close() - drm_driver.postclose: its handles are gone already
 * @drm: the GPU
 * @file: the DRM core's side
 */
void vi915_file_close(struct drm_device *drm, struct drm_file *file)
{
	struct vi915_file *client = file->driver_priv;
	struct vi915_context *ctx;
	struct vi915_vm *vm;
	unsigned long id;

	vi915_engine_leave_all(client);
	xa_for_each(&client->contexts, id, ctx) {
		vi915_context_close(ctx);
		cond_resched();
	}
	vi915_context_close(client->default_ctx);
	xa_for_each(&client->vms, id, vm)
		vi915_vm_put(vm);

	vi915_file_put(client);
}

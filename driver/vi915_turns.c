// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "vi915_turns.h"

/**
 * DOC: turns
 *
 * What is shared is the engine's time, and those who share it are clients: open
 * files. Among clients whose best timeline has the highest priority it is the
 * turn of the one that had the least time; of its timelines with that priority,
 * of the one that waited longest. So a client with hundreds of timelines has as
 * much as one with a single one, and one that comes is served before those that
 * have been at it. Who was away has no claim to what it did not use.
 *
 * A client that is gone shares one client's turns with all the others that are,
 * at no more than the default priority, and has a limited time: what it left
 * behind may be waited for, but is never ahead of the living.
 *
 * Nothing here takes longer than the logarithm of the number of timelines that
 * have something to do, allocates, or looks at the clock. The engine's lock
 * guards all of it.
 */

/* A turn costs something even when the job does nothing. */
#define VI915_TURNS_MIN_NS	(10 * NSEC_PER_USEC)
/* Who waited behind higher priorities is not ahead of others for longer. */
#define VI915_TURNS_LAG_NS	(4 * NSEC_PER_MSEC)
/* Sleepers woken, or timelines moved, with interrupts off. */
#define VI915_TURNS_BATCH	64

#define to_client(n)	rb_entry(n, struct vi915_turns_client, node)
#define to_entry(n)	rb_entry(n, struct vi915_turns_entry, node)

static bool vi915_turns_client_less(struct rb_node *a, const struct rb_node *b)
{
	if (to_client(a)->priority != to_client(b)->priority)
		return to_client(a)->priority > to_client(b)->priority;
	return to_client(a)->used_ns < to_client(b)->used_ns;
}

/* Among equals, who comes last goes last. */
static bool vi915_turns_entry_less(struct rb_node *a, const struct rb_node *b)
{
	return to_entry(a)->priority > to_entry(b)->priority;
}

static bool vi915_turns_asleep_less(struct rb_node *a, const struct rb_node *b)
{
	return to_entry(a)->not_before < to_entry(b)->not_before;
}

static bool vi915_turns_is_ready(const struct vi915_turns_client *client)
{
	return !RB_EMPTY_ROOT(&client->ready.rb_root);
}

/* After its timelines or its time have changed. */
static void vi915_turns_sort(struct vi915_turns *turns,
			     struct vi915_turns_client *client)
{
	if (!RB_EMPTY_NODE(&client->node)) {
		rb_erase_cached(&client->node, &turns->clients);
		RB_CLEAR_NODE(&client->node);
	}
	if (!vi915_turns_is_ready(client))
		return;

	client->priority = to_entry(rb_first_cached(&client->ready))->priority;
	rb_add_cached(&client->node, &turns->clients, vi915_turns_client_less);
}

static void vi915_turns_make_ready(struct vi915_turns *turns,
				   struct vi915_turns_entry *entry)
{
	struct vi915_turns_client *client = entry->owner;

	if (client->gone) {
		client = &turns->gone;
		entry->priority = min(entry->priority, 0);
	}
	if (!vi915_turns_is_ready(client))
		client->used_ns = max(client->used_ns, turns->floor_ns);

	entry->in = client;
	entry->state = VI915_TURNS_READY;
	if (rb_add_cached(&entry->node, &client->ready, vi915_turns_entry_less))
		vi915_turns_sort(turns, client);
}

static void vi915_turns_take_out(struct vi915_turns *turns,
				 struct vi915_turns_entry *entry)
{
	struct vi915_turns_client *client = entry->in;
	bool first;

	switch (entry->state) {
	case VI915_TURNS_OUT:
		return;
	case VI915_TURNS_ASLEEP:
		rb_erase_cached(&entry->node, &turns->asleep);
		break;
	case VI915_TURNS_READY:
		first = rb_first_cached(&client->ready) == &entry->node;
		rb_erase_cached(&entry->node, &client->ready);
		if (first)
			vi915_turns_sort(turns, client);
		break;
	}
	entry->state = VI915_TURNS_OUT;
}

/**
 * vi915_turns_init() - nobody wants a turn yet
 * @turns: of an engine
 */
void vi915_turns_init(struct vi915_turns *turns)
{
	turns->clients = RB_ROOT_CACHED;
	turns->asleep = RB_ROOT_CACHED;
	turns->gone_ns = 0;
	turns->gone_last = 0;
	/* So that it can be gone below. */
	turns->floor_ns = VI915_TURNS_LAG_NS;
	vi915_turns_init_client(&turns->gone);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_turns_init);

/**
 * vi915_turns_init_client() - one more who may share
 * @client: has no timelines yet
 */
void vi915_turns_init_client(struct vi915_turns_client *client)
{
	client->ready = RB_ROOT_CACHED;
	RB_CLEAR_NODE(&client->node);
	client->priority = 0;
	client->used_ns = 0;
	client->gone = false;
	client->gone_at = 0;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_turns_init_client);

/**
 * vi915_turns_init_entry() - a timeline that has nothing to run
 * @entry: the timeline's
 * @owner: whose it is; must outlive it
 */
void vi915_turns_init_entry(struct vi915_turns_entry *entry,
			    struct vi915_turns_client *owner)
{
	entry->owner = owner;
	entry->in = owner;
	entry->state = VI915_TURNS_OUT;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_turns_init_entry);

/**
 * vi915_turns_put() - a timeline has something to run
 * @turns: of its engine
 * @entry: the timeline, wherever it was; it goes behind others like it
 * @priority: higher goes first
 * @not_before: ktime in ns until when it is left alone; 0: not at all
 */
void vi915_turns_put(struct vi915_turns *turns, struct vi915_turns_entry *entry,
		     int priority, u64 not_before)
{
	vi915_turns_take_out(turns, entry);
	entry->priority = priority;
	entry->not_before = not_before;
	if (!not_before) {
		vi915_turns_make_ready(turns, entry);
		return;
	}
	entry->state = VI915_TURNS_ASLEEP;
	rb_add_cached(&entry->node, &turns->asleep, vi915_turns_asleep_less);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_turns_put);

/**
 * vi915_turns_remove() - a timeline has nothing to run any more
 * @turns: of its engine
 * @entry: the timeline; may be out already
 */
void vi915_turns_remove(struct vi915_turns *turns,
			struct vi915_turns_entry *entry)
{
	vi915_turns_take_out(turns, entry);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_turns_remove);

static void vi915_turns_wake(struct vi915_turns *turns, u64 now)
{
	struct vi915_turns_entry *entry;
	struct rb_node *node;
	unsigned int i;

	for (i = 0; i < VI915_TURNS_BATCH; i++) {
		node = rb_first_cached(&turns->asleep);
		if (!node || to_entry(node)->not_before > now)
			return;
		entry = to_entry(node);
		vi915_turns_take_out(turns, entry);
		vi915_turns_make_ready(turns, entry);
	}
}

/**
 * vi915_turns_next() - whose turn is it?
 * @turns: of an engine
 * @now: ktime in ns
 * @wake: with nobody ready, when to ask again; else, and for ever, U64_MAX
 *
 * The timeline stays, behind others of its client.
 *
 * Return: a timeline, or NULL.
 */
struct vi915_turns_entry *vi915_turns_next(struct vi915_turns *turns, u64 now,
					   u64 *wake)
{
	struct vi915_turns_client *client;
	struct vi915_turns_entry *entry;
	struct rb_node *node;

	*wake = U64_MAX;
	vi915_turns_wake(turns, now);
	node = rb_first_cached(&turns->clients);
	if (!node) {
		node = rb_first_cached(&turns->asleep);
		if (node)
			*wake = to_entry(node)->not_before;
		return NULL;
	}

	client = to_client(node);
	turns->floor_ns = max(turns->floor_ns, client->used_ns);
	entry = to_entry(rb_first_cached(&client->ready));
	rb_erase_cached(&entry->node, &client->ready);
	rb_add_cached(&entry->node, &client->ready, vi915_turns_entry_less);
	return entry;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_turns_next);

/**
 * vi915_turns_charge() - a turn is over
 * @turns: of an engine
 * @entry: whose turn it was; it may have gone or sleep by now
 * @now: ktime in ns
 * @ran: how long it ran, in ns
 * @occupied: the same, with the time in which it waited as hardware would
 */
void vi915_turns_charge(struct vi915_turns *turns,
			struct vi915_turns_entry *entry, u64 now, u64 ran,
			u64 occupied)
{
	struct vi915_turns_client *client = entry->in;

	if (client == &turns->gone) {
		/* Many may wait at the same time. */
		turns->gone_ns += min(occupied, now - turns->gone_last);
		turns->gone_last = now;
	}
	client->used_ns = max(client->used_ns + max(ran, VI915_TURNS_MIN_NS),
			      turns->floor_ns - VI915_TURNS_LAG_NS);
	vi915_turns_sort(turns, client);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_turns_charge);

/**
 * vi915_turns_leave() - a client goes, and what it left shares with all such
 * @turns: of an engine
 * @client: who; to be called again, after letting go of the lock, until done
 *
 * Return: whether that was all.
 */
bool vi915_turns_leave(struct vi915_turns *turns,
		       struct vi915_turns_client *client)
{
	struct vi915_turns_entry *entry;
	unsigned int i;

	if (!client->gone) {
		client->gone = true;
		client->gone_at = turns->gone_ns;
	}
	for (i = 0; i < VI915_TURNS_BATCH && vi915_turns_is_ready(client); i++) {
		entry = to_entry(rb_first_cached(&client->ready));
		vi915_turns_take_out(turns, entry);
		vi915_turns_make_ready(turns, entry);
	}
	return !vi915_turns_is_ready(client);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_turns_leave);

/**
 * vi915_turns_is_over() - has a client that is gone had all it gets?
 * @turns: of an engine
 * @entry: a timeline of the client's
 *
 * Return: whether what it left is to end.
 */
bool vi915_turns_is_over(const struct vi915_turns *turns,
			 const struct vi915_turns_entry *entry)
{
	return entry->owner->gone &&
	       turns->gone_ns - entry->owner->gone_at > VI915_TURNS_GONE_NS;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_turns_is_over);

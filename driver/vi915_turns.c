// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <kunit/visibility.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "vi915_turns.h"

/**
 * DOC: turns
 *
 * Clients, which are open files, share an engine's time. Among the clients
 * whose best timeline has the highest priority, the one with the least time so
 * far is next, with the timeline of that priority that waited longest. So a
 * client with hundreds of timelines gets as much as a client with one, and a
 * new client is served before clients that have been busy. Unused time is not
 * saved up: a client that was away gets no credit for it.
 *
 * All closed clients together share the turns of one client, at no more than
 * the default priority and for a limited time: others may wait for the jobs
 * they left, but those jobs never go ahead of open clients.
 *
 * No operation takes longer than the logarithm of the number of timelines with
 * jobs, allocates, or reads the clock. The engine's lock guards all data.
 */

/* Least time charged for a turn, even if the job does nothing. */
#define VI915_TURNS_MIN_NS	(10 * NSEC_PER_USEC)
/* Most time credited to a client that waited behind higher priorities. */
#define VI915_TURNS_LAG_NS	(4 * NSEC_PER_MSEC)
/* Most timelines woken or moved at once, with interrupts off. */
#define VI915_TURNS_BATCH	64

#define to_client(n)	rb_entry(n, struct vi915_turns_client, node)
#define to_entry(n)	rb_entry(n, struct vi915_turns_entry, node)

static bool vi915_turns_client_less(struct rb_node *a, const struct rb_node *b)
{
	if (to_client(a)->priority != to_client(b)->priority)
		return to_client(a)->priority > to_client(b)->priority;
	return to_client(a)->used_ns < to_client(b)->used_ns;
}

/* Timelines of equal priority keep their order of arrival. */
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

/* Call after a client's timelines or its time have changed. */
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
 * vi915_turns_init() - set up an engine without clients
 * @turns: turns of the engine
 */
void vi915_turns_init(struct vi915_turns *turns)
{
	turns->clients = RB_ROOT_CACHED;
	turns->asleep = RB_ROOT_CACHED;
	turns->gone_ns = 0;
	turns->gone_last = 0;
	/* vi915_turns_charge() subtracts the lag from it. */
	turns->floor_ns = VI915_TURNS_LAG_NS;
	vi915_turns_init_client(&turns->gone);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_turns_init);

/**
 * vi915_turns_init_client() - set up a client's share of an engine
 * @client: the share, without timelines
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
 * vi915_turns_init_entry() - set up a timeline that has no jobs
 * @entry: entry of the timeline
 * @owner: the client's share of the engine; must outlive @entry
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
 * vi915_turns_put() - queue a timeline for its next turn
 * @turns: turns of its engine
 * @entry: the timeline, in any state; goes behind others of its priority
 * @priority: higher goes first
 * @not_before: ktime in ns until which it sleeps; 0: it is ready now
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
 * vi915_turns_remove() - take out a timeline that has no more jobs
 * @turns: turns of its engine
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
 * vi915_turns_next() - choose the timeline for the next turn
 * @turns: turns of the engine
 * @now: ktime in ns
 * @wake: out: ktime of the next wakeup if none is ready; U64_MAX if one is, or
 *	none sleeps
 *
 * The timeline stays ready, behind its client's others of its priority.
 *
 * Return: the timeline, or NULL.
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
 * vi915_turns_charge() - charge a turn that is over
 * @turns: turns of the engine
 * @entry: the timeline that had it; may be out or asleep by now
 * @now: ktime in ns
 * @ran: time its commands ran, in ns
 * @occupied: @ran plus the time it occupied the engine waiting, as hardware
 *	would
 */
void vi915_turns_charge(struct vi915_turns *turns,
			struct vi915_turns_entry *entry, u64 now, u64 ran,
			u64 occupied)
{
	struct vi915_turns_client *client = entry->in;

	if (client == &turns->gone) {
		/* Waits overlap: count no more than real time. */
		turns->gone_ns += min(occupied, now - turns->gone_last);
		turns->gone_last = now;
	}
	client->used_ns = max(client->used_ns + max(ran, VI915_TURNS_MIN_NS),
			      turns->floor_ns - VI915_TURNS_LAG_NS);
	vi915_turns_sort(turns, client);
}
EXPORT_SYMBOL_IF_KUNIT(vi915_turns_charge);

/**
 * vi915_turns_leave() - move a closing client's timelines to the shared turns
 * @turns: turns of the engine
 * @client: the client; call again, after releasing the lock, until done
 *
 * Return: whether all ready timelines have been moved.
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
 * vi915_turns_is_over() - is the time of a closed client used up?
 * @turns: turns of the engine
 * @entry: a timeline of the client
 *
 * Return: whether its remaining jobs must end.
 */
bool vi915_turns_is_over(const struct vi915_turns *turns,
			 const struct vi915_turns_entry *entry)
{
	return entry->owner->gone &&
	       turns->gone_ns - entry->owner->gone_at > VI915_TURNS_GONE_NS;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_turns_is_over);

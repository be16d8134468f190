/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_TURNS_H
#define VI915_TURNS_H

#include <linux/rbtree.h>
#include <linux/types.h>

/* Engine time that a closed client gets, shared with all other closed ones. */
#define VI915_TURNS_GONE_NS	(30ull * NSEC_PER_SEC)

/**
 * struct vi915_turns_client - a client's share of an engine
 *
 * The engine's lock guards all of it.
 */
struct vi915_turns_client {
	/** @ready: timelines that wait for a turn, the next one first */
	struct rb_root_cached ready;
	/** @node: in &vi915_turns.clients while @ready is not empty */
	struct rb_node node;
	/** @priority: priority of the first of @ready; @node is sorted by it */
	int priority;
	/** @used_ns: time it had or missed while away; sorts @node, too */
	u64 used_ns;
	/** @gone: its file is closed */
	bool gone;
	/** @gone_at: &vi915_turns.gone_ns when it went */
	u64 gone_at;
};

/**
 * enum vi915_turns_state - where a timeline is
 * @VI915_TURNS_OUT: it has no jobs
 * @VI915_TURNS_ASLEEP: it is left alone until a certain time
 * @VI915_TURNS_READY: it waits for its turn
 */
enum vi915_turns_state {
	VI915_TURNS_OUT,
	VI915_TURNS_ASLEEP,
	VI915_TURNS_READY,
};

/**
 * struct vi915_turns_entry - a timeline that takes turns with others
 */
struct vi915_turns_entry {
	/** @owner: the client it belongs to */
	struct vi915_turns_client *owner;
	/** @in: client whose turns it shares: @owner, or vi915_turns.gone */
	struct vi915_turns_client *in;
	/** @node: in &vi915_turns.asleep, in @in's ready tree, or in none */
	struct rb_node node;
	/** @state: says which tree @node is in */
	enum vi915_turns_state state;
	/** @priority: higher goes first */
	int priority;
	/** @not_before: when it wakes, of ktime_get_ns() */
	u64 not_before;
};

/**
 * struct vi915_turns - the clients and timelines that share an engine
 */
struct vi915_turns {
	/** @clients: clients with ready timelines, the next one first */
	struct rb_root_cached clients;
	/** @asleep: timelines that wait for a time, the earliest first */
	struct rb_root_cached asleep;
	/** @gone: all closed clients, as one */
	struct vi915_turns_client gone;
	/** @gone_ns: how long jobs of @gone occupied the engine */
	u64 gone_ns;
	/** @gone_last: ktime at the end of the last turn of @gone */
	u64 gone_last;
	/** @floor_ns: least used_ns of a client that becomes ready */
	u64 floor_ns;
};

void vi915_turns_init(struct vi915_turns *turns);
void vi915_turns_init_client(struct vi915_turns_client *client);
void vi915_turns_init_entry(struct vi915_turns_entry *entry,
			    struct vi915_turns_client *owner);
void vi915_turns_put(struct vi915_turns *turns, struct vi915_turns_entry *entry,
		     int priority, u64 not_before);
void vi915_turns_remove(struct vi915_turns *turns,
			struct vi915_turns_entry *entry);
struct vi915_turns_entry *vi915_turns_next(struct vi915_turns *turns, u64 now,
					   u64 *wake);
void vi915_turns_charge(struct vi915_turns *turns,
			struct vi915_turns_entry *entry, u64 now, u64 ran,
			u64 occupied);
bool vi915_turns_leave(struct vi915_turns *turns,
		       struct vi915_turns_client *client);
bool vi915_turns_is_over(const struct vi915_turns *turns,
			 const struct vi915_turns_entry *entry);

/**
 * vi915_turns_is_empty() - does no timeline want a turn, now or later?
 * @turns: turns of the engine
 *
 * Return: whether no timeline is ready or asleep.
 */
static inline bool vi915_turns_is_empty(const struct vi915_turns *turns)
{
	return RB_EMPTY_ROOT(&turns->clients.rb_root) &&
	       RB_EMPTY_ROOT(&turns->asleep.rb_root);
}

#endif

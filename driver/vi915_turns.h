/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef VI915_TURNS_H
#define VI915_TURNS_H

#include <linux/rbtree.h>
#include <linux/types.h>

/* A client that is gone has so much of the engine's time, with all the others that are. */
#define VI915_TURNS_GONE_NS	(30ull * NSEC_PER_SEC)

/**
 * struct vi915_turns_client - one of those who share an engine
 *
 * All of it is guarded by the lock of the engine.
 */
struct vi915_turns_client {
	/** @ready: timelines that have something to do, the next one first */
	struct rb_root_cached ready;
	/** @node: in &vi915_turns.clients while @ready is not empty */
	struct rb_node node;
	/** @priority: of the first of @ready; @node is sorted by it */
	int priority;
	/** @used_ns: time it had, or was not there to have; sorts @node, too */
	u64 used_ns;
	/** @gone: nobody waits for it any more */
	bool gone;
	/** @gone_at: &vi915_turns.gone_ns when it went */
	u64 gone_at;
};

/**
 * enum vi915_turns_state - where a timeline is
 * @VI915_TURNS_OUT: it has nothing to run
 * @VI915_TURNS_ASLEEP: it has nothing to do until a certain time
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
	/** @owner: whose it is */
	struct vi915_turns_client *owner;
	/** @in: whose turns it shares; @owner, or the place of all that are gone */
	struct vi915_turns_client *in;
	/** @node: in &vi915_turns.asleep, in @in's ready, or in none */
	struct rb_node node;
	/** @state: which of them */
	enum vi915_turns_state state;
	/** @priority: higher goes first */
	int priority;
	/** @not_before: when it has something to do, of ktime_get_ns() */
	u64 not_before;
};

/**
 * struct vi915_turns - who has an engine next
 */
struct vi915_turns {
	/** @clients: those with something to do, the next one first */
	struct rb_root_cached clients;
	/** @asleep: timelines that wait for a time, the earliest first */
	struct rb_root_cached asleep;
	/** @gone: all that are gone are one client */
	struct vi915_turns_client gone;
	/** @gone_ns: how long @gone had the engine, or one of them waited there */
	u64 gone_ns;
	/** @gone_last: ktime when @gone had it last */
	u64 gone_last;
	/** @floor_ns: what whoever comes is taken to have had already */
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
 * vi915_turns_is_empty() - is there nobody who will ever want a turn?
 * @turns: of an engine
 *
 * Return: whether neither anybody waits nor sleeps.
 */
static inline bool vi915_turns_is_empty(const struct vi915_turns *turns)
{
	return RB_EMPTY_ROOT(&turns->clients.rb_root) &&
	       RB_EMPTY_ROOT(&turns->asleep.rb_root);
}

#endif

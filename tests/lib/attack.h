/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a plain user may do to others. An attacker, in processes of uid 65534
 * that open nothing but device nodes, makes steps; beside it an innocent client
 * (innocent.h) draws in rounds. Each round must be over before the attacker has
 * made a certain number of steps meanwhile: no clock is asked, so a slow or a
 * busy machine changes nothing.
 *
 * A single step that stops the machine is out of this one's sight, for no step
 * is made meanwhile: such a test counts what the step costs (attack_cost()).
 */
#ifndef VI915_TESTS_ATTACK_H
#define VI915_TESTS_ATTACK_H

#include <stdint.h>
#include <sys/types.h>

#include "fail.h"

#define ATTACK_USER 65534

/**
 * struct attacker - one of the attacker's processes
 * @card: file of the GPU's card
 * @render: file of its render node
 * @index: of this process
 * @step: of this process, from 0
 * @arg: the attack's
 */
struct attacker {
	int card;
	int render;
	unsigned int index;
	unsigned long step;
	void *arg;
};

/**
 * struct attack - an attack, and what the innocent client may expect meanwhile
 * @gpu: name of the GPU
 * @prepare: runs in each process before its first step, or NULL
 * @step: runs in each process, again and again
 * @arg: of both, each process has a copy of it
 * @processes: how many, 0 means 1
 * @rounds: of the innocent client, at least
 * @steps: of all processes, at least; the innocent client draws until both are done
 * @bound: steps of all processes that may be made while one round lasts; 0: any
 *	number, as long as the round is over some day
 */
struct attack {
	const char *gpu;
	void (*prepare)(struct attacker *attacker);
	void (*step)(struct attacker *attacker);
	void *arg;
	unsigned int processes;
	unsigned int rounds;
	unsigned long steps;
	unsigned long bound;
};

/**
 * struct attack_result - what came of it
 * @steps: that the attacker made
 * @rounds: that the innocent client had meanwhile
 * @worst: that it made while a single round lasted
 * @dying: rounds that the innocent client had from SIGKILL to the end of all
 *	of the attacker's processes
 */
struct attack_result {
	unsigned long steps;
	unsigned long rounds;
	unsigned long worst;
	unsigned long dying;
};

/**
 * attack_run() - attack, have the innocent client draw, kill the attacker
 * @result: may be NULL
 *
 * Ends the test when the innocent client is harmed, or is not served in time,
 * or when a process of the attacker failed. One that was killed in the midst of
 * a step has not failed.
 */
void attack_run_at(const char *at, const struct attack *attack, struct attack_result *result);
#define attack_run(attack, result) attack_run_at(VI915_AT, attack, result)

/**
 * attack_become_user() - give up root for good: uid and gid 65534, no capability
 */
void attack_become_user(void);

/**
 * attack_child() - run a function as a plain user, in a process of its own
 * @gpu: whose nodes are open in its struct attacker
 *
 * Its failure is the test's.
 */
void attack_child_at(const char *at, const char *gpu, void (*fn)(struct attacker *attacker),
		     void *arg);
#define attack_child(gpu, fn, arg) attack_child_at(VI915_AT, gpu, fn, arg)

/**
 * attack_cost() - CPU time that a function takes in this thread, in ns
 *
 * To be compared with what less of the same costs, never with a number: twice
 * as many objects may cost some more than twice as much, but not four times.
 * The least of @times runs, for others disturb.
 */
uint64_t attack_cost(void (*fn)(void *arg), void *arg, unsigned int times);

#endif

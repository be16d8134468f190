/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Attacks of a plain user on other clients. An attacker, in processes of uid 65534
 * that open nothing but device nodes, makes steps; beside it an innocent client
 * (innocent.h) draws in rounds. The attacker may make only so many steps while
 * one round lasts. Steps are counted instead of time, so a slow or busy machine
 * changes nothing.
 *
 * This cannot see a single step that stops the machine, since the attacker
 * makes no steps meanwhile: such a test counts what the step costs
 * (attack_cost()).
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
 * @index: number of this process, from 0
 * @step: number of this process's step, from 0
 * @arg: copy of the attack's @arg
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
 * @arg: for both functions; each process has a copy of it
 * @processes: number of processes, 0 means 1
 * @rounds: how many rounds the innocent client has at least
 * @steps: how many steps all processes make at least; the innocent client draws
 *	until both counts are reached
 * @bound: how many steps all processes may make while one round lasts; 0: any
 *	number, as long as the round ends
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
 * struct attack_result - counts of one run of an attack
 * @steps: steps that the attacker made
 * @rounds: rounds that the innocent client had meanwhile
 * @worst: most steps that the attacker made during a single round
 * @dying: rounds of the innocent client from SIGKILL to the end of all of the
 *	attacker's processes
 */
struct attack_result {
	unsigned long steps;
	unsigned long rounds;
	unsigned long worst;
	unsigned long dying;
};

/**
 * attack_run() - attack, have the innocent client draw, kill the attacker
 * @result: filled with the counts; may be NULL
 *
 * Ends the test when the innocent client is harmed or not served in time, or
 * when a process of the attacker failed. A process that was killed in the
 * middle of a step has not failed.
 */
void attack_run_at(const char *at, const struct attack *attack, struct attack_result *result);
#define attack_run(attack, result) attack_run_at(VI915_AT, attack, result)

/**
 * attack_become_user() - give up root for good: uid and gid 65534, no capability
 */
void attack_become_user(void);

/**
 * attack_child() - run a function as a plain user, in a process of its own
 * @gpu: name of the GPU whose nodes the struct attacker has open
 *
 * A failure of the function fails the test.
 */
void attack_child_at(const char *at, const char *gpu, void (*fn)(struct attacker *attacker),
		     void *arg);
#define attack_child(gpu, fn, arg) attack_child_at(VI915_AT, gpu, fn, arg)

/**
 * attack_cost() - CPU time that a function takes in this thread, in ns
 *
 * Compare the result with the cost of less of the same, never with a number:
 * twice as many objects may cost a bit more than twice as much, but not four
 * times. The result is the least of @times runs, since other load only makes a
 * run slower.
 */
uint64_t attack_cost(void (*fn)(void *arg), void *arg, unsigned int times);

#endif

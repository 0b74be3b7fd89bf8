import { fail } from '@bluegreen/contract';
import type { Fact } from './events.js';
import { applyFact, drawConsequences } from './fold.js';
import { initialState } from './initial-state.js';
import { configuredRules, enterPhase, runAction } from './phase-machine.js';
import { guards } from './rules.js';
import type { ReleaseState } from './state.js';

/** More changes of phase than this in one decision mean that two rules chase each other: a defect, found by tests. */
const mostTransitions = 64;

/**
 * The decision: the state after one fact. Pure and total. Gives back `state` itself when the fact changes nothing but
 * the time; such a fact is not journaled.
 *
 * `quietUntil`: until when time alone changes nothing, for a caller who knows: what `wakeAt(state, at)` said, where `at`
 * is the instant at which `state` was decided on last. Most facts of a release that waits tell nothing new; with it they
 * cost next to nothing.
 *
 * A small interpreter of the phase machine's config, several times faster than an actor; the differential test holds
 * it against xstate, which is the definition.
 */
export function nextState(
  state: ReleaseState | null,
  fact: Fact,
  quietUntil: number = Number.NEGATIVE_INFINITY,
): ReleaseState {
  if (state === null) {
    if (fact.type !== 'release-requested') throw fail('release/unknown');
    return initialState(fact);
  }
  const applied = applyFact(state, fact);
  if (applied === state && fact.at < quietUntil) return state;
  let next = drawConsequences(applied, fact.at);
  for (let count = 0; count < mostTransitions; count++) {
    const rule = configuredRules[next.phase].find(({ guard }) => guards[guard](next, fact.at));
    if (rule === undefined) return next === state ? state : { ...next, at: fact.at };
    for (const action of rule.actions) next = runAction(next, action, fact.at);
    if (rule.target !== undefined) next = enterPhase(next, rule.target, fact.at);
  }
  throw fail('release/rules-cycle', { detail: next.phase });
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import type { Fact } from './events.js';
import { nextState } from './next-state.js';
import { phaseMachine } from './phase-machine.js';
import { Walk } from './walk.fixture.js';
import { changes } from './walk-checks.fixture.js';
import { plans, tapes } from './walk-plans.fixture.js';
import { isEnd, wakeAt } from './wanted-effects.js';

/** Steps in all; more with BLUEGREEN_STEPS. */
const steps = Number(process.env.BLUEGREEN_STEPS ?? 20_000);

describe('the interpreter of the hot path', () => {
  it('decides exactly as xstate does, and as it does when it skips quiet facts', () => {
    let compared = 0;
    const property = fc.property(fc.constantFrom(...plans), tapes, ([, plan, active], tape) => {
      const walk = new Walk(plan, active, tape);
      while (walk.goesOn && !isEnd(walk.state)) walk.step();
      walk.heal();
      compared += compare(walk.facts);
    });
    while (compared < steps) fc.assert(property, { numRuns: 20, endOnFailure: true });
  }, 3_600_000);
});

/** Tells all three the same facts; after each one, phase and context are equal, and no fact was skipped wrongly. */
function compare(facts: readonly Fact[]): number {
  let state = nextState(null, facts[0]!);
  const actor = createActor(phaseMachine, { input: state }).start();
  for (const [index, fact] of facts.entries()) {
    if (index === 0) continue;
    const quietUntil = wakeAt(state, facts[index - 1]!.at) ?? Number.POSITIVE_INFINITY;
    const quick = isEnd(state) ? undefined : nextState(state, fact, quietUntil);
    state = nextState(state, fact);
    if (quick !== undefined) expect(changes(state, quick)).toEqual([]);
    actor.send(fact);
    const { value, context } = actor.getSnapshot();
    expect(value).toBe(state.phase);
    // The interpreter stamps a state that changed; the definition leaves that to whoever keeps it.
    expect(changes({ ...context.release, at: state.at }, state)).toEqual([]);
  }
  actor.stop();
  return facts.length - 1;
}

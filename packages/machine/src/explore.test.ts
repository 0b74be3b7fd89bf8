import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Walk } from './walk.fixture.js';
import { checkBegun, checkDecision, checkEnd, checkExplained, checkWanted, deepFreeze } from './walk-checks.fixture.js';
import { plans, tapes } from './walk-plans.fixture.js';
import { isEnd } from './wanted-effects.js';

/** Walks per plan; more with BLUEGREEN_WALKS. */
const walks = Number(process.env.BLUEGREEN_WALKS ?? 8);

/** Takes the walk while checking every decision, then lets the world be well. */
function take(walk: Walk): void {
  deepFreeze(walk.state);
  walk.onFact = (before, fact, after) => {
    deepFreeze(after);
    checkDecision(before, fact, after);
    checkWanted(after, fact.at);
    checkExplained(after, fact.at);
  };
  walk.onBegin = checkBegun;
  // A stuck release is an end that somebody may open again.
  while (walk.goesOn && (!isEnd(walk.state) || walk.state.phase === 'stuck')) {
    walk.step();
    checkEnd(walk);
  }
  walk.heal();
}

describe('every walk through a bad world', () => {
  it.each(plans)(
    'keeps the rules at each step, and ends once the world is well (L2, L5): %s',
    {
      timeout: 3_600_000,
    },
    (_, plan, active) => {
      const property = fc.property(tapes, (tape) => {
        const walk = new Walk(plan, active, tape);
        try {
          take(walk);
        } catch (error) {
          throw new Error(`${(error as Error).message}\n${walk.trace.slice(-30).join('\n')}`);
        }
        expect(isEnd(walk.state)).toBe(true);
      });
      fc.assert(property, { numRuns: walks, endOnFailure: true });
    },
  );
});

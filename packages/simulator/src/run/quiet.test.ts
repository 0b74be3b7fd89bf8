import { isFact, nextState, type ReleaseState, wakeAt } from '@bluegreen/machine';
import { describe, expect, it } from 'vitest';
import { scenarios } from './scenarios.fixture.js';
import { simulate } from './simulate.js';

const dayMs = 86_400_000;

describe('a state', () => {
  for (const [name, optionsFor] of Object.entries(scenarios)) {
    it(`does not change by time alone before the instant that \`wakeAt\` names: ${name}`, { timeout: 60_000 }, () => {
      for (let seed = 1; seed <= 10; seed++) {
        let state: ReleaseState | null = null;
        for (const { seq, event } of simulate(optionsFor(seed)).records) {
          if (!isFact(event)) continue;
          const decided: ReleaseState = nextState(state, event);
          const last = (wakeAt(decided, event.at) ?? event.at + dayMs) - 1;
          for (const at of [event.at, event.at + 1, Math.floor((event.at + last) / 2), last]) {
            if (at > last) continue;
            expect(nextState(decided, { type: 'time-passed', at }), `seed ${seed}, record ${seq}`).toBe(decided);
          }
          state = decided;
        }
      }
    });
  }
});

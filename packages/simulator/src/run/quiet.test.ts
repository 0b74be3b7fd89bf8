import { isFact, nextState, type ReleaseState, wakeAt } from '@bluegreen/machine';
import { describe, expect, it } from 'vitest';
import type { SimulatedRun } from '../result/simulated-run.js';
import { simulateCrashes } from './crash.js';
import { explored, some } from './explore.fixture.js';
import { scenarios } from './scenarios.fixture.js';
import { simulate } from './simulate.js';
import { faultTroubles } from './trouble.js';

const dayMs = 86_400_000;

/** Every state of this run, asked at instants up to the one that `wakeAt` names. */
function expectQuiet({ records }: Pick<SimulatedRun, 'records'>, run: string): void {
  let state: ReleaseState | null = null;
  for (const { seq, event } of records) {
    if (!isFact(event)) continue;
    const decided: ReleaseState = nextState(state, event);
    const last = (wakeAt(decided, event.at) ?? event.at + dayMs) - 1;
    for (const at of [event.at, event.at + 1, Math.floor((event.at + last) / 2), last]) {
      if (at > last) continue;
      expect(nextState(decided, { type: 'time-passed', at }), `${run}, record ${seq}`).toBe(decided);
    }
    state = decided;
  }
}

describe('a state does not change by time alone before the instant that `wakeAt` names', () => {
  for (const [name, optionsFor] of Object.entries(scenarios)) {
    it(`in a release that goes its way: ${name}`, { timeout: 60_000 }, () => {
      for (let seed = 1; seed <= 10; seed++) expectQuiet(simulate(optionsFor(seed)), `seed ${seed}`);
    });
  }

  for (const name of explored) {
    it(`in a release that meets faults: ${name}`, { timeout: 600_000 }, () => {
      const options = { ...scenarios[name]!(3), held: { afterMs: 20_000, command: 'resume' } } as const;
      for (const { faults } of some(faultTroubles(options, simulateCrashes(options)), 30)) {
        expectQuiet(simulateCrashes({ ...options, faults, horizonMs: dayMs }), JSON.stringify(faults));
      }
    });
  }
});

import { describe, expect, it } from 'vitest';
import { simulateCrashes } from './crash.js';
import { explored, some } from './explore.fixture.js';
import { explore, printExploration } from './explore.js';
import { scenarios } from './scenarios.fixture.js';
import { faultTroubles, pairTroubles } from './trouble.js';

const resumed = { held: { afterMs: 20_000, command: 'resume' } } as const;

describe('a release that meets a fault', () => {
  for (const name of explored) {
    it(`keeps its promises and ends, whichever call it is: ${name} (L2, L5)`, { timeout: 3_600_000 }, () => {
      const options = { ...scenarios[name]!(3), ...resumed };
      const troubles = some(faultTroubles(options, simulateCrashes(options)), 150);
      expect(printExploration(explore(options, troubles))).toBe('');
    });
  }
});

describe('a release that meets a fault and loses its orchestrator', () => {
  for (const name of explored) {
    it(`keeps its promises and ends: ${name}`, { timeout: 3_600_000 }, () => {
      const options = { ...scenarios[name]!(5), ...resumed };
      const troubles = pairTroubles(options, simulateCrashes(options), 11, 2_000);
      expect(printExploration(explore(options, some(troubles, 50)))).toBe('');
    });
  }
});

describe('a release that waits for a person', () => {
  const people = [
    { held: { afterMs: 20_000, command: 'resume' }, stuck: { afterMs: 60_000, command: 'retry' } },
    { held: { afterMs: 20_000, command: 'rollback' }, stuck: { afterMs: 60_000, command: 'rollback' } },
  ] as const;
  for (const name of explored) {
    for (const help of people) {
      it(`ends once somebody came: ${name}, ${help.held.command} and ${help.stuck.command} (L5)`, {
        timeout: 3_600_000,
      }, () => {
        const options = { ...scenarios[name]!(4), ...help };
        const troubles = some(faultTroubles(options, simulateCrashes(options)), 80);
        expect(printExploration(explore(options, troubles))).toBe('');
      });
    }
  }

  it('is in every situation that waits for one', { timeout: 3_600_000 }, () => {
    const options = { ...scenarios.everything!(4), ...people[0] };
    const all = faultTroubles(options, simulateCrashes(options));
    const edits = all.filter(({ faults }) => faults.some(({ fault }) => fault === 'foreign-edit'));
    const refusals = all.filter(({ faults }) =>
      faults.some(({ fault, at }) => fault === 'denied' && 'operation' in at && at.operation === 'converge'),
    );
    const unpassed = { at: { operation: 'check', call: 2, times: 20 }, fault: 'check-fails' } as const;
    const outage = { at: { operation: 'route', call: 3 }, fault: 'outage', forMs: 600_000 } as const;
    const others = [unpassed, outage].map((fault) => ({ faults: [fault], crashes: [] }));
    const { situations } = explore(options, [...some(edits, 200), ...refusals, ...others]);
    const phases = ['preparing', 'verifying', 'shifting', 'baking', 'retiring'];
    for (const phase of phases) expect(Object.keys(situations)).toContain(`${phase}, drifted`);
    expect(Object.keys(situations)).toEqual(
      expect.arrayContaining(['shifting, paused', 'stuck from rolling-back', 'stuck from retiring']),
    );
  });
});
